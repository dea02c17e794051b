package core

import "testing"

// wire is what was seen of the session's frames.
type wire struct {
	last      uint64
	types     map[uint64]Type
	cancelled map[uint64]bool
	invoked   map[uint64]int // announced invocations and answers due, by id
	first     bool
	ended     bool
}

// take writes what is queued.
func (m *model) take() {
	out := m.TakeQueue(new(Out))
	size := 0
	for i, f := range out.Frames {
		frame := append(append([]byte(nil), out.Head(i)...), f.Body...)
		size += len(frame)
		var msg Message
		if err := Parse(m.format, frame, &msg); err != nil {
			m.t.Fatalf("frame %q: %v", frame, err)
		}
		m.wire.see(m.t, &msg)
	}
	if size != out.Bytes {
		m.t.Fatalf("%d bytes are counted as %d", size, out.Bytes)
	}
}

// see judges one frame of the session.
func (w *wire) see(t *testing.T, m *Message) {
	if w.ended {
		t.Fatalf("%v after the last word", m.Type)
	}
	if (m.Type == MsgHello) == w.first {
		t.Fatalf("%v, and HELLO is said: %v", m.Type, w.first)
	}
	w.first = true
	switch m.Type {
	case MsgCall:
		if w.types[m.Request] == MsgCall && m.Request <= w.last {
			break // a further part
		}
		w.request(t, m)
	case MsgPublish, MsgSubscribe, MsgRegister, MsgUnsubscribe, MsgUnregister:
		w.request(t, m)
	case MsgCancel:
		if w.types[m.Request] != MsgCall || w.cancelled[m.Request] {
			t.Fatalf("CANCEL of %v %d", w.types[m.Request], m.Request)
		}
		w.cancelled[m.Request] = true
	case MsgYield, MsgError:
		if m.DetailBool("progress") {
			break
		}
		if w.invoked[m.Request]--; w.invoked[m.Request] < 0 {
			t.Fatalf("one answer too many to invocation %d", m.Request)
		}
	case MsgGoodbye, MsgAbort:
		w.ended = true
	}
}

// request judges a request: ids go up by one.
func (w *wire) request(t *testing.T, m *Message) {
	if w.last++; m.Request != w.last {
		t.Fatalf("%v has id %d, want %d", m.Type, m.Request, w.last)
	}
	w.types[m.Request] = m.Type
}
