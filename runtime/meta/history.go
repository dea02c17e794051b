package meta

import (
	"context"
	"slices"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
)

// StoredEvent is an event that a router has kept. Values that the router does
// not say are zero.
type StoredEvent struct {
	Publication wamp.ID
	// Time is when the event was published. nexus does not say it.
	Time time.Time
	// Topic is the URI to which the event was published. Some routers say it only
	// if the subscription is a pattern.
	Topic string
	// Publisher is the session of the publisher, if it is disclosed.
	Publisher wamp.ID
	Args      []any
	Kwargs    map[string]any
	// Record is the event as the router describes it, with all of its keys.
	Record map[string]any
}

// History returns the events that the router keeps for a subscription, oldest
// first, or newest first if in.Reverse is set. It reads the answers of all
// routers. What they do with the other fields of in differs: nexus ignores
// Limit, and Crossbar.io knows no other field. A router that keeps nothing for
// the subscription answers with an error or with no events.
//
// A client that wants what it missed while it was away uses [wamp.WithResume]
// instead.
func History(ctx context.Context, c Caller, in SubscriptionGetEventsArgs) ([]StoredEvent, error) {
	answer, err := c.SubscriptionGetEvents(ctx, in)
	if err != nil {
		return nil, err
	}
	var events []StoredEvent
	known, newestFirst := map[wamp.ID]bool{}, false
	for _, v := range answer.Events {
		list, nested := v.([]any)
		if nested { // Crossbar.io
			newestFirst = in.Reverse == nil
		} else {
			list = []any{v}
		}
		for _, v := range list {
			ev, ok := storedEvent(v)
			if ok && !known[ev.Publication] { // Crossbar.io may keep an event twice
				known[ev.Publication] = true
				events = append(events, ev)
			}
		}
	}
	if newestFirst {
		slices.Reverse(events)
	}
	return events, nil
}

// storedEvent reads an event with the keys of the specification, of nexus or of
// Crossbar.io. ok is false if it has none of their ids.
func storedEvent(v any) (ev StoredEvent, ok bool) {
	record, _ := v.(map[string]any)
	first := func(keys ...string) any {
		for _, key := range keys {
			if v := record[key]; v != nil {
				return v
			}
		}
		return nil
	}
	ev = StoredEvent{Publication: idOf(first("publication", "Publication")), Record: record}
	details, _ := first("details", "Details").(map[string]any)
	ev.Args, _ = first("args", "Arguments").([]any)
	ev.Kwargs, _ = first("kwargs", "ArgumentsKw").(map[string]any)
	if ev.Topic, _ = first("topic").(string); ev.Topic == "" {
		ev.Topic, _ = details["topic"].(string)
	}
	if ev.Publisher = idOf(first("session_id")); ev.Publisher == 0 {
		ev.Publisher = idOf(details["publisher"])
	}
	switch at := first("timestamp", "time_ns").(type) {
	case string:
		ev.Time, _ = time.Parse(time.RFC3339, at) // the zero time if it is none
	case time.Time:
		ev.Time = at
	case int64:
		ev.Time = time.Unix(0, at).UTC() //nolint:forbidigo // the router's clock, not a wait
	}
	return ev, ev.Publication.Valid()
}

// idOf returns an id of dynamic data, 0 if it is none.
func idOf(v any) wamp.ID {
	switch v := v.(type) {
	case int64:
		return wamp.ID(max(v, 0))
	case float64: // JSON of a peer that knows no integers
		return wamp.ID(max(v, 0))
	}
	return 0
}
