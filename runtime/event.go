package wamp

import (
	"context"
	"errors"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/dispatch"
	"github.com/wampgen/wampgen/runtime/internal/peertext"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// eventContext is one event on its way to the handler, and the ctx of the
// latter.
type eventContext struct {
	context.Context
	dispatch.Item[event]
	subscription *Subscription
	turn         dispatch.Turn
}

// eventInfoKey finds the event that a ctx belongs to.
type eventInfoKey struct{}

// Value makes the event findable by EventInfoFrom.
func (c *eventContext) Value(key any) any {
	switch key {
	case eventInfoKey{}:
		return c
	case dispatch.Key:
		return &c.turn
	}
	return c.Context.Value(key)
}

// newMailbox returns what the events of s wait in.
func newMailbox(s *Subscription) *dispatch.Mailbox[event] {
	l := &s.common.cfg.limits
	cfg := dispatch.MailboxConfig{
		Name: s.uri, Events: s.config.events, Bytes: s.config.bytes,
		Policy: dispatch.Policy(s.config.overflow), Resumes: s.config.resume,
	}
	if cfg.Events <= 0 {
		cfg.Events = l.MailboxEvents
	}
	if cfg.Bytes <= 0 {
		cfg.Bytes = l.MailboxBytes
	}
	return dispatch.NewMailbox(s.common.pool, cfg, func(it dispatch.Item[event]) dispatch.Task {
		return &eventContext{Context: s.common.handlers, Item: it, subscription: s}
	})
}

// subscriber is a subscription as its session sees it.
type subscriber struct{ s *Subscription }

// Deliver puts one event into the mailbox.
func (h subscriber) Deliver(on *session.Session, m *core.Message, size int) {
	s := h.s
	retained := (s.config.resume || s.retained.asked) && m.DetailBool("retained")
	if retained && s.retained.again(on, m.Publication) {
		return
	}
	s.box.Offer(dispatch.Item[event]{
		Event:       event{session: on, payload: m.Body(), details: m.Details},
		Publication: m.Publication, Size: size,
		Retained: retained && s.config.resume,
	})
}

func (s *Subscription) request(ctx context.Context, on *session.Session, w *session.Waiter) session.Pending {
	f := on.Features()
	if !f.EventRetention && s.config.options.Has("get_retained") {
		s.common.warnRetention(on, "WithGetRetained", s.uri)
	}
	return on.Subscribe(ctx, w, subscriber{s}, s.uri, s.intent.options(f))
}

func (s *Subscription) handle() any { return subscriber{s} }

func (s *Subscription) ended() { s.box.Finish() }

// hold stops the events of a subscription that resumes until its history on a
// session is in.
func (s *Subscription) hold(on *session.Session) {
	if s.config.resume {
		s.box.Hold(on)
	}
}

func (s *Subscription) behind() bool { return s.config.resume && s.box.Behind() }

// Revoked ends the subscription at the router's wish (R232). What has arrived
// is still delivered.
func (h subscriber) Revoked(reason string) {
	if h.s.intents.revoked(h.s.intent, reason) {
		h.s.common.cfg.log.Warn("wamp: subscription revoked", "topic", h.s.uri, "reason", peertext.Line(reason))
	}
}

// Turn returns the event's turn in its mailbox.
func (c *eventContext) Turn() *dispatch.Turn { return &c.turn }

// Handle runs the handler through the interceptors.
func (c *eventContext) Handle() error {
	s := c.subscription
	s.common.counters.events.Add(1)
	c.Event.payload = s.common.open(c, c.Event.payload, c.Event.details, PassthruEvent,
		concrete(c.Event.details, "topic", s.uri), s.config.passthruOnly)
	if len(s.common.cfg.interceptors) == 0 {
		return s.run(c, c.Event.payload)
	}
	op := &Operation{
		Kind: OperationEvent, URI: s.uri, Template: s.config.template,
		Roles: s.config.roles, keyword: s.config.metadata,
		Attempt: 1, BytesIn: payloadSize(c.Event.payload), Passthru: passthruOf(c.Event.details),
		received: func() (kwargs, details codec.Raw) { return c.Event.payload.Kwargs, c.Event.details },
	}
	op.onSession(c.Event.session)
	op.concrete("topic", s.config.match)
	return s.common.cfg.interceptors.run(c, op, func(ctx context.Context) error { return s.run(ctx, c.Event.payload) })
}

// Settle logs and counts an error of the handler, which ends nothing.
func (c *eventContext) Settle(err error) {
	if err != nil {
		c.subscription.failed.Add(1)
		c.subscription.common.counters.eventErrors.Add(1)
		c.subscription.logFailure(err)
	} else {
		c.subscription.fitAgain()
	}
}

// logFailure logs why a handler did not do its work. Of events in a row that do
// not decode only the first one is logged, and in the end how many they were.
func (s *Subscription) logFailure(err error) {
	if bad, ok := errors.AsType[*misfit](err); ok {
		if s.misfits.Add(1) == 1 {
			s.common.cfg.log.Warn("wamp: event does not decode", "topic", s.uri, "reason", text(bad.error),
				"next", "it is left out, and so are others like it")
		}
		return
	}
	s.fitAgain()
	if crash, ok := err.(*dispatch.Crash); ok {
		s.common.logCrash("wamp: event handler", crash, "topic", s.uri)
		return
	}
	s.common.cfg.log.Warn("wamp: event handler failed", "topic", s.uri, "reason", text(err))
}

// misfit is the error of an event that does not decode.
type misfit struct{ error }

// Unwrap returns the decoder's error.
func (m *misfit) Unwrap() error { return m.error }

// fitAgain logs the end of a row of events that did not decode.
func (s *Subscription) fitAgain() {
	if n := s.misfits.Swap(0); n > 0 {
		s.common.cfg.log.Warn("wamp: events that did not decode were left out", "topic", s.uri, "events", n)
	}
}

// Wait waits until the handler does not run, or until ctx ends. After
// [Subscription.Unsubscribe] the handler does not run again, so that what it
// uses may be released. Called with the ctx of the handler itself it returns at
// once.
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
