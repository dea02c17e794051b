package transport_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
)

// One Flush is one write on the socket: 100 messages, the pongs and a ping.
func TestFlush_OneWrite(t *testing.T) {
	const messages = 100
	config, trust := trusted(t)
	secure := tlsServers(t, config, wsPingThenCount, rawPingThenCount)
	for name, url := range map[string]string{
		"ws": wsServer(t, wsPingThenCount), "tcp": rawServer(t, rawPingThenCount), "wss": secure[0], "tcps": secure[1],
	} {
		t.Run(name, func(t *testing.T) {
			var writes atomic.Int64
			l := dial(t, url, transport.Options{TLS: trust, RawSocketPing: true, NetDial: counting(&writes)})
			wantFrame(t, l, []byte("go on")) // two pings were in front of it
			writes.Store(0)
			for range messages {
				if err := l.WriteFrame([]byte("head"), []byte("body")); err != nil {
					t.Fatal(err)
				}
			}
			if err := l.Conn.(transport.Pinger).Ping(); err != nil {
				t.Fatal(err)
			}
			if n := writes.Load(); n != 0 {
				t.Errorf("%d writes before Flush", n)
			}
			for range 3 { // the second and third have nothing to write
				send(t, l)
			}
			if n := writes.Load(); n != 1 {
				t.Errorf("%d writes for %d messages, want 1", n, messages)
			}
			wantFrame(t, l, []byte("100 messages, 2 pongs, 1 ping"))
		})
	}
}

// Large messages do not pile up in memory: they are written on the way.
func TestFlush_LargeMessagesGoOut(t *testing.T) {
	var writes atomic.Int64
	l := dial(t, rawServer(t, func(c net.Conn) { io.Copy(io.Discard, c) }), transport.Options{NetDial: counting(&writes)})
	writes.Store(0)
	if err := l.WriteFrame([]byte("head"), message(1<<20)); err != nil {
		t.Fatal(err)
	}
	if n := writes.Load(); n != 2 {
		t.Errorf("%d writes, want 2: what was buffered, and the body without a copy", n)
	}
}

// A caller may reuse its slices as soon as WriteFrame returns.
func TestWriteFrame_KeepsNothing(t *testing.T) {
	eachLink(t, transport.Options{}, echo, func(t *testing.T, l *transport.Link) {
		for _, n := range []int{3, 5000, 100_000} {
			b := message(n)
			if err := l.WriteFrame(b[:2], b[2:]); err != nil {
				t.Fatal(err)
			}
			clear(b)
			send(t, l)
			wantFrame(t, l, message(n))
		}
	})
}

// Frames handed out are the caller's: later ones do not overwrite them.
func TestReadFrame_Fresh(t *testing.T) {
	a, b := bytes.Repeat([]byte("a"), 300), bytes.Repeat([]byte("b"), 300)
	eachLink(t, transport.Options{}, echo, func(t *testing.T, l *transport.Link) {
		send(t, l, a, b)
		first, err := l.ReadFrame()
		if err != nil {
			t.Fatal(err)
		}
		wantFrame(t, l, b)
		if !bytes.Equal(first, a) {
			t.Error("a frame changed after it was handed out")
		}
	})
}

// Close ends a ReadFrame and a Flush that are stuck, from any number of goroutines.
func TestClose_Unblocks(t *testing.T) {
	for name, start := range map[string]string{"ws": "ws://router/", "tcp": "tcp://router:1", "tcps": "tcps://router:1", "wss": "wss://router/"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				config, trust := trusted(t)
				l, err := transport.Net{}.Dial(t.Context(), start, transport.Options{TLS: trust, NetDial: piped(deaf(t, name, config))})
				if err != nil {
					t.Fatal(err)
				}
				closeUnblocks(t, l)
			})
		})
	}
	t.Run("pipe", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			l, server := transport.Pipe(codec.CBOR)
			closeUnblocks(t, l)
			server.Close()
		})
	})
}

