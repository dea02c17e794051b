package schema

import "github.com/wampgen/wampgen/schema/data"

// Example is an example of a declaration, as the schema writes it. Package
// schema/value holds examples against their types and turns them into payloads.
type Example struct {
	// Place is where the example begins. Doc says what it shows, "" if it does not
	// say so.
	Place Place  `json:"place,omitzero"`
	Doc   string `json:"doc,omitempty"`
	// Value is a value of a type; nil for the other declarations.
	Value *data.Value `json:"value,omitempty"`
	// Params are the parameters of the URI, Args the positional parameters and
	// Kwargs those by name; nil if there are none.
	Params *data.Value `json:"params,omitempty"`
	Args   *data.Value `json:"args,omitempty"`
	Kwargs *data.Value `json:"kwargs,omitempty"`
	// In are the chunks that follow a call, Out are progressive results and Returns is the result of a procedure, each the
	// value itself if there is one, and otherwise a map with args and kwargs. In and
	// Out are nil if there are none, and Returns if the example does not have it.
	In      []*data.Value `json:"in,omitempty"`
	Out     []*data.Value `json:"out,omitempty"`
	Returns *data.Value   `json:"returns,omitempty"`
}

// typeExamples reads the examples of a type: its values.
func (r *reader) typeExamples(s section) (all []*Example) {
	for _, n := range r.exampleList(s) {
		if n.kind != brokenNode {
			all = append(all, &Example{Place: n.place(), Value: n.data()})
		}
	}
	return all
}

// examples reads the examples of a declaration with a payload.
func (r *reader) examples(s section, t keyTable) (all []*Example) {
	for _, n := range r.exampleList(s) {
		before := len(r.all)
		x, ok := r.section(n, "an example of "+s.what, t)
		if !ok {
			continue
		}
		e := &Example{Place: n.place(), Returns: x.get("returns").data()}
		e.Doc, _ = x.doc()
		e.Params, e.Args, e.Kwargs = r.part(x, "params", mappingNode), r.part(x, "args", listNode), r.part(x, "kwargs", mappingNode)
		e.In, e.Out = r.streamed(x, "in"), r.streamed(x, "out")
		if len(r.all) == before { // what is refused would not fit either
			all = append(all, e)
		}
	}
	return all
}

// exampleList returns the items of the key examples.
func (r *reader) exampleList(s section) []*node {
	n := s.get("examples")
	if n == nil || !r.want(n, listNode, "examples of "+s.what) {
		return nil
	}
	return n.items
}

// streamed are the values of a list of an example.
func (r *reader) streamed(x section, key string) (all []*data.Value) {
	n := x.get(key)
	if n == nil || !r.want(n, listNode, key+" of an example") {
		return nil
	}
	for _, item := range n.items {
		all = append(all, item.data())
	}
	return all
}

// part is a list or a mapping of an example, nil if it has none.
func (r *reader) part(s section, key string, kind nodeKind) *data.Value {
	n := s.get(key)
	if n == nil || !r.want(n, kind, key+" of an example") {
		return nil
	}
	return n.data()
}

// data is the value that a node writes; nil if n is nil or was refused.
func (n *node) data() *data.Value {
	if n == nil {
		return nil
	}
	v := &data.Value{Place: n.token(), Text: n.text}
	switch {
	case n.null() || n.kind == brokenNode:
		v.Kind, v.Text = data.Null, ""
	case n.kind == listNode:
		v.Kind, v.List = data.List, []*data.Value{}
		for _, item := range n.items {
			v.List = append(v.List, item.data())
		}
	case n.kind == mappingNode:
		v.Kind, v.Map = data.Map, []data.Entry{}
		for _, p := range n.pairs {
			v.Map = append(v.Map, data.Entry{Key: p.key.text, Place: p.key.token(), Value: p.value.data()})
		}
	case n.plain:
		v.Kind = data.Plain
	default:
		v.Kind = data.Text
	}
	return v
}
