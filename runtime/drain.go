package wamp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
)

// leftovers are what a Drain could not finish.
type leftovers struct {
	what  []string
	first error // why the first of them was left; nil if the ctx of the drain ended
}

func (l *leftovers) add(format string, args ...any) {
	l.what = append(l.what, fmt.Sprintf(format, args...))
}

// err is the error of the drain, nil if nothing was left.
func (l *leftovers) err(ctx context.Context) error {
	if len(l.what) == 0 {
		return nil
	}
	return fmt.Errorf("wamp: drain: left %s: %w", strings.Join(l.what, ", "), cmp.Or(ctx.Err(), l.first))
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
				left.add("missed events of %s", it.uri)
				left.first = cmp.Or(left.first, errNotFetched)
			}
		}
		c.leaveNow(ctx, behind, left)
	}
	settled, cancel := context.WithTimeout(ctx, c.cfg.handshake)
	defer cancel()
	if n := c.moves.wait(settled); n > 0 {
		left.add("%d requests to register or subscribe", n)
		left.first = cmp.Or(left.first, errUnanswered)
	}
}

func (c *intents) leaveNow(ctx context.Context, its []*intent, left *leftovers) {
	for _, err := range c.withdrawAll(ctx, its) {
		left.add("%s", strings.TrimPrefix(err.Error(), "wamp: "))
		left.first = cmp.Or(left.first, err)
	}
}

// loopState is what a loop over Events and the client share.
type loopState struct {
	once sync.Once
	// left is closed when the body of the loop drains the client: it does not ask
	// for the next event. skipped counts those that it does not get.
	left    chan struct{}
	skipped atomic.Int64
}

func newLoopState() *loopState { return &loopState{left: make(chan struct{})} }

// loopOf returns the subscription of the loop of c whose event ctx belongs to,
// nil if there is none.
func (c *Client) loopOf(ctx context.Context) *Subscription {
	ev, ok := ctx.Value(eventInfoKey{}).(*eventContext)
	if !ok || ev.subscription.common != c.common || ev.subscription.config.loop == nil {
		return nil
	}
	return ev.subscription
}

// option makes the loop known to its subscription.
func (l *loopState) option() SubscribeOption {
	return subscribeOption(func(c *intentConfig) { c.loop = l })
}

// abandon ends the waiting for a loop whose body drains the client.
func (l *loopState) abandon() { l.once.Do(func() { close(l.left) }) }
