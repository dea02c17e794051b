package core

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/wampgen/wampgen/runtime/codec"
)

// FuzzCoreSession runs random messages of a peer, well-formed ones and plain bytes, between random commands of the shell
// and watches both sides of the session with a model of its own: who waits, and what may be on the wire.
func FuzzCoreSession(f *testing.F) {
	open := []byte{0, 0, 14, 0, 27, 2, 0, 0, 0} // HELLO, WELCOME
	f.Add(byte(1), open)
	f.Add(byte(2), append(open, 1, 0, 27, 14, 1, 0, 0, 2, 27, 3, 1, 0, 0, 9, 0))
	f.Add(byte(3), append(open, 3, 0, 4, 0, 27, 8, 1, 1, 0, 27, 11, 2, 2, 0, 27, 10, 1, 5, 0, 27, 19, 3, 2, 0, 12, 0, 7, 1, 5, 1, 30, 5, 0))
	f.Add(byte(1), append(open, 3, 0, 3, 0, 6, 1, 8, 0, 27, 8, 1, 1, 0, 27, 8, 2, 1, 0, 27, 9, 0, 1, 0, 11, 3, 27, 5, 0, 0, 0))
	f.Add(byte(1), []byte{0, 0, 14, 0, 27, 3, 0, 0, 0, 16, 0, 27, 2, 0, 0, 0, 1, 0, 10, 0, 27, 5, 0, 0, 0, 13, 0, 14, 0})
	f.Fuzz(play)
}

// TestRandomSessions is FuzzCoreSession with ten thousand random scripts, most of which get past WELCOME.
func TestRandomSessions(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 10_000 {
		script := []byte{0, 0, 14, 0, 27, 2, 0, 0, 0}[:9-i%7/6*5]
		for range rng.IntN(300) {
			script = append(script, byte(rng.Uint32()))
		}
		play(t, byte(i), script)
	}
}

// play runs one script.
func play(t *testing.T, format byte, script []byte) {
	m := newModel(t, formats[int(format)%len(formats)])
	in := script[:min(len(script), 4096)]
	next := func() byte {
		if len(in) == 0 {
			return 0
		}
		b := in[0]
		in = in[1:]
		return b
	}
	for len(in) > 0 {
		switch op := next() % 32; {
		case op < 20:
			m.command(op, next())
		case op < 27:
			m.reply(uint64(next()), uint64(next()%8))
		case op < 31:
			m.frame(peerMessage(next(), uint64(next()%16), uint64(next()%8), next()))
		default:
			n := min(int(next()), len(in))
			m.bytes(in[:n])
			in = in[n:]
		}
		m.agree()
	}
	m.drop()
}

// model is what FuzzCoreSession knows of a session without looking inside.
type model struct {
	*Session
	t       *testing.T
	waits   map[uint64]int     // the waiter of each request that waits
	ids     map[uint64]Type    // requests made, by id
	waiter  int                // the last one given out
	last    uint64             // the last id given out
	ended   bool               // Receive said so, or Drop was called
	running map[uint64]bool    // invocations
	handles map[any]bool       // what may still be handed to the shell
	streams map[uint64]Streams // the open directions of each call, by id
	serving map[uint64]Streams // and of each invocation
	over    map[uint64]bool    // invocations that are over before their last part
	wire    wire
}

func newModel(t *testing.T, f codec.Format) *model {
	return &model{
		Session: NewSession(f, Limits{Pending: 8, Replies: 8, Send: 512}), t: t,
		waits: map[uint64]int{}, ids: map[uint64]Type{}, running: map[uint64]bool{}, handles: map[any]bool{},
		streams: map[uint64]Streams{}, serving: map[uint64]Streams{}, over: map[uint64]bool{},
		wire: wire{types: map[uint64]Type{}, cancelled: map[uint64]bool{}, invoked: map[uint64]int{}},
	}
}

