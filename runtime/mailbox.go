package wamp

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/wampgen/wampgen/runtime/codec"
)

// event is one EVENT on its way to a handler. It pins its frame, which is why
// mailboxes count bytes of frames.
type event struct {
	payload     codec.Payload
	details     codec.Raw
	publication uint64
	size        int
	resumed     bool
	gap         bool
}

// eventFunc decodes an event and runs the user's handler.
type eventFunc func(ctx context.Context, raw codec.Payload) error

// eventContext is the ctx of a handler; it knows its event.
type eventContext struct {
	context.Context
	event
	subscription *Subscription
}

// eventInfoKey finds the event that a ctx belongs to.
type eventInfoKey struct{}

// Value makes the event findable by EventInfoFrom.
func (c *eventContext) Value(key any) any {
	if key == (eventInfoKey{}) {
		return c
	}
	return c.Context.Value(key)
}

// mailbox keeps the events of one subscription in order for its handler, which
// runs on a worker that lives while there are events.
type mailbox struct {
	subscription *Subscription
	handle       eventFunc
	events       int // bounds
	bytes        int
	dropped      atomic.Uint64
	failed       atomic.Uint64

	mu      sync.Mutex // protects the following
	queue   []event
	waiting int // bytes of frames in queue
	working bool
	held    bool     // events wait until the history is in
	holder  *session // the session whose history it is, nil before there is one
	before  int      // how many events in queue arrived before it was held
	begun   bool     // the place in the history is known
	last    uint64   // the last publication that arrived while not held
	tooMuch int      // the smallest history that did not fit into a message, 0 for none
	gap     bool     // the next event is the first after a gap
	closed  bool
	// seen is what the last resuming brought, until an event came that is newer:
	// a broker may still send what its history had already.
	seen     map[uint64]bool
	overflow bool          // an episode of overflow has begun and was told
	rested   chan struct{} // closed when the worker ends; nil when nobody waits
}

func newMailbox(s *Subscription, handle eventFunc) *mailbox {
	l := &s.client.cfg.limits
	b := &mailbox{subscription: s, handle: handle, events: s.config.events, bytes: s.config.bytes}
	if b.events <= 0 {
		b.events = l.MailboxEvents
	}
	if b.bytes <= 0 {
		b.bytes = l.MailboxBytes
	}
	return b
}

// offer queues one event. False asks for the session's end: the mailbox is
// full and its policy is Disconnect. The reader calls it and never waits.
func (b *mailbox) offer(ev event) bool {
	b.mu.Lock()
	if b.doubled(ev.publication) {
		b.mu.Unlock()
		return true
	}
	if !b.held {
		b.last = ev.publication
	}
	kept, start, episode := b.push(ev)
	b.mu.Unlock()
	b.pushed(start, episode)
	return kept || b.subscription.config.overflow != Disconnect
}

// doubled tells that the history brought an event already. Events come in order,
// so the first that it did not bring ends the overlap. mu is held.
func (b *mailbox) doubled(publication uint64) bool {
	if b.held || b.seen == nil {
		return false
	}
	if !b.seen[publication] {
		b.seen = nil
	}
	return b.seen != nil
}

// pushed tells of an episode and starts the worker where push asked for it.
func (b *mailbox) pushed(start, episode bool) {
	if episode {
		b.subscription.client.cfg.log.Warn("wamp: handler does not keep up, events are dropped",
			"topic", b.subscription.uri, "dropped", b.dropped.Load())
	}
	if start {
		b.start()
	}
}

// push appends an event if there is room for it, or makes room. start tells
// that a worker is needed, episode that this is the first drop in a row.
func (b *mailbox) push(ev event) (kept, start, episode bool) {
	if b.closed {
		return true, false, false
	}
	for b.full(ev.size) {
		b.dropped.Add(1)
		episode = episode || !b.overflow
		b.overflow = true
		if b.subscription.config.overflow != DropOldest || len(b.queue) == 0 {
			return false, false, episode
		}
		b.pop()
	}
	ev.gap, b.gap = b.gap, false
	b.queue = append(b.queue, ev)
	b.waiting += ev.size
	b.subscription.client.inbound.Add(int64(ev.size))
	start = !b.working && !b.held
	b.working = b.working || start
	return true, start, episode
}

