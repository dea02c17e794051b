package fault

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// sized is a RESULT for call id whose frame has exactly n bytes.
func sized(t *testing.T, f codec.Format, id int64, n int) []byte {
	t.Helper()
	pad := n - 64
	for range 3 { // the headers of lengths shrink and grow
		frame, err := wamptest.Message{wamptest.Result, id, map[string]any{}, []any{strings.Repeat("x", pad)}}.Encode(f)
		if err != nil {
			t.Fatal(err)
		}
		if len(frame) == n {
			return frame
		}
		pad += n - len(frame)
	}
	t.Fatalf("no RESULT of %d bytes", n)
	return nil
}

// F5: a message as large as announced is fine, one byte more ends the session
// before it is read, with a word where the transport has one. R110, R125.
func TestF5_TooLargeInbound(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		const limit = 1 << 20
		c, p := s.Connect()
		if got := p.Limit(); s.Kind == wamptest.RawSocket && got != limit {
			s.T.Errorf("announced %d", got)
		}
		calls := stage.Calls(s, c, 1)
		p.SendRaw(sized(s.T, s.Format, p.Expect(wamptest.Call).ID(1), limit))
		if err := <-calls; err != nil {
			s.T.Errorf("at the limit: %v", err)
		}
		calls = stage.Calls(s, c, 1)
		p.SendRaw(sized(s.T, s.Format, p.Expect(wamptest.Call).ID(1), limit+1))
		s.Lost(calls, 1, false)
		if st := c.Status(); !errors.Is(st.Err, transport.ErrTooLarge) {
			s.T.Errorf("status %+v", st)
		}
		if m, err := p.Next(); err == nil {
			s.T.Errorf("the client goes on: %v", m)
		}
		if s.Kind == wamptest.WebSocket && p.CloseCode() != 1009 {
			s.T.Errorf("close code %d, want 1009", p.CloseCode())
		}
		p = s.Accept()
		p.Join()
		s.Works(c, p)
	})
}

// F5: a header that announces much and then silence costs nothing and ends when
// the peer is taken for dead.
func TestF5_HeaderThenSilence(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect(wamp.WithReadLimit(16 << 20))
		calls := stage.Calls(s, c, 1)
		p.Expect(wamptest.Call)
		p.Mute()
		before := stage.Heap()
		header := []byte{0x00, 0xff, 0xff, 0xff} // 16 MiB
		if s.Kind == wamptest.WebSocket {
			header = []byte{0x81, 127, 0, 0, 0, 0, 1, 0, 0, 0}
			if s.Format.Binary() {
				header[0] = 0x82
			}
		}
		p.SendBytes(header)
		synctest.Wait()
		if after := stage.Heap(); after > before+bound+32<<10 {
			s.T.Errorf("the announcement took %d bytes", after-before)
		}
		begin := time.Now()
		if err := <-calls; !errors.Is(err, wamp.ErrLost) {
			s.T.Errorf("got %v", err)
		}
		if took := time.Since(begin); took > 25*time.Second {
			s.T.Errorf("given up after %v", took)
		}
		p.Close()
		p = s.Accept()
		p.Join()
		s.Works(c, p)
	})
}