// peerMessage makes a message of a router out of four bytes.
func peerMessage(kind byte, request, id uint64, detail byte) list {
	d := dict{}
	if detail&1 != 0 {
		d["progress"] = true
	}
	if detail&2 != 0 {
		d["mode"] = []string{"kill", "killnowait", "skip"}[int(detail>>2)%3]
	}
	if detail&8 != 0 {
		d["receive_progress"] = true
	}
	requests := []Type{MsgPublish, MsgSubscribe, MsgUnsubscribe, MsgCall, MsgRegister, MsgUnregister, MsgCancel, MsgYield, MsgInvocation, 1}
	switch kind % 24 {
	case 0:
		return list{3, d, "wamp.error.system_shutdown"}
	case 1:
		return list{6, d, "wamp.close.normal"}
	case 2:
		return list{2, 7, dict{"roles": dict{"broker": dict{}, "dealer": dict{"features": dict{"call_canceling": detail&4 == 0}}}}}
	case 3:
		return list{4, "ticket", d}
	case 4, 5, 6:
		return list{8, requests[int(detail>>2)%len(requests)], request, d, "a.error"}
	case 7:
		return list{17, request, id}
	case 8:
		return list{33, request, id}
	case 9:
		return list{35, 0, dict{"subscription": id}}
	case 10:
		return list{35, request}
	case 11:
		return list{65, request, id}
	case 12:
		return list{67, 0, dict{"registration": id}}
	case 13:
		return list{67, request}
	case 14, 15:
		return list{50, request, d}
	case 16, 17:
		return list{36, id, 1, d}
	case 18, 19:
		return list{68, request, id, d}
	case 20:
		return list{69, request, d}
	}
	return list{int(kind), request, d, "a.b"}
}

// reply answers one of the session's requests as a router does: with a success about id, or an error where id is 7.
func (m *model) reply(request, id uint64) {
	if m.wire.last == 0 {
		return
	}
	request = request%m.wire.last + 1
	kind := m.wire.types[request]
	switch {
	case id == 7:
		m.frame(list{8, kind, request, dict{}, "a.error"})
	case kind == MsgCall:
		m.frame(list{50, request, dict{}})
	case kind == MsgUnsubscribe || kind == MsgUnregister:
		m.frame(list{kind + 1, request})
	default:
		m.frame(list{kind + 1, request, id + 1})
	}
}

// frame gives the session a message, bytes a frame that may be anything.
func (m *model) frame(message list) { m.bytes(encode(m.t, m.format, normal(message))) }

func (m *model) bytes(frame []byte) {
	var msg Message
	if err := Parse(m.format, frame, &msg); err != nil {
		if !m.ended {
			m.end()
			m.Abort("wamp.error.protocol_violation", "bad bytes")
		}
		return
	}
	before := m.State()
	e, err := m.Receive(&msg)
	var v *Violation
	var over *Overrun
	switch {
	case err != nil:
		if !errors.As(err, &v) && !errors.As(err, &over) {
			m.t.Fatalf("error %T", err)
		}
		if m.ended && v != nil {
			m.t.Fatalf("after the end: %v", err)
		}
		m.end()
		m.Abort("wamp.error.protocol_violation", "bad message")
	case m.ended || before == Closed:
		if e.Kind != Dropped {
			m.t.Fatalf("effect %v after the end", e.Kind)
		}
	default:
		m.effect(e, &msg)
	}
}

// effect carries out an effect as the shell does.
func (m *model) effect(e Effect, msg *Message) {
	switch e.Kind {
	case Settled:
		if want, waits := m.waits[msg.Request]; !waits || e.Waiter != want {
			m.t.Fatalf("%v settled %v, want %v (%v)", msg.Type, e.Waiter, want, waits)
		}
		delete(m.waits, msg.Request)
	case Progressed:
		if want, waits := m.waits[msg.Request]; !waits || e.Waiter != want || !m.streams[msg.Request].Results {
			m.t.Fatalf("progress for %v, want %v (%v)", e.Waiter, want, waits)
		}
	case Continued:
		st := m.serving[msg.Request]
		if !m.running[msg.Request] || !st.Parts || e.Handle != fmt.Sprint("inv", msg.Request) {
			m.t.Fatalf("part of %v, running %v", e.Handle, m.running[msg.Request])
		}
		st.Parts = msg.DetailBool("progress")
		m.serving[msg.Request] = st
	case Invoked:
		if m.running[msg.Request] || e.Handle == nil {
			m.t.Fatalf("invocation %d runs twice, or has no handle", msg.Request)
		}
		m.running[msg.Request] = true
		m.wire.invoked[msg.Request]++
		m.serving[msg.Request] = Streams{Results: msg.DetailBool("receive_progress"), Parts: msg.DetailBool("progress")}
		m.Begin(msg.Request, fmt.Sprint("inv", msg.Request))
	case Interrupted:
		if !m.running[msg.Request] || e.Handle != fmt.Sprint("inv", msg.Request) {
			m.t.Fatalf("interrupt of %v, running %v", e.Handle, m.running[msg.Request])
		}
		if !e.Kill {
			m.finished(msg.Request)
			break
		}
		st := m.serving[msg.Request]
		st.Results = false // R181
		m.serving[msg.Request] = st
	case Delivered, Unsubscribed:
		for _, h := range e.Handles {
			if !m.handles[h] {
				m.t.Fatalf("handle %v is gone", h)
			}
		}
	case Left:
		m.end()
		if e.First {
			m.Farewell()
		}
	case Aborted:
		m.end()
	case Dropped:
		if msg.Type != MsgInvocation || m.State() != Established || m.running[msg.Request] {
			break
		}
		if !m.over[msg.Request] {
			m.wire.invoked[msg.Request]++ // answered by the core
		}
		m.over[msg.Request] = msg.DetailBool("progress")
	}
}