// full tells whether size more bytes are too many, here or in all that waits. A
// mailbox without an event takes one of any size: it will never have more room.
func (b *mailbox) full(size int) bool {
	return len(b.queue) >= b.events || len(b.queue) > 0 && b.waiting+size > b.bytes ||
		!b.subscription.client.roomFor(size)
}

// roomFor tells whether so many more bytes of inbound frames may wait.
func (c *Client) roomFor(size int) bool {
	return c.inbound.Load()+int64(size) <= int64(c.cfg.limits.InboundBytes)
}

// pop takes the oldest event; mu is held.
func (b *mailbox) pop() event {
	ev := b.queue[0]
	b.queue[0] = event{}
	b.queue = b.queue[1:]
	b.before = max(0, b.before-1)
	b.waiting -= ev.size
	b.subscription.client.inbound.Add(-int64(ev.size))
	return ev
}

// drop takes the newest event away again; mu is held.
func (b *mailbox) drop() {
	n := len(b.queue) - 1
	b.waiting -= b.queue[n].size
	b.subscription.client.inbound.Add(-int64(b.queue[n].size))
	b.queue[n] = event{}
	b.queue = b.queue[:n]
}

// start starts the worker, unless the client is closed.
func (b *mailbox) start() {
	if b.subscription.client.workers.start() {
		go b.work() // mailbox worker: ends when the mailbox is empty; joined by Close
		return
	}
	b.close()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rest()
}

// rest notes that no worker runs; mu is held.
func (b *mailbox) rest() {
	b.working = false
	if b.rested != nil {
		close(b.rested)
		b.rested = nil
	}
}

// resting returns what is closed when no handler call runs, nil when none does.
func (b *mailbox) resting() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.working && b.rested == nil {
		b.rested = make(chan struct{})
	}
	return b.rested
}

// work runs the handler for one event after the other.
func (b *mailbox) work() {
	defer b.subscription.client.workers.finish()
	for {
		ev, ok := b.next()
		if !ok {
			return
		}
		b.runOne(ev)
	}
}

// next takes the oldest event; false ends the worker.
func (b *mailbox) next() (event, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.queue) == 0 || b.closed || b.held || b.subscription.client.handlers.Err() != nil {
		b.rest()
		return event{}, false
	}
	ev := b.pop()
	if len(b.queue) == 0 {
		b.queue, b.overflow = nil, false
	}
	return ev, true
}

// runOne runs the handler; its error is logged and counted and ends nothing.
// A handler that ends its goroutine takes the worker with it: another one
// takes its place.
func (b *mailbox) runOne(ev event) {
	returned := false
	defer func() {
		if !returned {
			b.failed.Add(1)
			b.subscription.client.cfg.log.Error("wamp: event handler ended its goroutine", "topic", b.subscription.uri)
			b.start()
		}
	}()
	if err := b.run(ev); err != nil {
		b.failed.Add(1)
		b.subscription.client.cfg.log.Warn("wamp: event handler failed",
			"topic", b.subscription.uri, "reason", text(err))
	}
	returned = true
}

// run runs the handler through the interceptors and survives its panic.
func (b *mailbox) run(ev event) (err error) {
	c := b.subscription.client
	defer func() {
		if v := recover(); v != nil {
			c.cfg.log.Error("wamp: event handler panicked", "topic", b.subscription.uri,
				"type", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
			err = errPanicked
		}
	}()
	ctx := &eventContext{Context: c.handlers, event: ev, subscription: b.subscription}
	if len(c.cfg.interceptors) == 0 {
		return b.handle(ctx, ev.payload)
	}
	op := Operation{Kind: OperationEvent, URI: b.subscription.uri}
	return c.intercept(ctx, op, func(ctx context.Context) error { return b.handle(ctx, ev.payload) })
}

// close drops what waits; nothing is run after it.
func (b *mailbox) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for len(b.queue) > 0 {
		b.pop()
	}
	b.queue = nil
}
