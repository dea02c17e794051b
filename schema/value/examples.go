package value

import (
	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/data"
	"github.com/wampgen/wampgen/schema/diag"
)

// Example is an example of a procedure, topic or error as it is on the wire.
type Example struct {
	// Doc says what it shows, "" if the schema does not say so.
	Doc string
	// URI is the URI that is called or published to, with its parameters.
	URI string
	// Payload is what a procedure gets, or what an event or an error carries.
	Payload Payload
	// Chunks are what the caller sends behind the call of a procedure.
	Chunks []Payload
	// Progress are the progressive results of a procedure, and Result is its result;
	// nil if the example does not have it.
	Progress []Payload
	Result   *Payload
}

// Calls returns the examples of a procedure that fit, and what is wrong with the
// others.
func Calls(p *schema.Procedure) ([]Example, Problems) {
	return examples(p.Examples, func(e *schema.Example) (x Example, w walker) {
		x = w.example(e, p.URI, p.Params, Arguments(p))
		for _, item := range e.In {
			x.Chunks = append(x.Chunks, w.given(Chunk(p), item))
		}
		for _, item := range e.Out {
			x.Progress = append(x.Progress, w.given(Progress(p), item))
		}
		if e.Returns != nil {
			x.Result = new(w.given(Result(p), e.Returns))
		}
		return x, w
	})
}

// Events returns the examples of a topic that fit, and what is wrong with the
// others.
func Events(t *schema.Topic) ([]Example, Problems) {
	return examples(t.Examples, func(e *schema.Example) (x Example, w walker) {
		x = w.example(e, t.URI, t.Params, Event(t))
		return x, w
	})
}

// Failures returns the examples of an error that fit, and what is wrong with the
// others.
func Failures(e *schema.Error) ([]Example, Problems) {
	return examples(e.Examples, func(x *schema.Example) (out Example, w walker) {
		out = w.example(x, e.URI, nil, Failure(e))
		return out, w
	})
}

// Values returns the examples of a type that fit, as dynamic values, and what is
// wrong with the others.
func Values(t *schema.Type) (all []any, problems Problems) {
	for _, e := range t.Examples {
		v, found := Read(Of(t), e.Value)
		if len(found) == 0 {
			all = append(all, v)
		}
		problems = append(problems, found...)
	}
	return all, problems
}

// examples reads all examples of a declaration.
func examples(all []*schema.Example, read func(*schema.Example) (Example, walker)) (out []Example, problems Problems) {
	for _, e := range all {
		x, w := read(e)
		for i := range w.problems {
			if w.problems[i].Place.Line == 0 {
				w.problems[i].Place = e.Place.Span
			}
		}
		if problems = append(problems, w.problems...); len(w.problems) == 0 {
			out = append(out, x)
		}
	}
	return out, problems
}

// example reads what all examples have.
func (w *walker) example(e *schema.Example, uri string, params []*schema.Field, m Message) (x Example) {
	w.written = true
	x.Doc = e.Doc
	var found Problems
	x.URI, found = Address(uri, params, e.Params)
	w.problems = append(w.problems, found...)
	kwargs := &data.Value{Kind: data.Map}
	if e.Kwargs != nil {
		kwargs = e.Kwargs
	}
	var args []*data.Value
	if e.Args != nil {
		args = e.Args.List
	}
	x.Payload = w.message(m, args, kwargs)
	return x
}

// given reads what a handler gives: the value, or its args and kwargs.
func (w *walker) given(m Message, v *data.Value) Payload {
	kwargs := &data.Value{Kind: data.Map, Place: v.Place}
	switch {
	case m.payload.Empty() && !isNull(v):
		w.fail(nil, v, ruleType, "no value, since the schema has none here", v.Describe())
		return Payload{}
	case m.payload.Empty():
		return Payload{}
	case m.payload.Shape == schema.ShapeValue:
		return w.message(m, []*data.Value{v}, kwargs)
	case v.Kind != data.Map || len(v.Map) > 0 && !m.isPayload(v):
		w.fail(nil, v, ruleType, "{args: [...], kwargs: {...}}", v.Describe())
		return Payload{}
	}
	args, kwargs := w.explicit(v)
	return w.message(m, args, kwargs)
}

// message reads the arguments and the keywords of a message.
func (w *walker) message(m Message, args []*data.Value, kwargs *data.Value) Payload {
	one := &walker{written: true}
	p, found := one.finish(m, args, kwargs)
	w.problems = append(w.problems, found...)
	return p
}

// CheckExamples is a [schema.Check] that holds the examples of a schema against
// their types.
func CheckExamples(m *schema.Model) (found diag.List) {
	add := func(problems Problems) {
		for _, p := range problems {
			found = append(found, p.Place.Finding(diag.Error, schema.RuleExample, "the example does not fit: "+p.Error()))
		}
	}
	for _, t := range m.Types {
		_, problems := Values(t)
		add(problems)
	}
	for _, e := range m.Errors {
		_, problems := Failures(e)
		add(problems)
	}
	for _, p := range m.Procedures {
		_, problems := Calls(p)
		add(problems)
	}
	for _, t := range m.Topics {
		_, problems := Events(t)
		add(problems)
	}
	return found
}
