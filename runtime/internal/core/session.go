package core

import (
	"errors"
	"fmt"

	"github.com/wampgen/wampgen/runtime/codec"
)

// State is where a session stands in its life (table 2.V of protocol.md).
type State int

// The states of a session, in the order in which they are passed.
const (
	Opening State = iota
	Authenticating
	Established
	Closing
	Closed
)

// ErrClosed is the answer to a command on a session that is not established.
var ErrClosed = errors.New("wamp: session is not open")

// ErrPending is the answer to a request beyond Limits.Pending.
var ErrPending = errors.New("wamp: too many requests wait for a reply")

// TooLarge is the answer to a message beyond Limits.Send. No id was used.
type TooLarge struct{ Size, Limit int }

// Error says both figures.
func (e *TooLarge) Error() string {
	return fmt.Sprintf("wamp: message of %d bytes, the peer takes at most %d", e.Size, e.Limit)
}

// Overrun ends a session whose peer makes us answer and does not read.
type Overrun struct{ Frames int }

// Error says how many answers wait.
func (e *Overrun) Error() string {
	return fmt.Sprintf("wamp: %d messages wait for a peer that does not read", e.Frames)
}

// Limits bound a session.
type Limits struct {
	// Send is the largest frame the peer takes in bytes, 0 for no limit.
	Send int
	// Pending is how many requests may wait for a reply, 0 for no limit.
	Pending int
	// Replies is how many frames may be queued before a peer that makes us
	// answer and does not read is given up, 0 for no limit.
	Replies int
}

// request is what waits for the reply to one id.
type request struct {
	kind Type
	// waiter is told of the outcome; nil when nobody waits any more.
	waiter any
	// handle is what a SUBSCRIBED or REGISTERED installs.
	handle any
	// abandoned: a late success is undone.
	abandoned bool
}

// Session is one WAMP session of a client as a pure state machine. It knows
// who waits for what; the shell around it owns sockets, locks and goroutines.
// It is not safe for concurrent use. The handles it keeps are opaque to it.
type Session struct {
	format   codec.Format
	limits   Limits
	state    State
	ids      counter
	pending  map[uint64]request
	subs     map[uint64][]any
	regs     map[uint64]any
	invs     map[uint64]any
	out      *Out
	features Features
	// greeted and aborted: HELLO and ABORT are said once.
	greeted, aborted bool
	// challenged: a CHALLENGE waits for its AUTHENTICATE.
	challenged bool
}

// NewSession returns a session that is about to say HELLO.
func NewSession(f codec.Format, l Limits) *Session {
	return &Session{
		format:  f,
		limits:  l,
		pending: make(map[uint64]request),
		subs:    make(map[uint64][]any),
		regs:    make(map[uint64]any),
		invs:    make(map[uint64]any),
		out:     new(Out),
	}
}

// State returns where the session stands.
func (s *Session) State() State { return s.state }

// Features returns what the router announced in WELCOME.
func (s *Session) Features() *Features { return &s.features }

// Queue returns the frames that wait to be written.
func (s *Session) Queue() *Out { return s.out }

// TakeQueue returns the waiting frames and goes on with the empty queue spare.
func (s *Session) TakeQueue(spare *Out) *Out {
	out := s.out
	s.out = spare
	return out
}

// Pending returns how many requests wait for a reply.
func (s *Session) Pending() int { return len(s.pending) }

// request queues one request under the next id and enters who waits for it.
// Nothing is used up when it fails (R067).
func (s *Session) request(m *Message, b Body, r request) (uint64, error) {
	if s.state != Established {
		return 0, ErrClosed
	}
	if r.waiter != nil && s.limits.Pending > 0 && len(s.pending) >= s.limits.Pending {
		return 0, ErrPending
	}
	id := s.ids.next(s.pending)
	m.Request = id
	if err := s.out.push(s.format, m, id, b, s.limits.Send); err != nil {
		return 0, err
	}
	s.ids.use(id)
	if r.kind != MsgPublish || r.waiter != nil {
		s.pending[id] = r
	}
	return id, nil
}

// reply queues a message that answers the peer or belongs to a request already made.
func (s *Session) reply(m *Message, b Body) error {
	return s.out.push(s.format, m, 0, b, s.limits.Send)
}

// Call queues a CALL; waiter is settled by RESULT or ERROR (R135-R138).
func (s *Session) Call(waiter any, procedure string, options Dict, b Body) (uint64, error) {
	m := Message{Type: MsgCall, URI: procedure, Options: options}
	return s.request(&m, b, request{kind: MsgCall, waiter: waiter})
}

// Publish queues a PUBLISH; a waiter that is not nil asks for the
// acknowledgement that the options must ask for too (R213, R214).
func (s *Session) Publish(waiter any, topic string, options Dict, b Body) (uint64, error) {
	m := Message{Type: MsgPublish, URI: topic, Options: options}
	return s.request(&m, b, request{kind: MsgPublish, waiter: waiter})
}

// Subscribe queues a SUBSCRIBE; handle gets the events from the very step that
// receives SUBSCRIBED (R216).
func (s *Session) Subscribe(waiter, handle any, topic string, options Dict) (uint64, error) {
	m := Message{Type: MsgSubscribe, URI: topic, Options: options}
	return s.request(&m, Body{}, request{kind: MsgSubscribe, waiter: waiter, handle: handle})
}

// Register queues a REGISTER; handle gets the invocations from the very step
// that receives REGISTERED (R188).
func (s *Session) Register(waiter, handle any, procedure string, options Dict) (uint64, error) {
	m := Message{Type: MsgRegister, URI: procedure, Options: options}
	return s.request(&m, Body{}, request{kind: MsgRegister, waiter: waiter, handle: handle})
}

