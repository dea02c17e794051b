package wamptest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/gorilla/websocket"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

func listen(t *testing.T) *wamptest.Server {
	t.Helper()
	s, err := wamptest.NewRealm(t).Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// TestServer_Transports: a callee and a caller meet over every transport and
// serializer.
func TestServer_Transports(t *testing.T) {
	s := listen(t)
	for _, url := range []string{s.URL(), s.RawSocketURL()} {
		for _, f := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
			t.Run(url[:2]+" "+f.String(), func(t *testing.T) {
				clients := make([]*wamp.Client, 2)
				for i := range clients {
					c, err := wamp.Connect(t.Context(), url, "realm1", wamp.WithSerializers(f), wamp.WithRawSocketPing())
					if err != nil {
						t.Fatal(err)
					}
					t.Cleanup(func() { _ = c.Close(context.Background()) })
					clients[i] = c
				}
				r, err := clients[0].Register(t.Context(), "com.example.echo", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
					return in, nil
				})
				if err != nil {
					t.Fatal(err)
				}
				big := make([]byte, 300_000)
				out, err := clients[1].Call(t.Context(), "com.example.echo", []any{"x", big}, nil)
				if err != nil || len(out.Args) != 2 || len(out.Args[1].([]byte)) != len(big) {
					t.Fatalf("got %d values: %v", len(out.Args), err)
				}
				if err := r.Unregister(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// TestServer_Refuses: nobody but this machine, and nothing but WAMP.
func TestServer_Refuses(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "example.com:80", "127.0.0.1"} {
		if s, err := wamptest.NewRealm(t).Listen(addr); err == nil {
			s.Close()
			t.Errorf("listens on %s", addr)
		}
	}
	s := listen(t)
	dial := func(subprotocol, origin string) error {
		d := websocket.Dialer{Subprotocols: []string{subprotocol}}
		c, answer, err := d.DialContext(t.Context(), s.URL(), http.Header{"Origin": {origin}})
		if err != nil {
			return fmt.Errorf("%w: %d", err, answer.StatusCode)
		}
		return c.Close()
	}
	if err := dial("wamp.2.json", "http://localhost:3000"); err != nil {
		t.Error(err)
	}
	if dial("wamp.2.json", "https://example.com") == nil || dial("mqtt", "") == nil {
		t.Error("accepted")
	}
	for _, hello := range []string{"\x7f\xf9\x00\x00", "\x7f\xf1\x01\x00"} {
		conn, err := net.Dial("tcp", s.URL()[len("ws://"):len(s.URL())-len("/ws")])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, hello); err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(conn)
		if len(answer) != 4 || answer[1]&0xf != 0 || err != nil {
			t.Errorf("% x: answered % x, %v", hello, answer, err)
		}
		conn.Close()
	}
}

// TestServer_Close ends what is connected, silent ones too.
func TestServer_Close(t *testing.T) {
	s := listen(t)
	silent, err := net.Dial("tcp", s.RawSocketURL()[len("rs://"):])
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	c, err := wamp.Connect(t.Context(), s.URL(), "realm1", wamp.WithMaxElapsed(1))
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	s.Close()
	<-c.Done()
	if _, err := silent.Read(make([]byte, 1)); !errors.Is(err, io.EOF) && err == nil {
		t.Error("a silent connection is still open")
	}
}
