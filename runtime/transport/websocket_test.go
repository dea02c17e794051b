package transport_test

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
)

func TestR108_MessageType(t *testing.T) {
	for _, tc := range []struct {
		f    codec.Format
		kind int
	}{{codec.JSON, websocket.BinaryMessage}, {codec.MessagePack, websocket.TextMessage}, {codec.CBOR, websocket.TextMessage}} {
		url := wsServer(t, func(c *websocket.Conn) { c.WriteMessage(tc.kind, []byte("[]")) })
		l := dial(t, url, transport.Options{Formats: []codec.Format{tc.f}})
		wantReadError(t, l, transport.ErrMessageType)
	}
}

// R111: what ends the reading is told to the peer: its own code is echoed, a violation
// named; Close alone is enough after it.
func TestR111_Farewell(t *testing.T) {
	for sent, want := range map[string]int{
		"\x88\x02\x03\xe9": websocket.CloseGoingAway, "\x88\x00": websocket.CloseNoStatusReceived,
		"\x81\x02[]": websocket.CloseUnsupportedData, "\x83\x00": websocket.CloseProtocolError,
		"\x82\x7f\x00\x00\x00\x00\x01\x00\x00\x00": websocket.CloseMessageTooBig,
	} {
		told := make(chan []byte, 1)
		url, _ := answering(t, picked("wamp.2.cbor"), func(c net.Conn) {
			io.WriteString(c, sent)
			b, _ := io.ReadAll(c)
			told <- b
		})
		l := dial(t, url, transport.Options{})
		if _, err := l.ReadFrame(); err == nil {
			t.Fatal("no error")
		}
		l.Close()
		if got := closeCode(<-told); got != want {
			t.Errorf("% x is answered by code %d, want %d", sent, got, want)
		}
	}
}

// closeCode is the code of the masked close frame b; 1005 if it holds none.
func closeCode(b []byte) int {
	switch {
	case len(b) < 6 || b[0] != 0x88 || b[1]&0x80 == 0:
		return 0
	case len(b) < 8:
		return websocket.CloseNoStatusReceived
	}
	return int(b[6]^b[2])<<8 | int(b[7]^b[3])
}

// The courtesy of a close frame does not hold up the end of a link whose peer takes nothing.
func TestR111_FarewellIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, err := transport.Net{}.Dial(t.Context(), "ws://router/", transport.Options{NetDial: piped(func(c net.Conn) {
			welcome("ws", c)
			io.WriteString(c, "\x88\x02\x03\xe8")
			<-t.Context().Done()
		})})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		start := time.Now()
		wantCloseCode(t, l, websocket.CloseNormalClosure)
		if d := time.Since(start); d > time.Second {
			t.Errorf("took %v", d)
		}
	})
}

// R111: the reason follows a message that is being written when reading ends.
func TestR111_FarewellAfterAWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told := make(chan []byte, 1)
		l, err := transport.Net{}.Dial(t.Context(), "ws://router/", transport.Options{NetDial: piped(func(c net.Conn) {
			welcome("ws", c)
			io.WriteString(c, "\x81\x02[]")
			synctest.Wait() // the client holds its message, and has read ours
			b, _ := io.ReadAll(c)
			told <- b
		})})
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			_ = l.WriteFrame([]byte("message"), nil)
			_ = l.Flush()
		}()
		synctest.Wait()
		wantReadError(t, l, transport.ErrMessageType)
		l.Close()
		const message = 2 + 4 + len("message")
		if got := <-told; len(got) < message || closeCode(got[message:]) != websocket.CloseUnsupportedData {
			t.Errorf("got % x, want a close frame behind the message", got)
		}
	})
}

// A write that the peer does not take holds the reason back for a moment, and not
// beyond Close.
func TestR111_FarewellBehindAStuckWrite(t *testing.T) {
	for name, c := range map[string]struct{ closeAfter, want time.Duration }{
		"left alone": {time.Minute, time.Second}, "closed": {100 * time.Millisecond, 100 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			l, err := transport.Net{}.Dial(t.Context(), "ws://router/", transport.Options{NetDial: piped(func(c net.Conn) {
				welcome("ws", c)
				io.WriteString(c, "\x81\x02[]")
				<-t.Context().Done() // it reads nothing
			})})
			if err != nil {
				t.Fatal(err)
			}
			go func() {
				_ = l.WriteFrame([]byte("message"), nil)
				_ = l.Flush()
			}()
			synctest.Wait()
			time.AfterFunc(c.closeAfter, func() { l.Close() })
			begin := time.Now()
			wantReadError(t, l, transport.ErrMessageType)
			if took := time.Since(begin); took != c.want {
				t.Errorf("%s: reading ended after %v, want %v", name, took, c.want)
			}
			l.Close()
		})
	}
}

