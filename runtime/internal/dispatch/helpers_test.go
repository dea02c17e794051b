package dispatch

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// stage is a pool and what it has said and done. It lives in a synctest bubble.
type stage struct {
	*testing.T
	*Pool
	stop context.CancelFunc

	mu      sync.Mutex
	notices []Notice
	log     []string
	running int
	most    int
}

// bubble runs f on a stage.
func bubble(t *testing.T, limits Limits, f func(*stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		base, stop := context.WithCancel(context.Background())
		defer stop()
		s := &stage{T: t, stop: stop}
		s.Pool = NewPool(base, limits, func(n Notice) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.notices = append(s.notices, n)
		})
		f(s)
	})
}

// wide are limits that no test of something else meets.
var wide = Limits{Bytes: 1 << 20, Parked: 100}

func (s *stage) note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, fmt.Sprintf(format, args...))
}

// expect waits until nothing goes on, and checks and forgets the log.
func (s *stage) expect(want ...string) {
	s.Helper()
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Equal(s.log, want) {
		s.Errorf("got %q, want %q", s.log, want)
	}
	s.log = nil
}

// expectAll is expect for what happens side by side.
func (s *stage) expectAll(want ...string) {
	s.Helper()
	synctest.Wait()
	s.mu.Lock()
	slices.Sort(s.log)
	s.mu.Unlock()
	slices.Sort(want)
	s.expect(want...)
}

// noticed checks and forgets the notices, and returns them.
func (s *stage) noticed(want ...string) {
	s.Helper()
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	var got []string
	for _, n := range s.notices {
		kind := map[NoticeKind]string{Refusing: "refusing", Dropping: "dropping", Disconnecting: "disconnecting"}[n.Kind]
		if n.Over {
			kind += " over"
		}
		got = append(got, fmt.Sprint(kind, " ", n.Name, " ", n.Count))
	}
	if !slices.Equal(got, want) {
		s.Errorf("got %q, want %q", got, want)
	}
	s.notices = nil
}

// rested is noticed after so long that an overload may be over.
func (s *stage) rested(want ...string) {
	s.Helper()
	time.Sleep(2 * rest)
	s.noticed(want...)
}

// bytes checks what is accounted for.
func (s *stage) bytes(waiting, used int) {
	s.Helper()
	synctest.Wait()
	s.Pool.mu.Lock()
	defer s.Pool.mu.Unlock()
	if s.Pool.waiting != waiting || s.used != used {
		s.Errorf("%d bytes wait and %d are used, want %d and %d", s.Pool.waiting, s.used, waiting, used)
	}
}

// job is a task that notes what becomes of it. It is the ctx of its own.
type job struct {
	context.Context
	s      *stage
	name   string
	turn   Turn
	action func(context.Context) error // nil: it waits for free
	settle func(error)
	free   chan struct{}
}

func (s *stage) job(name string, action func(context.Context) error) *job {
	return &job{Context: context.Background(), s: s, name: name, action: action, free: make(chan struct{})}
}

func (j *job) Value(key any) any {
	if key == Key {
		return &j.turn
	}
	return j.Context.Value(key)
}

func (j *job) Turn() *Turn { return &j.turn }

func (j *job) Handle() error {
	j.s.note("%s", j.name)
	j.s.run(1)
	defer j.s.run(-1)
	if j.action == nil {
		<-j.free
		return nil
	}
	return j.action(j)
}

// run counts what runs.
func (s *stage) run(delta int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running += delta
	s.most = max(s.most, s.running)
}

func (j *job) Settle(err error) {
	var crash *Crash
	switch {
	case j.settle != nil && !errors.As(err, &crash):
		j.settle(err)
	case err == nil:
		j.s.note("%s done", j.name)
	default:
		j.s.note("%s: %v", j.name, err)
	}
}

// wait is how user code waits: without its seat.
func (j *job) wait(ctx context.Context, answer <-chan struct{}) bool {
	turn := TurnOf(ctx)
	if !turn.Park() {
		return false
	}
	j.s.run(-1)
	<-answer
	turn.Unpark(ctx)
	j.s.run(1)
	return true
}

func goexit(context.Context) error {
	runtime.Goexit()
	return nil
}
