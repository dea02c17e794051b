package core

import (
	"errors"
	"fmt"
	"slices"

	"github.com/wampgen/wampgen/runtime/codec"
)

// State is where a session stands in its life (table 2.V of
// docs/requirements.md).
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
	return fmt.Sprintf("wamp: %d answers wait for a peer that does not read", e.Frames)
}

// Limits bound a session.
type Limits struct {
	// Send is the largest frame the peer takes in bytes, 0 for no limit.
	Send int
	// Pending is how many calls and acknowledged publishes may wait for a reply, 0
	// for no limit. Subscriptions, what they fetch, and registrations have a
	// window of their own, so that calls never keep them from being restored;
	// giving one back is always possible.
	Pending int
	// Replies is how many answers may be queued before a peer that makes us
	// answer and does not read is given up, 0 for no limit.
	Replies int
}

// request is what waits for the reply to one id.
type request struct {
	kind Type
	// waiter gets the outcome; nil if nobody waits any more.
	waiter any
	// handle is what a SUBSCRIBED or REGISTERED installs.
	handle any
	// uri is the topic of a SUBSCRIBE, or the procedure of a progressive call.
	uri string
	// Streams are the progressive directions of a call that are still open.
	Streams
	// subject is the subscription or registration that is given back.
	subject uint64
	// retained: a SUBSCRIBE that asks for retained events. answers: a REGISTER
	// whose invocations are always answered.
	retained, answers bool
	// fetches: a CALL for what a subscription has missed.
	fetches bool
	// abandoned: a late success is undone. cancelled: CANCEL was said.
	abandoned, cancelled bool
}

// Session is one WAMP session of a client as a pure state machine. It knows
// who waits for what; the shell around it owns sockets, locks and goroutines.
// It is not safe for concurrent use. The handles it keeps are opaque to it.
type Session struct {
	format  codec.Format
	limits  Limits
	state   State
	ids     counter
	pending map[uint64]request
	subs    map[uint64]subscription
	regs    map[uint64]registration
	invs    map[uint64]invoked
	// over are the invocations that are over while parts of them may still come.
	over     map[uint64]bool
	ended    window // the latest invocations that are over
	out      *Out
	features Features
	// past are the subscriptions and registrations that are over, nil unless the
	// session is strict, see Strict.
	past map[subject]bool
	// overrides change what WELCOME announces.
	overrides Overrides
	// asking and restoring count the requests of each window, see window.
	asking, restoring int
	// asked counts the SUBSCRIBEs of a topic that somebody waits for; leaving are
	// the subscriptions without handles that wait for them too, see leave.
	asked   map[string]int
	leaving []uint64
	// abandoned are the SUBSCRIBEs and REGISTERs that nobody waits for and that
	// have no reply yet, the oldest first, see abandon. forgotten is how many more
	// there were, which may be granted yet.
	abandoned []uint64
	forgotten int
	// answers counts the queued answers to the peer's own requests.
	answers int
	// spoke: HELLO went to the writer. parted: GOODBYE or ABORT was queued, and
	// nothing may follow it (R023).
	spoke, parted bool
	// challenged: a CHALLENGE waits for its AUTHENTICATE.
	challenged bool
}

// NewSession returns a session that is about to say HELLO.
func NewSession(f codec.Format, l Limits) *Session {
	return &Session{
		format:  f,
		limits:  l,
		pending: make(map[uint64]request),
		subs:    make(map[uint64]subscription),
		regs:    make(map[uint64]registration),
		invs:    make(map[uint64]invoked),
		over:    make(map[uint64]bool),
		asked:   make(map[string]int),
		out:     new(Out),
	}
}

// State returns where the session stands.
func (s *Session) State() State { return s.state }

// Override sets what the router is taken to have and not to have. It comes
// before WELCOME.
func (s *Session) Override(o Overrides) { s.overrides = o }

// Features returns what the router announced in WELCOME, with the overrides.
func (s *Session) Features() *Features { return &s.features }

// Queue returns the frames that wait to be written.
func (s *Session) Queue() *Out { return s.out }

// TakeQueue returns the waiting frames and goes on with the empty queue spare.
func (s *Session) TakeQueue(spare *Out) *Out {
	out := s.out
	s.spoke = s.spoke || len(out.Frames) > 0
	s.out, s.answers = spare, 0
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
	waits := r.kind != MsgPublish || r.waiter != nil
	waiting, limit := s.window(&r)
	if waits && limit > 0 && *waiting >= limit {
		return 0, ErrPending
	}
	id := s.ids.next(s.pending)
	m.Request = id
	if err := s.out.push(s.format, m, id, b, s.limits.Send); err != nil {
		return 0, err
	}
	s.ids.use(id)
	if waits {
		s.pending[id] = r
		*waiting++
	}
	return id, nil
}

// maxRestoring is how many subscriptions and registrations may wait for a
// reply.
const maxRestoring = 64 << 10

// window returns how many requests like r wait for a reply, and how many may, 0
// for no limit.
func (s *Session) window(r *request) (waiting *int, limit int) {
	switch {
	case r.kind == MsgUnsubscribe || r.kind == MsgUnregister:
		return new(int), 0
	case r.kind == MsgSubscribe || r.kind == MsgRegister || r.fetches:
		return &s.restoring, maxRestoring
	}
	return &s.asking, s.limits.Pending
}

