package wamp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/dispatch"
	"github.com/wampgen/wampgen/runtime/internal/session"
	"github.com/wampgen/wampgen/runtime/transport"
)

// resume delivers what a subscription missed before its live events, which
// wait until then. The first time, it only notes where the history stands:
// what is older is not wanted; nothing is delivered when that fails in begin. A
// session that ends meanwhile leaves the events waiting for the next one, which
// resumes by itself.
func (s *Subscription) resume(ctx context.Context, on *session.Session, id uint64, begin bool) error {
	if !s.config.resume {
		return nil
	}
	events, met, err := s.missed(ctx, on, id)
	if on.Cause() != nil {
		return nil //nolint:nilerr // the next session resumes by itself
	}
	if err != nil && begin {
		return err
	}
	if err != nil || !met {
		s.common.cfg.log.Warn("wamp: events were missed and cannot be fetched", "topic", s.uri, "reason", text(err))
	}
	s.box.Splice(on, events, err == nil && met, begin)
	return err
}

// missedEvent is an event of a history.
type missedEvent = dispatch.Item[event]

// missed fetches the events after the last that arrived, oldest first. met
// reports whether nothing is missing between it and the first of them.
func (s *Subscription) missed(ctx context.Context, on *session.Session, id uint64) (events []missedEvent, met bool, err error) {
	last, known := s.box.Place()
	if !known {
		events, err = s.fetch(ctx, on, id, 1)
		return events, true, err
	}
	limit, err := s.intents.heavy.first(&s.tooMuch)
	for err == nil {
		var all []missedEvent
		wanted := limit
		if all, limit, err = s.fetchAtMost(ctx, on, id, wanted, len(events)); err != nil {
			break
		}
		for i, a := range slices.Backward(all) {
			if a.Publication == last {
				return all[i+1:], true, nil
			}
		}
		events = all
		switch {
		case limit < wanted: // the router failed over more
			return events, false, nil
		case len(all) != limit: // the router has no more, or knows no limit
			return events, last == 0, nil
		}
		limit, err = s.more(limit, all)
	}
	return events, false, err
}

// more returns the size to ask for when limit was not enough. Where a history
// was too large before, it is one that is likely to fit.
func (s *Subscription) more(limit int, got []missedEvent) (int, error) {
	next := min(10*limit, largestHistory)
	if s.intents.heavy.known() {
		largest := 0
		for i := range got {
			largest = max(largest, got[i].Size)
		}
		const overhead = 64 // of one event, at most
		room := cmp.Or(s.common.cfg.link.ReadLimit, transport.DefaultReadLimit) / 8 * 7 / (largest + overhead)
		next = min(4*limit, room, largestHistory)
		if most := s.intents.heavy.tooMuch(&s.tooMuch); most > 0 {
			next = min(next, most-1)
		}
	}
	if next <= limit {
		return 0, fmt.Errorf("%w: a history of more than %d events", ErrTooLarge, limit)
	}
	return next, nil
}

// fetchAtMost is [Subscription.fetch] of limit events, or of fewer while the router
// fails, but more than the had ones, and returns how many it asked for. Crossbar
// fails over the oldest events of a full history: it has half forgotten those that
// several subscribers got.
func (s *Subscription) fetchAtMost(ctx context.Context, on *session.Session, id uint64, limit, had int) ([]missedEvent, int, error) {
	for {
		events, err := s.fetch(ctx, on, id, limit)
		if !errors.Is(err, ErrRuntime) || limit/2 <= had {
			return events, limit, err
		}
		limit /= 2
	}
}

// fetch gets up to limit events of the history.
func (s *Subscription) fetch(ctx context.Context, on *session.Session, id uint64, limit int) ([]missedEvent, error) {
	w := s.common.spare.Waiter()
	fetch := s.intents.heavy.begin(w, &s.tooMuch, limit)
	events, err := s.common.getEvents(ctx, on, w, id, limit)
	s.intents.heavy.end(fetch, err)
	s.common.spare.PutWaiter(w)
	for i := range events {
		events[i].Event.session = on
	}
	return events, err
}

// getEvents calls wamp.subscription.get_events. nexus knows no limit and
// ignores it; Crossbar knows nothing else.
func (c *common) getEvents(ctx context.Context, s *session.Session, w *session.Waiter, subscription uint64, limit int) ([]missedEvent, error) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.handshake)
	defer cancel()
	b := s.Buffer()
	in := Payload{Args: []any{subscription}, Kwargs: map[string]any{"limit": limit}}
	if err := b.Finish(b.Enc.Payload(&in, nil)); err != nil {
		return nil, err
	}
	if err := c.callOn(ctx, s, w, "wamp.subscription.get_events", &callConfig{fetch: true}, b); err != nil {
		return nil, err
	}
	if err := replyError(w); err != nil {
		return nil, err
	}
	return readHistory(w.Payload)
}

// readHistory reads both known answers: nexus gives every event as an argument
// of its own, oldest first; Crossbar one list of events, newest first.
func readHistory(p codec.Payload) ([]missedEvent, error) {
	var d codec.Decoder
	var events []missedEvent
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
func appendEvent(events []missedEvent, d *codec.Decoder) []missedEvent {
	raw := d.Raw().Clone() // one event that waits must not keep all the others
	ev := missedEvent{Resumed: true, Size: len(raw.Data)}
	sealed := false
	var f codec.Decoder
	f.Start(raw, "event")
	s := f.Map()
	for f.Next(&s) {
		switch string(f.Key()) {
		case "publication", "Publication":
			ev.Publication = f.Uint(64)
		case "args", "Arguments":
			ev.Event.payload.Args = presentRaw(&f)
		case "kwargs", "ArgumentsKw":
			ev.Event.payload.Kwargs = presentRaw(&f)
		case "details", "Details":
			ev.Event.details = presentRaw(&f)
		case "ppt_scheme", "enc_algo":
			sealed = sealed || !presentRaw(&f).Absent()
		default:
			f.Skip()
		}
	}
	if f.Err() != nil {
		return events // not an event: the reader goes on
	}
	if sealed { // Details and event are one dict there
		ev.Event.details = raw
	}
	ev.Event.payload = core.Sealed(ev.Event.payload, ev.Event.details)
	return append(events, ev)
}

// presentRaw is the next value, absent for null.
func presentRaw(d *codec.Decoder) codec.Raw {
	if d.Null() {
		return codec.Raw{}
	}
	return d.Raw()
}
