package schema

import (
	"cmp"
	"strings"
)

import "github.com/wampgen/wampgen/schema/diag"

// payload reads args and kwargs of what is at a place. Owner names their
// message, as in `procedure "order.place"`.
func (r *reader) payload(s section, of Place, owner string) *Payload {
	p := &Payload{Place: of.derived()}
	if at, ok := s.has("kwargs"); ok {
		p.Place = at
		r.kwargs(p, s.get("kwargs"), owner)
	}
	if at, ok := s.has("args"); ok {
		p.Place = at
		p.Args = r.args(s.get("args"), owner)
		r.positional(p.Args)
	}
	if p.Spread == nil {
		r.onlyOne(p.Args, p.Kwargs)
		catchAllLast(p.Kwargs)
	} else {
		r.onlyOne(p.Args, nil)
	}
	r.shadows(p)
	switch {
	case p.Spread != nil && len(p.Args) == 0:
		p.Shape = ShapeSpread
	case !p.Empty():
		p.Shape = ShapeRecord
	}
	return p
}

// input reads the input of a procedure.
func (r *reader) input(s section, of Place, owner string) *Payload {
	p := r.payload(s, of, owner)
	p.single()
	return p
}

// args reads the positional parameters: a list of mappings with one key each.
func (r *reader) args(n *node, owner string) []*Field {
	return r.inOrder(n, "args of "+owner, "a positional parameter",
		"write  args: [name: type, name: type]  (a list, since the order goes over the wire)")
}

// inOrder reads fields whose order goes over the wire. What names all of them in
// messages, and one each.
func (r *reader) inOrder(n *node, what, one, hint string) []*Field {
	if n.kind != listNode {
		if n.kind != brokenNode {
			r.report(n.token(), RuleWrongKind, "%s must be a list, not %s", what, n.describe()).Hint = hint
		}
		return nil
	}
	var fields []*Field
	seen := map[string]diag.Pos{}
	for _, item := range n.items {
		if item.kind == brokenNode {
			continue
		}
		if item.kind != mappingNode || len(item.pairs) != 1 {
			found := item.describe()
			if item.kind == mappingNode {
				found = "a mapping with several keys"
			}
			r.report(item.token(), RuleWrongKind, "%s must be one  name: type, not %s", one, found).Hint = hint
			continue
		}
		key := item.pairs[0].key
		if first, twice := seen[key.text]; twice {
			d := r.report(key.token(), RuleDuplicateKey, "duplicate %s %s (first at line %d)", one[strings.LastIndexByte(one, ' ')+1:], quote(key.text), first.Line)
			r.relate(d, first, "the first one")
			continue
		}
		seen[key.text] = key.pos
		fields = append(fields, r.field(item.pairs[0]))
	}
	r.sameName(fields)
	return fields
}

// kwargs reads the keyword parameters: a mapping, or the name of a struct
// whose fields they are.
func (r *reader) kwargs(p *Payload, n *node, owner string) {
	if n.kind != scalarNode || n.empty() {
		if r.want(n, mappingNode, "kwargs of "+owner) {
			p.Kwargs = r.fields(n.pairs)
		}
		return
	}
	x, ref := r.typeOf(n)
	switch {
	case ref == nil:
	case ref.Named == nil || ref.Named.Kind != Struct || x.optional || x.nullable || x.hasDefault:
		d := r.report(n.token(), RuleWrongKind, "kwargs of %s must be a mapping or the name of a struct, not %s", owner, quote(n.text))
		d.Hint = "write  kwargs: {name: type}"
	default:
		p.Spread, p.Kwargs = ref, ref.Import.fields(ref.Named.Fields)
	}
}

// positional checks that an absent parameter is known by its position: an
// optional parameter has only optional ones behind it.
func (r *reader) positional(args []*Field) {
	var absent *Field
	for i, f := range args {
		switch {
		case f.Optional || f.Default != nil:
			if absent == nil {
				absent = f
			}
			if f.Optional && f.Type != nil && f.Type.Nullable && i+1 < len(args) {
				d := r.report(f.Place.Span, RulePositionalOrder, "%s may be absent and may be null, which look the same before %s",
					quote(f.Name), quote(args[i+1].Name))
				d.Hint = "make it the last one, or a keyword"
			}
		case absent != nil && f.Type != nil && !f.Variadic:
			d := r.report(f.Place.Span, RulePositionalOrder, "%s is required but follows %s, which may be absent",
				quote(f.Name), quote(absent.Name))
			r.relate(d, absent.Place.Pos, "this one may be absent")
			d.Hint = "put it before, or make one of them a keyword"
		}
	}
}