// F6: what the router does not take is refused here, before it has an id. R124.
func TestF6_TooLargeOutbound(t *testing.T) {
	for _, limit := range []int{1 << 11, 1 << 16, 1 << 24} {
		for _, f := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
			if limit == 1<<24 && f != codec.CBOR && !stage.Full {
				continue
			}
			t.Run(fmt.Sprint(f, "/", limit), func(t *testing.T) {
				s := stage.New(t, wamptest.RawSocket, f)
				s.Limit = limit
				c, p := s.Connect()
				frame, _ := wamptest.Message{wamptest.Publish, 1, map[string]any{}, "com.example.topic", []any{strings.Repeat("x", limit/2)}}.Encode(f)
				overhead := len(frame) - limit/2 // the same for all sizes that are near
				id := int64(0)
				for _, size := range []int{limit - 1, limit, limit + 1, limit + 2, 2 * limit, limit - 2} {
					err := c.Publish(t.Context(), "com.example.topic", []any{strings.Repeat("x", size-overhead)}, nil)
					if err != nil {
						if size < limit-1 || size < limit && limit != 1<<24 || !errors.Is(err, wamp.ErrTooLarge) || !wamp.SafeToRetry(err) {
							t.Errorf("%d bytes: %v", size, err)
						}
						continue
					}
					if id++; size > limit {
						t.Errorf("%d bytes were sent", size)
					}
					if m := p.Expect(wamptest.Publish); m.ID(1) != id || len(m.List(4)[0].(string)) != size-overhead {
						t.Errorf("%d bytes: got request %d", size, m.ID(1))
					}
				}
				if id < 2 {
					t.Errorf("only %d of 3 sizes within the limit were sent", id)
				}
				s.Works(c, p)
			})
		}
	}
}

// F7: frames that are none. Each ends the session with an error that has a name,
// and the client comes again. R127, R128, R130.
func TestF7_RawSocketFraming(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage.NewPipe(t, wamptest.RawSocket, codec.CBOR)
		c, p := s.Connect()
		for _, bad := range []struct {
			bytes []byte
			want  error
		}{
			{[]byte{3, 0, 0, 0}, transport.ErrReservedType}, {[]byte{4, 0, 0, 1, 0}, transport.ErrReservedType},
			{[]byte{7, 0, 0, 0}, transport.ErrReservedType}, {[]byte{0x10, 0, 0, 0}, transport.ErrReservedBits},
			{[]byte{0xf0, 0, 0, 0}, transport.ErrReservedBits}, {[]byte{0x80, 0, 0, 1, 0}, transport.ErrReservedBits},
			{[]byte{8, 0, 0, 1}, transport.ErrFrameLength}, {[]byte{8, 0, 0, 0}, transport.ErrTooLarge},
			{[]byte{0, 0x10, 0, 1}, transport.ErrTooLarge}, {[]byte{1, 1, 0, 1}, transport.ErrPingTooLarge},
			{[]byte{1, 0xff, 0xff, 0xff}, transport.ErrTooLarge}, {[]byte{2, 0xff, 0xff, 0xff}, transport.ErrTooLarge},
		} {
			calls := stage.Calls(s, c, 1)
			p.Expect(wamptest.Call)
			p.SendBytes(bad.bytes)
			s.Lost(calls, 1, false)
			if st := c.Status(); !errors.Is(st.Err, bad.want) {
				t.Errorf("% x: want %v, got %v", bad.bytes, bad.want, st.Err)
			}
			p = s.Accept()
			p.Join()
		}
		for _, payload := range [][]byte{nil, []byte("x"), bytes.Repeat([]byte("p"), 64<<10)} { // R129
			p.Ping(payload)
			if got := p.Pong(); !bytes.Equal(got, payload) {
				t.Errorf("PONG of %d bytes for a PING of %d", len(got), len(payload))
			}
		}
		p.SendBytes(wamptest.RawSocketFrame(2, []byte("unsolicited")))
		s.Works(c, p)
	})
}

// F7 in the handshake: refusals and answers that are none are told and tried
// again. R121-R123.
func TestF7_RawSocketHandshake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage.NewPipe(t, wamptest.RawSocket, codec.CBOR)
		replies := [][]byte{{0x00, 0xf3, 0, 0}, {0x7f, 0xf1, 0, 0}, {0x7f, 0xf3, 1, 0}, {0x7f, 0xf3, 0, 1}, []byte("HTTP"), {}}
		for code := range 16 {
			replies = append(replies, []byte{0x7f, byte(code << 4), 0, 0})
		}
		for _, reply := range replies {
			done := make(chan error, 1)
			go func() {
				_, err := wamp.Connect(s.T.Context(), s.URL(), "realm1", wamp.WithSerializers(s.Format),
					wamp.WithNetDial(s.NetDial), wamp.WithMaxElapsed(time.Nanosecond))
				done <- err
			}()
			conn := s.AcceptConn()
			_, _ = conn.Read(make([]byte, 4))
			_, _ = conn.Write(reply)
			_ = conn.Close()
			if err := <-done; err == nil || !strings.Contains(err.Error(), "cannot open tcp://") {
				t.Errorf("%x: got %v", reply, err)
			}
		}
	})
}

