package auth

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// authTLS makes a certificate on the spot.
func authTLS(t *testing.T, c wamptest.Certificate) (server, client *tls.Config) {
	t.Helper()
	server, client, err := wamptest.NewTLS(c)
	if err != nil {
		t.Fatal(err)
	}
	return server, client
}

// kinds runs f over both transports.
func kinds(t *testing.T, f func(t *testing.T, kind wamptest.Kind)) {
	for _, kind := range []wamptest.Kind{wamptest.WebSocket, wamptest.RawSocket} {
		t.Run(kind.String(), func(t *testing.T) { f(t, kind) })
	}
}

// secure is a fake router with TLS whose part f plays.
func secure(t *testing.T, kind wamptest.Kind, server *tls.Config, f func(*wamptest.Script, *wamptest.Peer)) *wamptest.Script {
	s := wamptest.NewScript(t, kind, codec.CBOR)
	s.TLS = server
	s.Serve(func(p *wamptest.Peer) { f(s, p) })
	return s
}

// takeTicket plays a router that lets in whoever has the ticket.
func takeTicket(t *testing.T) func(*wamptest.Script, *wamptest.Peer) {
	return func(s *wamptest.Script, p *wamptest.Peer) {
		p.Expect(wamptest.Hello)
		p.Send(wamptest.Message{wamptest.Challenge, "ticket", map[string]any{}})
		if p.Expect(wamptest.Authenticate).Text(1) != authTicket {
			t.Error("another ticket")
		}
		p.Send(s.Welcome(wamptest.WithDetails(map[string]any{"authmethod": "ticket"})))
		_ = p.Obey()
	}
}

