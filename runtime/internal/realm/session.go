package realm

import (
	"errors"
	"slices"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// Session is one client of a [Realm], from its connection to its end.
type Session struct {
	realm  *Realm
	out    Sink
	format codec.Format
	state  state
	hello  hello

	id             uint64
	last           uint64           // the last request id of the client
	lastInvocation uint64           // the last INVOCATION id to the client
	calls          map[uint64]*call // made and not answered, by CALL.Request
	invocations    map[uint64]*call // received and not answered, by INVOCATION.Request
	testaments     []testament
}

// state is how far a session has come.
type state uint8

const (
	opening    state = iota // HELLO is expected
	challenged              // AUTHENTICATE is expected
	joined
	closed
)

// ID returns the session id, 0 before WELCOME.
func (s *Session) ID() uint64 { return s.id }

// Receive takes a frame of the client. What breaks the protocol is answered by
// ABORT, which ends the session.
func (s *Session) Receive(frame []byte) {
	if s.state == closed {
		return
	}
	m := new(core.Message)
	err := core.Parse(s.format, frame, m)
	if sends, _ := core.Direction(m.Type); err == nil && !sends {
		s.violation(m.Type.String() + " is not for clients to send")
		return
	}
	switch {
	case m.Type == core.MsgAbort:
		s.end()
	case err != nil:
		var v *core.Violation
		errors.As(err, &v)
		s.violation(v.Text)
	case s.state == opening && m.Type == core.MsgHello:
		s.join(m)
	case s.state == challenged && m.Type == core.MsgAuthenticate:
		s.authenticate(m)
	case s.state == joined:
		s.route(m)
	default:
		s.violation(m.Type.String() + " before WELCOME")
	}
}

// roleFor are the roles that a client must have announced for what it sends.
var roleFor = map[core.Type]string{
	core.MsgPublish: "publisher", core.MsgSubscribe: "subscriber", core.MsgUnsubscribe: "subscriber",
	core.MsgCall: "caller", core.MsgCancel: "caller", core.MsgRegister: "callee", core.MsgUnregister: "callee",
	core.MsgYield: "callee", core.MsgError: "callee",
}

// route hands a message of a joined session to broker or dealer.
func (s *Session) route(m *core.Message) {
	if role := roleFor[m.Type]; role != "" && !s.is(role) {
		s.violation(m.Type.String() + " without the role " + role)
		return
	}
	b, d := &s.realm.broker, &s.realm.dealer
	switch m.Type {
	case core.MsgGoodbye:
		s.send(&core.Message{Type: core.MsgGoodbye, URI: "wamp.close.goodbye_and_out"})
		s.end()
	case core.MsgCancel:
		d.cancel(s, m)
	case core.MsgYield:
		d.yield(s, m)
	case core.MsgError:
		d.failed(s, m)
	case core.MsgCall:
		if m.Request <= s.last {
			d.chunk(s, m) // or too late, then nothing
		} else if s.sequential(m) {
			d.call(s, m)
		}
	case core.MsgPublish, core.MsgSubscribe, core.MsgUnsubscribe, core.MsgRegister, core.MsgUnregister:
		if s.sequential(m) {
			s.request(m, b, d)
		}
	default:
		s.violation(m.Type.String() + " after WELCOME")
	}
}

func (s *Session) request(m *core.Message, b *broker, d *dealer) {
	switch m.Type {
	case core.MsgPublish:
		b.publish(s, m)
	case core.MsgSubscribe:
		b.subscribe(s, m)
	case core.MsgUnsubscribe:
		b.routes.withdraw(s, m)
	case core.MsgRegister:
		d.register(s, m)
	case core.MsgUnregister:
		d.routes.withdraw(s, m)
	}
}

// sequential reports whether m has the request id that is due; a session that
// counts otherwise is ended.
func (s *Session) sequential(m *core.Message) bool {
	due := s.last%core.MaxID + 1
	if m.Request != due {
		s.violation(m.Type.String() + ".Request: want the next id of the session")
		return false
	}
	s.last = due
	return true
}

// send reports whether m can be encoded in the format of the client; otherwise
// nothing is sent.
func (s *Session) send(m *core.Message) bool {
	frame, err := core.Append(nil, s.format, m)
	if err != nil {
		return false
	}
	s.out.Send(frame)
	return true
}

// refuse answers a request with an error. text, if any, is for humans.
func (s *Session) refuse(m *core.Message, uri, text string) {
	e := core.Message{Type: core.MsgError, RequestType: m.Type, Request: m.Request, URI: uri}
	if text != "" {
		e.Args, _ = encode(s.format, []any{text}) // our own text fits every format
	}
	s.send(&e)
}

// violation ends the session with ABORT wamp.error.protocol_violation.
func (s *Session) violation(text string) { s.abort("wamp.error.protocol_violation", text) }

func (s *Session) abort(reason, text string) {
	s.send(&core.Message{Type: core.MsgAbort, URI: reason, Options: core.Dict{{Key: "message", Value: text}}})
	s.end()
}

// goodbye ends the session with GOODBYE.
func (s *Session) goodbye(reason, message string) {
	m := core.Message{Type: core.MsgGoodbye, URI: reason}
	if message != "" {
		m.Options = core.Dict{{Key: "message", Value: message}}
	}
	s.send(&m)
	s.end()
}

func (s *Session) end() {
	s.Leave()
	s.out.Close()
}

// Leave takes back everything that the session has: its connection is gone.
func (s *Session) Leave() {
	was := s.state
	s.state = closed
	if was != joined {
		return
	}
	r := s.realm
	r.sessions = slices.DeleteFunc(r.sessions, func(other *Session) bool { return other == s })
	r.dealer.leave(s)
	r.broker.routes.leave(s)
	for _, t := range s.testaments {
		r.broker.deliver(t.publication(r), t.retain)
	}
	r.broker.announce(s, "wamp.session.on_leave", s.id, s.hello.authID, s.hello.authRole)
}

// encode encodes what does not come from a client as it is.
func encode(f codec.Format, v any) (codec.Raw, error) {
	var e codec.Encoder
	e.Reset(f, nil)
	e.Any(v)
	return codec.Raw{Format: f, Data: e.Bytes()}, e.Err()
}