// F7 on WebSocket: a close frame is answered with one and reported, and the
// client comes again. R111, RFC 6455 5.5.1.
func TestF7_WebSocketCloseFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage.NewPipe(t, wamptest.WebSocket, codec.CBOR)
		c, p := s.Connect()
		for _, code := range []int{1000, 1001, 1002, 1011, 4000, 1005} {
			calls := stage.Calls(s, c, 1)
			p.Expect(wamptest.Call)
			var payload []byte
			if code != 1005 { // 1005 is the frame without a code
				payload = []byte{byte(code >> 8), byte(code), 'b', 'y', 'e', '\n', '!'}
			}
			p.SendBytes(wamptest.WebSocketFrame(0x88, payload))
			s.Lost(calls, 1, false)
			var closed *transport.CloseError
			if st := c.Status(); !errors.As(st.Err, &closed) || closed.Code != code || strings.Contains(st.Err.Error(), "\n") {
				t.Errorf("%d: status %+v", code, st)
			}
			p.ExpectEnd()
			if got := p.CloseCode(); got == 0 {
				t.Errorf("%d: the close frame was not answered", code)
			}
			p = s.Accept()
			p.Join()
		}
		for name, frame := range map[string][]byte{
			"reserved opcode": wamptest.WebSocketFrame(0x83, nil), "reserved bit": wamptest.WebSocketFrame(0xc2, []byte("x")),
			"text where binary was agreed": wamptest.WebSocketFrame(0x81, []byte("[]")), "masked": {0x82, 0x81, 1, 2, 3, 4, 5},
			"long ping": wamptest.WebSocketFrame(0x89, make([]byte, 126)), "continuation of nothing": wamptest.WebSocketFrame(0x80, nil),
		} {
			calls := stage.Calls(s, c, 1)
			p.Expect(wamptest.Call)
			p.SendBytes(frame)
			s.Lost(calls, 1, false)
			p.ExpectEnd()
			if got := p.CloseCode(); got != 1002 && (got != 1003 || !strings.HasPrefix(name, "text")) {
				t.Errorf("%s: close code %d", name, got)
			}
			p = s.Accept()
			p.Join()
		}
		s.Works(c, p)
	})
}

// F8: pings between large messages, while the client writes large ones. Nothing
// of one is inside the other. R129, R111.
func TestF8_PingsBetweenFrames(t *testing.T) {
	stage.Sockets(t, func(s *stage.Stage) {
		c, p := s.Connect()
		n := stage.Scale(1000, 40)
		payload := strings.Repeat("0123456789abcdef", 200_000/16)
		var both sync.WaitGroup
		stop := make(chan struct{})
		both.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
					p.Ping(fmt.Appendf(nil, "ping %d", i))
					runtime.Gosched()
				}
			}
		})
		both.Go(func() {
			for i := range n {
				if err := c.Publish(s.T.Context(), "com.example.topic", []any{i, payload}, nil); err != nil {
					s.T.Error(err)
				}
			}
		})
		for i := range n {
			m := p.Expect(wamptest.Publish)
			if l := m.List(4); l[0] != int64(i) || l[1] != payload {
				s.T.Fatalf("message %d is damaged", i)
			}
		}
		if got := string(p.Pong()); !strings.HasPrefix(got, "ping ") {
			s.T.Errorf("pong %q", got)
		}
		close(stop)
		both.Wait()
		s.Works(c, p)
	})
}
