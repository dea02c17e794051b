package wamp

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// closeGrace bounds Close where its ctx has no end.
const closeGrace = 5 * time.Second

// Close ends the client: GOODBYE to the router, the ctx of every handler is
// cancelled with ErrClosed, and handlers are joined until ctx ends, 5 s at most
// where it has no end. It may be called from any goroutine, in any state and
// more than once; with a handler's own ctx it does not wait for that handler.
// The error is not nil when ctx ended first; the client is closed all the same.
func (c *Client) Close(ctx context.Context) error {
	if ctx.Value(clientKey{}) == c { // a handler's own ctx, which Close is about to cancel
		c.workers.add(0, 1)
		defer c.workers.add(0, -1)
		ctx = context.WithoutCancel(ctx)
	}
	if _, bounded := ctx.Deadline(); !bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, closeGrace)
		defer cancel()
	}
	c.stop(ErrClosed)
	c.workers.close()
	select {
	case <-c.done:
	case <-ctx.Done():
		c.hurry()
		<-c.done
	}
	if left := c.workers.wait(ctx); left > 0 {
		return fmt.Errorf("wamp: close: %d handlers still run: %w", left, ctx.Err())
	}
	return nil
}

// Drain ends the client without losing work: it unregisters and unsubscribes
// everything, waits for the handlers of what has arrived, writes what is
// queued, and closes. When ctx ends first the error says what remained, and the
// client is closed all the same. Without a session there is nobody to take leave
// of: it says so with ErrNotReady and closes.
func (c *Client) Drain(ctx context.Context) error {
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
	if c.live.Load() == nil {
		return fmt.Errorf("wamp: drain: %w", ErrNotReady)
	}
	c.mu.Lock()
	its := append([]*intent(nil), c.intents...)
	c.mu.Unlock()
	var errs []error
	for _, it := range its {
		if err := it.withdraw(ctx); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", it.uri, err))
		}
	}
	if left := c.workers.wait(ctx); left > 0 { // workers live exactly as long as there is work
		errs = append(errs, fmt.Errorf("%d handlers or events left: %w", left, ctx.Err()))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("wamp: drain: %w", err)
	}
	return nil
}