func closeUnblocks(t *testing.T, l *transport.Link) {
	t.Helper()
	var wg sync.WaitGroup
	wg.Go(func() { wantReadError(t, l, net.ErrClosed) })
	wg.Go(func() {
		var err error
		for err == nil {
			err = errors.Join(l.WriteFrame([]byte("x"), nil), l.Flush())
		}
		if !errors.Is(err, net.ErrClosed) {
			t.Errorf("Flush: %v, want net.ErrClosed", err)
		}
	})
	synctest.Wait()
	start := time.Now()
	for range 3 {
		wg.Go(func() {
			if err := l.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if d := time.Since(start); d != 0 {
		t.Errorf("Close took %v of virtual time", d)
	}
}

// H3: a peer that never reads costs one write deadline; the error stays.
func TestH3_WriteTimeout(t *testing.T) {
	for name, url := range map[string]string{"ws": "ws://router/", "tcp": "tcp://router:1", "pipe": ""} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var l *transport.Link
				if name == "pipe" {
					client, server := transport.Pipe(codec.JSON)
					defer server.Close()
					l = client
				} else {
					var err error
					if l, err = (transport.Net{}).Dial(t.Context(), url, transport.Options{NetDial: piped(deaf(t, name, nil))}); err != nil {
						t.Fatal(err)
					}
				}
				defer l.Close()
				start, m := time.Now(), message(1000)
				var err error
				for err == nil {
					err = errors.Join(l.WriteFrame(m, nil), l.Flush())
				}
				if !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != 10*time.Second {
					t.Errorf("after %v: %v, want a timeout after 10 s", time.Since(start), err)
				}
				if name == "pipe" {
					return
				}
				if err := errors.Join(l.WriteFrame(m, nil), l.Flush()); err == nil || time.Since(start) != 10*time.Second {
					t.Errorf("after the failure: %v", err)
				}
			})
		})
	}
}

// H2: without a byte for ping interval + pong timeout the peer is lost; anything
// received, a pong too, starts the time anew.
func TestH2_Silence(t *testing.T) {
	for name, url := range map[string]string{"ws": "ws://router/", "tcp": "tcp://router:1"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				pong := map[string]string{"ws": "\x8a\x00", "tcp": "\x02\x00\x00\x00"}[name]
				l, err := transport.Net{}.Dial(t.Context(), url, transport.Options{
					RawSocketPing: true, PingInterval: 4 * time.Second, PongTimeout: 3 * time.Second,
					NetDial: piped(func(c net.Conn) {
						welcome(name, c)
						for range 3 {
							time.Sleep(6 * time.Second)
							io.WriteString(c, pong)
						}
						io.Copy(io.Discard, c)
					}),
				})
				if err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				err = wantTimeout(t, l)
				if d := time.Since(start); d != 25*time.Second {
					t.Errorf("%v after %v, want after 3·6+7 s", err, d)
				}
				l.Close()
			})
		})
	}
}

// Pings off: silence is not bounded, on RawSocket neither without RawSocketPing.
func TestH2_SilenceAllowed(t *testing.T) {
	for name, o := range map[string]transport.Options{"ws": {PingInterval: -1}, "tcp": {}} {
		synctest.Test(t, func(t *testing.T) {
			url := map[string]string{"ws": "ws://router/", "tcp": "tcp://router:1"}[name]
			o.NetDial = piped(func(c net.Conn) {
				welcome(name, c)
				time.Sleep(24 * time.Hour) // virtual
			})
			l, err := transport.Net{}.Dial(t.Context(), url, o)
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			if b, err := l.ReadFrame(); err == nil || time.Since(start) != 24*time.Hour {
				t.Errorf("%q, %v after %v", b, err, time.Since(start))
			}
			l.Close()
		})
	}
}

func TestReadWriteAtOnce(t *testing.T) {
	const n = 2000
	eachLink(t, transport.Options{}, echo, func(t *testing.T, l *transport.Link) {
		errs := make(chan error, 1)
		go func() {
			for i := range n {
				if err := l.WriteFrame(message(i), nil); err != nil {
					errs <- err
					return
				}
				if i%10 == 9 {
					if err := l.Flush(); err != nil {
						errs <- err
						return
					}
				}
			}
			errs <- nil
		}()
		for i := range n {
			wantFrame(t, l, message(i))
		}
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	})
}
