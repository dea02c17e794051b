package wamp

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// For generated code. Publish publishes an event (specification "Publishing and
// Events"). It returns when the event is queued for writing; while the queue is
// full it waits under ctx. With [WithAcknowledge] it returns when the broker
// has accepted the event. If that reply is lost the error is [ErrLost]: a
// publish is never repeated. If there is no session it fails with
// [ErrNotReady], see [WithPublishBuffer]. The events that one goroutine
// publishes leave in order.
//
// Other errors: an [*Error] if the broker refused an acknowledged publish,
// [ErrTooLarge], [ErrOverflow], [ErrUnsupported], [ErrClosed], and the error of
// ctx. Without a schema, use [Client.Publish]. Safe for concurrent use.
func Publish(ctx context.Context, c *Client, t *Topic, event codec.Value, opts ...PublishOption) error {
	if len(c.cfg.interceptors) == 0 {
		return named("publish", t.URI, c.send(ctx, t, event, opts, nil))
	}
	op := &Operation{Kind: OperationPublish, URI: t.URI, Template: t.template, Roles: t.Roles, keyword: t.Metadata}
	return c.cfg.interceptors.run(ctx, op, func(ctx context.Context) error {
		return named("publish", t.URI, c.send(ctx, t, event, opts, op))
	})
}

// send is Publish inside the interceptors; op is nil if there are none.
func (c *Client) send(ctx context.Context, t *Topic, event codec.Value, opts []PublishOption, op *Operation) error {
	if t.bad != nil {
		return t.bad
	}
	var cfg publishConfig
	if len(t.Publish)+len(opts) > 0 {
		cfg = cfg.with(t.Publish).with(opts)
	}
	cfg.custom = op.extend(cfg.custom)
	if err := cmp.Or(cfg.check(), c.cfg.payloadCodecs.supports(cfg.passthru)); err != nil {
		return err
	}
	if op != nil && cfg.passthru != nil {
		op.Passthru = *cfg.passthru
	}
	for {
		s, err := c.acquire(ctx, !cfg.acknowledge || c.cfg.publishBuffer == 0)
		if errors.Is(err, ErrNotReady) && c.cfg.publishBuffer > 0 {
			if kept, err := c.offline.keep(ctx, t, event, cfg, op); kept || err != nil {
				return err
			}
			continue // there is a session again
		}
		if err != nil {
			return err
		}
		b := s.Buffer()
		v := content{event, t.Payload, op}
		if err := c.encode(ctx, b, v, cfg.passthru.message(PassthruEvent, t.URI)); err != nil {
			return encodeError("event", t.URI, err)
		}
		size := b.Size() // the writer gets b
		err = c.publishOn(ctx, s, t.URI, &cfg, b)
		if left(err) {
			op.sent(s, size)
		}
		if !session.Gone(err) {
			return err
		}
	}
}

// Publish publishes an event with dynamic values. Waiting and errors are those
// of the function [Publish]. If topic is not a valid URI or is reserved, the
// error is [ErrInvalidURI]. Safe for concurrent use.
func (c *Client) Publish(ctx context.Context, topic string, args []any, kwargs map[string]any, opts ...PublishOption) error {
	if err := core.CheckURI(topic, core.MatchExact, false); err != nil {
		return named("publish", topic, invalidURI{err})
	}
	if core.Reserved(topic) {
		return named("publish", topic, invalidURI{fmt.Errorf("%w: %s is reserved", core.ErrInvalidURI, topic)})
	}
	return Publish(ctx, c, &Topic{URI: topic}, &Payload{Args: args, Kwargs: kwargs}, opts...)
}
