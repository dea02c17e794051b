package wamptest_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
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

func TestRouter_SpeaksTLS(t *testing.T) {
	server, client := makeTLS(t, wamptest.Certificate{})
	r := wamptest.NewRouter(t, wamptest.Config{TLS: server})
	dialer := websocket.Dialer{TLSClientConfig: client, Subprotocols: []string{"wamp.2.cbor"}}
	ws, _, err := dialer.DialContext(t.Context(), r.WebSocketURL(), nil)
	if err != nil {
		t.Fatalf("%s: %v", r.WebSocketURL(), err)
	}
	defer ws.Close()
	raw, err := tls.Dial("tcp", host(t, r.RawSocketURL()), client)
	if err != nil {
		t.Fatalf("%s: %v", r.RawSocketURL(), err)
	}
	defer raw.Close()
	reply := make([]byte, 4)
	_, _ = raw.Write([]byte{0x7f, 0xf3, 0, 0})
	if _, err := io.ReadFull(raw, reply); err != nil || reply[1] != 0xf3 {
		t.Errorf("reply % x: %v", reply, err)
	}
	r.Stop()
	if _, _, err := ws.ReadMessage(); err == nil {
		t.Error("the connection lives on after Stop")
	}
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
		r := wamptest.NewRouter(t, wamptest.Config{TLS: server})
		if _, err := tls.Dial("tcp", host(t, r.RawSocketURL()), client); !errors.As(err, v.want) {
			t.Errorf("%s: %v", name, err)
		}
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
