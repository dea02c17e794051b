package core

import (
	"strconv"

	"github.com/wampgen/wampgen/runtime/codec"
)

// Parse reads one frame, a whole message in format f, into m, which it resets
// first. m then refers to frame: Details, Args and Kwargs are parts of it. The
// error is a [*Violation]; m.Type is set as soon as it is known, the rest of m
// is then unspecified.
//
// Checked are R046 to R054 of docs/requirements.md: the frame is one
// well-formed list, its first element a known type code, the count and types of
// the elements are those of the type, ids lie in 1..[MaxID] (0 only in a
// revocation), known keys of Options and Details have their types. Received
// URIs may be any string. null for Arguments or ArgumentsKw is taken as absent
// (R104).
func Parse(f codec.Format, frame []byte, m *Message) error {
	m.Reset()
	var p parser
	p.d.Start(codec.Raw{Format: f, Data: frame}, "")
	if v := p.message(m); v != nil {
		return v
	}
	return nil
}

// parser is the state of one Parse. It lives on the stack.
type parser struct {
	d     codec.Decoder
	list  codec.Seq // the message
	count int       // elements begun so far
	t     Type
	l     *layout
}

// message reads the whole message.
func (p *parser) message(m *Message) *Violation {
	if v := p.begin(m); v != nil {
		return v
	}
	opaque := false // a binary payload is allowed
	for i := range p.l.elements {
		e := &p.l.elements[i]
		if !p.next() {
			return p.arity()
		}
		if v := p.element(m, e); v != nil {
			return v
		}
		if e.field == fieldDetails {
			found, v := p.checkDetails(m.Details, e.name)
			if v != nil {
				return v
			}
			opaque = found
		}
	}
	if v := p.tail(m, opaque); v != nil {
		return v
	}
	return p.end()
}

// begin reads the list header and the type code.
func (p *parser) begin(m *Message) *Violation {
	if p.d.Kind() != codec.KindList {
		return mismatch(&p.d, 0, "message", "list")
	}
	p.list = p.d.List()
	if !p.next() {
		if p.d.Err() != nil {
			return malformed(p.d.Err(), 0, "message")
		}
		return violation(0, "message: want a type code, got an empty list")
	}
	if p.d.Kind() != codec.KindInt {
		return mismatch(&p.d, 0, "message type", "int")
	}
	code := p.d.Uint(64)
	if p.d.Err() != nil {
		return violation(0, "message type: want a code from 1 to 1023, got an int out of range")
	}
	p.t = Type(code)
	m.Type = p.t
	if p.l = layoutOf(p.t); p.l == nil {
		return violation(p.t, "message type %d is not known", code)
	}
	return nil
}

// next moves to the next element of the message.
func (p *parser) next() bool {
	if !p.d.Next(&p.list) {
		return false
	}
	p.count++
	return true
}

// element reads the value of e into its field of m.
func (p *parser) element(m *Message, e *element) *Violation {
	switch e.field {
	case fieldRequest, fieldID, fieldPublication:
		return p.id(m.id(e.field), e)
	case fieldURI, fieldText, fieldRealm:
		if e.field == fieldRealm && p.d.Null() {
			return nil
		}
		if p.d.Kind() != codec.KindText {
			return p.mismatch(e.name, "string")
		}
		*m.text(e.field) = p.d.Text()
	case fieldRequestType:
		if p.d.Kind() != codec.KindInt {
			return p.mismatch(e.name, "int")
		}
		m.RequestType = Type(p.d.Uint(64))
	case fieldDetails:
		return p.dict(&m.Details, e.name)
	}
	return p.failed(e.name)
}

// id reads an id and checks its range. 0 is left to tail where a revocation is
// possible (R054).
func (p *parser) id(to *uint64, e *element) *Violation {
	if p.d.Kind() != codec.KindInt {
		return p.mismatch(e.name, "id")
	}
	*to = p.d.Uint(64)
	if p.d.Err() != nil || *to > MaxID || *to == 0 && !p.l.revokes {
		return violation(p.t, "%s.%s: want an id from 1 to 2^53, got an int out of range", p.l.name, e.name)
	}
	return nil
}

