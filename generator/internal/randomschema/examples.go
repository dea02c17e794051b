package randomschema

import (
	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/data"
	"github.com/wampgen/wampgen/schema/value"
)

// Exemplify gives every declaration of a model an example with values that are made
// up, if there are some.
func Exemplify(m *schema.Model) {
	for _, t := range m.Types {
		if x := sample(value.Of(t)); x != nil {
			t.Examples = append(t.Examples, &schema.Example{Value: x})
		}
	}
	for _, e := range m.Errors {
		if x := example(value.Failure(e)); x != nil {
			e.Examples = append(e.Examples, x)
		}
	}
	for _, t := range m.Topics {
		if x := example(value.Event(t)); x != nil {
			x.Params = params(t.Params)
			t.Examples = append(t.Examples, x)
		}
	}
	for _, p := range m.Procedures {
		x := example(value.Arguments(p))
		if x == nil {
			continue
		}
		x.Doc, x.Params, x.Returns = "An example.", params(p.Params), given(value.Result(p))
		if p.Chunk != nil {
			x.In = items(value.Chunk(p))
		}
		if p.Progress != nil {
			x.Out = items(value.Progress(p))
		}
		p.Examples = append(p.Examples, x)
	}
}

// sample is a value of a type, nil if there is none.
func sample(r *schema.Ref) *data.Value {
	v, ok := value.Sample(r, 0)
	if !ok {
		return nil
	}
	json, _ := value.Render(r, v)
	return parsed(json)
}

// given is what a handler gives, nil if it gives nothing.
func given(m value.Message) *data.Value {
	p, ok := m.Sample(0)
	if !ok || m.Empty() {
		return nil
	}
	json, _ := m.Render(p)
	return parsed(json)
}

// items are two of them.
func items(m value.Message) (all []*data.Value) {
	if x := given(m); x != nil {
		all = append(all, x, x)
	}
	return all
}

// example is an example with a payload, nil if there is none.
func example(m value.Message) *schema.Example {
	p, ok := m.Sample(0)
	if !ok {
		return nil
	}
	json, _ := m.Render(p)
	x := parsed(json)
	return &schema.Example{Args: x.Get("args"), Kwargs: x.Get("kwargs")}
}

// params are the parameters of a URI.
func params(fields []*schema.Field) *data.Value {
	out := &data.Value{Kind: data.Map}
	for _, f := range fields {
		out.Map = append(out.Map, data.Entry{Key: f.Name, Value: sample(f.Type)})
	}
	return out
}

// parsed is the tree of our own JSON. Another one would be null, which no check of
// an example lets through.
func parsed(json []byte) *data.Value {
	v, err := data.Parse(json)
	if err != nil {
		return &data.Value{Kind: data.Null}
	}
	return v
}
