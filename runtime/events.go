package wamp

import (
	"context"
	"iter"
	"slices"
)

// Event is one event of a loop over a topic.
type Event[T any] struct {
	// Data is what was published.
	Data T
	// Info is what else is known of the event.
	Info EventInfo

	ctx context.Context
}

// Context returns the ctx of the event, with the values that interceptors
// added. It ends when the loop asks for the next event or is left. The zero Event
// returns [context.Background].
func (e Event[T]) Context() context.Context {
	if e.ctx == nil {
		return context.Background()
	}
	return e.ctx
}

// For generated code. Events subscribes to a topic and ranges over its events.
// Every loop makes a subscription of its own, which lasts as long as the loop.
// The last pair holds an error unless the loop was left: an error of
// [Subscribe], the error of ctx, [ErrRevoked] or [ErrClosed]. With
// [ErrRevoked], and when [Client.Drain] ended the loop, it has had all events
// that had arrived.
//
// The handling of an event ends when the loop asks for the next one or the
// client is drained; interceptors and [Limits] count it until then.
// [WithMailbox] bounds the events that wait for the loop, and
// [WithSubscriptionTo] gives access to their counters. An event that does not
// decode is logged and left out.
func Events[T any, P Payloaded[T]](ctx context.Context, c *Client, t *Topic, opts ...SubscribeOption) iter.Seq2[Event[T], error] {
	return func(yield func(Event[T], error) bool) {
		l := loop[T]{
			loopState: newLoopState(), draining: c.draining.Done(),
			next: make(chan Event[T]), done: make(chan struct{}, 1), stop: make(chan struct{}),
		}
		sub, err := Subscribe[T, P](ctx, c, t, l.hand, append(slices.Clip(opts), l.option())...)
		if err != nil {
			yield(Event[T]{}, err)
			return
		}
		defer sub.leave(ctx, l.stop)
		for {
			select {
			case ev := <-l.next:
				if !ev.handle(yield) {
					return
				}
				l.finish()
				continue
			case <-sub.box.Drained():
				err = sub.Err()
			case <-ctx.Done():
				err = ctx.Err()
			case <-c.closing():
				err = c.endError()
			}
			yield(Event[T]{}, err)
			return
		}
	}
}

// handle runs the body of a loop, and reports whether it asks for the next event.
func (e Event[T]) handle(body func(Event[T], error) bool) bool {
	ctx, cancel := context.WithCancel(e.ctx)
	defer cancel()
	e.ctx = ctx
	return body(e, nil)
}

// loop hands the events of a subscription to a loop.
type loop[T any] struct {
	*loopState
	next     chan Event[T]
	done     chan struct{} // holds a token when the loop has asked for the next event
	stop     chan struct{} // closed when the loop has ended
	draining <-chan struct{}
}

// hand gives one event to the loop and waits until it is handled.
func (l *loop[T]) hand(ctx context.Context, ev T) error {
	select {
	case <-l.done: // of an event whose handling the drain ended
	default:
	}
	select {
	case l.next <- Event[T]{Data: ev, Info: EventInfoFrom(ctx), ctx: ctx}:
	case <-l.left:
		l.skipped.Add(1)
		return nil
	case <-l.stop:
		return nil
	case <-ctx.Done():
		return nil
	}
	select {
	case <-l.done:
	case <-l.stop:
	case <-l.draining: // the body of the loop may be what drains
	case <-ctx.Done():
	}
	return nil
}

// finish ends the handling of an event.
func (l *loop[T]) finish() {
	select {
	case l.done <- struct{}{}:
	default:
	}
}

// option makes the loop known to its subscription.
func (l *loopState) option() SubscribeOption {
	return subscribeOption(func(c *intentConfig) { c.loop = l })
}
