package wamp

import (
	"context"
	"fmt"
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
