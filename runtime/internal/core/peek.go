package core

import (
	"maps"
	"slices"

	"github.com/wampgen/wampgen/runtime/codec"
)

// Peek reads what stands in front of the options or details of a message: its
// type and its ids. head may end anywhere behind that. It reports whether all
// of it was there; m is unspecified where it was not.
func Peek(f codec.Format, head []byte, m *Message) bool {
	m.Reset()
	var p parser
	p.d.Start(codec.Raw{Format: f, Data: head}, "")
	if p.begin(m) != nil {
		return false
	}
	for i := range p.l.elements {
		e := &p.l.elements[i]
		if !p.next() { // in JSON a number has ended only where a comma follows
			return false
		}
		switch e.field {
		case fieldDetails, fieldURI, fieldText, fieldRealm:
			return true
		}
		if p.element(m, e) != nil {
			return false
		}
	}
	return false
}

// Addressee is what a message is for.
type Addressee struct {
	// Waiter waits for it as the reply.
	Waiter any
	// Handles get it as an event, Handle as an invocation.
	Handles []any
	Handle  any
}

// Index is what a session knows of who gets which message.
type Index struct {
	pending map[uint64]request
	subs    map[uint64]subscription
	regs    map[uint64]registration
}

// Index returns a copy of what the session knows.
func (s *Session) Index() Index {
	return Index{maps.Clone(s.pending), maps.Clone(s.subs), maps.Clone(s.regs)}
}

// Addressee returns what a message is for whose type and ids are known.
func (x *Index) Addressee(m *Message) *Addressee {
	var a Addressee
	switch m.Type {
	case MsgResult:
		a.Waiter = x.pending[m.Request].waiter
	case MsgError:
		if m.RequestType != MsgInvocation {
			a.Waiter = x.pending[m.Request].waiter
		}
	case MsgEvent:
		sub := x.subs[m.ID]
		a.Handles = append(slices.Clip(sub.handles), sub.parting...)
	case MsgInvocation:
		a.Handle = x.regs[m.ID].handle
	}
	return &a
}
