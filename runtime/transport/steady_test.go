package transport

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// thin is a connection over which a message of ours takes longer than any timeout.
func thin(t *testing.T, idle time.Duration) (*coalescer, net.Conn) {
	near, far := net.Pipe()
	t.Cleanup(func() { near.Close(); far.Close() })
	out := &steady{Conn: near}
	c := newCoalescer(out, out, 10*time.Second)
	c.start(idle, idle)
	return c, far
}

// take reads n bytes at so many a second.
func take(t *testing.T, from io.Reader, n, rate int) {
	b := make([]byte, rate)
	for n > 0 {
		time.Sleep(time.Second)
		k, err := io.ReadFull(from, b[:min(n, rate)])
		if n -= k; err != nil {
			t.Error(err)
			return
		}
	}
}

// A write may take as long as it makes progress, and fails when it makes none.
func TestSteady_Progress(t *testing.T) {
	for _, size := range []int{50_000, 3 * directSize} { // buffered, and written at once
		synctest.Test(t, func(t *testing.T) {
			c, far := thin(t, 0)
			go take(t, far, size+4, 1000)
			err := c.put([]byte("head"), nil, make([]byte, size))
			if err == nil {
				err = c.flush()
			}
			if err != nil {
				t.Errorf("%d bytes: %v", size, err)
			}
			err = c.put(nil, nil, []byte("nobody reads this"))
			if err == nil {
				err = c.flush()
			}
			if !errors.Is(err, os.ErrDeadlineExceeded) || !strings.Contains(err.Error(), "peer took no data for 10s") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// The last words have a time by which they are said, progress or not.
func TestSteady_End(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, far := thin(t, 0)
		stopped := make(chan struct{})
		go func() {
			defer close(stopped)
			b := make([]byte, 1)
			for _, err := far.Read(b); err == nil; _, err = far.Read(b) {
				time.Sleep(time.Second)
			}
		}()
		if err := c.put(nil, nil, make([]byte, 1000)); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		if err := c.finish(c.deadline()); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(begin); took > 11*time.Second {
			t.Errorf("the last words took %v", took)
		}
		<-stopped
	})
}

// The silence of the peer does not count while it takes a large message of ours,
// and counts again after it.
func TestSteady_SilenceWhileSending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const idle = 25 * time.Second
		c, far := thin(t, idle)
		const size = 1_000_000 // 100 s
		go take(t, far, size, 10_000)
		done := make(chan error, 1)
		go func() {
			_, err := c.Read(make([]byte, 1))
			done <- err
		}()
		if err := c.put(nil, nil, make([]byte, size)); err != nil {
			t.Error(err)
		}
		sent := time.Now()
		select {
		case err := <-done:
			t.Fatalf("given up while the peer took data: %v", err)
		default:
		}
		if err := <-done; !errors.Is(err, os.ErrDeadlineExceeded) || !strings.Contains(err.Error(), "nothing was received for 25s") {
			t.Errorf("got %v", err)
		}
		if took := time.Since(sent); took > idle {
			t.Errorf("a silent peer was noticed after %v", took)
		}
	})
}

// Small messages to a peer that is gone do not put off the end.
func TestSteady_SmallMessagesAreNoSignOfLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, far := thin(t, 25*time.Second)
		go io.Copy(io.Discard, far) // what the system would buffer
		stopped := make(chan struct{})
		go func() {
			defer close(stopped)
			for c.put(nil, nil, []byte("ping")) == nil && c.flush() == nil {
				time.Sleep(time.Second)
			}
		}()
		begin := time.Now()
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(begin); took != 25*time.Second {
			t.Errorf("noticed after %v", took)
		}
		c.Close()
		<-stopped
	})
}

// A wall clock that jumps moves no deadline: all of them keep the monotonic clock.
func TestSteady_ClockThatJumps(t *testing.T) {
	s := &steady{timeout: time.Second, born: time.Now()}
	progressing, _ := s.deadline(time.Now(), time.Now())
	s.progress(moveSize)
	s.until(time.Now().Add(time.Second))
	last, _ := s.deadline(time.Now(), time.Now())
	for name, at := range map[string]time.Time{"of a write": progressing, "of the last words": last, "of progress": s.lastMove()} {
		if at == at.Round(0) { // which takes the monotonic clock away
			t.Errorf("the time %s is one of the wall clock", name)
		}
	}
}
