package wamp

import (
	"context"
	"sync/atomic"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/dispatch"
)

// Subscription is one subscription of this client, on every session until
// Unsubscribe. Its handler gets one event at a time, in order. Subscribe makes it;
// the zero value is of no use. It is safe for concurrent use.
type Subscription struct {
	*intent
	intents *intents
	box     *dispatch.Mailbox[event]
	run     eventFunc // decodes an event and runs the handler
	failed  atomic.Uint64
	tooMuch tooMuch
	// misfits counts the events in a row that did not decode.
	misfits atomic.Uint64
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
	return named("unsubscribe", s.uri, s.intents.withdraw(ctx, s.intent, true))
}

// Dropped counts the events that were dropped because the handler did not keep
// up, since the subscription was made.
func (s *Subscription) Dropped() uint64 { return s.box.Dropped() }

// Gaps counts the events before which others were missed and could not be fetched,
// see [WithResume] and [EventInfo].Gap.
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

// event is the content of one EVENT. It keeps its frame alive.
type event struct {
	payload codec.Payload
	details codec.Raw
}

// eventFunc decodes an event and runs the user's handler.
type eventFunc func(ctx context.Context, raw codec.Payload) error

// WithSubscriptionTo stores the subscription in s before the first event is handled, for
// a loop over [Events], which has no other way to [Subscription.Dropped],
// [Subscription.Gaps] and the rest; nil stores nothing. Default: not stored.
func WithSubscriptionTo(s **Subscription) SubscribeOption {
	return subscribeOption(func(c *intentConfig) {
		c.made = func(owner any) {
			if sub, ok := owner.(*Subscription); ok && s != nil {
				*s = sub
			}
		}
	})
}