// command does what a shell may do at any time.
func (m *model) command(op, arg byte) {
	id, small := uint64(arg%16), uint64(arg%8)
	switch op {
	case 0:
		if arg == 0 {
			_ = m.Hello("realm1", Dict{{"roles", Dict{{"caller", Dict{}}}}})
		}
	case 1:
		m.asked(MsgCall)(m.Call(m.waiter+1, "a.b", nil, m.body(arg)))
	case 2:
		st := Streams{Results: arg&1 != 0, Parts: arg&2 != 0}
		id, err := m.CallStream(m.waiter+1, "a.b", nil, st, m.body(arg))
		m.asked(MsgCall)(id, err)
		m.streams[id] = st
	case 3:
		m.handles[fmt.Sprint("h", arg)] = true
		m.asked(MsgSubscribe)(m.Subscribe(m.waiter+1, fmt.Sprint("h", arg), []string{"a.b", "a.c"}[arg%2], nil))
	case 4:
		m.asked(MsgRegister)(m.Register(m.waiter+1, "r", "a.b", nil))
	case 5:
		m.asked(MsgPublish)(m.Publish(m.waiter+1, "a.b", nil, m.body(arg)))
	case 6:
		m.asked(MsgUnsubscribe)(m.Unsubscribe(m.waiter+1, small, fmt.Sprint("h", arg/8)))
	case 7:
		m.asked(MsgUnregister)(m.Unregister(m.waiter+1, small))
	case 8:
		if id, err := m.Publish(nil, "a.b", nil, m.body(arg)); err == nil {
			m.issued(id, MsgPublish)
		}
	case 9:
		mode := []string{"kill", "killnowait", "skip"}[arg/16%3]
		if m.ids[id] == MsgCall {
			m.streams[id] = Streams{}
		}
		m.gaveUp(id, mode != "kill" || !m.Features().CallCanceling, m.ids[id] == MsgCall && m.Cancel(id, mode))
	case 10:
		m.gaveUp(id, true, m.Abandon(id))
	case 11:
		m.answer(id, true)(m.Yield(id, m.body(arg)))
	case 12:
		m.answer(id, arg < 250)(m.Fail(id, []string{"a.error", "a b"}[arg/250], Body{}))
	case 13:
		_ = m.Goodbye("wamp.close.close_realm")
	case 14, 15:
		m.take()
	case 16:
		_ = m.Authenticate("x", nil)
	case 17:
		if arg > 250 {
			m.end()
			m.Abort("wamp.error.protocol_violation", "enough")
		}
	case 18:
		_, waits := m.waits[id]
		last, st := arg&16 != 0, m.streams[id]
		queued, err := m.Part(id, last, m.body(arg))
		if queued != (waits && st.Parts && m.State() == Established && err == nil) {
			m.t.Fatalf("part of %d: queued %v, %v", id, queued, err)
		}
		if queued && last {
			st.Parts = false
			m.streams[id] = st
		}
	case 19:
		queued, err := m.Progress(id, m.body(arg))
		if queued != (m.running[id] && m.serving[id].Results && m.State() == Established && err == nil) {
			m.t.Fatalf("progress of %d: queued %v, %v", id, queued, err)
		}
	}
}

