package value

import (
	"math/big"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/data"
)

// Case is a payload that shows whether a peer keeps to the schema. It is a sample
// but for one value.
type Case struct {
	// Path is where that value is, and Value is it in JSON; "" if it is absent.
	Path, Value string
	Payload     Payload
	// Problem is what is wrong with the payload, nil if it fits.
	Problem *Problem
}

// maxCases bounds the cases of a message.
const maxCases = 500

// Cases returns payloads at the borders of what is allowed and beyond: the bounds
// of every constraint and their neighbours, every value of an enum and another
// one, every variant, all kinds of values, absence and null. There are none if
// there is no sample. They are the same every time, at most 500.
func (m Message) Cases() (all []Case) {
	p, ok := m.Sample(0)
	if !ok {
		return nil
	}
	c := caser{seen: map[string]bool{}, open: map[*schema.Type]bool{}}
	args, kwargs := trees(p.Args), data.Of(p.Kwargs)
	add := func(a alternative, args []*data.Value, kwargs *data.Value) {
		payload := Payload{Args: dynamic(args)}
		if len(kwargs.Map) > 0 {
			payload.Kwargs, _ = kwargs.Any().(map[string]any)
		}
		x := Case{Path: a.at.String(), Payload: payload}
		if a.v != nil {
			x.Value = string(a.v.AppendJSON(nil))
		}
		key := string(JSON(payload))
		if problems := m.Check(payload); len(problems) > 0 {
			x.Problem = &problems[0]
		}
		if !c.seen[key] && len(all) < maxCases {
			c.seen[key] = true
			all = append(all, x)
		}
	}
	add(alternative{v: kwargs}, args, kwargs) // the sample itself
	for i, f := range m.payload.Args {
		if f.Variadic || i >= len(args) {
			break
		}
		for _, a := range c.field(f, args[i], (*path)(nil).field(f.Name)) {
			changed := slices.Clone(args)
			if changed[i] = a.v; a.v == nil {
				changed = changed[:i] // an absent one is the last
			}
			add(a, changed, kwargs)
		}
	}
	for _, f := range m.payload.Kwargs {
		if f.CatchAll {
			continue
		}
		for _, a := range c.field(f, kwargs.Get(f.Name), (*path)(nil).field(f.Name)) {
			add(a, args, with(kwargs, f.Name, a.v))
		}
	}
	if m.exact && len(args) == len(m.payload.Args) && !slices.ContainsFunc(m.payload.Args, func(f *schema.Field) bool { return f.Variadic }) {
		extra := data.Of("one too many")
		add(alternative{(*path)(nil).field("args").at(len(args)), extra}, append(slices.Clone(args), extra), kwargs)
	}
	return all
}

// dynamic are the dynamic values of trees.
func dynamic(values []*data.Value) (all []any) {
	for _, v := range values {
		all = append(all, v.Any())
	}
	return all
}

// with is a map with another value of a key; nil takes the key away.
func with(m *data.Value, key string, v *data.Value) *data.Value {
	out := &data.Value{Kind: data.Map}
	found := false
	for _, e := range m.Map {
		if e.Key == key {
			e.Value, found = v, true
		}
		if e.Value != nil {
			out.Map = append(out.Map, e)
		}
	}
	if !found && v != nil {
		out.Map = append(out.Map, data.Entry{Key: key, Value: v})
	}
	return out
}

// alternative is another value somewhere in a sample; nil if it is absent.
type alternative struct {
	at *path
	v  *data.Value
}

// caser thinks of alternatives. open are the types that it is in.
type caser struct {
	seen map[string]bool
	open map[*schema.Type]bool
}

// field returns alternatives to the value of a field, which may be nil.
func (c *caser) field(f *schema.Field, v *data.Value, at *path) []alternative {
	all := []alternative{{at, nil}}
	if v != nil {
		all = append(all, c.ref(f.Type, v, at)...)
	}
	return all
}

// ref returns alternatives to a value of a type: others of the type, other kinds,
// and those within.
func (c *caser) ref(r *schema.Ref, v *data.Value, at *path) (all []alternative) {
	base := r.Underlying()
	if base.Scalar == schema.Any || r.Named != nil && c.open[r.Named] {
		return nil
	}
	if r.Named != nil {
		c.open[r.Named] = true
		defer delete(c.open, r.Named)
	}
	tries := []*data.Value{{Kind: data.Null}, data.Of(true), data.Of(5), data.Of(1.5), data.Of("text"), {Kind: data.List}, {Kind: data.Map}}
	switch {
	case base.List != nil:
		tries = append(tries, sizes(r, v)...)
		for i, item := range v.List[:min(1, len(v.List))] {
			for _, a := range c.ref(base.List, item, at.at(i)) {
				changed := slices.Clone(v.List)
				changed[i] = a.v
				all = append(all, alternative{a.at, &data.Value{Kind: data.List, List: changed}})
			}
		}
	case base.Map != nil:
		for _, e := range v.Map[:min(1, len(v.Map))] {
			for _, a := range c.ref(base.Map, e.Value, at.entry(e.Key)) {
				all = append(all, alternative{a.at, with(v, e.Key, a.v)})
			}
		}
	case base.Named != nil:
		more, within := c.named(base.Named, v, at)
		tries, all = append(tries, more...), append(all, within...)
	default:
		tries = append(tries, edges(r, base)...)
	}
	for _, try := range tries {
		all = append(all, alternative{at, try})
	}
	return all
}