// forget takes a request off those that wait for a reply.
func (s *Session) forget(id uint64, r *request) {
	delete(s.pending, id)
	waiting, _ := s.window(r)
	*waiting--
}

// reply queues a message that answers the peer or belongs to a request already
// made.
func (s *Session) reply(m *Message, b Body) error {
	return s.out.push(s.format, m, 0, b, s.limits.Send)
}

// Call queues a CALL; waiter is settled by RESULT or ERROR (R135-R138).
func (s *Session) Call(waiter any, procedure string, options Dict, b Body) (uint64, error) {
	m := Message{Type: MsgCall, URI: procedure, Options: options}
	return s.request(&m, b, request{kind: MsgCall, waiter: waiter})
}

// Fetch queues the CALL by which a subscription gets what it has missed. It
// takes no place from the calls of Limits.Pending, and they take none from it.
func (s *Session) Fetch(waiter any, procedure string, options Dict, b Body) (uint64, error) {
	m := Message{Type: MsgCall, URI: procedure, Options: options}
	return s.request(&m, b, request{kind: MsgCall, waiter: waiter, fetches: true})
}

// Publish queues a PUBLISH; a waiter that is not nil asks for the
// acknowledgement that the options must ask for too (R213, R214).
func (s *Session) Publish(waiter any, topic string, options Dict, b Body) (uint64, error) {
	m := Message{Type: MsgPublish, URI: topic, Options: options}
	return s.request(&m, b, request{kind: MsgPublish, waiter: waiter})
}

// Cancel ends the wait for a CALL and queues CANCEL when the dealer knows it
// (R168, R169). With mode kill the call stays pending. pending is false when
// the outcome is already on its way to the waiter: the outcome wins (R172).
func (s *Session) Cancel(id uint64, mode string) (pending bool) {
	r, pending := s.pending[id]
	if !pending {
		return false
	}
	first := !r.cancelled
	if mode == "kill" && s.features.CallCanceling {
		r.cancelled = true
		s.pending[id] = r
	} else {
		s.forget(id, &r)
	}
	if first && s.state == Established && s.features.CallCanceling {
		m := Message{Type: MsgCancel, Request: id, Options: Dict{{Key: "mode", Value: mode}}}
		_ = s.reply(&m, Body{}) // cannot fail: a fixed, short message
	}
	return true
}

// Abandon ends the wait for any other request; a late success of REGISTER or
// SUBSCRIBE is undone, and what was given back stays in place until the reply
// to that. pending is as in Cancel.
func (s *Session) Abandon(id uint64) (pending bool) {
	r, pending := s.pending[id]
	if !pending || r.abandoned {
		return false
	}
	switch r.kind {
	case MsgSubscribe, MsgRegister, MsgUnsubscribe, MsgUnregister:
		r.waiter, r.handle, r.abandoned = nil, nil, true
		s.pending[id] = r
		if r.kind == MsgSubscribe || r.kind == MsgRegister {
			s.abandon(id)
		}
	default:
		s.forget(id, &r)
	}
	if r.kind == MsgSubscribe {
		s.answered(r.uri) // nobody waits to share what others leave
	}
	return true
}

// maxAbandoned bounds how many requests wait for a reply although nobody else
// does.
const maxAbandoned = 1024

// abandon keeps a request that was given up until its reply, and forgets the
// oldest where there are too many: a router that answers nothing is asked again
// and again. What one of those gets all the same is given back too, see
// undoForgotten.
func (s *Session) abandon(id uint64) {
	s.abandoned = slices.DeleteFunc(s.abandoned, func(id uint64) bool {
		_, pending := s.pending[id]
		return !pending
	})
	if len(s.abandoned) == maxAbandoned {
		oldest := s.abandoned[0]
		r := s.pending[oldest]
		s.forget(oldest, &r)
		s.abandoned = slices.Delete(s.abandoned, 0, 1)
		s.forgotten++
	}
	s.abandoned = append(s.abandoned, id)
}

// Begin enters the handle of an invocation that Receive announced, so that an
// INTERRUPT finds it.
func (s *Session) Begin(invocation uint64, handle any) {
	inv := s.invs[invocation]
	inv.handle = handle
	s.invs[invocation] = inv
}

// Yield queues the result of an invocation. It does nothing when the
// invocation is over, as after INTERRUPT killnowait (R178, R192).
func (s *Session) Yield(invocation uint64, b Body) (queued bool, err error) {
	m := Message{Type: MsgYield, Request: invocation}
	return s.finish(invocation, &m, b)
}

// Fail queues the ERROR of an invocation, as Yield does the result (R194). An
// error URI that is none is refused (R082).
func (s *Session) Fail(invocation uint64, uri string, b Body) (queued bool, err error) {
	if err := CheckURI(uri, MatchExact, false); err != nil {
		return false, err
	}
	m := Message{Type: MsgError, RequestType: MsgInvocation, Request: invocation, URI: uri}
	return s.finish(invocation, &m, b)
}

func (s *Session) finish(invocation uint64, m *Message, b Body) (bool, error) {
	inv, running := s.invs[invocation]
	if !running || s.state != Established {
		return false, nil
	}
	if err := s.reply(m, b); err != nil {
		return false, err
	}
	s.end(invocation, inv.Parts)
	s.answers++
	return true, nil
}
