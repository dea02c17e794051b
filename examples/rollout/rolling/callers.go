package rolling

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wampgen/wampgen/examples/rollout/work"
	wamp "github.com/wampgen/wampgen/runtime"
)

const (
	callers = 8
	// patience is the ctx of each call.
	patience = 10 * time.Second
	// late is how long a call takes that somebody might notice.
	late = time.Second
	pace = 2 * time.Millisecond // between two calls of a caller
)

// phase is what goes on while a call is made. Restarts count, so that a call
// knows whether one began or ended meanwhile.
type phase struct{ restarts atomic.Int64 }

// restart marks the time during which f restarts the router.
func (p *phase) restart(f func() error) error {
	p.restarts.Add(1)
	defer p.restarts.Add(1)
	return f()
}

// load is 8 callers at work.
type load struct {
	phase   phase
	clients []*wamp.Client
	running sync.WaitGroup
	stop    context.CancelFunc
	served  [callers]atomic.Int64 // calls of each caller that have succeeded
	away    time.Duration         // the longest that the router was

	mu    sync.Mutex // protects the following
	table table
	first error // of the calls that should not have failed
}

// startLoad connects the callers and lets them work.
func startLoad(ctx context.Context, url, realm string) (*load, error) {
	l := &load{}
	ctx, l.stop = context.WithCancel(ctx)
	for i := range callers {
		c, err := wamp.Connect(ctx, url, realm, wamp.WithLogger(slog.New(slog.DiscardHandler)))
		if err != nil {
			return nil, errors.Join(err, l.end())
		}
		l.clients = append(l.clients, c)
		l.running.Go(func() { l.call(ctx, c, &l.served[i]) })
	}
	return l, nil
}

// call calls both procedures in turn until ctx ends.
func (l *load) call(ctx context.Context, c *wamp.Client, served *atomic.Int64) {
	caller := work.NewCaller(c)
	for n := 0; ctx.Err() == nil; n++ {
		idempotent := n%2 == 0
		l.measure(c, idempotent, func(ctx context.Context) error {
			f, want := caller.Count, n
			if idempotent {
				f, want = caller.Double, 2*n
			}
			got, err := f(ctx, n)
			if err == nil && got != want {
				return fmt.Errorf("the result is %d, not %d", got, want)
			}
			if err == nil {
				served.Add(1)
			}
			return err
		})
		select {
		case <-time.After(pace):
		case <-ctx.Done():
		}
	}
}

// measure makes one call. Calls that are under way in the end are finished.
func (l *load) measure(c *wamp.Client, idempotent bool, f func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	restarts, resent, begin := l.phase.restarts.Load(), c.Stats().Resent, time.Now()
	err := f(ctx)
	took := time.Since(begin)
	after := l.phase.restarts.Load()
	at := row{restart: restarts != after || after%2 == 1, idempotent: idempotent}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.table == nil {
		l.table = make(table)
	}
	l.table.add(at, took, int(c.Stats().Resent-resent), err)
	if err != nil && at.mustNotFail() && l.first == nil {
		l.first = fmt.Errorf("after %v: %w", took.Round(time.Millisecond), err)
	}
}

// works waits until each caller has been served again.
func (l *load) works(ctx context.Context) error {
	for i := range l.served {
		for target := l.served[i].Load() + 20; l.served[i].Load() < target; {
			select {
			case <-time.After(pace):
			case <-ctx.Done():
				return fmt.Errorf("no call is served: %w", ctx.Err())
			}
		}
	}
	return nil
}

// end lets the callers finish and returns the first failure that should not have
// been.
func (l *load) end() error {
	l.stop()
	l.running.Wait()
	for _, c := range l.clients {
		_ = c.Close(context.Background()) // their work is done
	}
	return l.first
}
