package wamp

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/dispatch"
)

// Close ends the client. It sends GOODBYE to the router and waits for the
// answer, cancels the ctx of every handler with the cause [ErrClosed], and
// waits for the handlers. It waits until ctx ends, but at most 5 s if ctx has
// no deadline, and not at all if ctx has ended already. It waits at most 5 s
// for the router.
//
// Close may be called from any goroutine, in any state and more than once.
// Called with the ctx of a handler it does not wait for that handler.
//
// The error says if handlers still run or the router has not answered. The
// client is closed in either case.
func (c *Client) Close(ctx context.Context) error {
	end, bounded := ctx.Deadline()
	if !bounded {
		end = time.Now().Add(closeGrace)
	}
	turn := c.turnOf(ctx)
	if turn != nil { // Close is about to cancel it
		defer turn.Back()
		ctx = context.WithoutCancel(ctx)
	}
	ctx, cancel := context.WithDeadline(ctx, end)
	defer cancel()
	c.pool.Close(turn)
	c.stop(ErrClosed)
	before := c.supervisor.hasEnded()
	select {
	case <-c.supervisor.done:
	case <-ctx.Done():
		c.supervisor.hurry()
		<-c.supervisor.done
	}
	if left := c.pool.Wait(ctx); left > 0 {
		return fmt.Errorf("wamp: close: %d handlers still run: %w", left, ctx.Err())
	}
	if c.supervisor.unanswered && !before {
		return fmt.Errorf("wamp: close: no answer to GOODBYE: %w", context.DeadlineExceeded)
	}
	return nil
}

// turnOf returns the turn of the handler of c that ctx is of, or comes from;
// nil if there is none.
func (c *Client) turnOf(ctx context.Context) *dispatch.Turn {
	if turn := dispatch.TurnOf(ctx); turn.In(c.pool) {
		return turn
	}
	return nil
}

// Drain ends the client without losing work. It unregisters and unsubscribes
// everything, also what is on its way to the router, waits for the handlers of
// all calls and events that the router had sent by then, writes what is queued,
// and closes the client as [Client.Close] does. A loop over [Events] gets the
// events that have arrived before it ends. Called with the ctx of a handler,
// Drain does not wait for that handler; what waits behind it runs meanwhile.
//
// If ctx ends first, the error says what remained. It is [ErrLost] if the
// session is lost meanwhile, and [ErrNotReady] if there was no session. The
// client is closed in every case.
func (c *Client) Drain(ctx context.Context) error {
	c.beginDrain()
	err := c.drain(ctx)
	if cerr := c.Close(ctx); err == nil {
		err = cerr
	}
	return err
}

func (c *Client) drain(ctx context.Context) error {
	if c.handlers.Err() != nil {
		return nil
	}
	s := c.live.Load()
	if s == nil {
		return fmt.Errorf("wamp: drain: %w", ErrNotReady)
	}
	if turn := c.turnOf(ctx); turn != nil {
		turn.Leave()
		defer turn.Back()
	}
	c.mu.Lock()
	its := append([]*intent(nil), c.intents.list...)
	c.mu.Unlock()
	var remained []string
	var first error
	for _, err := range c.intents.withdrawAll(ctx, its) {
		remained, first = append(remained, strings.TrimPrefix(err.Error(), "wamp: ")), cmp.Or(first, err)
	}
	if n := c.intents.still(ctx); n > 0 {
		remained = append(remained, fmt.Sprintf("%d requests to register or subscribe", n))
	}
	if n := c.pool.Wait(ctx); n > 0 {
		remained = append(remained, fmt.Sprintf("%d handlers or events", n))
	}
	if n := s.Unwritten(ctx); n > 0 && c.handlers.Err() == nil {
		remained = append(remained, fmt.Sprintf("%d unsent messages", n))
	}
	switch cause := s.Cause(); {
	case cause != nil && c.handlers.Err() == nil:
		return fmt.Errorf("wamp: drain: %w: %w", ErrLost, cause)
	case c.pool.CutShort() > 0: // by Close
		return fmt.Errorf("wamp: drain: left %d handlers or events: %w", c.pool.CutShort(), ErrClosed)
	case len(remained) > 0:
		return fmt.Errorf("wamp: drain: left %s: %w", strings.Join(remained, ", "), cmp.Or(ctx.Err(), first))
	}
	return nil
}
