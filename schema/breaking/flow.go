package breaking

import (
	"slices"
	"strings"

	"github.com/wampgen/wampgen/schema"
)

// flow is a way that payloads take. Each change of a payload has two questions:
// what new receivers make of old messages, and what old receivers make of new
// ones.
type flow struct {
	// late says what new receivers do with messages of old senders, early what old
	// receivers do with those of new senders.
	late, early string
	// loses says what becomes of a value that the new version does not have.
	loses string
	// owned reports whether the sender owns the API. Then it uses at once what is
	// new. Callers do not, until all callees have it.
	owned bool
	// named reports whether parameters are also read by name if they are sent by
	// position, and surplus ones are refused. That is the way of calls.
	named bool
}

// The flows.
var (
	input = &flow{late: "new callees refuse the calls of old callers", early: "old callees refuse the calls of new callers",
		loses: "new callees do not see what old callers send", named: true}
	output = &flow{late: "new callers cannot read the results of old callees", early: "old callers cannot read the results of new callees",
		loses: "old callers miss it in the results of new callees", owned: true}
	failure = &flow{late: "new callers cannot read the errors of old callees", early: "old callers cannot read the errors of new callees",
		loses: "old callers miss it in the errors of new callees", owned: true}
	event = &flow{late: "new subscribers lose the events of old publishers", early: "old subscribers lose the events of new publishers",
		loses: "old subscribers miss it in the events of new publishers", owned: true}
)

// use adds the flows of every named type of a version.
func (c *comparison) use(m *schema.Model) {
	u := &walker{c: c, seen: map[*schema.Type][]*flow{}}
	for _, p := range m.Procedures {
		u.fields(p.Params, input)
		u.payload(p.In, input)
		u.payload(p.Out, output)
		u.payload(p.Progress, output)
		u.payload(p.Chunk, input)
		for _, e := range p.Errors {
			u.payload(e.Payload, failure)
		}
	}
	for _, e := range m.Errors {
		u.payload(e.Payload, failure)
	}
	for _, t := range m.Topics {
		u.fields(t.Params, event)
		u.payload(t.Payload, event)
	}
}

// walker finds the types that a payload is made of.
type walker struct {
	c    *comparison
	seen map[*schema.Type][]*flow
}

func (u *walker) payload(p *schema.Payload, f *flow) {
	if p == nil {
		return
	}
	u.fields(p.Args, f)
	u.fields(p.Kwargs, f)
	u.ref(p.Spread, f)
}

func (u *walker) fields(all []*schema.Field, f *flow) {
	for _, x := range all {
		u.ref(x.Type, f)
	}
}

func (u *walker) ref(r *schema.Ref, f *flow) {
	if r == nil {
		return
	}
	u.ref(r.List, f)
	u.ref(r.Map, f)
	u.ref(r.Keys, f)
	t := r.Named
	if t == nil || slices.Contains(u.seen[t], f) {
		return
	}
	u.seen[t] = append(u.seen[t], f)
	if id := u.c.homes[t].id; !slices.Contains(u.c.flows[id], f) {
		u.c.flows[id] = append(u.c.flows[id], f)
	}
	for _, x := range t.Uses() {
		u.ref(x, f)
	}
}

// phrase joins what the flows say, each thing once.
func phrase(flows []*flow, say func(*flow) string) string {
	var all []string
	for _, f := range flows {
		if s := say(f); s != "" && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return list(all)
}

// list joins phrases as English does.
func list(all []string) string {
	if last := len(all) - 1; last > 0 {
		return strings.Join(all[:last], ", ") + ", and " + all[last]
	}
	return strings.Join(all, "")
}
