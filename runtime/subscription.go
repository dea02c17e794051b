package wamp

import (
	"context"
	"sync/atomic"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/dispatch"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// Subscription is one subscription of this client. It is restored on every
// session until it ends. Its handler gets one event at a time, in order.
// [Client.Subscribe] and [Subscribe] make one; the zero value is not usable. It
// is safe for concurrent use.
type Subscription struct {
	*intent
	intents  *intents
	box      *dispatch.Mailbox[event]
	run      eventFunc // decodes an event and runs the handler
	failed   atomic.Uint64
	tooMuch  tooMuch
	retained retained
	// misfits counts the events in a row that did not decode.
	misfits atomic.Uint64
}

// Topic returns the URI or pattern that was subscribed to.
func (s *Subscription) Topic() string { return s.uri }

// Unsubscribe ends the subscription and waits for the router's reply
// (specification "Subscribing and Unsubscribing"). Waiting events are dropped.
// Unsubscribe does not wait for a running handler, so that a handler may
// unsubscribe itself; [Subscription.Wait] does. It is idempotent; without a
// session it returns at once. Errors: the router's answer as an [*Error], and
// the error of ctx. The subscription has ended in every case.
func (s *Subscription) Unsubscribe(ctx context.Context) error {
	s.box.Close()
	return named("unsubscribe", s.uri, s.intents.withdraw(ctx, s.intent, true))
}

// Dropped returns how many events were dropped because the handler did not keep
// up, on all sessions.
func (s *Subscription) Dropped() uint64 { return s.box.Dropped() }

// Gaps returns how many events had [EventInfo.Gap] set: others before them were
// missed and could not be fetched, see [WithResume].
func (s *Subscription) Gaps() uint64 { return s.box.Gaps() }

// Failed returns how many events did not decode or had a handler that returned
// an error or panicked.
func (s *Subscription) Failed() uint64 { return s.failed.Load() }

// Done returns a channel that is closed when the subscription has ended: by
// [Subscription.Unsubscribe], with the client, or because the router revoked it
// (specification "Subscription Revocation"). [Subscription.Err] returns the
// reason.
func (s *Subscription) Done() <-chan struct{} { return s.done }

// Err returns why the subscription has ended, or nil before. It is [ErrClosed]
// after [Subscription.Unsubscribe] and when the client has ended; if the client
// gave up by itself it also wraps [Client.Err]. It is [ErrRevoked] if the
// router revoked it, and wraps the router's reason as an [*Error] if there is
// one. If several sessions in a row were lost while the subscription was being
// restored, or over its events, the error names it and the cause: [ErrTooLarge]
// if the events are larger than [WithReadLimit] allows.
func (s *Subscription) Err() error { return s.reason() }

// event is the content of one EVENT. It keeps its frame alive.
type event struct {
	session *session.Session // that it came on
	payload codec.Payload
	details codec.Raw
}

// eventFunc decodes an event and runs the user's handler.
type eventFunc func(ctx context.Context, raw codec.Payload) error

// WithSubscriptionTo stores the subscription in *s before the first event is
// handled. A loop over [Events] needs it to call methods such as
// [Subscription.Dropped]. A nil s stores nothing.
func WithSubscriptionTo(s **Subscription) SubscribeOption {
	return subscribeOption(func(c *intentConfig) {
		c.made = func(owner any) {
			if sub, ok := owner.(*Subscription); ok && s != nil {
				*s = sub
			}
		}
	})
}
