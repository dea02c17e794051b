package live

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
)

// recSeen is one status that a Watch loop got, and when.
type recSeen struct {
	wamp.Status
	at time.Time
}

// recWatch collects what c goes through until the returned function is called,
// which waits until nothing moves.
func recWatch(s *faultStage, c *wamp.Client) func() []recSeen {
	ctx, cancel := context.WithCancel(s.t.Context())
	done := make(chan []recSeen, 1)
	go func() {
		var seen []recSeen
		for st := range c.Watch(ctx) {
			seen = append(seen, recSeen{st, time.Now()})
		}
		done <- seen
	}()
	synctest.Wait()
	return func() []recSeen {
		synctest.Wait()
		cancel()
		return <-done
	}
}

// recOf returns those in a state.
func recOf(seen []recSeen, state wamp.State) []recSeen {
	var out []recSeen
	for _, s := range seen {
		if s.State == state {
			out = append(out, s)
		}
	}
	return out
}

// readyAgain waits until the client has another session than before.
func readyAgain(t *testing.T, c *wamp.Client, before wamp.ID) {
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
