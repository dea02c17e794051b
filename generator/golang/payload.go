package golang

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// payloadKind is the message that a payload travels in.
type payloadKind int

const (
	kindIn payloadKind = iota
	kindOut
	kindProgress
	kindChunk
	kindEvent
	kindError
)

// payload is a payload with its place in the API.
type payload struct {
	*schema.Payload
	kind payloadKind
	// name is the schema's name of what it belongs to, stem the Go name.
	name, stem string
	names      *names
	// named reports whether the schema asks for a struct of its own.
	named bool
	// uri are the parameters of the URI, which an event has beside its payload.
	uri []*schema.Field
	// flags are what the codec.Table of the payload is.
	flags []string
	// stream is the method that has the progressive result.
	stream string
}

// payloads lists every payload of the API.
func (n *names) payloads(m *schema.Model) []payload {
	out := make([]payload, 0, 2*len(m.Procedures)+len(m.Topics)+len(m.Errors))
	for _, p := range m.Procedures {
		out = append(out, n.input(p), n.output(p))
		if p.Progress != nil {
			out = append(out, n.progress(p))
		}
		if p.Chunk != nil {
			out = append(out, n.chunk(p))
		}
	}
	for _, t := range m.Topics {
		out = append(out, n.event(t))
	}
	for _, e := range m.Errors {
		out = append(out, n.failure(e))
	}
	return out
}

func (n *names) input(p *schema.Procedure) payload {
	in := payload{Payload: p.In, kind: kindIn, name: p.Name, stem: n.of[p], names: n}
	in.named = p.Go != nil && p.Go.Params.Text == paramsStruct && p.In.Shape != schema.ShapeSpread
	in.flags = wrapped(p.In)
	if p.Strict {
		in.flags = append(in.flags, "Strict")
	}
	return in
}

func (n *names) output(p *schema.Procedure) payload {
	return payload{Payload: p.Out, kind: kindOut, name: p.Name, stem: n.of[p], names: n, flags: wrapped(p.Out)}
}

func (n *names) progress(p *schema.Procedure) payload {
	return payload{Payload: p.Progress, kind: kindProgress, name: p.Name, stem: n.of[p], names: n, stream: n.streamMethod(p),
		flags: wrapped(p.Progress)}
}

func (n *names) chunk(p *schema.Procedure) payload {
	c := payload{Payload: p.Chunk, kind: kindChunk, name: p.Name, stem: n.of[p], names: n, flags: wrapped(p.Chunk)}
	if p.Strict {
		c.flags = append(c.flags, "Strict")
	}
	return c
}

func (n *names) event(t *schema.Topic) payload {
	return payload{Payload: t.Payload, kind: kindEvent, name: t.Name, stem: n.of[t], names: n, named: true, uri: t.Params, flags: wrapped(t.Payload)}
}

func (n *names) failure(e *schema.Error) payload {
	return payload{Payload: e.Payload, kind: kindError, name: e.Name, stem: n.of[e], names: n, named: true}
}

// wrapped are the flags of a payload that may come in one more list.
func wrapped(p *schema.Payload) []string {
	if p != nil && p.Wrapped {
		return []string{"Wrapped"}
	}
	return nil
}

// params are the positional parameters followed by the keywords.
func (p payload) params() []*schema.Field {
	return append(slices.Clip(p.Args), p.Kwargs...)
}

// shape is what holds the payload in Go. Events and errors have a struct of
// their own, so that they can grow.
func (p payload) shape() schema.Shape {
	if p.named {
		return schema.ShapeRecord
	}
	return p.Shape
}

// maybe reports whether the payload is one value that may be absent.
func (p payload) maybe() bool { return p.shape() == schema.ShapeValue && p.Args[0].Optional }

// goName is the name of the Go type that holds the payload: "" for none and
// single.
func (p payload) goName() string {
	switch p.shape() {
	case schema.ShapeSpread:
		return p.names.of[p.Spread.Named]
	case schema.ShapeRecord:
		switch {
		case p.kind == kindEvent || p.kind == kindError:
			return p.stem
		case p.kind == kindIn:
			return p.stem + "Args"
		}
		return p.stem + p.suffix()
	}
	return ""
}

// suffix is what the names of a result end with.
func (p payload) suffix() string {
	switch p.kind {
	case kindProgress:
		return "Progress"
	case kindChunk:
		return "Chunk"
	}
	return "Result"
}

// doc is the documentation of the struct that holds the payload, with a link to
// what has it.
func (p payload) doc() string {
	switch p.kind {
	case kindIn:
		return p.goName() + " is the input of [Caller." + p.stem + "]."
	case kindOut:
		return p.goName() + " is the result of [Caller." + p.stem + "]."
	case kindProgress:
		return p.goName() + " is a progressive result of [Caller." + p.stream + "]."
	case kindChunk:
		return p.goName() + " is a chunk of [Caller." + p.stem + "]."
	}
	return p.goName() + " is an event of [" + topicURI(p.stem) + "]."
}

// title is what the payload is called in errors.
func (p payload) title() string {
	switch p.kind {
	case kindIn:
		return "the input of " + p.name
	case kindOut:
		return "the result of " + p.name
	case kindProgress:
		return "a progressive result of " + p.name
	case kindChunk:
		return "a chunk of " + p.name
	case kindEvent:
		return "the event of " + p.name
	}
	return "the error " + p.name
}

// payloadType is the Go type of a whole payload that is not nothing.
func (g *gen) payloadType(p payload) *jen.Statement {
	switch {
	case p.maybe():
		return g.fieldType(p.Args[0])
	case p.shape() == schema.ShapeValue:
		return g.elementType(p.Args[0].Type)
	}
	return ident(p.goName())
}
