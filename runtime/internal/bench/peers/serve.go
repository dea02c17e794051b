package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// library is a client library of Go, with two sessions: one serves
// com.example.bench.echo and subscribes to com.example.bench.tick, and another
// calls and publishes.
type library interface {
	call(ctx context.Context, text string) error
	publish(ctx context.Context, text string) error
	events() <-chan struct{} // one for each event
	idle(ctx context.Context, n int) (end func(), err error)
	version() string
}

// serve is a peer: it answers the tasks on its standard input.
func serve(name, url string) error {
	ctx := context.Background()
	open := map[string]func(context.Context, string) (library, error){"wampgen": openWampgen, "nexus": openNexus}[name]
	if open == nil {
		return fmt.Errorf("there is no peer %q", name)
	}
	l, err := open(ctx, url)
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	if err := out.Encode(answer{Version: l.version()}); err != nil {
		return err
	}
	for in := json.NewDecoder(os.Stdin); ; {
		var t task
		if err := in.Decode(&t); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		a, err := perform(ctx, l, t)
		if err != nil {
			a.Error = err.Error()
		}
		if err := out.Encode(a); err != nil {
			return err
		}
	}
}

func perform(ctx context.Context, l library, t task) (answer, error) {
	text := strings.Repeat("x", t.Size)
	switch t.Do {
	case "call":
		return timed(t, func() error { return l.call(ctx, text) })
	case "event":
		return timed(t, func() error {
			if err := l.publish(ctx, text); err != nil {
				return err
			}
			<-l.events()
			return nil
		})
	case "idle":
		return idle(ctx, l, t.Sessions)
	}
	return answer{}, fmt.Errorf("there is no task %q", t.Do)
}

// timed does one thing again and again in t.Flight goroutines.
func timed(t task, f func() error) (answer, error) {
	var n atomic.Int64
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	cpu, begin := processor(), time.Now()
	end := begin.Add(time.Duration(t.Ms) * time.Millisecond)
	for range t.Flight {
		all.Go(func() {
			for again := true; again; again = time.Now().Before(end) {
				if err := f(); err != nil {
					failed.Store(&err)
					return
				}
				n.Add(1)
			}
		})
	}
	all.Wait()
	a := answer{N: int(n.Load()), Ns: float64(time.Since(begin)), CPU: processor() - cpu}
	if err := failed.Load(); err != nil {
		return a, *err
	}
	return a, nil
}

// processor returns the processor time of this process in nanoseconds.
func processor() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Nano() + u.Stime.Nano())
}

// idle measures what a session takes that does nothing.
func idle(ctx context.Context, l library, sessions int) (answer, error) {
	debug.FreeOSMemory()
	before, err := resident()
	if err != nil {
		return answer{}, err
	}
	end, err := l.idle(ctx, sessions)
	if err != nil {
		return answer{}, err
	}
	debug.FreeOSMemory()
	after, err := resident()
	end()
	return answer{N: sessions, Bytes: (after - before) / float64(sessions)}, err
}

// resident returns the resident memory of this process in bytes.
func resident() (float64, error) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	return kib * 1024, err
}