// R109: fragments are put together, with control frames in between.
func TestR109_Fragments(t *testing.T) {
	url, _ := answering(t, picked("wamp.2.cbor"), func(c net.Conn) {
		io.WriteString(c, "\x02\x03abc"+"\x89\x02hi"+"\x00\x00"+"\x00\x03def"+"\x8a\x00"+"\x80\x01g"+"\x82\x00")
	})
	l := dial(t, url, transport.Options{})
	wantFrame(t, l, []byte("abcdefg"))
	wantFrame(t, l, []byte{})
	wantCloseCode(t, l, websocket.CloseAbnormalClosure)
}

func wantCloseCode(t *testing.T, l *transport.Link, code int) *transport.CloseError {
	t.Helper()
	_, err := l.ReadFrame()
	var ce *transport.CloseError
	if !errors.As(err, &ce) || ce.Code != code {
		t.Fatalf("%v, want close code %d", err, code)
	}
	return ce
}

func TestR111_CloseCodes(t *testing.T) {
	for _, code := range []int{1000, 1001, 1002, 1003, 1007, 1009, 1011, 1012, 4000} {
		url := wsServer(t, func(c *websocket.Conn) {
			c.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(code, "because\n\x1b[31m"))
		})
		l := dial(t, url, transport.Options{})
		if ce := wantCloseCode(t, l, code); ce.Reason != "because  [31m" || !strings.HasPrefix(ce.Error(), "wamp: ") {
			t.Errorf("reason %q", ce.Reason)
		}
	}
	for b, code := range map[string]int{"\x88\x00": 1005, "": 1006, "\x82": 1006, "\x82\x05ab": 1006} {
		url, _ := answering(t, picked("wamp.2.cbor"), func(c net.Conn) { io.WriteString(c, b) })
		wantCloseCode(t, dial(t, url, transport.Options{}), code)
	}
}

// R111: pings are answered with their payload, at the next Flush, the newest two.
func TestR111_Pong(t *testing.T) {
	for _, tc := range []struct{ pings, pongs string }{{"a", "a"}, {"ab", "ab"}, {"abcde", "de"}} {
		got := make(chan string, 1)
		url := wsServer(t, func(c *websocket.Conn) {
			pongs := ""
			c.SetPongHandler(func(s string) error {
				pongs += s
				return nil
			})
			for _, p := range tc.pings {
				c.WriteMessage(websocket.PingMessage, []byte(string(p)))
			}
			c.WriteMessage(websocket.BinaryMessage, []byte("go on"))
			c.ReadMessage()
			c.ReadMessage() // pongs leave behind what was buffered before Flush
			got <- pongs
		})
		var woken atomic.Int64
		l := dial(t, url, transport.Options{Wake: func() { woken.Add(1) }})
		wantFrame(t, l, []byte("go on"))
		if int(woken.Load()) != len(tc.pings) {
			t.Errorf("woken %d times by %d pings", woken.Load(), len(tc.pings))
		}
		send(t, l)
		send(t, l, []byte("b"), []byte("ye"))
		if s := <-got; s != tc.pongs {
			t.Errorf("pings %q: pongs %q, want %q", tc.pings, s, tc.pongs)
		}
	}
}

func TestR111_Ping(t *testing.T) {
	got := make(chan string, 1)
	url := wsServer(t, func(c *websocket.Conn) {
		c.SetPingHandler(func(s string) error {
			got <- s
			return nil
		})
		c.ReadMessage()
	})
	l := dial(t, url, transport.Options{})
	if err := l.Conn.(transport.Pinger).Ping(); err != nil {
		t.Fatal(err)
	}
	send(t, l)
	<-got
}

func TestR111_CloseWith(t *testing.T) {
	got := make(chan error, 1)
	url := wsServer(t, func(c *websocket.Conn) {
		for {
			if _, b, err := c.ReadMessage(); err != nil {
				got <- err
				return
			} else if string(b) != "last words" {
				t.Errorf("message %q", b)
			}
		}
	})
	long := strings.Repeat("é", 100)
	for code, reason := range map[int]string{1000: "", 1002: "no", 1009: long} {
		l := dial(t, url, transport.Options{})
		if err := l.WriteFrame([]byte("last words"), nil); err != nil {
			t.Fatal(err)
		}
		if err := l.Conn.(transport.CloseSayer).CloseWith(code, reason); err != nil {
			t.Fatal(err)
		}
		var ce *websocket.CloseError
		if err := <-got; !errors.As(err, &ce) || ce.Code != code || !strings.HasPrefix(reason, ce.Text) || reason != "" && ce.Text == "" {
			t.Errorf("peer saw %v, want %d %q", err, code, reason)
		}
		wantReadError(t, l, net.ErrClosed)
		if err := l.WriteFrame([]byte("x"), nil); !errors.Is(err, net.ErrClosed) {
			t.Errorf("WriteFrame after CloseWith: %v", err)
		}
	}
}

