package live

import (
	"context"
	"errors"
	"fmt"
	"testing/synctest"

	wamp "github.com/wampgen/wampgen/runtime"
)

// begin runs f on a goroutine and gives its result; the test goes on meanwhile.
func begin[T any](f func() T) <-chan T {
	done := make(chan T, 1)
	go func() { done <- f() }()
	return done
}

// reply is the outcome of a call.
type reply struct {
	wamp.Payload
	err error
}

// call begins a call.
func (s *faultStage) call(c *wamp.Client, procedure string, opts ...wamp.CallOption) <-chan reply {
	return begin(func() reply {
		out, err := c.Call(s.t.Context(), procedure, nil, nil, opts...)
		return reply{out, err}
	})
}

// faultCalls starts n calls and returns what they will return.
func faultCalls(s *faultStage, c *wamp.Client, n int, args ...any) <-chan error {
	done := make(chan error, n)
	for range n {
		go func() {
			_, err := c.Call(s.t.Context(), "com.example.slow", args, nil)
			done <- err
		}()
	}
	return done
}

// faultLost checks that n operations ended with the session.
func (s *faultStage) faultLost(done <-chan error, n int, safe bool) {
	s.t.Helper()
	synctest.Wait()
	if len(done) != n {
		s.t.Errorf("%d of %d have returned", len(done), n)
	}
	for range n {
		if err := <-done; !errors.Is(err, wamp.ErrLost) || wamp.SafeToRetry(err) != safe || wamp.IsPeer(err) {
			s.t.Errorf("want ErrLost, safe to retry %v, got %v", safe, err)
		}
	}
}

// recCall is a call under way.
func recCall(ctx context.Context, c *wamp.Client, idempotent bool, opts ...wamp.CallOption) <-chan error {
	done := make(chan error, 1)
	go func() {
		out, err := wamp.Call(ctx, c, recProcedure(idempotent), "in", opts...)
		if err == nil && out != "in" {
			err = fmt.Errorf("result %q", out)
		}
		done <- err
	}()
	return done
}

// recLost tells whether err is a lost session's, and safe to retry or not.
func recLost(err error, safe bool) bool {
	return errors.Is(err, wamp.ErrLost) && wamp.SafeToRetry(err) == safe
}