// S8: a router that TLS does not vouch for never hears a HELLO. Go checks no
// revocation lists: that is left to VerifyConnection of the user's own tls.Config.
func TestS8_TLSDefaults(t *testing.T) {
	old := func(c *tls.Config) *tls.Config {
		c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
		return c
	}
	for name, tc := range map[string]struct {
		certificate wamptest.Certificate
		trusted     bool // the client knows the authority
		old         bool
		want        func(error) bool
	}{
		"self-signed": {want: func(err error) bool { _, ok := errors.AsType[x509.UnknownAuthorityError](err); return ok }},
		"expired": {wamptest.Certificate{NotAfter: time.Now().Add(-time.Hour)}, true, false, func(err error) bool {
			e, ok := errors.AsType[x509.CertificateInvalidError](err)
			return ok && e.Reason == x509.Expired
		}},
		"wrong host": {wamptest.Certificate{Hosts: []string{"router.example"}}, true, false,
			func(err error) bool { _, ok := errors.AsType[x509.HostnameError](err); return ok }},
		"TLS 1.1": {wamptest.Certificate{}, true, true,
			func(err error) bool { return strings.Contains(err.Error(), "protocol version") }},
	} {
		t.Run(name, func(t *testing.T) {
			kinds(t, func(t *testing.T, kind wamptest.Kind) {
				server, client := authTLS(t, tc.certificate)
				if tc.old {
					server = old(server)
				}
				if !tc.trusted {
					client = nil
				}
				s := secure(t, kind, server, func(*wamptest.Script, *wamptest.Peer) { t.Error("the connection was opened") })
				_, err := wamp.Connect(t.Context(), s.URL(), "realm1", wamp.WithAuth(byTicket("tina", authTicket)),
					wamp.WithTLS(client), wamp.WithMaxElapsed(1), wamp.WithSerializers(codec.CBOR), log(t))
				if err == nil || !tc.want(err) {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

// S8: what is trusted works, and what is not works only by the user's own word.
func TestS8_TrustedRouter(t *testing.T) {
	kinds(t, func(t *testing.T, kind wamptest.Kind) {
		server, client := authTLS(t, wamptest.Certificate{})
		for _, config := range []*tls.Config{client, {InsecureSkipVerify: true}} {
			s := secure(t, kind, server, takeTicket(t))
			join(t, s.URL(), wamp.WithAuth(byTicket("tina", authTicket)), wamp.WithTLS(config), wamp.WithSerializers(codec.CBOR))
		}
	})
}

// Cryptosign bound to the TLS connection in use: what was signed fits this one and
// no other, also after a reconnect. R291, R293-R295.
func TestAuth_ChannelBinding(t *testing.T) {
	seed, _ := hex.DecodeString(authSeed)
	public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	challenge := sha256.Sum256([]byte("challenge"))
	for _, tc := range []struct {
		binding auth.Binding
		version uint16
		channel func(*tls.ConnectionState) []byte
	}{
		{auth.TLSExporter, tls.VersionTLS13, func(s *tls.ConnectionState) []byte {
			id, _ := s.ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32)
			return id
		}},
		{auth.TLSUnique, tls.VersionTLS12, func(s *tls.ConnectionState) []byte {
			id := sha256.Sum256(s.TLSUnique)
			return id[:]
		}},
	} {
		t.Run(string(tc.binding), func(t *testing.T) {
			kinds(t, func(t *testing.T, kind wamptest.Kind) {
				server, client := authTLS(t, wamptest.Certificate{})
				client.MaxVersion = tc.version
				first := true
				s := secure(t, kind, server, func(s *wamptest.Script, p *wamptest.Peer) {
					extra, _ := p.Expect(wamptest.Hello).Dict(2)["authextra"].(map[string]any)
					if extra["pubkey"] != hex.EncodeToString(public) || extra["channel_binding"] != string(tc.binding) {
						t.Errorf("HELLO says %v", extra)
					}
					p.Send(wamptest.Message{wamptest.Challenge, "cryptosign", map[string]any{
						"challenge": hex.EncodeToString(challenge[:]), "channel_binding": string(tc.binding)}})
					signed, _ := hex.DecodeString(p.Expect(wamptest.Authenticate).Text(1))
					want := make([]byte, 32)
					subtle.XORBytes(want, challenge[:], tc.channel(p.TLS()))
					if len(signed) != 96 || string(signed[64:]) != string(want) || !ed25519.Verify(public, want, signed[:64]) {
						t.Error("what was signed is not bound to this connection")
					}
					p.Send(s.Welcome(wamptest.WithDetails(map[string]any{"authmethod": "cryptosign"})))
					if first {
						first = false
						p.Reset()
						return
					}
					_ = p.Obey()
				})
				c := join(t, s.URL(), wamp.WithTLS(client), wamp.WithSerializers(codec.CBOR),
					wamp.WithAuth(auth.Cryptosign("kay", auth.NewSecret(authSeed), tc.binding)))
				for s := range c.Watch(t.Context()) {
					if s.State == wamp.Ready && s.Session == 2 {
						break
					}
				}
			})
		})
	}
}

// A router that drops the binding, as one in the middle would have to, is refused.
// R292.
func TestAuth_ChannelBindingDropped(t *testing.T) {
	kinds(t, func(t *testing.T, kind wamptest.Kind) {
		server, client := authTLS(t, wamptest.Certificate{})
		s := secure(t, kind, server, func(_ *wamptest.Script, p *wamptest.Peer) {
			p.Expect(wamptest.Hello)
			p.Send(wamptest.Message{wamptest.Challenge, "cryptosign", map[string]any{"challenge": strings.Repeat("ab", 32)}})
			if m, err := p.Next(); err == nil && m.Type() != wamptest.Abort {
				t.Errorf("the client said %v", m)
			}
		})
		_, err := wamp.Connect(t.Context(), s.URL(), "realm1", wamp.WithTLS(client), wamp.WithSerializers(codec.CBOR),
			wamp.WithAuth(auth.Cryptosign("kay", auth.NewSecret(authSeed), auth.TLSExporter)), log(t), wamp.WithMaxElapsed(1))
		refusedHere(t, err)
	})
}

// A TLS client certificate is the login, and WELCOME may come at once.
func TestAuth_TLSCertificate(t *testing.T) {
	kinds(t, func(t *testing.T, kind wamptest.Kind) {
		server, client := authTLS(t, wamptest.Certificate{})
		own, _ := authTLS(t, wamptest.Certificate{Hosts: []string{"ann.example"}})
		server.ClientAuth, client.Certificates = tls.RequireAnyClientCert, own.Certificates
		s := secure(t, kind, server, func(s *wamptest.Script, p *wamptest.Peer) {
			methods, _ := p.Expect(wamptest.Hello).Dict(2)["authmethods"].([]any)
			peer := p.TLS().PeerCertificates
			if len(methods) != 1 || methods[0] != "tls" || len(peer) != 1 || peer[0].DNSNames[0] != "ann.example" {
				t.Errorf("offered %v with %d certificates", methods, len(peer))
			}
			p.Send(s.Welcome(wamptest.WithDetails(map[string]any{"authmethod": "tls"})))
			_ = p.Obey()
		})
		join(t, s.URL(), wamp.WithTLS(client), wamp.WithSerializers(codec.CBOR), wamp.WithAuth(auth.TLSCertificate()))
	})
}

// The first visit logs in by ticket and gets a cookie, which is the login of the
// second.
func TestAuth_Cookie(t *testing.T) {
	s := wamptest.NewScript(t, wamptest.WebSocket, codec.CBOR)
	s.Header = http.Header{"Set-Cookie": {"cbtid=abc; HttpOnly"}}
	visits := 0
	s.Serve(func(p *wamptest.Peer) {
		if visits++; visits == 1 {
			takeTicket(t)(s, p)
			return
		}
		if c, err := p.Request().Cookie("cbtid"); err != nil || c.Value != "abc" {
			t.Errorf("the second visit: %v", err)
		}
		p.Expect(wamptest.Hello)
		p.Send(s.Welcome(wamptest.WithDetails(map[string]any{"authmethod": "cookie"})))
		_ = p.Obey()
	})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		c := join(t, s.URL(), wamp.WithCookieJar(jar), wamp.WithSerializers(codec.CBOR),
			wamp.WithAuth(auth.Cookie(), byTicket("tina", authTicket)))
		if err := c.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}
}
