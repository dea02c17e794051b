package transport_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/transport"
)

func TestR126_FramesOnTheWire(t *testing.T) {
	got := make(chan []byte, 1)
	url := rawServer(t, func(c net.Conn) {
		b := make([]byte, 9)
		io.ReadFull(c, b)
		got <- b
	})
	l := dial(t, url, transport.Options{})
	if err := l.WriteFrame([]byte("he"), []byte("llo")); err != nil {
		t.Fatal(err)
	}
	if err := l.Flush(); err != nil {
		t.Fatal(err)
	}
	if b := <-got; string(b) != "\x00\x00\x00\x05hello" {
		t.Errorf("frame % x", b)
	}
}

// R124, F6: a message above the router's limit is refused here, nothing of it is
// written, and what follows is in step.
func TestR124_F6_SendLimits(t *testing.T) {
	for nibble := range byte(16) {
		limit := min(512<<nibble, 1<<24-1)
		sizes := []int{limit - 1, limit, limit + 1, 1 << 24, limit, 3}
		if nibble > 11 && nibble < 15 && testing.Short() {
			continue
		}
		got := make(chan int, len(sizes))
		url := "tcp://" + serve(t, func(c net.Conn) {
			accept(c, nibble)
			defer close(got)
			for {
				first, b, err := readRaw(c)
				if err != nil {
					return
				}
				if first != 0 || !bytes.Equal(b, message(len(b))) {
					t.Errorf("limit %d: frame of type 0x%02x, %d bytes, is damaged", limit, first, len(b))
				}
				got <- len(b)
			}
		})
		l := dial(t, url, transport.Options{})
		var want []int
		for _, n := range sizes {
			m := message(n)
			err := l.WriteFrame(m[:1], m[1:])
			switch {
			case n > limit && !errors.Is(err, transport.ErrTooLarge):
				t.Errorf("limit %d: writing %d bytes: %v, want ErrTooLarge", limit, n, err)
			case n <= limit && err != nil:
				t.Errorf("limit %d: writing %d bytes: %v", limit, n, err)
			case n <= limit:
				want = append(want, n)
			}
		}
		if err := l.Flush(); err != nil {
			t.Fatal(err)
		}
		l.Close()
		var have []int
		for n := range got {
			have = append(have, n)
		}
		if fmt.Sprint(have) != fmt.Sprint(want) {
			t.Errorf("limit %d: peer read %v, want %v", limit, have, want)
		}
	}
}

// R125, F5: equal to our announced limit is read, one more fails, also when the
// announced limit was rounded up from the option.
func TestR125_F5_ReadLimit(t *testing.T) {
	for limit, announced := range map[int]int{0: 1 << 20, 600: 1024, 512: 512, 1 << 24: 1 << 24} {
		url := rawServer(t, func(c net.Conn) {
			m := message(announced)
			b := frame(0, m)
			if announced == 1<<24 { // R127: the one length that has the extension bit
				b = append([]byte{0x08, 0, 0, 0}, m...)
			}
			c.Write(b)
			c.Write(frame(0, m[:min(announced, 1<<24-1)]))
			if announced < 1<<24 {
				c.Write(frame(0, append(m, 'x')))
			}
		})
		l := dial(t, url, transport.Options{ReadLimit: limit})
		wantFrame(t, l, message(announced))
		wantFrame(t, l, message(min(announced, 1<<24-1)))
		if announced == 1<<24 {
			wantReadError(t, l, io.EOF)
		} else {
			wantReadError(t, l, transport.ErrTooLarge)
		}
	}
}

// R127, R128, R130, F7.
func TestR127_R128_R130_BadFrames(t *testing.T) {
	bad := map[string]error{
		"\x08\x00\x00\x01": transport.ErrFrameLength,
		"\x09\x00\x00\x01": transport.ErrFrameLength,
		"\x08\x00\x00\x00": transport.ErrTooLarge, // 2^24, but 1 MiB was announced
		"\x0a\x00\x00\x00": transport.ErrTooLarge,
		"\x01\x01\x00\x01": transport.ErrPingTooLarge,
		"\x01\x10\x00\x00": transport.ErrPingTooLarge,
		"\x02\x10\x00\x01": transport.ErrTooLarge,
		"\x00\xff\xff\xff": transport.ErrTooLarge,
		"\x00\x00":         io.ErrUnexpectedEOF,
		"\x00\x00\x00\x05": io.ErrUnexpectedEOF,
		"\x00\x01\x00\x00": io.ErrUnexpectedEOF,
		"\x01\x00\x00\x05": io.ErrUnexpectedEOF,
		"\x02\x00\x00\x05": io.ErrUnexpectedEOF,
		"":                 io.EOF,
	}
	for kind := byte(3); kind < 8; kind++ {
		bad[string([]byte{kind, 0, 0, 0})] = transport.ErrReservedType
	}
	for bit := byte(0x10); bit != 0; bit <<= 1 {
		bad[string([]byte{bit, 0, 0, 0})] = transport.ErrReservedBits
		bad[string([]byte{bit | 2, 0, 0, 0})] = transport.ErrReservedBits
	}
	for b, want := range bad {
		t.Run(fmt.Sprintf("% x", b), func(t *testing.T) {
			l := dial(t, rawServer(t, func(c net.Conn) {
				c.Write(frame(0, []byte("first")))
				io.WriteString(c, b)
			}), transport.Options{})
			wantFrame(t, l, []byte("first"))
			wantReadError(t, l, want)
		})
	}
}

