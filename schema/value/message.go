package value

import (
	"slices"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/data"
)

// Payload is the Arguments|list and the ArgumentsKw|dict of a message as dynamic
// values. It has the fields of wamp.Payload and converts to it.
type Payload struct {
	// Args are the positional values, Kwargs the values by keyword; nil if there
	// are none.
	Args   []any
	Kwargs map[string]any
}

// Message is a kind of message of an API: the input of a procedure, an event and
// so on. It is safe for concurrent use.
type Message struct {
	payload *schema.Payload
	// exact reports whether surplus arguments are refused, positional whether
	// parameters of args are not taken by name.
	exact, positional bool
}

// Arguments returns the input of a procedure.
func Arguments(p *schema.Procedure) Message { return Message{p.In, true, p.Strict} }

// Result returns the result of a procedure.
func Result(p *schema.Procedure) Message { return result(p.Out) }

// Progress returns a progressive result of a procedure. It has no parameters if
// the procedure has no progressive results.
func Progress(p *schema.Procedure) Message {
	if p.Progress == nil {
		return result(&schema.Payload{})
	}
	return result(p.Progress)
}

// Chunk returns a chunk of a procedure. It has no parameters if the procedure has no
// chunks.
func Chunk(p *schema.Procedure) Message {
	if p.Chunk == nil {
		return Message{payload: &schema.Payload{}}
	}
	return Message{p.Chunk, true, p.Strict}
}

// Event returns an event of a topic.
func Event(t *schema.Topic) Message { return Message{payload: t.Payload} }

// Failure returns the payload of a declared error.
func Failure(e *schema.Error) Message { return Message{payload: e.Payload} }

// result is what a handler gives. One value has no name.
func result(p *schema.Payload) Message {
	return Message{payload: p, positional: p.Shape == schema.ShapeValue}
}

// Empty reports whether the message has no parameters.
func (m Message) Empty() bool { return m.payload.Empty() }

// Read turns what a person wrote into a payload to be sent. It may be
//
//   - an object with the keys args and kwargs, or one of them,
//   - the value itself, if the message is one value,
//   - the positional parameters as a list,
//   - all parameters by name, as an object,
//   - nil, for a message whose parameters may all be absent.
//
// Scalars may have the forms that people write: times and durations as texts in
// every encoding, enum values by name, bytes as base64. Parameters that are
// absent get their defaults. Everything that does not fit is a problem, also
// keys that nobody would read. The payload is empty if there is one.
func (m Message) Read(v *data.Value) (Payload, Problems) {
	w := &walker{written: true}
	args, kwargs := w.split(m, v)
	return w.finish(m, args, kwargs)
}

// ReadNamed is [Message.Read] for parameters by name, where an object is nothing
// else, even if the message is one value.
func (m Message) ReadNamed(v *data.Value) (Payload, Problems) {
	w := &walker{written: true}
	args, kwargs := w.namedParams(m, v)
	return w.finish(m, args, kwargs)
}

// ReadParts is [Message.Read] for arguments and keywords that are known apart;
// both may be nil.
func (m Message) ReadParts(args []*data.Value, kwargs *data.Value) (Payload, Problems) {
	if kwargs == nil {
		kwargs = &data.Value{Kind: data.Map}
	}
	return (&walker{written: true}).finish(m, args, kwargs)
}

// ReadGiven is [Message.Read] for what a handler gives, as examples have it: the
// value itself if the message is one value, and otherwise an object with the keys
// args and kwargs.
func (m Message) ReadGiven(v *data.Value) (Payload, Problems) {
	w := walker{written: true}
	p := w.given(m, v)
	if len(w.problems) > 0 {
		return Payload{}, w.problems
	}
	return p, nil
}

// finish is the payload of what was written.
func (w *walker) finish(m Message, args []*data.Value, kwargs *data.Value) (Payload, Problems) {
	if len(w.problems) > 0 {
		return Payload{}, w.problems
	}
	outArgs, outKwargs := w.payload(m, args, kwargs)
	if len(w.problems) > 0 {
		return Payload{}, w.problems
	}
	var p Payload
	for _, v := range outArgs {
		p.Args = append(p.Args, v.Any())
	}
	if len(outKwargs.Map) > 0 {
		p.Kwargs, _ = outKwargs.Any().(map[string]any)
	}
	return p, nil
}

// Check returns what is wrong with a payload that arrived. Its values may have
// every form that decoders of generated code accept, and closed enums and
// constraints must be met, as with wamp.WithValidateResults.
func (m Message) Check(p Payload) Problems {
	_, problems := m.Render(p)
	return problems
}

// Render returns a payload that arrived as JSON, its keys in the order of the
// schema, and what is wrong with it. A result that is one value is that value;
// everything else is an object with the keys args and kwargs, if they are not
// empty. What does not fit is in the JSON as it came.
func (m Message) Render(p Payload) ([]byte, Problems) {
	w := &walker{}
	args := trees(p.Args)
	kwargs := &data.Value{Kind: data.Map}
	if p.Kwargs != nil {
		kwargs = data.Of(p.Kwargs)
	}
	given := args
	if m.payload.Wrapped && len(args) == 1 && args[0].Kind == data.List {
		given = args[0].List
	}
	outArgs, outKwargs := w.payload(m, given, kwargs)
	if len(w.problems) > 0 {
		outArgs, outKwargs = args, kwargs
	}
	return m.wire(outArgs, outKwargs), w.problems
}

// JSON returns a payload without a schema as Render does: an object with the
// keys args and kwargs, if they are not empty.
func JSON(p Payload) []byte {
	return Message{payload: &schema.Payload{}}.wire(trees(p.Args), data.Of(p.Kwargs))
}

// wire is a payload in JSON.
func (m Message) wire(args []*data.Value, kwargs *data.Value) []byte {
	if m.payload.Shape == schema.ShapeValue && m.positional && len(args) == 1 && len(kwargs.Map) == 0 {
		return args[0].AppendJSON(nil)
	}
	out := &data.Value{Kind: data.Map}
	if len(args) > 0 {
		out.Map = append(out.Map, data.Entry{Key: "args", Value: &data.Value{Kind: data.List, List: args}})
	}
	if len(kwargs.Map) > 0 {
		out.Map = append(out.Map, data.Entry{Key: "kwargs", Value: kwargs})
	}
	return out.AppendJSON(nil)
}

// Named returns the parameters of a payload that arrived by name, each as it is
// on the wire, and what is wrong with the payload. Those that are absent are
// missing.
func (m Message) Named(p Payload) (*data.Value, Problems) {
	w := &walker{}
	args, kwargs := w.payload(m, trees(p.Args), data.Of(p.Kwargs))
	named := &data.Value{Kind: data.Map}
	for i, f := range m.payload.Args {
		switch {
		case i >= len(args): // absent
		case f.Variadic:
			named.Map = append(named.Map, data.Entry{Key: f.Name, Value: &data.Value{Kind: data.List, List: args[i:]}})
		default:
			named.Map = append(named.Map, data.Entry{Key: f.Name, Value: args[i]})
		}
	}
	named.Map = append(named.Map, kwargs.Map...)
	return named, w.problems
}

// trees are the trees of dynamic values.
func trees(values []any) (all []*data.Value) {
	for _, v := range values {
		all = append(all, data.Of(v))
	}
	return all
}

// Field returns the parameter of a name, nil if there is none.
func (m Message) Field(name string) *schema.Field {
	for _, f := range slices.Concat(m.payload.Args, m.payload.Kwargs) {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// Names are the names of the parameters.
func (m Message) Names() []string { return append(names(m.payload.Args), names(m.payload.Kwargs)...) }
