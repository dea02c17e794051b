package router_test

import (
	"crypto/tls"
	"errors"
	"io"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/wampgen/wampgen/runtime/wamptest"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

func TestRouter_SpeaksTLS(t *testing.T) {
	server, client, err := wamptest.NewTLS(wamptest.Certificate{})
	if err != nil {
		t.Fatal(err)
	}
	r := router.New(t, router.Config{TLS: server})
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

// A network of wamptest in front of the router.
func TestRouter_BehindFaults(t *testing.T) {
	f := &wamptest.Faults{}
	r := router.New(t, router.Config{})
	conn, err := f.NetDial(t.Context(), "tcp", host(t, r.RawSocketURL()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	f.Set(wamptest.Fault{Piece: 1, Delay: time.Millisecond})
	if _, err := conn.Write([]byte{0x7f, 0xf1, 0, 0}); err != nil {
		t.Fatal(err)
	}
	reply := make([]byte, 4)
	if _, err := io.ReadFull(conn, reply); err != nil || reply[1] != 0xf1 {
		t.Fatalf("% x %v", reply, err)
	}
	r.Kill()
	if _, err := conn.Read(reply); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("read after a kill: %v", err)
	}
}