// shadows reports names that are in args and in kwargs: a positional parameter
// is taken by name too.
func (r *reader) shadows(p *Payload) {
	byName := map[string]*Field{}
	for _, f := range p.Args {
		byName[f.Name] = f
	}
	for _, f := range p.Kwargs {
		first := byName[f.Name]
		if first == nil {
			continue
		}
		at, where := f, "kwargs"
		if p.Spread != nil {
			at, first, where = first, f, "the keywords of "+p.Spread.spell()
		}
		d := r.report(at.Place.Span, RuleKwargShadow, "%s is in args and in %s (%s)", quote(f.Name), where, r.model.Where(first.Place.Pos, at.Place.Pos))
		r.relate(d, first.Place.Pos, "the other one")
		d.Hint = "a parameter of args is taken by name too; leave one out"
	}
}

// stream reads stream: what a progressive result and a chunk are made of.
func (r *reader) stream(n *node, x *Procedure, owner string) {
	if n == nil {
		return
	}
	s, ok := r.section(n, "stream of "+owner, streamKeys)
	if !ok {
		return
	}
	if len(n.pairs) == 0 {
		r.report(n.token(), RuleBadValue, "stream must not be empty").Hint = "write  stream: {out: type}"
	}
	if s.get("out") != nil {
		x.Progress = r.result(s, streamOut, x.Place, owner)
	}
	if s.get("in") != nil {
		x.Chunk = r.result(s, streamIn, x.Place, owner)
		x.Chunk.single()
	}
	last := ""
	s.setOneOf("last", lastValues, &last)
	x.LastChunk = last == "item"
	s.setFlag("required", &x.StreamRequired)
	r.only(s, "last", x.Chunk != nil, "in", "it says how chunks end")
	r.only(s, "required", x.Progress != nil && x.Chunk == nil, "out alone", "it leaves out the call without progressive results")
}

// lastValues are what the last message of a caller with chunks holds.
var lastValues = []string{"empty", "item"}

// only reports a key of stream that has no effect.
func (r *reader) only(s section, key string, has bool, beside, why string) {
	if at, ok := s.has(key); ok && !has {
		r.report(at.Span, RuleBadValue, "%s belongs to a stream with %s", key, beside).Hint = why
	}
}

// single makes a payload of one required positional parameter one value.
func (p *Payload) single() {
	if len(p.Args) == 1 && p.Shape == ShapeRecord && len(p.Kwargs) == 0 &&
		!p.Args[0].Optional && p.Args[0].Default == nil && !p.Args[0].Variadic {
		p.Shape = ShapeValue
	}
}

// resultKey is a key under which the schema says what a handler gives, or a caller
// behind its call.
type resultKey struct {
	// key is the key, path the same with what it is below.
	key, path string
	// what is what the value is, none how to write that there is none.
	what, none string
	// name is what one value is called, always who gives it.
	name, always string
}

var (
	returns = resultKey{"returns", "returns", "the result", "leave returns out if there is no result",
		"result", "a result has no default: the handler always gives it"}
	streamOut = resultKey{"out", "stream.out", "the progressive result", "leave stream out if there are no progressive results",
		"result", "a result has no default: the handler always gives it"}
	streamIn = resultKey{"in", "stream.in", "the chunk", "leave in out if there are no chunks",
		"chunk", "a chunk has no default: the caller always gives it"}
)

// result reads what stands under k: a type, or args and kwargs.
func (r *reader) result(in section, k resultKey, of Place, owner string) *Payload {
	at, ok := in.has(k.key)
	if !ok {
		return &Payload{Place: of.derived()}
	}
	n := in.get(k.key)
	if n.kind == scalarNode && r.types[n.text] == nil && (n.null() || nothing[strings.ToLower(n.text)]) {
		d := r.report(n.token(), RuleWrongKind, "%s of %s must be a type or a mapping, not %s", k.path, owner, clean(cmp.Or(n.text, "null")))
		d.Hint = k.none
		return &Payload{}
	}
	if n.kind == listNode && len(n.items) != 1 {
		d := r.report(n.token(), RuleWrongKind, "%s of %s must be a type or a mapping, not a list", k.path, owner)
		d.Hint = "write  " + k.key + ": {args: [name: type, name: type]}  for several values"
		return &Payload{}
	}
	if n.kind == scalarNode || n.kind == listNode {
		f := &Field{Name: "result", Place: n.place().derived()}
		x, ref := r.typeOf(n)
		if x == nil {
			return &Payload{}
		}
		if x.hasDefault {
			r.report(n.token(), RuleDefaultType, "%s", k.always)
		}
		f.Optional, f.Type = x.optional, ref
		return &Payload{Args: []*Field{f}, Shape: ShapeValue, Place: at}
	}
	s, ok := r.section(n, k.path+" of "+owner, payloadKeys)
	if !ok {
		return &Payload{}
	}
	if len(n.pairs) == 0 {
		r.report(n.token(), RuleBadValue, "%s must not be empty", k.path).Hint = k.none
	}
	return r.payload(s, at, k.what+" of "+owner)
}
