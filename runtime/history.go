package wamp

import (
	"context"
	"fmt"
	"sync"

	"github.com/wampgen/wampgen/runtime/codec"
)

// history is what a subscription with Resume remembers: the last publication
// it has seen, which tells where to go on after a lost session.
type history struct {
	mu   sync.Mutex // protects the following; a leaf
	last uint64     // 0: none seen, and the history was empty when it began
}

// seen notes an event that is being delivered.
func (h *history) seen(publication uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last = publication
}

func (h *history) position() uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.last
}

// hold stops the events of a subscription that resumes until its history is in.
func (s *Subscription) hold() {
	if s.history != nil {
		s.box.hold()
	}
}

// begin notes where the history of the topic stands when the subscription is
// made; what is older is not wanted. Without history there is nothing to resume.
func (h *history) begin(ctx context.Context, s *Subscription) error {
	s.client.mu.Lock()
	id := s.id
	s.client.mu.Unlock()
	events, _, err := s.client.fetch(ctx, id, 0)
	if err != nil {
		return fmt.Errorf("wamp: history of %s: %w", s.uri, err)
	}
	if n := len(events); n > 0 {
		h.seen(events[n-1].publication)
	}
	return nil
}

// resume delivers what a subscription missed before its live events. It runs
// in recovery, on a session that operations do not use yet.
func (s *Subscription) resume(ctx context.Context, on *session, id uint64) {
	if s.history == nil {
		return
	}
	defer s.box.release()
	last := s.history.position()
	events, met, err := on.history(ctx, id, last)
	gap := err != nil || !met
	if gap {
		s.client.cfg.log.Warn("wamp: events were missed and cannot be fetched", "topic", s.uri, "reason", text(err))
	}
	s.box.splice(events, gap)
}

// splice puts fetched events before the held live ones and drops the live ones
// that were fetched too. The first event after a gap tells of it.
func (b *mailbox) splice(events []event, gap bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	fetched := make(map[uint64]bool, len(events))
	for i := range events {
		fetched[events[i].publication] = true
	}
	live := b.queue
	b.queue, b.waiting = nil, 0
	freed := 0
	for _, ev := range live {
		freed += ev.size
	}
	b.subscription.client.inbound.Add(int64(-freed))
	for _, ev := range live {
		if !fetched[ev.publication] {
			events = append(events, ev)
		}
	}
	if gap && len(events) > 0 {
		events[0].gap = true
	}
	for _, ev := range events {
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

// fetch is history on the current session.
func (c *Client) fetch(ctx context.Context, subscription, last uint64) ([]event, bool, error) {
	s, err := c.acquire(ctx, false)
	if err != nil {
		return nil, false, err
	}
	return s.history(ctx, subscription, last)
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
		return nil, peerError(w.uri, w.payload)
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