// named returns alternatives to a value of a type that is no newtype: others, and
// those with another part.
func (c *caser) named(t *schema.Type, v *data.Value, at *path) (tries []*data.Value, within []alternative) {
	switch t.Kind {
	case schema.Enum:
		for i := range t.Values {
			tries = append(tries, data.Of(t.Values[i].OnWire(t)))
		}
		return append(tries, data.Of("no value of the enum"), data.Of(int64(-987654321))), nil
	case schema.Struct:
		for _, f := range t.Fields {
			for _, a := range c.field(f, v.Get(f.Name), at.field(f.Name)) {
				within = append(within, alternative{a.at, with(v, f.Name, a.v)})
			}
		}
		return []*data.Value{with(v, "no_key_of_the_type", data.Of(1))}, within
	case schema.Tuple:
		for i, f := range t.Fields[:min(len(v.List), len(t.Fields))] {
			for _, a := range c.field(f, v.List[i], at.at(i)) {
				changed := slices.Clone(v.List)
				if changed[i] = a.v; a.v == nil {
					changed = changed[:i]
				}
				within = append(within, alternative{a.at, &data.Value{Kind: data.List, List: changed}})
			}
		}
	case schema.Union:
		s := sampler{open: map[*schema.Type]bool{}}
		for i := range t.Variants {
			if x := s.union(t, i); x != nil {
				tries = append(tries, x)
			}
		}
		if t.Tag != "" {
			tries = append(tries, with(v, t.Tag, data.Of("no variant")), with(v, t.Tag, nil))
		}
	}
	return tries, within
}

// sizes returns lists of the least and the most length that is allowed, and one
// item less and more.
func sizes(r *schema.Ref, v *data.Value) (all []*data.Value) {
	const longest = 1000
	least, most := counts(r)
	s := sampler{open: map[*schema.Type]bool{}}
	for _, n := range []int{least - 1, least, most, most + 1} {
		if n < 0 || n > longest {
			continue
		}
		list := &data.Value{Kind: data.List}
		for i := range n {
			item := s.ref(r.Underlying().List, "text", i)
			if item == nil {
				break
			}
			list.List = append(list.List, item)
		}
		all = append(all, list)
	}
	if len(v.List) > 0 {
		all = append(all, &data.Value{Kind: data.List, List: []*data.Value{v.List[0], v.List[0]}})
	}
	return all
}

// edges returns values of a built-in type near its bounds and those of its
// constraints. Integers stay within 2^53, which all peers can hold.
func edges(r, base *schema.Ref) (all []*data.Value) {
	least, most := counts(r)
	switch base.Scalar {
	case schema.String:
		for _, n := range []int{least - 1, least, most, most + 1} {
			if n >= 0 && n <= 1<<12 {
				all = append(all, data.Of(strings.Repeat("ä", n)), data.Of(strings.Repeat("a", n)))
			}
		}
		return append(all, data.Of("äß€😀"), data.Of(""))
	case schema.Bytes:
		for _, n := range []int{least - 1, least, most, most + 1} {
			if base.Encoding == "" && n >= 0 && n <= 1<<12 {
				all = append(all, data.Of(make([]byte, n)))
			}
		}
		return all
	case schema.Bool, schema.Time, schema.Date, schema.UUID, schema.Decimal, schema.URI, schema.Duration:
		return append(all, data.Of(false), data.Of("yesterday"), data.Of(""), data.Of(int64(-1)))
	}
	numbers := []*big.Rat{new(big.Rat), big.NewRat(-1, 1)}
	if !isFloat(base) {
		from, to := bounds(base.Scalar)
		numbers = append(numbers, new(big.Rat).SetInt(from), new(big.Rat).SetInt(to))
	}
	for of := r; of != nil; of = baseRef(of) {
		for i := range of.Constraints {
			if x := &of.Constraints[i]; x.Value != nil {
				numbers = append(numbers, boundOf(x, base))
			}
		}
	}
	return append(all, near(numbers, isFloat(base))...)
}

// near are numbers and their neighbours, within 2^53.
func near(numbers []*big.Rat, float bool) (all []*data.Value) {
	safe := new(big.Rat).SetInt(maxID)
	for _, x := range numbers {
		for _, step := range []int64{-1, 0, 1} {
			y := new(big.Rat).Add(x, big.NewRat(step, 1))
			switch f, _ := y.Float64(); {
			case new(big.Rat).Abs(y).Cmp(safe) >= 0:
			case float:
				all = append(all, data.Of(f))
			default:
				all = append(all, &data.Value{Kind: data.Number, Text: y.Num().String()})
			}
		}
	}
	return all
}
