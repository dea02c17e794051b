package realm

import (
	"slices"

	"github.com/wampgen/wampgen/runtime/internal/core"
)

// chosen returns the sessions with one of the roles in the first argument, all
// of them without one.
func chosen(r *Realm, in *input) ([]*Session, *refusal) {
	if in.arg(0) == nil {
		return r.sessions, nil
	}
	roles, ok := in.arg(0).([]any)
	if !ok {
		return nil, invalid("the filter must be a list of roles")
	}
	var list []*Session
	for _, s := range r.sessions {
		if slices.Contains(roles, any(s.hello.authRole)) {
			list = append(list, s)
		}
	}
	return list, nil
}

func countSessions(r *Realm, _ *Session, in *input) ([]any, *refusal) {
	list, refused := chosen(r, in)
	return []any{len(list)}, refused
}

func listSessions(r *Realm, _ *Session, in *input) ([]any, *refusal) {
	list, refused := chosen(r, in)
	return []any{sessionIDs(list)}, refused
}

func sessionIDs(list []*Session) []any {
	ids := []any{}
	for _, s := range list {
		ids = append(ids, s.id)
	}
	return ids
}

// session returns the session whose id is the first argument.
func (in *input) session(r *Realm) (*Session, *refusal) {
	id, refused := in.id(0)
	if refused != nil {
		return nil, refused
	}
	if s := r.find(id); s != nil {
		return s, nil
	}
	return nil, &refusal{"wamp.error.no_such_session", ""}
}

func getSession(r *Realm, _ *Session, in *input) ([]any, *refusal) {
	s, refused := in.session(r)
	if refused != nil {
		return nil, refused
	}
	return []any{s.describe()}, nil
}

// killSession ends another session; a session cannot end itself so.
func killSession(r *Realm, s *Session, in *input) ([]any, *refusal) {
	victim, refused := in.session(r)
	if refused == nil && victim == s {
		refused = &refusal{"wamp.error.no_such_session", "a session cannot kill itself"}
	}
	if refused != nil {
		return nil, refused
	}
	_, refused = kill(s, []*Session{victim}, in)
	return nil, refused
}

func killByAuthID(r *Realm, s *Session, in *input) ([]any, *refusal) {
	authID, refused := in.text()
	if refused != nil {
		return nil, refused
	}
	killed, refused := kill(s, r.with(func(s *Session) bool { return s.hello.authID == authID }), in)
	return []any{sessionIDs(killed)}, refused
}

func killByAuthRole(r *Realm, s *Session, in *input) ([]any, *refusal) {
	authRole, refused := in.text()
	if refused != nil {
		return nil, refused
	}
	killed, refused := kill(s, r.with(func(s *Session) bool { return s.hello.authRole == authRole }), in)
	return []any{len(killed)}, refused
}

func killAll(r *Realm, s *Session, in *input) ([]any, *refusal) {
	killed, refused := kill(s, r.with(func(*Session) bool { return true }), in)
	return []any{len(killed)}, refused
}

// with returns the sessions of which f is true.
func (r *Realm) with(f func(*Session) bool) []*Session {
	return slices.DeleteFunc(slices.Clone(r.sessions), func(s *Session) bool { return !f(s) })
}

// kill ends sessions, but not the one that asks, and returns those it ended.
func kill(s *Session, victims []*Session, in *input) ([]*Session, *refusal) {
	reason := "wamp.close.killed"
	if v := in.kwargs["reason"]; v != nil {
		text, _ := v.(string)
		if core.CheckURI(text, core.MatchExact, false) != nil {
			return nil, &refusal{"wamp.error.invalid_uri", ""}
		}
		reason = text
	}
	message, _ := in.kwargs["message"].(string)
	victims = slices.DeleteFunc(victims, func(v *Session) bool { return v == s })
	for _, victim := range victims {
		victim.goodbye(reason, message)
	}
	return victims, nil
}
