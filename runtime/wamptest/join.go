package wamptest

import "maps"

// WelcomeOption changes the WELCOME of [Peer.Join] and [Script.Welcome].
type WelcomeOption interface{ apply(*welcome) }

// welcome is the WELCOME under construction.
type welcome struct {
	details  map[string]any
	features map[string]map[string]any // by role
}

type welcomeFunc func(*welcome)

func (f welcomeFunc) apply(w *welcome) { f(w) }

// Without removes features from both roles of the WELCOME.
func Without(features ...string) WelcomeOption {
	return welcomeFunc(func(w *welcome) {
		for _, role := range w.features {
			for _, name := range features {
				delete(role, name)
			}
		}
	})
}

// WithDetails sets details of the WELCOME.
func WithDetails(details map[string]any) WelcomeOption {
	return welcomeFunc(func(w *welcome) { maps.Copy(w.details, details) })
}

var brokerFeatures = []string{
	"event_history", "event_retention", "pattern_based_subscription", "payload_passthru_mode",
	"publication_trustlevels", "publisher_exclusion", "publisher_identification", "session_meta_api",
	"sharded_subscription", "subscriber_blackwhite_listing", "subscription_meta_api", "subscription_revocation",
}

var dealerFeatures = []string{
	"call_canceling", "call_reroute", "call_timeout", "call_trustlevels", "caller_identification",
	"pattern_based_registration", "payload_passthru_mode", "progressive_call_invocations",
	"progressive_call_results", "registration_meta_api", "registration_revocation", "session_meta_api",
	"sharded_registration", "shared_registration", "testament_meta_api",
}

// Join expects HELLO, sends WELCOME and returns the HELLO. The WELCOME
// announces a broker and a dealer with every feature, an authid, and a session
// id that the script has not used yet.
func (p *Peer) Join(options ...WelcomeOption) Message {
	p.script.tb.Helper()
	hello := p.Expect(Hello)
	p.Send(p.script.Welcome(options...))
	return hello
}

// Welcome returns the WELCOME that [Peer.Join] would send, with a new session
// id. It is for tests that do something between HELLO and WELCOME.
func (s *Script) Welcome(options ...WelcomeOption) Message {
	w := welcome{
		features: map[string]map[string]any{"broker": all(brokerFeatures), "dealer": all(dealerFeatures)},
		details: map[string]any{
			"authid": "anybody", "authrole": "anonymous", "authmethod": "anonymous",
			"authprovider": "static", "agent": "wamptest",
		},
	}
	roles := map[string]any{}
	for role, features := range w.features {
		roles[role] = map[string]any{"features": features}
	}
	w.details["roles"] = roles
	for _, o := range options {
		o.apply(&w)
	}
	return Message{Welcome, s.session.Add(1), w.details}
}

func all(names []string) map[string]any {
	set := map[string]any{}
	for _, name := range names {
		set[name] = true
	}
	return set
}

// Obey answers every request of the client with [Answer] until the client
// leaves. It returns the error that ended the connection, or nil if the client
// sent GOODBYE or closed the connection in order.
func (p *Peer) Obey() error {
	for {
		m, err := p.Next()
		if err != nil {
			return orderly(err)
		}
		if answer := Answer(m); answer != nil {
			p.Send(answer)
		}
	}
}
