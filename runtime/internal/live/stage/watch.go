package stage

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
)

// Seen is one status that a Watch loop got, and when.
type Seen struct {
	wamp.Status
	At time.Time
}

// Watch collects what c goes through until the returned function is called,
// which waits until nothing moves.
func Watch(s *Stage, c *wamp.Client) func() []Seen {
	ctx, cancel := context.WithCancel(s.T.Context())
	done := make(chan []Seen, 1)
	go func() {
		var seen []Seen
		for st := range c.Watch(ctx) {
			seen = append(seen, Seen{st, time.Now()})
		}
		done <- seen
	}()
	synctest.Wait()
	return func() []Seen {
		synctest.Wait()
		cancel()
		return <-done
	}
}

// Of returns those in a state.
func Of(seen []Seen, state wamp.State) []Seen {
	var out []Seen
	for _, s := range seen {
		if s.State == state {
			out = append(out, s)
		}
	}
	return out
}

// ReadyAgain waits until the client has another session than before.
func ReadyAgain(t *testing.T, c *wamp.Client, before wamp.ID) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for s := range c.Watch(ctx) {
		if s.State == wamp.Ready && s.Session != before {
			return
		}
	}
	t.Fatalf("not ready again: %+v", c.Status())
}
