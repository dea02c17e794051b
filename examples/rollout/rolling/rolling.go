// Package rolling is a rollout under load: 8 callers work without a break while
// both processes of their callee are replaced one after the other, time and
// again, and the router is restarted in between.
package rolling

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Router is a router that can be restarted.
type Router interface {
	// URL returns where it listens; it stays the same.
	URL() string
	// Restart kills the router and starts it again. It returns how long nobody
	// listened.
	Restart() (away time.Duration, err error)
}

// Plan says how much happens.
type Plan struct {
	Replacements, Restarts int
	// Realm is where it happens. Default: "realm1".
	Realm string
}

// ErrSlowRouter means that calls failed since the router was away for longer than
// a call waits.
var ErrSlowRouter = errors.New("the router took too long to come back")

// mayBeAway is how long the router may be away: clients are back within 5 s after
// that, and a call waits for 10 s.
const mayBeAway = patience - 5*time.Second - 500*time.Millisecond

// Run carries out a plan and prints what became of the calls. The error says what
// should not have happened: a call of an idempotent procedure that failed, or any
// call that failed while the router ran; or [ErrSlowRouter].
func Run(ctx context.Context, w io.Writer, r Router, p Plan) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	p.Realm = cmp.Or(p.Realm, "realm1")
	var callees [2]*callee
	for i := range callees {
		c, err := startCallee(ctx, r.URL(), p.Realm)
		if err != nil {
			return err
		}
		callees[i] = c
	}
	l, err := startLoad(ctx, r.URL(), p.Realm)
	if err != nil {
		return err
	}
	err = roll(ctx, r, p, l, &callees)
	err = errors.Join(err, l.end())
	for _, c := range callees {
		err = errors.Join(err, c.leave())
	}
	fmt.Fprintf(w, "%d callers, %d callee processes replaced, the router restarted %d times and away for %v at most\n\n",
		callers, p.Replacements, p.Restarts, l.away.Round(10*time.Millisecond))
	err = errors.Join(err, l.table.print(w), l.table.check(p.Restarts))
	if err != nil && l.away > mayBeAway {
		return errors.Join(ErrSlowRouter, err)
	}
	return err
}

// roll replaces the callees in turn. The router is restarted in between, as often
// as planned.
func roll(ctx context.Context, r Router, p Plan, l *load, callees *[2]*callee) error {
	restarted := 0
	for i := range p.Replacements {
		if err := l.works(ctx); err != nil {
			return err
		}
		next, err := startCallee(ctx, r.URL(), p.Realm)
		if err != nil {
			return err
		}
		if err := callees[i%2].leave(); err != nil {
			return fmt.Errorf("a callee left work behind: %w", err)
		}
		callees[i%2] = next
		if restarted < p.Restarts*(i+1)/p.Replacements {
			restarted++
			if err := l.phase.restart(func() error { return restart(ctx, r, l, callees) }); err != nil {
				return err
			}
		}
	}
	return l.works(ctx)
}

// restart restarts the router and waits until everybody is back.
func restart(ctx context.Context, r Router, l *load, callees *[2]*callee) error {
	away, err := r.Restart()
	if err != nil {
		return err
	}
	l.away = max(l.away, away)
	for _, c := range callees {
		if err := c.wait(ctx); err != nil {
			return err
		}
	}
	return l.works(ctx)
}