// F5: the limit is read, one byte more is not, in one frame or in fragments, and the
// peer is told by close code 1009.
func TestF5_WebSocketReadLimit(t *testing.T) {
	const limit = 1 << 20
	for name, parts := range map[string][]int{"frame": {limit + 1}, "fragments": {limit, 1}} {
		t.Run(name, func(t *testing.T) {
			told := make(chan error, 1)
			url := wsServer(t, func(c *websocket.Conn) {
				c.WriteMessage(websocket.BinaryMessage, message(limit))
				w, _ := c.NextWriter(websocket.BinaryMessage)
				for _, n := range parts {
					w.Write(message(n))
				}
				w.Close()
				_, _, err := c.ReadMessage()
				told <- err
			})
			l := dial(t, url, transport.Options{})
			wantFrame(t, l, message(limit))
			wantReadError(t, l, transport.ErrTooLarge)
			if err := l.WriteFrame([]byte("x"), nil); !errors.Is(err, transport.ErrTooLarge) {
				t.Errorf("WriteFrame after that: %v", err)
			}
			if err := <-told; !websocket.IsCloseError(err, websocket.CloseMessageTooBig) && !isReset(err) {
				t.Errorf("peer saw %v, want 1009", err)
			}
		})
	}
}

// isReset: the kernel may drop our close frame with a reset, since the peer's bytes
// were not all read.
func isReset(err error) bool {
	return strings.Contains(err.Error(), "connection reset") || strings.Contains(err.Error(), "broken pipe")
}

// F5: a compressed bomb has no way in. Nothing is offered (TestR106_R107_R110_Offer),
// a server that switches it on anyway is refused, and so is a compressed frame.
func TestF5_NoCompression(t *testing.T) {
	answer := picked("wamp.2.cbor")
	answer.Set("Sec-WebSocket-Extensions", "permessage-deflate; server_no_context_takeover; client_no_context_takeover")
	url, _ := answering(t, answer, func(net.Conn) {})
	if h := dialFails(t, url, transport.Options{}); !errors.Is(h, transport.ErrExtension) {
		t.Error(h)
	}

	var bomb bytes.Buffer
	w, _ := flate.NewWriter(&bomb, flate.BestCompression)
	w.Write(make([]byte, 1<<20))
	w.Flush()
	url, _ = answering(t, picked("wamp.2.cbor"), func(c net.Conn) {
		n := bomb.Len()
		c.Write(append([]byte{0xc2, 126, byte(n >> 8), byte(n)}, bomb.Bytes()...))
		io.Copy(io.Discard, c)
	})
	l := dial(t, url, transport.Options{})
	if _, err := l.ReadFrame(); err == nil || !strings.Contains(err.Error(), "RSV1") {
		t.Errorf("a compressed frame: %v", err)
	}
}

func TestF7_WebSocketProtocolErrors(t *testing.T) {
	for name, b := range map[string]string{
		"reserved bit": "\xa2\x00", "reserved opcode": "\x83\x00", "masked": "\x82\x81abcde",
		"continuation first": "\x80\x00", "long ping": "\x89\x7e\x00\x7e", "bad close code": "\x88\x02\x00\x05",
		"length 2^63": "\x82\x7f\x80\x00\x00\x00\x00\x00\x00\x00",
	} {
		t.Run(name, func(t *testing.T) {
			url, _ := answering(t, picked("wamp.2.cbor"), func(c net.Conn) {
				io.WriteString(c, b)
				io.Copy(io.Discard, c)
			})
			l := dial(t, url, transport.Options{})
			if _, err := l.ReadFrame(); err == nil || !strings.HasPrefix(err.Error(), "wamp: ") {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestLargeBothWays(t *testing.T) {
	eachLink(t, transport.Options{ReadLimit: 1 << 24}, echo, func(t *testing.T, l *transport.Link) {
		for _, n := range []int{0, 1, 125, 126, 4095, 4096, 32 << 10, 32<<10 + 1, 65535, 65536, 65537, 300_000, 1 << 20, 1<<24 - 1} {
			m := message(n)
			errs := make(chan error, 1)
			go func() {
				errs <- errors.Join(l.WriteFrame(m[:n/3], m[n/3:]), l.Flush())
			}()
			wantFrame(t, l, m)
			if err := <-errs; err != nil {
				t.Fatal(err)
			}
		}
	})
}

// CloseWith is bounded by one write timeout although a Flush
// is stuck, and ends that Flush.
func TestCloseWith_WhileStuck(t *testing.T) {
	hang := make(chan struct{})
	defer close(hang)
	url := wsServer(t, func(*websocket.Conn) { <-hang })
	l := dial(t, url, transport.Options{WriteTimeout: 300 * time.Millisecond})
	stuck := make(chan error, 1)
	go func() {
		var err error
		for m := message(1 << 20); err == nil; {
			err = errors.Join(l.WriteFrame(m, nil), l.Flush())
		}
		stuck <- err
	}()
	if err := l.Conn.(transport.CloseSayer).CloseWith(1000, ""); err != nil {
		t.Log(err)
	}
	<-stuck
}
