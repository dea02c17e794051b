package mock

import (
	"bytes"
	"math"
	"slices"
	"strconv"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/data"
	"github.com/wampgen/wampgen/schema/diag"
	"github.com/wampgen/wampgen/schema/value"
)

// condition is the value that a parameter must have. Of a map it is those keys
// that it names.
type condition struct {
	name string
	want *data.Value
}

// conditions reads the key when of a rule.
func (p *planner) conditions(of *procedure, when *data.Value) (all []condition) {
	for _, e := range when.Map {
		f := of.in.Field(e.Key)
		if i := slices.IndexFunc(of.Params, func(f *schema.Field) bool { return f.Name == e.Key }); i >= 0 {
			f = of.Params[i]
		}
		if f == nil {
			d := p.report(e.Place, schema.RuleUnknownParam, "procedure %s has no parameter %s", diag.Quote(of.Name), diag.Quote(e.Key))
			if with := diag.Closest(e.Key, of.in.Names()); with != "" {
				d.Replace(e.Key, with)
			}
			continue
		}
		want := e.Value
		if want.Kind != data.Map && want.Kind != data.List {
			v, problems := value.Read(f.Type, want)
			if len(problems) > 0 && !(want.Kind == data.Null && f.Optional) {
				p.misfits(want.Place, "condition", problems)
				continue
			}
			want = data.Of(v)
		}
		all = append(all, condition{e.Key, want})
	}
	return all
}

// holds reports whether all conditions hold for parameters by name. What is
// absent is null.
func holds(all []condition, named *data.Value) bool {
	return !slices.ContainsFunc(all, func(c condition) bool {
		got := named.Get(c.name)
		if got == nil {
			got = &data.Value{Kind: data.Null}
		}
		return !within(c.want, got)
	})
}

// within reports whether got is want, or has all keys of want if they are maps.
func within(want, got *data.Value) bool {
	want, got = want.Resolved(), got.Resolved()
	switch {
	case want.Kind == data.Map && got.Kind == data.Map:
		return !slices.ContainsFunc(want.Map, func(e data.Entry) bool {
			inner := got.Get(e.Key)
			if inner == nil {
				inner = &data.Value{Kind: data.Null}
			}
			return !within(e.Value, inner)
		})
	case want.Kind == data.List && got.Kind == data.List:
		return slices.EqualFunc(want.List, got.List, within)
	case want.Kind == data.Number && got.Kind == data.Number:
		a, _ := strconv.ParseFloat(want.Text, 64)
		b, _ := strconv.ParseFloat(got.Text, 64)
		return want.Text == got.Text || a == b && math.Abs(a) < 1<<53
	}
	return bytes.Equal(want.AppendJSON(nil), got.AppendJSON(nil))
}

// choose returns the answer to a call: a rule whose conditions hold, one without
// conditions, the example of this very input, the first example, or what was made
// up. input is the call in JSON, and named its parameters.
func (m *Mock) choose(p *procedure, input []byte, named *data.Value) *answer {
	var special, general []*answer
	for _, a := range p.rules {
		switch {
		case a.when == nil:
			general = append(general, a)
		case holds(a.when, named):
			special = append(special, a)
		}
	}
	switch {
	case len(special) > 0:
		return m.draw(special)
	case len(general) > 0:
		return m.draw(general)
	}
	var first *answer
	for _, a := range p.examples {
		switch {
		case !a.hasConsequence:
		case bytes.Equal(a.input, input):
			return a
		case first == nil:
			first = a
		}
	}
	if first != nil {
		return first
	}
	return p.sample
}

// draw takes one of some answers by their weights.
func (m *Mock) draw(all []*answer) *answer {
	i := m.pick(len(all), func(i int) int { return all[i].weight })
	return all[i]
}

// pick chooses one of n by their weights.
func (m *Mock) pick(n int, weight func(int) int) int {
	sum := 0
	for i := range n {
		sum += weight(i)
	}
	m.mu.Lock()
	at := m.rand.IntN(max(sum, 1))
	m.mu.Unlock()
	for i := range n {
		if at -= weight(i); at < 0 {
			return i
		}
	}
	return 0
}
