package wamptest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// wire is a client without any code of this project but the codec.
type wire struct {
	t      *testing.T
	format codec.Format
	conn   net.Conn
	ws     *websocket.Conn // nil on RawSocket
}

func dial(t *testing.T, s *wamptest.Script, k wamptest.Kind, f codec.Format) *wire {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	w := &wire{t: t, format: f}
	var err error
	if k == wamptest.WebSocket {
		d := websocket.Dialer{NetDialContext: s.NetDial, Subprotocols: []string{"wamp.2." + f.String()}}
		w.ws, _, err = d.DialContext(ctx, s.URL(), http.Header{"X-Test": {"yes"}})
		if err != nil {
			t.Error(err)
			return w
		}
		w.conn = w.ws.NetConn()
		return w
	}
	if w.conn, err = s.NetDial(ctx, "tcp", host(t, s.URL())); err != nil {
		t.Error(err)
		return w
	}
	w.write([]byte{0x7f, 0x50 | byte(f), 0, 0})
	if reply := w.take(4); !bytes.Equal(reply, []byte{0x7f, 0xf0 | byte(f), 0, 0}) {
		t.Errorf("handshake reply % x", reply)
	}
	return w
}

func (w *wire) write(b []byte) {
	if _, err := w.conn.Write(b); err != nil {
		w.t.Error(err)
	}
}

func (w *wire) take(n int) []byte {
	b := make([]byte, n)
	if _, err := io.ReadFull(w.conn, b); err != nil {
		w.t.Error(err)
	}
	return b
}

func (w *wire) send(m wamptest.Message) {
	b, err := m.Encode(w.format)
	if err != nil {
		w.t.Fatal(err)
	}
	switch {
	case w.ws == nil:
		w.write(wamptest.RawSocketFrame(0, b))
	case w.format.Binary():
		err = w.ws.WriteMessage(websocket.BinaryMessage, b)
	default:
		err = w.ws.WriteMessage(websocket.TextMessage, b)
	}
	if err != nil {
		w.t.Error(err)
	}
}

func (w *wire) receive() []any {
	var b []byte
	if w.ws != nil {
		var err error
		if _, b, err = w.ws.ReadMessage(); err != nil {
			w.t.Fatal(err)
		}
	} else {
		head := w.take(4)
		b = w.take(int(head[1])<<16 | int(head[2])<<8 | int(head[3]))
	}
	v, err := codec.Raw{Format: w.format, Data: b}.Any()
	if err != nil {
		w.t.Fatal(err)
	}
	return v.([]any)
}

// eachWay runs a test for both transports and all formats, on loopback and, in a
// bubble, in memory.
func eachWay(t *testing.T, test func(*testing.T, *wamptest.Script, wamptest.Kind, codec.Format)) {
	for _, k := range []wamptest.Kind{wamptest.WebSocket, wamptest.RawSocket} {
		for _, f := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
			t.Run(fmt.Sprint("loopback/", k, "/", f), func(t *testing.T) {
				test(t, wamptest.NewScript(t, k, f), k, f)
			})
			t.Run(fmt.Sprint("memory/", k, "/", f), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					test(t, wamptest.NewPipeScript(t, k, f), k, f)
				})
			})
		}
	}
}

// meet dials and accepts.
func meet(t *testing.T, s *wamptest.Script, k wamptest.Kind, f codec.Format) (*wamptest.Peer, *wire) {
	t.Helper()
	got := make(chan *wire)
	go func() { got <- dial(t, s, k, f) }()
	p := s.Accept()
	w := <-got
	if w.conn == nil {
		t.FailNow()
	}
	t.Cleanup(func() { _ = w.conn.Close() })
	return p, w
}

var hello = wamptest.Message{wamptest.Hello, "realm1", map[string]any{"roles": map[string]any{"caller": map[string]any{}}}}

func TestScript_Conversation(t *testing.T) {
	eachWay(t, func(t *testing.T, s *wamptest.Script, k wamptest.Kind, f codec.Format) {
		p, w := meet(t, s, k, f)
		w.send(hello)
		if got := p.Join(wamptest.Without("call_canceling")).Text(1); got != "realm1" {
			t.Errorf("realm %q", got)
		}
		welcome := wamptest.Message(w.receive())
		dealer := welcome.Dict(2)["roles"].(map[string]any)["dealer"].(map[string]any)["features"].(map[string]any)
		if welcome.Type() != wamptest.Welcome || dealer["call_canceling"] != nil || dealer["call_timeout"] != true {
			t.Errorf("WELCOME %v", welcome)
		}
		w.send(wamptest.Message{wamptest.Call, 1, map[string]any{}, "com.test", []any{"x"}})
		call := p.Expect(wamptest.Call)
		p.Send(wamptest.Answer(call), wamptest.Message{wamptest.Event, 7, 8, map[string]any{}})
		p.SendSplit(wamptest.Message{wamptest.Event, 7, 9, map[string]any{}, []any{"split"}})
		for _, want := range []string{"[50 1 map[] [x]]", "[36 7 8 map[]]", "[36 7 9 map[] [split]]"} {
			if got := fmt.Sprint(w.receive()); got != want {
				t.Errorf("want %s, got %s", want, got)
			}
		}
		_ = w.conn.Close()
		p.ExpectEnd()
	})
}

