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

// Drain ends the client without losing work. It unregisters and unsubscribes
// everything, including requests that are on their way to the router. It waits
// for the handlers of all calls and events that the router had sent by then,
// writes what is queued, and closes the client as [Client.Close] does. A loop
// over [Events] gets the events that have arrived before it ends, and a
// subscription that resumes also those that it has missed. Called with the ctx
// of a handler, Drain does not wait for that handler; what waits behind it runs
// meanwhile.
//
// In the body of a loop over [Events], pass [Event.Context] or a ctx that is
// derived from it. Drain then does not wait for that loop. Events that wait for
// it are lost, and the error says how many there are. With any other ctx, Drain
// and the loop wait for each other until that ctx ends.
//
// If ctx ends first, the error says what remained. It is [ErrLost] if the
// session is lost meanwhile, and [ErrNotReady] if there was no session: then
// only what had arrived is handled. The client is closed in every case.
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
	if turn := c.turnOf(ctx); turn != nil {
		turn.Leave()
		defer turn.Back()
	}
	var left leftovers
	c.intents.leave(ctx, &left)
	c.finishWork(ctx, &left)
	if s != nil && c.handlers.Err() == nil {
		if n := s.Unwritten(ctx); n > 0 {
			left.add(nil, "%d unsent messages", n)
		}
	}
	if n := c.offline.waiting(); n > 0 {
		left.add(ErrNotReady, "%d buffered events", n)
	}
	switch n := c.pool.CutShort(); {
	case c.handlers.Err() != nil && n > 0: // by Close
		return fmt.Errorf("wamp: drain: left %d handlers or events: %w", n, part{ErrClosed})
	case s == nil:
		return left.beside(ctx, ErrNotReady)
	case s.Cause() != nil && c.handlers.Err() == nil:
		return left.beside(ctx, fmt.Errorf("%w: %w", ErrLost, part{s.Cause()}))
	}
	return left.err(ctx)
}
