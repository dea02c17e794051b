package transport_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
)

// tape is a server in one goroutine, so that the client alone is measured: after the
// handshake it plays the same frame for ever, and what is written to it is gone.
type tape struct {
	frame []byte
	todo  []byte
	begun bool

	batched bool // it picks the batched form
	writes  int  // after the handshake
}

func (c *tape) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(c.todo) == 0 {
			c.todo = c.frame
		}
		m := copy(p[n:], c.todo)
		c.todo, n = c.todo[m:], n+m
	}
	return n, nil
}

func (c *tape) Write(p []byte) (int, error) {
	if c.begun {
		c.writes++
		return len(p), nil
	}
	c.begun = true
	if p[0] == 0x7f {
		c.todo = []byte{0x7f, 0xf0 | p[1]&0x0f, 0, 0}
		return len(p), nil
	}
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(p)))
	if err != nil {
		return 0, err
	}
	pick := "wamp.2.cbor"
	if c.batched {
		pick += ".batched"
	}
	c.todo = fmt.Appendf(nil, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: %s\r\n\r\n", acceptKey(r.Header.Get("Sec-WebSocket-Key")), pick)
	return len(p), nil
}

func (*tape) Close() error                     { return nil }
func (*tape) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (*tape) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (*tape) SetDeadline(time.Time) error      { return nil }
func (*tape) SetReadDeadline(time.Time) error  { return nil }
func (*tape) SetWriteDeadline(time.Time) error { return nil }

// taped is a link to a tape of messages of n bytes.
func taped(t testing.TB, transportName string, n int) *transport.Link {
	url, b := "tcp://router:1", frame(0, message(n))
	if transportName == "ws" {
		url, b = "ws://router/", append(wsHeader(n), message(n)...)
	}
	return dial(t, url, transport.Options{NetDial: func(context.Context, string, string) (net.Conn, error) {
		return &tape{frame: b}, nil
	}})
}

// wsHeader is the header of a binary message from a server.
func wsHeader(n int) []byte {
	switch {
	case n < 126:
		return []byte{0x82, byte(n)}
	case n < 65536:
		return []byte{0x82, 126, byte(n >> 8), byte(n)}
	}
	return []byte{0x82, 127, 0, 0, 0, 0, 0, byte(n >> 16), byte(n >> 8), byte(n)}
}

// Reading costs one allocation a frame on RawSocket; on WebSocket gorilla's reader is
// a second one. Writing costs none, gorilla's writer apart, and a vector of two where
// a large body is not copied.
func TestAllocations(t *testing.T) {
	for name, least := range map[string]struct{ read, write float64 }{"ws": {2, 1}, "tcp": {1, 0}} {
		for _, n := range []int{20, 2000, 100_000} {
			want := least
			l, m := taped(t, name, n), message(n)
			l.ReadFrame()
			read := testing.AllocsPerRun(200, func() {
				if _, err := l.ReadFrame(); err != nil {
					t.Error(err)
				}
			})
			write := func() {
				if l.WriteFrame(m[:10], m[10:]) != nil || l.Flush() != nil {
					t.Error("write failed")
				}
			}
			write()
			wrote := testing.AllocsPerRun(200, write)
			t.Logf("%s, %d bytes: %v a read, %v a write", name, n, read, wrote)
			if n > 64<<10 {
				want.read++ // under the race detector a sync.Pool forgets at random
				if name == "tcp" {
					want.write = 2
				}
			}
			if read > want.read || wrote > want.write {
				t.Errorf("%s, %d bytes: %v allocations a read, %v a write, want %+v", name, n, read, wrote, want)
			}
		}
	}
}

func BenchmarkRead(b *testing.B) {
	for _, name := range []string{"ws", "tcp"} {
		for _, n := range []int{100, 10_000, 1 << 20} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				l := taped(b, name, n)
				b.SetBytes(int64(n))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := l.ReadFrame(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	for _, name := range []string{"ws", "tcp"} {
		for _, n := range []int{100, 10_000, 1 << 20} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				l, m := taped(b, name, n), message(n)
				b.SetBytes(int64(n))
				b.ReportAllocs()
				for b.Loop() {
					if l.WriteFrame(m[:10], m[10:]) != nil || l.Flush() != nil {
						b.Fatal("write failed")
					}
				}
			})
		}
	}
}

// BenchmarkLoopback is one message there and back over a real socket.
func BenchmarkLoopback(b *testing.B) {
	for name, url := range map[string]string{"tcp": rawPeer(b, echo), "ws": wsPeer(b, echo)} {
		b.Run(name, func(b *testing.B) {
			l, m := dial(b, url, transport.Options{}), message(100)
			for b.Loop() {
				send(b, l, m)
				if _, err := l.ReadFrame(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSend is one way over a real socket to a peer that drops what it reads.
func BenchmarkSend(b *testing.B) {
	url := rawServer(b, func(c net.Conn) {
		buf := make([]byte, 256<<10)
		for {
			if _, err := c.Read(buf); err != nil {
				return
			}
		}
	})
	for _, n := range []int{30_000, 70_000, 200_000, 1 << 20} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			l, m := dial(b, url, transport.Options{}), message(n)
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				if l.WriteFrame(m[:10], m[10:]) != nil || l.Flush() != nil {
					b.Fatal("write failed")
				}
			}
		})
	}
}

// BenchmarkBatch sends and reads messages in bursts, each burst with one Flush, in
// the plain form of WebSocket and in the batched one.
func BenchmarkBatch(b *testing.B) {
	for _, n := range []int{64, 512, 4096} {
		for _, burst := range []int{1, 16, 256} {
			for _, batched := range []bool{false, true} {
				name := map[bool]string{false: "plain", true: "batched"}[batched]
				b.Run(fmt.Sprintf("write/%dB/%d/%s", n, burst, name), func(b *testing.B) { writeBursts(b, n, burst, batched) })
				b.Run(fmt.Sprintf("read/%dB/%d/%s", n, burst, name), func(b *testing.B) { readBursts(b, n, burst, batched) })
			}
		}
	}
}

func writeBursts(b *testing.B, n, burst int, batched bool) {
	t := &tape{frame: wsHeader(n), batched: batched} // nothing of it is read
	l, m := t.dial(b), message(n)
	b.ReportAllocs()
	written := 0
	for b.Loop() {
		if written++; l.WriteFrame(m[:20], m[20:]) != nil || written%burst == 0 && l.Flush() != nil {
			b.Fatal("write failed")
		}
	}
	b.ReportMetric(float64(t.writes)/float64(b.N), "writes/op")
}

func readBursts(b *testing.B, n, burst int, batched bool) {
	t := &tape{batched: batched}
	for range burst {
		if !batched {
			t.frame = append(append(t.frame, wsHeader(n)...), message(n)...)
			continue
		}
		t.frame = append(t.frame, batchOf(codec.CBOR, message(n))...)
	}
	if batched {
		t.frame = append(wsHeader(len(t.frame)), t.frame...)
	}
	l := t.dial(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := l.ReadFrame(); err != nil {
			b.Fatal(err)
		}
	}
}

func (c *tape) dial(t testing.TB) *transport.Link {
	return dial(t, "ws://router/", transport.Options{Batched: c.batched, NetDial: func(context.Context, string, string) (net.Conn, error) {
		return c, nil
	}})
}
