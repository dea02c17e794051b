package wamp

import (
	"context"
	"errors"
	"fmt"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// Topic describes one topic: its URI and how its events are encoded and
// decoded. For generated code.
type Topic[T any] struct {
	// URI is the topic's URI.
	URI string
	// History tells that the schema promises an event history.
	History bool
	// Encode appends the arguments list and the keyword dict of an event and
	// returns how many of the two it appended. Decode reads them.
	Encode func(*codec.Encoder, T) int
	Decode func(codec.Payload) (T, error)
}

// Publish publishes an event (specification "Publishing and Events"). It returns
// when the event is queued for writing, waiting for room under ctx, or with
// Acknowledge when the broker has taken it; an acknowledged publish whose answer was
// lost fails with ErrLost and is never repeated. Without a session it fails with
// ErrNotReady, see WithPublishBuffer. Events of one goroutine leave in its order.
//
// Other errors: an *Error with which the broker refused an acknowledged publish,
// ErrTooLarge, ErrOverflow, ErrUnsupported, ErrClosed, and the error of ctx. For
// generated code; use Client.Publish without a schema. Safe for concurrent use.
func Publish[T any](ctx context.Context, c *Client, t *Topic[T], event T, opts ...PublishOption) error {
	if len(c.cfg.interceptors) == 0 {
		return named("publish", t.URI, publish(ctx, c, t, event, opts))
	}
	return c.intercept(ctx, Operation{Kind: OperationPublish, URI: t.URI}, func(ctx context.Context) error {
		return named("publish", t.URI, publish(ctx, c, t, event, opts))
	})
}

func publish[T any](ctx context.Context, c *Client, t *Topic[T], event T, opts []PublishOption) error {
	var cfg publishConfig
	if len(opts) > 0 {
		cfg = cfg.with(opts)
	}
	for {
		s, err := c.acquire(ctx, !cfg.acknowledge || c.cfg.publishBuffer == 0)
		if errors.Is(err, ErrNotReady) && c.cfg.publishBuffer > 0 {
			if kept, err := keep(ctx, c, t, event, cfg); kept || err != nil {
				return err
			}
			continue // there is a session again
		}
		if err != nil {
			return err
		}
		b := s.Buffer()
		if err := b.Finish(t.Encode(&b.Enc, event)); err != nil {
			return encodeError("event", t.URI, err)
		}
		if err := c.publishOn(ctx, s, t.URI, &cfg, b); !session.Gone(err) {
			return err
		}
	}
}

// keep puts an event into the buffer for the next session; apart, since its
// closure would cost every publish an allocation.
func keep[T any](ctx context.Context, c *Client, t *Topic[T], event T, cfg publishConfig) (bool, error) {
	return c.offline.keep(ctx, c, t.URI, cfg, func(e *codec.Encoder) int { return t.Encode(e, event) })
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

// dynamicTopic is the Topic of an URI without a schema.
func dynamicTopic(uri string) *Topic[Payload] {
	return &Topic[Payload]{
		URI: uri, History: true, Decode: decodePayload,
		Encode: func(e *codec.Encoder, p Payload) int { return p.encode(e) },
	}
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
	return Publish(ctx, c, dynamicTopic(topic), Payload{Args: args, Kwargs: kwargs}, opts...)
}
