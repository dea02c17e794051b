package session

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// agent is what the client calls itself in HELLO (R008).
const agent = "wampgen"

// roles are what the client announces: every feature it uses and no other
// (R004-R007). The values are WAMP's own names.
var roles = core.Dict{
	role("caller", "call_canceling", "call_timeout", "caller_identification", "payload_passthru_mode",
		"progressive_call_invocations", "progressive_call_results"),
	role("callee", "call_canceling", "call_reroute", "call_timeout", "call_trustlevels", "caller_identification",
		"pattern_based_registration", "payload_passthru_mode", "progressive_call_invocations", "progressive_call_results",
		"registration_revocation", "shared_registration"),
	role("publisher", "payload_passthru_mode", "publisher_exclusion", "publisher_identification",
		"subscriber_blackwhite_listing"),
	role("subscriber", "pattern_based_subscription", "payload_passthru_mode", "publication_trustlevels",
		"publisher_identification", "subscription_revocation"),
}

// role is one entry of the roles dict.
func role(name string, features ...string) core.Field {
	var d core.Dict
	for _, f := range features {
		d = append(d, core.Field{Key: f, Value: true})
	}
	return core.Field{Key: name, Value: core.Dict{{Key: "features", Value: d}}}
}

// hello are the details of HELLO. Without a method the keys of authentication
// are left out, which every router takes for anonymous (R301).
func hello(o auth.Offer, extra core.Dict) core.Dict {
	d := core.Dict{{Key: "roles", Value: roles}, {Key: "agent", Value: agent}}
	if len(o.Methods) > 0 {
		d = append(d, core.Field{Key: "authmethods", Value: o.Methods})
	}
	if o.AuthID != "" {
		d = append(d, core.Field{Key: "authid", Value: o.AuthID})
	}
	if extra = append(sorted(o.Extra), extra...); len(extra) > 0 {
		d = append(d, core.Field{Key: "authextra", Value: extra})
	}
	return d
}

// Join says HELLO, authenticates and takes WELCOME, under ctx. With an error
// the session has ended and its goroutines with it.
func (s *Session) Join(ctx context.Context) error {
	err := s.greet(ctx)
	if err == nil {
		return nil
	}
	if errors.Is(err, ErrGone) { // the router ended it while a step was under way
		<-s.life.Done()
		err = s.Cause()
	}
	s.Lose(err)
	s.Wait()
	return s.Cause()
}

// greet is Join while the session lives. Answering a challenge may cost much
// time: it runs here, off the reader, which goes on answering pings.
func (s *Session) greet(ctx context.Context) error {
	login := &s.cfg.Login
	ch := auth.Channel{TLS: s.link.TLS, Local: s.link.Local, AllowPlaintextSecrets: login.Plaintext}
	x, err := auth.Begin(ctx, ch, login.Policy, login.Methods)
	if err != nil {
		return err
	}
	offer := x.Offer()
	s.login.Offered = provable(offer.Methods)
	if s.login.Offered && s.link.TLS == nil && !s.link.Local {
		login.Exposed(s.link.URL, offer.Methods)
	}
	err = s.enqueue(ctx, func(c *core.Session) error { return c.Hello(login.Realm, hello(offer, login.Extra)) })
	if err != nil {
		return err
	}
	for {
		select {
		case st := <-s.steps:
			if joined, err := s.answerStep(ctx, x, st); joined || err != nil {
				return err
			}
		case <-s.life.Done():
			return s.Cause()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// provable reports whether a method is among methods that proves something.
func provable(methods []string) bool {
	return slices.ContainsFunc(methods, func(m string) bool { return m != "anonymous" })
}

// answerStep carries out one step of the handshake; joined after WELCOME.
func (s *Session) answerStep(ctx context.Context, x *auth.Exchange, st step) (joined bool, err error) {
	if st.kind == core.Challenged {
		return false, s.respond(ctx, x, st)
	}
	d, _ := (&core.Message{Details: st.details}).DetailsDict() // well-formed: the parser has seen it
	extra, _ := d["authextra"].(map[string]any)
	method, _ := d["authmethod"].(string)
	if err := x.Verify(method, extra); err != nil {
		return false, s.refuse(err)
	}
	s.id = st.session
	s.realm, _ = d["realm"].(string)
	s.welcome = st.details.Clone() // it must not keep the frame
	return true, nil
}

// respond answers a CHALLENGE.
func (s *Session) respond(ctx context.Context, x *auth.Exchange, st step) error {
	details, err := st.details.Any()
	if err != nil {
		return err
	}
	extra, _ := details.(map[string]any)
	r, err := x.Respond(ctx, auth.Challenge{Method: st.method, Extra: extra})
	if err != nil {
		return s.refuse(err)
	}
	s.login.Answered = true
	return s.enqueue(ctx, func(c *core.Session) error { return c.Authenticate(r.Signature, sorted(r.Extra)) })
}

// refuse ends the handshake with an ABORT of ours (R268, R271). The router
// learns the reason, not the details.
func (s *Session) refuse(err error) error {
	reason := "wamp.error.authentication_failed"
	var refusal *auth.Error
	if errors.As(err, &refusal) && refusal.Reason != "" {
		reason = refusal.Reason
	}
	s.abort(err, reason, "the client refused the authentication")
	return err
}

// sorted is a map as a dict in the order of its keys.
func sorted(m map[string]any) core.Dict {
	var d core.Dict
	for _, k := range slices.Sorted(maps.Keys(m)) {
		d = append(d, core.Field{Key: k, Value: m[k]})
	}
	return d
}
