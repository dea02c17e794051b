package wamp

import (
	"context"

	"github.com/wampgen/wampgen/runtime/codec"
)

// resume delivers what a subscription missed before its live events, which
// wait until then. The first time, it only notes where the history stands:
// what is older is not wanted. A session that ends meanwhile leaves the events
// waiting for the next one.
func (s *Subscription) resume(ctx context.Context, on *session, id uint64) error {
	if !s.config.resume {
		return nil
	}
	events, met, err := s.missed(ctx, on, id)
	if on.cause() != nil {
		return nil
	}
	if err != nil || !met {
		s.client.cfg.log.Warn("wamp: events were missed and cannot be fetched", "topic", s.uri, "reason", text(err))
	}
	s.box.splice(events, err == nil && met)
	s.box.release()
	return err
}

// missed fetches what came after the last event that arrived.
func (s *Subscription) missed(ctx context.Context, on *session, id uint64) (events []event, met bool, err error) {
	last, begun := s.box.position()
	if begun {
		return on.history(ctx, id, last)
	}
	events, err = on.getEvents(ctx, id, 1)
	return events, true, err
}

// hold keeps arriving events back until release; what has arrived before stays
// in front.
func (b *mailbox) hold() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.held {
		b.held, b.before = true, len(b.queue)
	}
}

// release lets the worker go on.
func (b *mailbox) release() {
	b.mu.Lock()
	b.held = false
	start := !b.working && len(b.queue) > 0 && !b.closed
	b.working = b.working || start
	b.mu.Unlock()
	if start {
		b.start()
	}
}

// position is the last publication that arrived before the session was lost;
// begun is false when there was no session yet.
func (b *mailbox) position() (last uint64, begun bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.last, b.begun
}

// splice puts fetched events between those that arrived before and the live
// ones, and drops the live ones that were fetched too. The first event after a
// gap tells of it.
func (b *mailbox) splice(fetched []event, closed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	live := append([]event(nil), b.queue[b.before:]...)
	for len(b.queue) > b.before {
		b.drop()
	}
	if !b.begun {
		if n := len(fetched); n > 0 {
			b.last = fetched[n-1].publication
		}
		b.begun, fetched, closed = true, nil, true
	}
	missed := make(map[uint64]bool, len(fetched))
	for _, ev := range fetched {
		missed[ev.publication] = true
	}
	next := fetched
	for _, ev := range live {
		if !missed[ev.publication] {
			next = append(next, ev)
		}
	}
	b.gap = b.gap || !closed
	for _, ev := range next {
		b.last = ev.publication
		b.push(ev) // held: no worker is started here
	}
}

// limits of one get_events, tried in turn: a router that knows a limit answers
// no more than that.
var historyLimits = []int{100, 1000, 10000, 100000}

// history fetches the events after the publication last, oldest first. met
// tells that nothing is missing between last and the first of them.
func (s *session) history(ctx context.Context, subscription, last uint64) (events []event, met bool, err error) {
	for _, limit := range historyLimits {
		all, err := s.getEvents(ctx, subscription, limit)
		if err != nil {
			return nil, false, err
		}
		for i := len(all) - 1; i >= 0; i-- {
			if all[i].publication == last {
				return all[i+1:], true, nil
			}
		}
		events = all
		if len(all) < limit {
			break // the router has no more
		}
	}
	return events, last == 0, nil
}

// getEvents calls wamp.subscription.get_events. nexus knows no limit and
// ignores it; Crossbar knows nothing else.
func (s *session) getEvents(ctx context.Context, subscription uint64, limit int) ([]event, error) {
	ctx, cancel := context.WithTimeout(ctx, s.client.cfg.handshake)
	defer cancel()
	w := s.client.getWaiter()
	defer s.client.putWaiter(w)
	b := s.client.getBuffer(s.link.Format)
	in := Payload{Args: []any{subscription}, Kwargs: map[string]any{"limit": limit}}
	if err := b.finish(in.encode(&b.enc)); err != nil {
		return nil, err
	}
	if err := s.call(ctx, w, "wamp.subscription.get_events", &callConfig{}, b); err != nil {
		return nil, err
	}
	if w.failed {
		return nil, peerError(w.uri, w.details, w.payload)
	}
	return readHistory(w.payload)
}

// readHistory reads both known answers: nexus gives every event as an argument
// of its own, oldest first; Crossbar one list of events, newest first.
func readHistory(p codec.Payload) ([]event, error) {
	var d codec.Decoder
	var events []event
	newestFirst := false
	d.Start(p.Args, "args")
	s := d.List()
	for d.Next(&s) {
		if d.Kind() != codec.KindList {
			events = appendEvent(events, &d)
			continue
		}
		newestFirst = true
		for inner := d.List(); d.Next(&inner); {
			events = appendEvent(events, &d)
		}
	}
	if newestFirst {
		for i, j := 0, len(events)-1; i < j; i, j = i+1, j-1 {
			events[i], events[j] = events[j], events[i]
		}
	}
	return events, d.Err()
}

// appendEvent reads one event of a history, whose keys the routers spell in
// their own way.
func appendEvent(events []event, d *codec.Decoder) []event {
	raw := d.Raw()
	ev := event{resumed: true, size: len(raw.Data)}
	var f codec.Decoder
	f.Start(raw, "event")
	s := f.Map()
	for f.Next(&s) {
		switch string(f.Key()) {
		case "publication", "Publication":
			ev.publication = f.Uint(64)
		case "args", "Arguments":
			ev.payload.Args = presentRaw(&f)
		case "kwargs", "ArgumentsKw":
			ev.payload.Kwargs = presentRaw(&f)
		case "details", "Details":
			ev.details = presentRaw(&f)
		default:
			f.Skip()
		}
	}
	if f.Err() != nil {
		return events // not an event: the reader goes on
	}
	return append(events, ev)
}

// presentRaw is the next value, absent for null.
func presentRaw(d *codec.Decoder) codec.Raw {
	if d.Null() {
		return codec.Raw{}
	}
	return d.Raw()
}
