package wamp

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/dispatch"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// Subscription is one subscription of this client, on every session until
// Unsubscribe. Its handler gets one event at a time, in order. Subscribe makes it;
// the zero value is of no use. It is safe for concurrent use.
type Subscription struct {
	*intent
	box    *dispatch.Mailbox[event]
	handle eventFunc
	failed atomic.Uint64
	// misfits counts the events in a row that did not decode.
	misfits atomic.Uint64
	// tooMuch is the smallest history that did not fit into a message, 0 for none.
	tooMuch atomic.Int64
}

// Topic returns the URI or pattern that was subscribed to.
func (s *Subscription) Topic() string { return s.uri }

// Unsubscribe ends the subscription and waits for the router's word (specification
// "Subscribing and Unsubscribing"). Events that wait are dropped. The handler call
// that runs or is about to is not waited for, so that a handler may unsubscribe
// itself: Wait does that. It is idempotent; without a session it returns at once.
// Errors: the router's as *Error, the error of ctx; it is not restored all the same.
func (s *Subscription) Unsubscribe(ctx context.Context) error {
	s.box.Close()
	return named("unsubscribe", s.uri, s.withdraw(ctx, true))
}

// Wait waits until the handler does not run, or for ctx. After Unsubscribe that
// is for good, so that what the handler uses may be taken apart. With the ctx
// of the handler itself it returns at once.
func (s *Subscription) Wait(ctx context.Context) error {
	if ev, ok := ctx.Value(eventInfoKey{}).(*eventContext); ok && ev.subscription == s {
		return nil
	}
	resting := s.box.Resting()
	if resting == nil {
		return nil
	}
	select {
	case <-resting:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Dropped counts the events that were dropped because the handler did not keep
// up, since the subscription was made.
func (s *Subscription) Dropped() uint64 { return s.box.Dropped() }

// Gaps counts the events before which others were missed and could not be fetched,
// see [Resume] and [EventInfo].Gap.
func (s *Subscription) Gaps() uint64 { return s.box.Gaps() }

// Failed counts the events whose payload did not decode or whose handler
// returned an error or panicked.
func (s *Subscription) Failed() uint64 { return s.failed.Load() }

// Done is closed when the subscription has ended: by Unsubscribe, with the
// client, or because the router revoked it (specification "Subscription
// Revocation"); Err tells which.
func (s *Subscription) Done() <-chan struct{} { return s.done }

// Err is why the subscription ended: ErrClosed after Unsubscribe or with the client,
// together with why the client ended by itself; ErrRevoked when the router took it;
// an error that names it when session after session ended while it was restored,
// which is ErrTooLarge where a retained event was beyond the read limit; nil before.
func (s *Subscription) Err() error { return s.reason() }

// subscribe is Subscribe with a handler that reads the event itself.
func (c *Client) subscribe(ctx context.Context, t *Topic, opts []SubscribeOption, f func(context.Context, *reading) error) (*Subscription, error) {
	handle := func(ctx context.Context, raw codec.Payload) error {
		r := readings.Get().(*reading)
		r.client, r.topic, r.payload = c, t, raw
		defer r.release()
		return f(ctx, r)
	}
	var sub *Subscription
	err := c.intercept(ctx, Operation{Kind: OperationSubscribe, URI: t.URI}, func(ctx context.Context) error {
		sub = newSubscription(c, t.URI, handle, opts) // anew: an interceptor may try more than once
		if sub.config.resume && !t.History {
			return session.Unsent(fmt.Errorf("wamp: Resume needs a topic with history, %s has none", t.URI))
		}
		return sub.begin(ctx)
	})
	if err == nil && sub == nil {
		err = errSkipped
	}
	if err != nil {
		return nil, named("subscribe", t.URI, err)
	}
	return sub, nil
}

func newSubscription(c *Client, uri string, handle eventFunc, opts []SubscribeOption) *Subscription {
	sub := &Subscription{handle: handle}
	sub.intent = &intent{client: c, kind: core.MsgSubscribe, uri: uri, owner: sub, done: make(chan struct{})}
	for _, o := range opts {
		o.applySubscribe(&sub.config)
	}
	sub.box = newMailbox(sub)
	if sub.config.to != nil {
		*sub.config.to = sub
	}
	return sub
}

// begin makes the first subscription. One that resumes holds its events until
// it knows where the history stands; a router that has none is refused.
func (s *Subscription) begin(ctx context.Context) error {
	if err := s.client.install(ctx, []*intent{s.intent}); err != nil {
		return err
	}
	s.client.mu.Lock()
	on, id := s.session, s.id
	s.client.mu.Unlock()
	if on == nil {
		return nil // lost already: recovery goes on from here
	}
	if err := s.resume(ctx, on, id, true); err != nil {
		s.box.Close()
		_ = s.withdraw(ctx, false) // no reply is awaited: ctx may have ended
		return fmt.Errorf("history of %s: %w", s.uri, err)
	}
	return nil
}

// hold stops the events of a subscription that resumes until its history on a
// session is in.
func (s *Subscription) hold(on *session.Session) {
	if s.config.resume {
		s.box.Hold(on)
	}
}

// leave ends the subscription of a loop. It waits for the router while ctx lasts,
// but no longer than one handshake may take.
func (s *Subscription) leave(ctx context.Context, stop chan struct{}) {
	close(stop)
	ctx, cancel := context.WithTimeout(ctx, s.client.cfg.handshake)
	defer cancel()
	_ = s.Unsubscribe(ctx) // the loop is over; the router's word changes nothing
}

// Subscribe subscribes to a topic with dynamic values; see the function
// Subscribe. Safe for concurrent use.
func (c *Client) Subscribe(ctx context.Context, topic string, handler func(context.Context, Payload) error, opts ...SubscribeOption) (*Subscription, error) {
	return Subscribe(ctx, c, &Topic{URI: topic, History: true}, handler, opts...)
}
