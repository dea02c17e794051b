package wamp

import (
	"context"
	"fmt"
	"sync"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// For generated code. Subscribe subscribes to a topic and restores the
// subscription on every later session (specification "Subscribing and
// Unsubscribing"). If there is no session it waits for one; ctx bounds the
// subscribing only.
//
// f gets the events one at a time, in order, on a goroutine of its own. Events
// of several topics come in order if one pattern subscribes to all of them (see
// [WithPrefix]); between subscriptions there is no order. The ctx of f
// outlives sessions and ends when the client is closed, with the cause
// [ErrClosed]. An error of f is logged and counted, and so is an event that
// does not decode; the subscription goes on.
//
// Errors: the router's answer as an [*Error], [ErrInvalidURI],
// [ErrUnsupported], [ErrLost] after nine sessions that were lost during the
// request, [ErrClosed], and the error of ctx. Without a schema, use
// [Client.Subscribe]. Safe for concurrent use.
func Subscribe[T any, P Payloaded[T]](ctx context.Context, c *Client, t *Topic, f func(context.Context, T) error, opts ...SubscribeOption) (*Subscription, error) {
	// A codec.Value must live on the heap, what f gets need not: it is a copy.
	decoded := sync.Pool{New: func() any { return new(T) }}
	return c.subscribe(ctx, t, opts, func(ctx context.Context, r *reading) error {
		p := decoded.Get().(*T)
		err := r.read(ctx, P(p))
		var ev, none T
		ev, *p = *p, none
		decoded.Put(p)
		if err != nil {
			return err
		}
		return f(ctx, ev)
	})
}

// reading is one event that is being decoded, and what it takes until its
// handler returns.
type reading struct {
	common  *common
	topic   *Topic
	payload codec.Payload
	dec     codec.Decoder
}

var readings = sync.Pool{New: func() any { return new(reading) }}

// read reads the event into v.
func (r *reading) read(ctx context.Context, v codec.Value) error {
	r.common.limit(&r.dec)
	r.dec.Payload(r.payload, v, r.topic.Payload, r.common.strictness())
	err := r.dec.Err()
	if at, ok := v.(URIParams); ok && err == nil && r.topic.Template {
		err = r.locate(ctx, at)
	}
	if err != nil {
		return &misfit{err}
	}
	return nil
}

// locate reads the parameters of the topic of the event into params.
func (r *reading) locate(ctx context.Context, params URIParams) error {
	info := EventInfoFrom(ctx)
	if !info.Exact {
		return fmt.Errorf("%w: pattern_based_subscription: EVENT.Details has no topic", ErrUnsupported)
	}
	return readURI(r.topic.template, info.Topic, params, r.common.strictness())
}

func (r *reading) release() {
	r.common.memory.Give(r.dec.Held())
	*r = reading{}
	readings.Put(r)
}

// subscribe is Subscribe with a handler that reads the event itself.
func (c *Client) subscribe(ctx context.Context, t *Topic, opts []SubscribeOption, f func(context.Context, *reading) error) (*Subscription, error) {
	handle := func(ctx context.Context, raw codec.Payload) error {
		r := readings.Get().(*reading)
		r.common, r.topic, r.payload = c.common, t, raw
		defer r.release()
		return f(ctx, r)
	}
	var sub *Subscription
	op := &Operation{Kind: OperationSubscribe, URI: t.URI, Template: t.template, Roles: t.Roles}
	err := c.cfg.interceptors.run(ctx, op, func(ctx context.Context) error {
		sub.discard() // an interceptor may try more than once
		sub = newSubscription(c.intents, t, handle, opts)
		err := sub.begin(ctx, t, op)
		if err != nil {
			sub = nil
		}
		return err
	})
	if err == nil && sub == nil {
		err = errSkipped
	}
	if err != nil {
		sub.discard()
		return nil, named("subscribe", t.URI, err)
	}
	return sub, nil
}

func newSubscription(c *intents, t *Topic, handle eventFunc, opts []SubscribeOption) *Subscription {
	sub := &Subscription{intents: c, run: handle}
	sub.intent = &intent{common: c.common, kind: core.MsgSubscribe, uri: t.URI, owner: sub, done: make(chan struct{})}
	for _, list := range [...][]SubscribeOption{t.Subscribe, opts} {
		for _, o := range list {
			o.applySubscribe(&sub.config)
		}
	}
	sub.config.roles, sub.config.metadata = t.Roles, t.Metadata
	if t.template != "" {
		sub.config.matching(t.match)
		sub.config.template, sub.config.bad = t.template, t.bad
	}
	sub.retained.asked = sub.config.options.Has("get_retained")
	sub.box = newMailbox(sub)
	if sub.config.made != nil {
		sub.config.made(sub)
	}
	return sub
}

// begin makes the first subscription. One that resumes holds its events until
// it knows where the history stands; a router that has none is refused.
func (s *Subscription) begin(ctx context.Context, t *Topic, op *Operation) error {
	if s.config.resume && !t.History {
		return session.Unsent(fmt.Errorf("wamp: WithResume needs a topic with history, %s has none", t.URI))
	}
	if err := s.intents.install(ctx, []*intent{s.intent}, op); err != nil {
		return err
	}
	s.common.mu.Lock()
	on, id := s.session, s.id
	s.common.mu.Unlock()
	if on == nil {
		return nil // lost already: recovery goes on from here
	}
	if err := s.resume(ctx, on, id, true); err != nil {
		s.discard()
		return fmt.Errorf("history of %s: %w", s.uri, err)
	}
	return nil
}

// discard takes back what the user does not get: it failed, or an interceptor refused
// it after all. It does nothing for nil.
func (s *Subscription) discard() {
	if s == nil {
		return
	}
	s.box.Close()
	_ = s.intents.withdraw(context.Background(), s.intent, false) // no reply is awaited
}

// leave ends the subscription of a loop. It waits for the router while ctx
// lasts, but no longer than one handshake may take.
func (s *Subscription) leave(ctx context.Context, stop chan struct{}) {
	close(stop)
	ctx, cancel := context.WithTimeout(ctx, s.common.cfg.handshake)
	defer cancel()
	_ = s.Unsubscribe(ctx) // the loop is over; the router's word changes nothing
}

// Subscribe subscribes to a topic with dynamic values, see the function
// [Subscribe]. Safe for concurrent use.
func (c *Client) Subscribe(ctx context.Context, topic string, handler func(context.Context, Payload) error, opts ...SubscribeOption) (*Subscription, error) {
	return Subscribe(ctx, c, &Topic{URI: topic, History: true}, handler, opts...)
}
