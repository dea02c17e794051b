package wamptest_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// inMemory runs a test in a bubble with a network between a dialed connection
// and its other end.
func inMemory(t *testing.T, test func(t *testing.T, f *wamptest.Faults, near, far net.Conn)) {
	synctest.Test(t, func(t *testing.T) {
		s := wamptest.NewPipeScript(t, wamptest.RawSocket, codec.CBOR)
		f := &wamptest.Faults{Dial: s.NetDial, Seed: 7}
		near, err := f.NetDial(t.Context(), "tcp", "any:1")
		if err != nil {
			t.Fatal(err)
		}
		defer near.Close()
		test(t, f, near, s.AcceptConn())
	})
}

func TestFaults_StalledReadsComeLater(t *testing.T) {
	inMemory(t, func(t *testing.T, f *wamptest.Faults, near, far net.Conn) {
		got := make(chan string)
		go func() {
			b := make([]byte, 10)
			n, _ := near.Read(b)
			got <- string(b[:n])
		}()
		synctest.Wait() // the read is under way already
		f.Set(wamptest.Fault{StallReads: true})
		_, _ = far.Write([]byte("hello"))
		time.Sleep(time.Minute)
		select {
		case s := <-got:
			t.Fatalf("%q came through a stall", s)
		default:
		}
		f.Set(wamptest.Fault{})
		if s := <-got; s != "hello" {
			t.Errorf("got %q", s)
		}
	})
}

func TestFaults_DeadlinesHoldInAStall(t *testing.T) {
	inMemory(t, func(t *testing.T, f *wamptest.Faults, near, far net.Conn) {
		f.Set(wamptest.Fault{StallReads: true, StallWrites: true})
		_, _ = far.Write([]byte("hello"))
		start := time.Now()
		_ = near.SetDeadline(start.Add(time.Second))
		if _, err := near.Read(make([]byte, 9)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error(err)
		}
		if _, err := near.Write([]byte("x")); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error(err)
		}
		if took := time.Since(start); took != time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestFaults_HalfOpen(t *testing.T) {
	inMemory(t, func(t *testing.T, f *wamptest.Faults, near, far net.Conn) {
		f.HalfOpen()
		_, _ = far.Write([]byte("hello"))
		if n, err := near.Write(make([]byte, 10<<20)); n != 10<<20 || err != nil {
			t.Errorf("write: %d %v", n, err)
		}
		_ = near.SetReadDeadline(time.Now().Add(time.Minute))
		if _, err := near.Read(make([]byte, 9)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error(err)
		}
		// Only that connection is lost.
		other, err := f.NetDial(t.Context(), "tcp", "any:1")
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		if f.Connections() != 2 {
			t.Errorf("%d connections", f.Connections())
		}
	})
}

func TestFaults_PiecesAndGathering(t *testing.T) {
	inMemory(t, func(t *testing.T, f *wamptest.Faults, near, far net.Conn) {
		f.Set(wamptest.Fault{Piece: 1})
		_, _ = near.Write([]byte("hello"))
		_, _ = far.Write([]byte("world"))
		b := make([]byte, 10)
		if n, _ := near.Read(b); n != 1 {
			t.Errorf("read %d bytes", n)
		}
		if n, _ := io.ReadFull(far, b[:5]); string(b[:n]) != "hello" {
			t.Errorf("read %q", b[:n])
		}
		f.Set(wamptest.Fault{Gather: time.Second})
		go func() {
			time.Sleep(500 * time.Millisecond)
			_, _ = far.Write([]byte("!"))
		}()
		if n, _ := near.Read(b); string(b[:n]) != "orld!" {
			t.Errorf("read %q", b[:n])
		}
	})
}

func TestFaults_CutAndReset(t *testing.T) {
	inMemory(t, func(t *testing.T, f *wamptest.Faults, near, far net.Conn) {
		f.Set(wamptest.Fault{CutAfter: 8})
		_, _ = far.Write([]byte("hello"))
		_, _ = io.ReadFull(near, make([]byte, 5))
		n, err := near.Write([]byte("world"))
		if n != 3 || !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("write: %d %v", n, err)
		}
		if _, err := far.Read(make([]byte, 9)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("read at the far end: %v", err)
		}
	})
	inMemory(t, func(t *testing.T, f *wamptest.Faults, near, far net.Conn) {
		go func() {
			synctest.Wait()
			f.Reset()
		}()
		if _, err := near.Read(make([]byte, 9)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("read under way at a reset: %v", err)
		}
		if f.Connections() != 0 {
			t.Error("a reset connection counts")
		}
	})
}

func TestFaults_Dials(t *testing.T) {
	inMemory(t, func(t *testing.T, f *wamptest.Faults, _, _ net.Conn) {
		f.Set(wamptest.Fault{Refuse: true})
		if _, err := f.NetDial(t.Context(), "tcp", "any:1"); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Error(err)
		}
		f.Set(wamptest.Fault{StallDials: true})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := f.NetDial(ctx, "tcp", "any:1"); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

// What Play does depends on the seed alone.
func TestFaults_PlayIsRepeatable(t *testing.T) {
	var first map[string]int
	for range 2 {
		inMemory(t, func(t *testing.T, f *wamptest.Faults, _, _ net.Conn) {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
			defer cancel()
			played := f.Play(ctx, time.Second, 5*time.Second)
			total := 0
			for name, n := range played {
				if total += n; first != nil && first[name] != n {
					t.Errorf("%s: %d times, then %d", name, first[name], n)
				}
			}
			if total < 150 || len(played) < 8 {
				t.Errorf("played %v", played)
			}
			first = played
		})
	}
}

func TestFaults_Rate(t *testing.T) {
	inMemory(t, func(t *testing.T, f *wamptest.Faults, near, far net.Conn) {
		f.Set(wamptest.Fault{Rate: 1000})
		begin := time.Now()
		go func() {
			_, _ = far.Write(make([]byte, 3000))
		}()
		if _, err := io.ReadFull(near, make([]byte, 3000)); err != nil {
			t.Error(err)
		}
		if took := time.Since(begin); took != 3*time.Second {
			t.Errorf("3000 bytes at 1000 a second took %v to read", took)
		}
		begin = time.Now()
		go io.Copy(io.Discard, far)
		if n, err := near.Write(make([]byte, 2000)); n != 2000 || err != nil {
			t.Error(n, err)
		}
		if took := time.Since(begin); took != 2*time.Second {
			t.Errorf("2000 bytes at 1000 a second took %v to write", took)
		}
	})
}

func TestFaults_CorruptAfter(t *testing.T) {
	inMemory(t, func(t *testing.T, f *wamptest.Faults, near, far net.Conn) {
		f.Set(wamptest.Fault{CorruptAfter: 7})
		go func() {
			_, _ = far.Write(make([]byte, 5))
			_, _ = far.Write(make([]byte, 5))
		}()
		got := make([]byte, 10)
		if _, err := io.ReadFull(near, got); err != nil {
			t.Error(err)
		}
		for i, b := range got {
			if (b != 0) != (i == 6) {
				t.Errorf("byte %d is %#x", i, b)
			}
		}
	})
}
