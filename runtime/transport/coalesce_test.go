package transport

import (
	"bytes"
	"errors"
	"net"
	"testing"
	"time"
)

// sink counts what is written to it.
type sink struct {
	net.Conn
	writes, bytes int
	err           error
}

func (s *sink) Write(p []byte) (int, error) {
	s.writes++
	s.bytes += len(p)
	return len(p), s.err
}
func (*sink) SetWriteDeadline(time.Time) error { return nil }
func (*sink) Close() error                     { return nil }

func started(s *sink) *coalescer {
	out := &steady{Conn: s}
	c := newCoalescer(out, out, time.Second)
	c.start(0, 0)
	return c
}

// Many frames of any number wait for flush up to a bound, then go out ahead of it.
func TestCoalescer_Bound(t *testing.T) {
	s := &sink{}
	c := started(s)
	b := make([]byte, 1000)
	for range maxBuffered/len(b) - 1 {
		if err := c.put(nil, b[:10], b[10:]); err != nil {
			t.Fatal(err)
		}
	}
	if s.writes != 0 {
		t.Errorf("%d writes below the bound", s.writes)
	}
	for range maxBuffered/len(b) + 1 {
		if err := c.put(nil, b[:10], b[10:]); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.flush(); err != nil || s.writes != 2 || s.bytes != 2*(maxBuffered/len(b))*len(b) {
		t.Errorf("%d writes of %d bytes, %v", s.writes, s.bytes, err)
	}
}

// Memory of a burst is used again while the burst lasts, and given back after it.
func TestCoalescer_GivesMemoryBack(t *testing.T) {
	c := started(&sink{})
	held := func() int { return cap(c.buf) + cap(c.spare) }
	burst, small := bytes.Repeat([]byte("x"), directSize-1), []byte("small")
	write := func(b []byte, times int) {
		for range times {
			if err := errors.Join(c.put(nil, nil, b), c.flush()); err != nil {
				t.Fatal(err)
			}
		}
	}
	write(burst, 1)
	big := held()
	for range 10 {
		write(burst, 3)
		write(small, maxSlack)
	}
	if n := held(); n != big {
		t.Errorf("%d bytes held during the burst, want %d", n, big)
	}
	write(small, maxSlack+2)
	if n := held(); n > keptBuffer {
		t.Errorf("%d bytes held after the burst, want at most %d", n, keptBuffer)
	}
}

// After a failed write nothing more is written: part of a frame may be out.
func TestCoalescer_FirstErrorStays(t *testing.T) {
	broken := errors.New("broken")
	s := &sink{err: broken}
	c := started(s)
	if err := errors.Join(c.put(nil, nil, []byte("x")), c.flush()); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	s.err = nil
	for _, size := range []int{1, directSize} {
		if err := c.put(nil, nil, make([]byte, size)); !errors.Is(err, broken) {
			t.Errorf("put: %v", err)
		}
		if err := c.flush(); !errors.Is(err, broken) {
			t.Errorf("flush: %v", err)
		}
	}
	if s.writes != 1 {
		t.Errorf("%d writes, want the failed one only", s.writes)
	}
}
