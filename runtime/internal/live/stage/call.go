package stage

import (
	"context"
	"errors"
	"fmt"
	"testing/synctest"

	wamp "github.com/wampgen/wampgen/runtime"
)

// Begin runs f on a goroutine and gives its result; the test goes on meanwhile.
func Begin[T any](f func() T) <-chan T {
	done := make(chan T, 1)
	go func() { done <- f() }()
	return done
}

// Result is the outcome of a call.
type Result struct {
	wamp.Payload
	Err error
}

// Call begins a call.
func (s *Stage) Call(c *wamp.Client, procedure string, opts ...wamp.CallOption) <-chan Result {
	return Begin(func() Result {
		out, err := c.Call(s.T.Context(), procedure, nil, nil, opts...)
		return Result{out, err}
	})
}

// Calls starts n calls and returns what they will return.
func Calls(s *Stage, c *wamp.Client, n int, args ...any) <-chan error {
	done := make(chan error, n)
	for range n {
		go func() {
			_, err := c.Call(s.T.Context(), "com.example.slow", args, nil)
			done <- err
		}()
	}
	return done
}

// Lost checks that n operations ended with the session.
func (s *Stage) Lost(done <-chan error, n int, safe bool) {
	s.T.Helper()
	synctest.Wait()
	if len(done) != n {
		s.T.Errorf("%d of %d have returned", len(done), n)
	}
	for range n {
		if err := <-done; !errors.Is(err, wamp.ErrLost) || wamp.SafeToRetry(err) != safe || wamp.IsPeer(err) {
			s.T.Errorf("want ErrLost, safe to retry %v, got %v", safe, err)
		}
	}
}

// CallProcedure is a call under way.
func CallProcedure(ctx context.Context, c *wamp.Client, idempotent bool, opts ...wamp.CallOption) <-chan error {
	done := make(chan error, 1)
	go func() {
		out, err := Procedure(idempotent).Call(ctx, c, "in", opts...)
		if err == nil && out != "in" {
			err = fmt.Errorf("result %q", out)
		}
		done <- err
	}()
	return done
}

// IsLost reports whether err is a lost session's, and safe to retry or not.
func IsLost(err error, safe bool) bool {
	return errors.Is(err, wamp.ErrLost) && wamp.SafeToRetry(err) == safe
}
