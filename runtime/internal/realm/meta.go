package realm

import (
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// procedure is one procedure of the meta API. It returns the arguments of its
// result.
type procedure func(r *Realm, s *Session, in *input) ([]any, *refusal)

// refusal is the error that a procedure of the meta API answers.
type refusal struct{ uri, text string }

// input are the arguments of a call of the meta API.
type input struct {
	args   []any
	kwargs map[string]any
}

// procedures are all of the meta API (specification "Session Meta API",
// "Registration Meta API", "Subscription Meta API", "Event History",
// "Testaments"; the last of registrations and subscriptions are Crossbar.io's).
var procedures = map[string]procedure{
	"wamp.session.count":              countSessions,
	"wamp.session.list":               listSessions,
	"wamp.session.get":                getSession,
	"wamp.session.kill":               killSession,
	"wamp.session.kill_by_authid":     killByAuthID,
	"wamp.session.kill_by_authrole":   killByAuthRole,
	"wamp.session.kill_all":           killAll,
	"wamp.session.add_testament":      addTestament,
	"wamp.session.flush_testaments":   flushTestaments,
	"wamp.registration.list":          registrations.list,
	"wamp.registration.lookup":        registrations.lookup,
	"wamp.registration.match":         matchRegistration,
	"wamp.registration.get":           registrations.get,
	"wamp.registration.list_callees":  registrations.listMembers,
	"wamp.registration.count_callees": registrations.countMembers,
	"wamp.registration.remove_callee": registrations.remove,

	"wamp.subscription.list":              subscriptions.list,
	"wamp.subscription.lookup":            subscriptions.lookup,
	"wamp.subscription.match":             matchSubscriptions,
	"wamp.subscription.get":               subscriptions.get,
	"wamp.subscription.list_subscribers":  subscriptions.listMembers,
	"wamp.subscription.count_subscribers": subscriptions.countMembers,
	"wamp.subscription.remove_subscriber": subscriptions.remove,
	"wamp.subscription.get_events":        getEvents,
}

// meta answers a call of a URI that is the protocol's own.
func (r *Realm) meta(s *Session, m *core.Message) {
	p := procedures[m.URI]
	if p == nil {
		s.refuse(m, "wamp.error.no_such_procedure", "")
		return
	}
	out, refused := p(r, s, inputOf(m))
	if refused != nil {
		s.refuse(m, refused.uri, refused.text)
		return
	}
	args, err := encode(s.format, out)
	if err != nil {
		s.refuse(m, "wamp.error.invalid_argument", "the caller's serializer cannot hold the result")
		return
	}
	s.send(&core.Message{Type: core.MsgResult, Request: m.Request, Args: args})
}

func inputOf(m *core.Message) *input {
	in := &input{}
	args, _ := m.Args.Any() // what cannot be read is missing
	kwargs, _ := m.Kwargs.Any()
	in.args, _ = args.([]any)
	in.kwargs, _ = kwargs.(map[string]any)
	return in
}

// arg returns the argument in a position, nil if there is none.
func (in *input) arg(i int) any {
	if i < len(in.args) {
		return in.args[i]
	}
	return nil
}

// text returns the string in the first position.
func (in *input) text() (string, *refusal) {
	v, ok := in.arg(0).(string)
	if !ok {
		return "", invalid("a string is missing")
	}
	return v, nil
}

// id returns the id in a position.
func (in *input) id(i int) (uint64, *refusal) {
	v, ok := in.arg(i).(int64)
	if !ok || v < 1 {
		return 0, invalid("an id is missing")
	}
	return uint64(v), nil
}

func invalid(text string) *refusal { return &refusal{"wamp.error.invalid_argument", text} }