// R129: each PING gets exactly one PONG with its payload, in order, from the
// handshake on; two may wait for Flush, more are not left out.
func TestR129_Pong(t *testing.T) {
	for _, sizes := range [][]int{{0}, {3}, {1, 0}, {64 << 10}, {1, 2, 3, 0, 5, 6, 7}} {
		t.Run(fmt.Sprint(sizes), func(t *testing.T) {
			var woken atomic.Int64
			seen := make(chan struct{})
			url := rawServer(t, func(c net.Conn) {
				defer close(seen)
				var pings []byte
				for _, n := range sizes {
					pings = append(pings, frame(1, message(n))...)
				}
				c.Write(append(pings, frame(0, []byte("go on"))...))
				for _, n := range sizes {
					first, b, err := readRaw(c)
					if err != nil || first != 2 || !bytes.Equal(b, message(n)) {
						t.Errorf("want a PONG of %d bytes, got type %d, %d bytes, %v", n, first, len(b), err)
					}
				}
				if first, b, err := readRaw(c); err != nil || first != 0 || string(b) != "bye" {
					t.Errorf("want the message, got type %d, %q, %v", first, b, err)
				}
			})
			l := dial(t, url, transport.Options{Wake: func() { woken.Add(1) }})
			wantFrame(t, l, []byte("go on"))
			if woken.Load() == 0 {
				t.Error("the writer was not woken")
			}
			send(t, l, []byte("bye"))
			<-seen
		})
	}
}

func TestF7_UnsolicitedPong(t *testing.T) {
	l := dial(t, rawServer(t, func(c net.Conn) {
		c.Write(frame(2, nil))
		c.Write(frame(2, message(1<<20)))
		c.Write(frame(0, []byte("hi")))
	}), transport.Options{})
	wantFrame(t, l, []byte("hi"))
}

func TestR133_PingOnlyWhenAllowed(t *testing.T) {
	got := make(chan []byte, 1)
	url := rawServer(t, func(c net.Conn) {
		b := make([]byte, 4)
		if _, err := io.ReadFull(c, b); err == nil {
			got <- b
		}
	})
	if _, ok := dial(t, url, transport.Options{}).Conn.(transport.Pinger); ok {
		t.Error("a Pinger without RawSocketPing")
	}
	l := dial(t, url, transport.Options{RawSocketPing: true})
	if err := l.Conn.(transport.Pinger).Ping(); err != nil {
		t.Fatal(err)
	}
	send(t, l)
	if b := <-got; string(b) != "\x01\x00\x00\x00" {
		t.Errorf("ping % x", b)
	}
}

// F5: a header of 16 MiB and then silence costs at most 64 KiB and ends with a
// timeout, though RawSocket has no pings by default. Silence between frames is fine.
func TestF5_HeaderThenSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hour := make(chan struct{})
		o := transport.Options{ReadLimit: 1 << 24, NetDial: piped(func(c net.Conn) {
			accept(c, 15)
			<-hour
			c.Write([]byte{0x08, 0, 0, 0})
			io.Copy(io.Discard, c)
		})}
		l := dial(t, "tcp://router:1", o)
		go func() {
			time.Sleep(time.Hour)
			close(hour)
		}()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		err := wantTimeout(t, l)
		runtime.ReadMemStats(&after)
		if d := time.Since(start); d != time.Hour+25*time.Second {
			t.Errorf("%v after %v, want after 1h0m25s", err, d)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 64<<10 {
			t.Errorf("%d bytes allocated, want at most 64 KiB", n)
		}
		l.Close()
	})
}

// F8: PINGs every 100 us while frames of 200 kB go out; the peer understands every
// one, and each PING is answered.
func TestF8_PingsBetweenFrames(t *testing.T) {
	const frames, size = 300, 200_000
	var pings, pongs atomic.Int64
	done := make(chan struct{})
	url := rawServer(t, func(c net.Conn) {
		defer close(done)
		stop := make(chan struct{})
		stopped := make(chan struct{})
		go func() {
			defer close(stopped)
			tick := time.NewTicker(100 * time.Microsecond)
			defer tick.Stop()
			for {
				select {
				case <-stop:
					c.Write(frame(0, []byte("end")))
					return
				case <-tick.C:
					c.Write(frame(1, message(int(pings.Add(1))%200)))
				}
			}
		}()
		for n := 0; n < frames || pongs.Load() < pings.Load(); {
			first, b, err := readRaw(c)
			if err != nil || first == 0 && len(b) != size || first != 0 && first != 2 {
				t.Errorf("frame of type 0x%02x, %d bytes, %v", first, len(b), err)
				break
			}
			if first == 2 {
				pongs.Add(1)
			} else if n++; n == frames {
				close(stop)
				<-stopped
			}
		}
	})
	wake := make(chan struct{}, 1)
	l := dial(t, url, transport.Options{Wake: func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	}})
	read := make(chan error, 1)
	go func() {
		_, err := l.ReadFrame() // answers pings until the end
		read <- err
	}()
	m := message(size)
	for range frames {
		if err := l.WriteFrame(m[:100], m[100:]); err != nil {
			t.Fatal(err)
		}
		if err := l.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	for {
		select {
		case <-wake:
			send(t, l)
		case <-done:
			if err := <-read; err != nil {
				t.Error(err)
			}
			t.Logf("%d pings, %d pongs", pings.Load(), pongs.Load())
			return
		}
	}
}
