package realm

import (
	"crypto/subtle"
	"slices"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// hello is what a session has said and proved of itself.
type hello struct {
	roles                        codec.Raw
	authID, authRole, authMethod string
}

// brokerFeatures and dealerFeatures are announced in WELCOME: what this package
// does, and nothing else.
var (
	brokerFeatures = []string{
		"event_history", "event_retention", "pattern_based_subscription", "payload_passthru_mode",
		"publisher_exclusion", "publisher_identification", "session_meta_api", "subscriber_blackwhite_listing",
		"subscription_meta_api", "subscription_revocation",
	}
	dealerFeatures = []string{
		"call_canceling", "call_timeout", "caller_identification", "pattern_based_registration",
		"payload_passthru_mode", "progressive_call_invocations", "progressive_call_results",
		"registration_meta_api", "registration_revocation", "session_meta_api", "shared_registration",
		"testament_meta_api",
	}
)

// join answers HELLO.
func (s *Session) join(m *core.Message) {
	cfg := &s.realm.cfg
	s.hello = hello{roles: m.Details.Lookup("roles"), authID: m.DetailText("authid"), authRole: "anonymous", authMethod: "anonymous"}
	methods, _ := m.Details.Lookup("authmethods").Any() // checked by core.Parse
	offered, _ := methods.([]any)
	switch {
	case m.URI != cfg.Name && m.URI != "": // who names none gets this one
		s.abort("wamp.error.no_such_realm", "there is no such realm here")
	case len(cfg.Users) > 0 && slices.Contains(offered, any("ticket")):
		s.state = challenged
		s.send(&core.Message{Type: core.MsgChallenge, Text: "ticket"})
	default:
		s.hello.authID = "anonymous"
		s.welcome()
	}
}

// authenticate answers the AUTHENTICATE that holds a ticket.
func (s *Session) authenticate(m *core.Message) {
	for _, u := range s.realm.cfg.Users {
		if u.ID == s.hello.authID && subtle.ConstantTimeCompare([]byte(u.Ticket), []byte(m.Text)) == 1 {
			s.hello.authRole, s.hello.authMethod = u.Role, "ticket"
			s.welcome()
			return
		}
	}
	s.abort("wamp.error.authentication_failed", "no such user or another ticket")
}

// welcome makes the session part of the realm.
func (s *Session) welcome() {
	r := s.realm
	for s.id = r.id(); r.find(s.id) != nil; {
		s.id = r.id()
	}
	s.state = joined
	r.sessions = append(r.sessions, s)
	s.send(&core.Message{Type: core.MsgWelcome, ID: s.id, Options: core.Dict{
		{Key: "roles", Value: core.Dict{role("broker", brokerFeatures), role("dealer", dealerFeatures)}},
		{Key: "realm", Value: r.cfg.Name}, {Key: "agent", Value: "wampgen"},
		{Key: "authid", Value: s.hello.authID}, {Key: "authrole", Value: s.hello.authRole},
		{Key: "authmethod", Value: s.hello.authMethod}, {Key: "authprovider", Value: "static"},
	}})
	r.broker.announce(s, "wamp.session.on_join", s.describe())
}

// role is one entry of the roles dict.
func role(name string, features []string) core.Field {
	var d core.Dict
	for _, f := range features {
		d = append(d, core.Field{Key: f, Value: true})
	}
	return core.Field{Key: name, Value: core.Dict{{Key: "features", Value: d}}}
}

// is reports whether the client announced a role.
func (s *Session) is(role string) bool { return !s.hello.roles.Lookup(role).Absent() }

// can reports whether the client announced a feature of a role.
func (s *Session) can(role, feature string) bool {
	v, _ := s.hello.roles.Lookup(role).Lookup("features").Lookup(feature).Any()
	return v == true
}

// disclose are the details that identify the session, as "caller" or
// "publisher".
func (s *Session) disclose(as string) core.Dict {
	return core.Dict{
		{Key: as, Value: s.id}, {Key: as + "_authid", Value: s.hello.authID}, {Key: as + "_authrole", Value: s.hello.authRole},
	}
}

// describe is the session as the meta API shows it.
func (s *Session) describe() core.Dict {
	return core.Dict{
		{Key: "session", Value: s.id}, {Key: "authid", Value: s.hello.authID}, {Key: "authrole", Value: s.hello.authRole},
		{Key: "authmethod", Value: s.hello.authMethod}, {Key: "authprovider", Value: "static"},
	}
}
