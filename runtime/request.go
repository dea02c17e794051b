package wamp

import (
	"cmp"
	"context"
	"errors"

	"github.com/wampgen/wampgen/runtime/internal/dispatch"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// maxSends is how often an idempotent call is sent: one that ends every session
// that it is sent on must not go on for ever.
const maxSends = 9

// left reports whether an attempt that ended with err may have left the client: the
// session did not end before.
func left(err error) bool {
	return !session.Gone(err) && !(errors.Is(err, ErrLost) && SafeToRetry(err))
}

// callOn queues one CALL on a session and waits for its reply. The handler that
// ctx belongs to, if there is one, holds no worker meanwhile: the call may need
// it. That of a streaming call goes on and waits for itself.
func (c *common) callOn(ctx context.Context, s *session.Session, w *session.Waiter, uri string, cfg *callConfig, b *session.Buffer) error {
	if err := passthruSupported(s.Features(), "dealer", cfg.passthru != nil || cfg.passthruOnly); err != nil {
		return err
	}
	if w.Sink == nil {
		turn := dispatch.TurnOf(ctx)
		if !turn.Park() {
			return session.Unsent(ErrOverflow)
		}
		defer turn.Unpark(ctx)
	}
	options := cfg.options(s.Features())
	if cfg.fetch {
		return s.Fetch(ctx, w, uri, options, b)
	}
	return s.Call(ctx, w, uri, options, string(cmp.Or(cfg.cancel, KillNoWait)), b)
}

// publishOn queues one PUBLISH on a session and waits for the acknowledgement
// if one was asked for.
func (c *common) publishOn(ctx context.Context, s *session.Session, uri string, cfg *publishConfig, b *session.Buffer) error {
	f := s.Features()
	if err := cfg.supported(f); err != nil {
		return err
	}
	if cfg.retain && !f.EventRetention {
		c.warnRetention(s, "WithRetain", uri)
	}
	if !cfg.acknowledge {
		err := s.Publish(ctx, nil, uri, cfg.options(f), b)
		if err == nil {
			c.counters.published.Add(1)
		}
		return err
	}
	w := c.spare.Waiter()
	defer c.spare.PutWaiter(w)
	if err := s.Publish(ctx, w, uri, cfg.options(f), b); err != nil {
		return err
	}
	if err := replyError(w); err != nil {
		return err
	}
	c.counters.published.Add(1)
	if cfg.publication != nil {
		*cfg.publication = ID(w.ID)
	}
	return nil
}