func TestScript_PingsBothWays(t *testing.T) {
	eachWay(t, func(t *testing.T, s *wamptest.Script, k wamptest.Kind, f codec.Format) {
		p, w := meet(t, s, k, f)
		if w.ws != nil {
			ponged := make(chan string, 1)
			w.ws.SetPongHandler(func(s string) error { ponged <- s; return nil })
			go func() { _, _, _ = w.ws.ReadMessage() }()
			_ = w.ws.WriteControl(websocket.PingMessage, []byte("up"), time.Time{})
			if got := <-ponged; got != "up" {
				t.Errorf("pong %q", got)
			}
			p.Ping([]byte("down"))
		} else {
			w.write(wamptest.RawSocketFrame(1, []byte("up")))
			if got := w.take(6); !bytes.Equal(got, []byte("\x02\x00\x00\x02up")) {
				t.Errorf("pong % x", got)
			}
			p.Ping([]byte("down"))
			if got := w.take(8); !bytes.Equal(got, []byte("\x01\x00\x00\x04down")) {
				t.Errorf("ping % x", got)
			}
			w.write(wamptest.RawSocketFrame(2, []byte("down")))
		}
		if got := p.Pong(); string(got) != "down" {
			t.Errorf("pong %q", got)
		}
		if p.Pings() != 1 {
			t.Errorf("%d pings", p.Pings())
		}
		p.Close()
	})
}

func TestScript_ResetIsSeenAsReset(t *testing.T) {
	eachWay(t, func(t *testing.T, s *wamptest.Script, k wamptest.Kind, f codec.Format) {
		p, w := meet(t, s, k, f)
		p.Reset()
		if _, err := w.conn.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("read after a reset: %v", err)
		}
	})
}

func TestScript_HangLetsTheClientBlock(t *testing.T) {
	eachWay(t, func(t *testing.T, s *wamptest.Script, k wamptest.Kind, f codec.Format) {
		p, w := meet(t, s, k, f)
		p.Hang()
		_ = w.conn.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
		var timeout net.Error
		if _, err := w.conn.Write(make([]byte, 64<<20)); !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("write to a peer that hangs: %v", err)
		}
	})
}

func TestScript_StopAndServeAgain(t *testing.T) {
	eachWay(t, func(t *testing.T, s *wamptest.Script, k wamptest.Kind, f codec.Format) {
		s.Serve(func(p *wamptest.Peer) {
			p.Join()
			_ = p.Obey()
		})
		url := s.URL()
		for range 5 {
			w := dial(t, s, k, f)
			w.send(hello)
			w.receive()
			w.send(wamptest.Message{wamptest.Subscribe, 1, map[string]any{}, "com.test"})
			if got := fmt.Sprint(w.receive()); got != "[33 1 1]" {
				t.Errorf("answer %s", got)
			}
			s.Stop()
			if _, err := w.conn.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("read after Stop: %v", err)
			}
			if _, err := s.NetDial(t.Context(), "tcp", host(t, url)); !errors.Is(err, syscall.ECONNREFUSED) {
				t.Errorf("dial after Stop: %v", err)
			}
			_ = w.conn.Close()
			s.Start()
			if s.URL() != url {
				t.Errorf("URL changed to %s", s.URL())
			}
		}
	})
}

func TestScript_RawSocketTellsTheWrongSerializer(t *testing.T) {
	s := wamptest.NewScript(t, wamptest.RawSocket, codec.CBOR)
	s.Limit = 1 << 12
	got := make(chan []byte, 2)
	go func() {
		for _, f := range []codec.Format{codec.JSON, codec.CBOR} {
			conn, err := net.Dial("tcp", host(t, s.URL()))
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			w := &wire{t: t, conn: conn}
			w.write([]byte{0x7f, 0x50 | byte(f), 0, 0})
			got <- w.take(4)
		}
	}()
	if p := s.Accept(); p.Limit() != 1<<14 {
		t.Errorf("limit %d", p.Limit())
	}
	if a, b := <-got, <-got; !bytes.Equal(a, []byte{0x7f, 0x10, 0, 0}) || !bytes.Equal(b, []byte{0x7f, 0x33, 0, 0}) {
		t.Errorf("replies % x and % x", a, b)
	}
}

func TestScript_WebSocketDetails(t *testing.T) {
	s := wamptest.NewScript(t, wamptest.WebSocket, codec.JSON)
	s.Header = http.Header{"Set-Cookie": {"a=b"}}
	p, w := meet(t, s, wamptest.WebSocket, codec.JSON)
	if got := p.Request().Header.Get("X-Test"); got != "yes" {
		t.Errorf("header %q", got)
	}
	_ = w.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1009, "too large"), time.Time{})
	p.ExpectEnd()
	if p.CloseCode() != 1009 {
		t.Errorf("close code %d", p.CloseCode())
	}
	var farewell *websocket.CloseError
	if _, _, err := w.ws.ReadMessage(); !errors.As(err, &farewell) || farewell.Code != 1009 {
		t.Errorf("answer to the close frame: %v", err)
	}
}