// finished notes that an invocation is over.
func (m *model) finished(id uint64) {
	delete(m.running, id)
	m.over[id] = m.serving[id].Parts
}

// body is small, or now and then too large.
func (m *model) body(arg byte) Body {
	if arg > 240 {
		return body(m.t, m.format, 600)
	}
	return Body{}
}

// issued notes a request; ids go up by one.
func (m *model) issued(id uint64, kind Type) {
	if m.last++; id < m.last || m.ended {
		m.t.Fatalf("id %d after %d, ended %v", id, m.last-1, m.ended)
	}
	m.last, m.ids[id] = id, kind // the core's own UNSUBSCRIBE and UNREGISTER lie between: the wire shows them
}

// asked notes a request that waits.
func (m *model) asked(kind Type) func(uint64, error) {
	return func(id uint64, err error) {
		if err != nil || id == 0 {
			if id != 0 || err != nil && m.State() == Established && !refusal(err) {
				m.t.Fatalf("%v: id %d, %v", kind, id, err)
			}
			return
		}
		m.issued(id, kind)
		m.waiter++
		m.waits[id] = m.waiter
	}
}

func refusal(err error) bool {
	var large *TooLarge
	return errors.Is(err, ErrPending) || errors.As(err, &large)
}

// gaveUp notes the answer of Cancel or Abandon.
func (m *model) gaveUp(id uint64, forGood, pending bool) {
	if _, waits := m.waits[id]; waits && m.ids[id] == MsgCall && !pending || !waits && pending && m.ids[id] == MsgCall {
		m.t.Fatalf("call %d: pending %v, waits %v", id, pending, waits)
	}
	if forGood && pending {
		delete(m.waits, id)
	}
}

// answer notes the answer to an invocation.
func (m *model) answer(id uint64, valid bool) func(bool, error) {
	return func(queued bool, err error) {
		if queued != (m.running[id] && m.State() == Established && err == nil) {
			m.t.Fatalf("invocation %d: queued %v, %v", id, queued, err)
		}
		if err != nil && valid && !refusal(err) {
			m.t.Fatal(err)
		}
		if queued {
			m.finished(id)
		}
	}
}

// end drops the session: everybody who waits is handed back, and nobody else.
func (m *model) end() {
	if m.ended {
		return
	}
	queued := map[int]bool{}
	for _, f := range m.Queue().Frames {
		if w, waits := m.waits[f.Request]; waits {
			queued[w] = true
		}
	}
	waiters, invocations := m.Drop()
	left := map[any]bool{}
	for _, w := range waiters {
		if left[w.Waiter] || w.Unsent != queued[w.Waiter.(int)] {
			m.t.Fatalf("waiter %v comes twice, or is unsent %v", w.Waiter, w.Unsent)
		}
		left[w.Waiter] = true
	}
	for id, w := range m.waits {
		if !left[w] {
			m.t.Fatalf("waiter %d of request %d is lost", w, id)
		}
	}
	if len(left) != len(m.waits) || len(invocations) != len(m.running) {
		m.t.Fatalf("dropped %d of %d waiters, %d of %d invocations", len(left), len(m.waits), len(invocations), len(m.running))
	}
	clear(m.waits)
	clear(m.running)
	m.ended = true
}

// drop is the end of the test.
func (m *model) drop() {
	m.take()
	m.end()
	if waiters, invocations := m.Drop(); len(waiters)+len(invocations) > 0 {
		m.t.Fatal("a second Drop hands out something")
	}
	m.take()
}

// agree compares the model with the session.
func (m *model) agree() {
	waiting := 0
	for _, r := range m.pending {
		if r.waiter != nil {
			waiting++
		}
	}
	if waiting != len(m.waits) || len(m.invs) != len(m.running) {
		m.t.Fatalf("%d of %d wait, %d of %d run", waiting, len(m.waits), len(m.invs), len(m.running))
	}
	if m.ended && m.State() != Closed {
		m.t.Fatalf("state %v after the end", m.State())
	}
	if m.State() == Closed && !m.ended {
		m.t.Fatal("closed by itself")
	}
}
