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

	"github.com/wampgen/wampgen/runtime/transport"
)

// tape is a server in one goroutine, so that the client alone is measured: after the
// handshake it plays the same frame for ever, and what is written to it is gone.
type tape struct {
	frame []byte
	todo  []byte
	begun bool
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
	c.todo = fmt.Appendf(nil, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: wamp.2.cbor\r\n\r\n", acceptKey(r.Header.Get("Sec-WebSocket-Key")))
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
