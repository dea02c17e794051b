package wamptest_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/url"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

func makeTLS(t *testing.T, c wamptest.Certificate) (server, client *tls.Config) {
	t.Helper()
	server, client, err := wamptest.NewTLS(c)
	if err != nil {
		t.Fatal(err)
	}
	return server, client
}

func TestNewTLS_MakesBadCertificatesToo(t *testing.T) {
	var invalid x509.CertificateInvalidError
	var otherHost x509.HostnameError
	var untrusted x509.UnknownAuthorityError
	for name, v := range map[string]struct {
		made    wamptest.Certificate
		trusted bool
		want    any
	}{
		"expired":    {wamptest.Certificate{NotAfter: time.Now().Add(-time.Hour)}, true, &invalid},
		"wrong host": {wamptest.Certificate{Hosts: []string{"elsewhere.example"}}, true, &otherHost},
		"untrusted":  {wamptest.Certificate{}, false, &untrusted},
	} {
		server, client := makeTLS(t, v.made)
		if !v.trusted {
			client = nil
		}
		l, err := tls.Listen("tcp", "127.0.0.1:0", server)
		if err != nil {
			t.Fatal(err)
		}
		shaken := make(chan error)
		go func() {
			conn, err := l.Accept()
			if err == nil {
				err = conn.(*tls.Conn).Handshake()
			}
			shaken <- err
		}()
		if _, err := tls.Dial("tcp", l.Addr().String(), client); !errors.As(err, v.want) {
			t.Errorf("%s: %v", name, err)
		}
		if err := <-shaken; err == nil {
			t.Errorf("%s: the server's side of the handshake went well", name)
		}
		_ = l.Close()
	}
}

func TestScript_SpeaksTLS(t *testing.T) {
	server, client := makeTLS(t, wamptest.Certificate{})
	s := wamptest.NewScript(t, wamptest.WebSocket, codec.CBOR)
	s.TLS = server
	left := make(chan struct{})
	go func() {
		defer close(left)
		dialer := websocket.Dialer{TLSClientConfig: client, Subprotocols: []string{"wamp.2.cbor"}}
		ws, _, err := dialer.DialContext(t.Context(), s.URL(), nil)
		if err != nil {
			t.Error(err)
			return
		}
		_, _, err = ws.ReadMessage()
		if err == nil {
			t.Error("a message nobody sent")
		}
	}()
	p := s.Accept()
	if p.TLS() == nil || !p.TLS().HandshakeComplete {
		t.Error("no TLS")
	}
	p.Reset()
	<-left
}

func host(t *testing.T, rawURL string) string {
	t.Helper()
	u, err := url.Parse(rawURL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}
