package wamp

import (
	"context"
	"errors"
	"time"
)

// Run keeps a program alive as long as its client: it returns after ctx has ended
// and the client has drained, or when the client has ended by itself. It handles
// no signals and does not exit; the usual ctx is that of [os/signal.NotifyContext].
//
// The client has the time drain to finish its work, see [Client.Drain]. If drain
// is 0 or less it is closed at once, see [Client.Close]. The error is that of Drain or
// Close, or [Client.Err] if the client gave up by itself. It is nil if somebody
// else closed the client.
func Run(ctx context.Context, c *Client, drain time.Duration) error {
	select {
	case <-c.Done():
		if err := c.Err(); !errors.Is(err, ErrClosed) {
			return err
		}
		return nil
	case <-ctx.Done():
	}
	if drain <= 0 {
		return c.Close(context.WithoutCancel(ctx))
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	return c.Drain(ctx)
}