// dict reads a dict into to as it is.
func (p *parser) dict(to *codec.Raw, name string) *Violation {
	if p.d.Kind() != codec.KindMap {
		return p.mismatch(name, "dict")
	}
	*to = p.d.Raw()
	return p.failed(name)
}

// tail reads what may follow the fixed elements: a payload, or the dict of a
// revocation.
func (p *parser) tail(m *Message, opaque bool) *Violation {
	switch {
	case p.l.payload:
		return p.payload(m, opaque)
	case p.l.trailer == "":
		return nil
	}
	if !p.next() {
		if m.Request == 0 && p.d.Err() == nil {
			return violation(p.t, "%s.%s: want an id from 1 to 2^53, got 0 without %s", p.l.name, p.l.elements[0].name, p.l.trailer)
		}
		return nil
	}
	if v := p.dict(&m.Details, p.l.trailer); v != nil {
		return v
	}
	_, v := p.checkDetails(m.Details, p.l.trailer)
	return v
}

// payload reads Arguments and ArgumentsKw, or the one binary element that may
// stand in their place.
func (p *parser) payload(m *Message, opaque bool) *Violation {
	if !p.next() {
		return nil
	}
	m.Sealed = opaque
	switch p.d.Kind() {
	case codec.KindNull:
		m.Null = p.d.Null()
	case codec.KindList:
		m.Args = p.document(m, "args")
	case codec.KindBinary:
		return p.binary(m, opaque)
	default:
		return p.mismatch("Arguments", "list")
	}
	if v := p.failed("Arguments"); v != nil || !p.next() {
		return v
	}
	if p.d.Null() {
		m.Null = true
		return nil
	}
	if p.d.Kind() != codec.KindMap {
		return p.mismatch("ArgumentsKw", "dict")
	}
	m.Kwargs = p.document(m, "kwargs")
	if v := p.failed("ArgumentsKw"); v != nil {
		return v
	}
	return p.checkNames(m)
}

// document reads args or kwargs. One that nests too deeply is the peer's fault
// and not the router's.
func (p *parser) document(m *Message, name string) codec.Raw {
	r, shallow := p.d.Part()
	if !shallow {
		want := "at most " + strconv.Itoa(codec.MaxDepth) + " levels of lists and maps"
		m.Bad = &codec.ValueError{Path: name, Want: want, Found: "more"}
	}
	return r
}

// binary reads a transparent payload (docs/requirements.md 4.4).
func (p *parser) binary(m *Message, opaque bool) *Violation {
	if !opaque {
		return violation(p.t, "%s.Arguments: want list, got binary without enc_algo or ppt_scheme", p.l.name)
	}
	m.Payload = p.d.Binary()
	if m.Payload == nil {
		m.Payload = []byte{} // nil would mean that there is none
	}
	return p.failed("Payload")
}

// end checks that the list and the frame end here.
func (p *parser) end() *Violation {
	if p.d.Err() == nil && p.next() {
		return violation(p.t, "%s: want at most %d elements, got more", p.l.name, p.count-1)
	}
	p.d.End()
	return p.failed("end of message")
}

// arity is the violation of a list that ended too early, or could not be read
// on.
func (p *parser) arity() *Violation {
	if p.d.Err() != nil {
		return malformed(p.d.Err(), p.t, p.l.name)
	}
	return violation(p.t, "%s: want at least %d elements, got %d", p.l.name, p.l.least(), p.count)
}

// failed turns an error of the decoder, if there is one, into a violation at
// the element called name.
func (p *parser) failed(name string) *Violation {
	if p.d.Err() == nil {
		return nil
	}
	return malformed(p.d.Err(), p.t, p.l.name+"."+name)
}

// mismatch is the violation of a value of the wrong type at the element called
// name.
func (p *parser) mismatch(name, want string) *Violation {
	return mismatch(&p.d, p.t, p.l.name+"."+name, want)
}
