package wamp

import (
	"context"
	"errors"
	"fmt"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// send is Publish without interceptors.
func (c *Client) send(ctx context.Context, t *Topic, event codec.Value, opts []PublishOption) error {
	var cfg publishConfig
	if len(opts) > 0 {
		cfg = cfg.with(opts)
	}
	for {
		s, err := c.acquire(ctx, !cfg.acknowledge || c.cfg.publishBuffer == 0)
		if errors.Is(err, ErrNotReady) && c.cfg.publishBuffer > 0 {
			if kept, err := c.offline.keep(ctx, c, t, event, cfg); kept || err != nil {
				return err
			}
			continue // there is a session again
		}
		if err != nil {
			return err
		}
		b := s.Buffer()
		if err := b.Finish(b.Enc.Payload(event, t.Payload)); err != nil {
			return encodeError("event", t.URI, err)
		}
		if err := c.publishOn(ctx, s, t.URI, &cfg, b); !session.Gone(err) {
			return err
		}
	}
}

// publishOn queues one PUBLISH on a session and waits for the acknowledgement if
// one was asked for.
func (c *Client) publishOn(ctx context.Context, s *session.Session, uri string, cfg *publishConfig, b *session.Buffer) error {
	if !cfg.acknowledge {
		return s.Publish(ctx, nil, uri, cfg.options(), b)
	}
	w := c.spare.Waiter()
	defer c.spare.PutWaiter(w)
	if err := s.Publish(ctx, w, uri, cfg.options(), b); err != nil {
		return err
	}
	if err := replyError(w); err != nil {
		return err
	}
	if cfg.publication != nil {
		*cfg.publication = ID(w.ID)
	}
	return nil
}

// Publish publishes an event with dynamic values; see the function Publish.
// ErrInvalidURI tells that topic is no URI, or begins with "wamp". Safe for
// concurrent use.
func (c *Client) Publish(ctx context.Context, topic string, args []any, kwargs map[string]any, opts ...PublishOption) error {
	if err := core.CheckURI(topic, core.MatchExact, false); err != nil {
		return named("publish", topic, invalidURI{err})
	}
	if core.Reserved(topic) {
		return named("publish", topic, invalidURI{fmt.Errorf("%w: %s is reserved", core.ErrInvalidURI, topic)})
	}
	return Publish(ctx, c, &Topic{URI: topic}, &Payload{Args: args, Kwargs: kwargs}, opts...)
}
