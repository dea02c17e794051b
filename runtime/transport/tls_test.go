package transport_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/wampgen/wampgen/runtime/transport"
)

// authority signs certificates for tests.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{pool: x509.NewCertPool()}
	a.cert, a.key = issue(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: "test authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, nil)
	a.pool.AddCert(a.cert)
	return a
}

// issue signs c with by, or with its own key.
func issue(t *testing.T, c *x509.Certificate, by *authority) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c.SerialNumber = big.NewInt(1)
	if c.NotAfter.IsZero() {
		c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	}
	parent, signer := c, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

// server is a certificate for names, in the form a server wants it.
func (a *authority) server(t *testing.T, c *x509.Certificate, names ...string) tls.Certificate {
	t.Helper()
	for _, n := range names {
		if ip := net.ParseIP(n); ip != nil {
			c.IPAddresses = append(c.IPAddresses, ip)
		} else {
			c.DNSNames = append(c.DNSNames, n)
		}
	}
	cert, key := issue(t, c, a)
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key}
}

// trusted is a server configuration and a client's that trusts it.
func trusted(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	a := newAuthority(t)
	cert := a.server(t, &x509.Certificate{}, "127.0.0.1", "router")
	return &tls.Config{Certificates: []tls.Certificate{cert}}, &tls.Config{RootCAs: a.pool}
}

// tlsServers are a wss and a tcps server with the same configuration.
func tlsServers(t *testing.T, config *tls.Config, ws func(*websocket.Conn), raw func(net.Conn)) (urls []string) {
	t.Helper()
	s := httptest.NewUnstartedServer(upgrader(ws))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.TLS = config.Clone()
	s.StartTLS()
	t.Cleanup(s.Close)

	ln, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	serveOn(t, ln, func(c net.Conn) {
		if _, err := accept(c, 15); err == nil {
			raw(c)
		}
	})
	return []string{"wss" + strings.TrimPrefix(s.URL, "https"), "tcps://" + ln.Addr().String()}
}

func wsEcho(c *websocket.Conn) {
	for {
		kind, b, err := c.ReadMessage()
		if err != nil || c.WriteMessage(kind, b) != nil {
			return
		}
	}
}

func rawEcho(c net.Conn) { io.Copy(c, c) }

// S8, R112: what a certificate or a server gets wrong is refused by default.
func TestS8_R112_TLSDefaults(t *testing.T) {
	a := newAuthority(t)
	good := a.server(t, &x509.Certificate{}, "127.0.0.1")
	other := a.server(t, &x509.Certificate{}, "router.example")
	yesterday := time.Now().Add(-24 * time.Hour)
	old := a.server(t, &x509.Certificate{NotBefore: yesterday, NotAfter: yesterday.Add(time.Hour)}, "127.0.0.1")
	trust := &tls.Config{RootCAs: a.pool}
	version := new(tls.AlertError)
	for name, tc := range map[string]struct {
		server tls.Certificate
		max    uint16
		client *tls.Config
		want   any // type of the error, for errors.As
	}{
		"self-signed":       {good, 0, nil, new(x509.UnknownAuthorityError)},
		"expired":           {old, 0, trust, new(x509.CertificateInvalidError)},
		"wrong host":        {other, 0, trust, new(x509.HostnameError)},
		"wrong host wanted": {good, 0, &tls.Config{RootCAs: a.pool, ServerName: "router.example"}, new(x509.HostnameError)},
		"TLS 1.1":           {good, tls.VersionTLS11, trust, version},
	} {
		t.Run(name, func(t *testing.T) {
			server := &tls.Config{Certificates: []tls.Certificate{tc.server}, MinVersion: tls.VersionTLS10, MaxVersion: tc.max}
			for _, url := range tlsServers(t, server, wsEcho, rawEcho) {
				h := dialFails(t, url, transport.Options{TLS: tc.client})
				if !errors.As(h, tc.want) && !(tc.want == version && strings.Contains(h.Text, "version")) {
					t.Errorf("%s: %v, want %T", url, h, tc.want)
				}
			}
		})
	}
}

func TestS8_TrustedServer(t *testing.T) {
	server, user := trusted(t)
	user.NextProtos = []string{"h2", "http/1.1"}
	for _, url := range tlsServers(t, server, wsEcho, rawEcho) {
		l := dial(t, url, transport.Options{TLS: user})
		send(t, l, []byte("hello"))
		wantFrame(t, l, []byte("hello"))
		if l.TLS == nil || !l.TLS.HandshakeComplete || l.TLS.Version < tls.VersionTLS12 || l.TLS.ServerName != "" && l.TLS.ServerName != "127.0.0.1" {
			t.Errorf("%s: state %+v", url, l.TLS)
		}
		if c, ok := l.Conn.(transport.CloseSayer); ok {
			if err := c.CloseWith(1000, "done"); err != nil {
				t.Error(err)
			}
		}
	}
	if user.ServerName != "" || user.MinVersion != 0 || len(user.NextProtos) != 2 || user.NextProtos[0] != "h2" {
		t.Errorf("the user's configuration was changed: %v", user.NextProtos)
	}
}

// The certificate is checked against the host of the URL, and that name is sent.
func TestS8_ServerNameFromURL(t *testing.T) {
	a := newAuthority(t)
	asked := make(chan string, 1)
	cert := a.server(t, &x509.Certificate{}, "localhost")
	urls := tlsServers(t, &tls.Config{GetCertificate: func(h *tls.ClientHelloInfo) (*tls.Certificate, error) {
		asked <- h.ServerName
		return &cert, nil
	}}, wsEcho, rawEcho)
	for _, url := range urls {
		l := dial(t, strings.Replace(url, "127.0.0.1", "localhost", 1), transport.Options{TLS: &tls.Config{RootCAs: a.pool}})
		if name := <-asked; name != "localhost" || l.TLS.ServerName != "localhost" {
			t.Errorf("%s: server name %q", url, name)
		}
	}
}

func TestS8_InsecureOnlyByTheUser(t *testing.T) {
	server, _ := trusted(t)
	for _, url := range tlsServers(t, server, wsEcho, rawEcho) {
		dialFails(t, url, transport.Options{})
		dial(t, url, transport.Options{TLS: &tls.Config{InsecureSkipVerify: true}})
	}
}