// Unsubscribe takes handle off a subscription. UNSUBSCRIBE is queued when it
// was the last one (R217); an id of 0 tells that it was not, so that waiter will
// not be settled.
func (s *Session) Unsubscribe(waiter, handle any, subscription uint64) (id uint64, err error) {
	handles, known := s.subs[subscription]
	rest := without(handles, handle)
	if !known || len(rest) == len(handles) {
		return 0, nil
	}
	if len(rest) > 0 {
		s.subs[subscription] = rest
		return 0, nil
	}
	delete(s.subs, subscription)
	m := Message{Type: MsgUnsubscribe, ID: subscription}
	return s.request(&m, Body{}, request{kind: MsgUnsubscribe, waiter: waiter})
}

// Unregister drops a registration and queues UNREGISTER; id as in Unsubscribe.
func (s *Session) Unregister(waiter any, registration uint64) (id uint64, err error) {
	if _, known := s.regs[registration]; !known {
		return 0, nil
	}
	delete(s.regs, registration)
	m := Message{Type: MsgUnregister, ID: registration}
	return s.request(&m, Body{}, request{kind: MsgUnregister, waiter: waiter})
}

// Cancel ends the wait for a CALL and queues CANCEL when the dealer knows it
// (R168, R169). With mode kill the call stays pending. pending is false when
// the outcome is already on its way to the waiter: the outcome wins (R172).
func (s *Session) Cancel(id uint64, mode string) (pending bool) {
	if _, pending = s.pending[id]; !pending {
		return false
	}
	kill := mode == "kill" && s.features.CallCanceling
	if !kill {
		delete(s.pending, id)
	}
	if s.state == Established && s.features.CallCanceling {
		m := Message{Type: MsgCancel, Request: id, Options: Dict{{Key: "mode", Value: mode}}}
		_ = s.reply(&m, Body{}) // cannot fail: a fixed, short message
	}
	return true
}

// Abandon ends the wait for any other request; a late success of REGISTER or
// SUBSCRIBE is undone. pending is as in Cancel.
func (s *Session) Abandon(id uint64) (pending bool) {
	r, pending := s.pending[id]
	if !pending {
		return false
	}
	if r.kind == MsgSubscribe || r.kind == MsgRegister {
		r.waiter, r.handle, r.abandoned = nil, nil, true
		s.pending[id] = r
		return true
	}
	delete(s.pending, id)
	return true
}

// Begin enters the handle of an invocation that Receive announced, so that an
// INTERRUPT finds it.
func (s *Session) Begin(invocation uint64, handle any) { s.invs[invocation] = handle }

// Yield queues the result of an invocation. It does nothing when the
// invocation is over, as after INTERRUPT killnowait (R178, R192).
func (s *Session) Yield(invocation uint64, b Body) (queued bool, err error) {
	m := Message{Type: MsgYield, Request: invocation}
	return s.finish(invocation, &m, b)
}

// Fail queues the ERROR of an invocation, as Yield does the result (R194).
func (s *Session) Fail(invocation uint64, uri string, b Body) (queued bool, err error) {
	m := Message{Type: MsgError, RequestType: MsgInvocation, Request: invocation, URI: uri}
	return s.finish(invocation, &m, b)
}

func (s *Session) finish(invocation uint64, m *Message, b Body) (bool, error) {
	if _, running := s.invs[invocation]; !running || s.state != Established {
		return false, nil
	}
	if err := s.reply(m, b); err != nil {
		return false, err
	}
	delete(s.invs, invocation)
	return true, nil
}

// Goodbye begins the orderly end of the session (R020).
func (s *Session) Goodbye(reason string) error {
	if s.state != Established {
		return ErrClosed
	}
	m := Message{Type: MsgGoodbye, URI: reason}
	err := s.reply(&m, Body{})
	s.state = Closing
	return err
}

// Abort ends the session at once and queues ABORT (R033, R036); what else is
// queued is dropped by Drop. The text goes into Details.message (R034).
func (s *Session) Abort(reason, text string) {
	if s.aborted {
		return
	}
	s.state, s.aborted = Closed, true
	m := Message{Type: MsgAbort, URI: reason, Options: Dict{{Key: "message", Value: text}}}
	_ = s.reply(&m, Body{}) // a reason and text of ours: always encodable
}

// Farewell queues the reply to the peer's GOODBYE, once the session was dropped (R021).
func (s *Session) Farewell() {
	m := Message{Type: MsgGoodbye, URI: "wamp.close.goodbye_and_out"}
	_ = s.reply(&m, Body{}) // cannot fail: a fixed, short message
}

// Lost is one request that a dead session leaves behind.
type Lost struct {
	Waiter any
	// Unsent tells that no byte of the request was handed to the transport.
	Unsent bool
}

// Drop ends the session without a word and returns everything that waited,
// and the handles of the invocations that were running (R026, R027).
func (s *Session) Drop() (waiters []Lost, invocations []any) {
	queued := make(map[uint64]bool, len(s.out.Frames))
	for _, f := range s.out.Frames {
		queued[f.Request] = true
	}
	for id, r := range s.pending {
		if r.waiter != nil {
			waiters = append(waiters, Lost{Waiter: r.waiter, Unsent: queued[id]})
		}
	}
	for _, h := range s.invs {
		invocations = append(invocations, h)
	}
	s.out.Clear()
	clear(s.pending)
	clear(s.subs)
	clear(s.regs)
	clear(s.invs)
	s.state = Closed
	return waiters, invocations
}

// without returns list less one entry equal to x, in memory of its own: an
// event that is being delivered may still walk the old list.
func without(list []any, x any) []any {
	for i, h := range list {
		if h == x {
			rest := make([]any, 0, len(list)-1)
			return append(append(rest, list[:i]...), list[i+1:]...)
		}
	}
	return list
}
