package wamp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
)

// finishWork waits for all handlers, but for the loop over Events whose body
// drains the client: that one is busy.
func (c *common) finishWork(ctx context.Context, left *leftovers) {
	loop := c.loopOf(ctx)
	if loop != nil {
		loop.config.loop.abandon()
	}
	if n := c.waitHandlers(ctx); n > 0 {
		left.add(nil, "%d handlers or events", n)
	}
	if loop == nil {
		return
	}
	if n := loop.config.loop.skipped.Load(); n > 0 {
		left.add(ErrClosed, "%d events of %s, which this loop would have handled", n, loop.uri)
	}
}

// waitHandlers waits until no handler runs and nothing waits for one, or for
// ctx; then it returns how much is left. It logs a wait that takes long.
func (c *common) waitHandlers(ctx context.Context) int {
	short, cancel := context.WithTimeout(ctx, c.cfg.handshake)
	defer cancel()
	n := c.pool.Wait(short)
	if n > 0 && ctx.Err() == nil {
		c.cfg.log.Warn("wamp: drain waits for handlers", "realm", c.realm, "running", n, "waiting", c.pool.Load().Waiting(),
			"next", "it waits until they are done, or until its ctx ends")
		n = c.pool.Wait(ctx)
	}
	if n == 0 {
		return 0
	}
	return n + c.pool.Load().Waiting()
}

// leftovers are what a Drain could not finish.
type leftovers struct {
	what  []string
	first error // why the first of them was left; nil if that is the end of ctx
}

// add notes what is left, and why; nil if that is the end of ctx.
func (l *leftovers) add(why error, format string, args ...any) {
	l.what = append(l.what, fmt.Sprintf(format, args...))
	l.first = cmp.Or(l.first, why)
}

// err is the error of the drain, nil if nothing was left.
func (l *leftovers) err(ctx context.Context) error {
	if len(l.what) == 0 {
		return nil
	}
	return l.beside(ctx, cmp.Or(ctx.Err(), l.first))
}

// beside is the error of a drain that failed for a cause of its own.
func (l *leftovers) beside(ctx context.Context, cause error) error {
	if len(l.what) == 0 {
		return fmt.Errorf("wamp: drain: %w", part{cause})
	}
	if err := ctx.Err(); err != nil && !errors.Is(cause, err) {
		cause = fmt.Errorf("%w: %w", err, part{cause})
	}
	return fmt.Errorf("wamp: drain: left %s: %w", strings.Join(l.what, ", "), part{cause})
}

// errNotFetched is why a Drain leaves missed events whose history is not asked
// for: the subscription is not back in place.
var errNotFetched = errors.New("wamp: the subscription is not restored")

// leave takes everything back for good. Subscriptions that wait for a history
// stay until it is there, since who has left cannot ask for it.
func (c *intents) leave(ctx context.Context, left *leftovers) {
	c.mu.Lock()
	its := append([]*intent(nil), c.list...)
	c.mu.Unlock()
	var now, behind []*intent
	for _, it := range its {
		if it.owner.behind() {
			behind = append(behind, it)
		} else {
			now = append(now, it)
		}
	}
	c.leaveNow(ctx, now, left)
	if len(behind) > 0 {
		c.recoveries.wait(ctx)
		for _, it := range behind {
			if it.owner.behind() {
				left.add(errNotFetched, "missed events of %s", it.uri)
			}
		}
		c.leaveNow(ctx, behind, left)
	}
	settled, cancel := context.WithTimeout(ctx, c.cfg.handshake)
	defer cancel()
	if n := c.moves.wait(settled); n > 0 {
		left.add(errUnanswered, "%d requests to register or subscribe", n)
	}
}

func (c *intents) leaveNow(ctx context.Context, its []*intent, left *leftovers) {
	for _, err := range c.withdrawAll(ctx, its) {
		left.add(err, "%v", part{err})
	}
}

// loopOf returns the subscription of the loop of c whose event ctx belongs to,
// nil if there is none.
func (c *common) loopOf(ctx context.Context) *Subscription {
	ev, ok := ctx.Value(eventInfoKey{}).(*eventContext)
	if !ok || ev.subscription.common != c || ev.subscription.config.loop == nil {
		return nil
	}
	return ev.subscription
}
