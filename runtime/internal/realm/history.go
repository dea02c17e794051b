package realm

import (
	"fmt"
	"slices"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/core"
)

// historyBytes bounds what the history holds, beside the count of its events.
const historyBytes = 64 << 20

// history is what has been published, oldest first.
type history struct {
	list  []*publication
	bytes int
	last  int // the order of the newest
}

// add keeps at most limit publications.
func (h *history) add(p *publication, limit int) {
	h.last++
	p.order = h.last
	h.list = append(h.list, p)
	h.bytes += p.size()
	for len(h.list) > limit || h.bytes > historyBytes {
		h.bytes -= h.list[0].size()
		h.list[0] = nil
		h.list = h.list[1:]
	}
}

// getEvents answers wamp.subscription.get_events: the events of a subscription
// that the caller may see, oldest first, each as an argument of its own. A
// limit keeps the newest of them.
func getEvents(r *Realm, s *Session, in *input) ([]any, *refusal) {
	g, refused := in.route(&r.broker.routes)
	if refused != nil {
		return nil, refused
	}
	wanted, refused := in.filter(r.broker.history.list)
	if refused != nil {
		return nil, refused
	}
	var events []any
	for _, p := range r.broker.history.list {
		if g.matches(p.topic) && p.audience.includes(s) && s.mayPass(&p.content, "subscriber") && wanted(p) {
			events = append(events, p.record(g))
		}
	}
	if limit, given := in.kwargs["limit"]; given {
		n, ok := limit.(int64)
		if !ok || n < 1 {
			return nil, &refusal{"wamp.error.invalid_argument", "limit must be a positive integer"}
		}
		events = events[max(0, int64(len(events))-n):]
	}
	if in.kwargs["reverse"] == true {
		slices.Reverse(events)
	}
	return events, nil
}

// record is an event as get_events shows it (specification "Event History").
func (p *publication) record(g *route) core.Dict {
	d := core.Dict{
		{Key: "timestamp", Value: p.at}, {Key: "subscription", Value: g.id}, {Key: "publication", Value: p.id},
		{Key: "details", Value: append(p.details(g), p.marks...)},
	}
	switch {
	case p.payload != nil:
		d = append(d, core.Field{Key: "args", Value: []any{p.payload}})
	case !p.args.Absent():
		d = append(d, core.Field{Key: "args", Value: p.args})
	}
	if !p.kwargs.Absent() {
		d = append(d, core.Field{Key: "kwargs", Value: p.kwargs})
	}
	return d
}

// bounds are the keywords that compare a publication with a bound: how the two
// must be ordered, and whether they may be equal.
var bounds = map[string]struct{ sign, equal int }{
	"from": {1, 1}, "after": {1, 0}, "before": {-1, 0}, "until": {-1, 1},
}

// filter returns what the keywords say of an event; all of them must hold.
func (in *input) filter(list []*publication) (func(*publication) bool, *refusal) {
	wanted := func(*publication) bool { return true }
	both := func(a, b func(*publication) bool) func(*publication) bool {
		return func(p *publication) bool { return a(p) && b(p) }
	}
	if topic, ok := in.kwargs["topic"]; ok {
		wanted = both(wanted, func(p *publication) bool { return p.topic == topic })
	}
	for name, b := range bounds {
		fits := func(order int) bool { return order*b.sign > 0 || order == 0 && b.equal == 1 }
		if v, ok := in.kwargs[name+"_time"]; ok {
			text, _ := v.(string)
			at, err := time.Parse(time.RFC3339, text)
			if err != nil {
				return nil, &refusal{"wamp.error.invalid_argument", fmt.Sprintf("%s_time must be an RFC 3339 time", name)}
			}
			wanted = both(wanted, func(p *publication) bool { return fits(p.at.Compare(at)) })
		}
		if v, ok := in.kwargs[name+"_publication"]; ok {
			i := slices.IndexFunc(list, func(p *publication) bool { return int64(p.id) == v })
			if i < 0 {
				return nil, &refusal{"wamp.error.invalid_argument", fmt.Sprintf("%s_publication must be in the history", name)}
			}
			order := list[i].order
			wanted = both(wanted, func(p *publication) bool { return fits(p.order - order) })
		}
	}
	return wanted, nil
}
