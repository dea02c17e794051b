package wamp

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
	role("caller", "call_canceling", "call_timeout", "caller_identification"),
	role("callee", "call_canceling", "call_timeout", "call_trustlevels", "caller_identification",
		"pattern_based_registration", "registration_revocation", "shared_registration"),
	role("publisher", "publisher_exclusion", "publisher_identification"),
	role("subscriber", "pattern_based_subscription", "publication_trustlevels", "publisher_identification",
		"subscription_revocation"),
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
func hello(o auth.Offer) core.Dict {
	d := core.Dict{{Key: "roles", Value: roles}, {Key: "agent", Value: agent}}
	if len(o.Methods) > 0 {
		d = append(d, core.Field{Key: "authmethods", Value: o.Methods})
	}
	if o.AuthID != "" {
		d = append(d, core.Field{Key: "authid", Value: o.AuthID})
	}
	if len(o.Extra) > 0 {
		d = append(d, core.Field{Key: "authextra", Value: o.Extra})
	}
	return d
}

// sorted is a map as a dict in the order of its keys.
func sorted(m map[string]any) core.Dict {
	var d core.Dict
	for _, k := range slices.Sorted(maps.Keys(m)) {
		d = append(d, core.Field{Key: k, Value: m[k]})
	}
	return d
}

// greet says HELLO, authenticates and takes WELCOME. Answering a challenge may
// cost much time: it runs here, off the reader, which goes on answering pings.
func (s *session) greet(ctx context.Context) error {
	ch := auth.Channel{TLS: s.link.TLS, Local: s.link.Local, AllowPlaintextSecrets: s.client.cfg.plaintext}
	x, err := auth.Begin(ctx, ch, s.client.cfg.policy, s.client.cfg.methods)
	if err != nil {
		return err
	}
	s.login.offered = needsLogin(x.Offer().Methods)
	s.warnPlaintext(x.Offer().Methods)
	s.mu.Lock()
	err = s.core.Hello(s.client.realm, hello(x.Offer()))
	if err = s.queued(err); err != nil {
		return err
	}
	for {
		select {
		case st := <-s.steps:
			if joined, err := s.answer(ctx, x, st); joined || err != nil {
				return err
			}
		case <-s.life.Done():
			return s.cause()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// answer carries out one step of the handshake; joined after WELCOME.
func (s *session) answer(ctx context.Context, x *auth.Exchange, st step) (joined bool, err error) {
	if st.kind == core.Challenged {
		return false, s.respond(ctx, x, st)
	}
	d := dict(st.details)
	extra, _ := d["authextra"].(map[string]any)
	method, _ := d["authmethod"].(string)
	if err := x.Verify(method, extra); err != nil {
		return false, s.refuse(err)
	}
	s.id = ID(st.session)
	s.realm, _ = d["realm"].(string)
	return true, nil
}

// respond answers a CHALLENGE.
func (s *session) respond(ctx context.Context, x *auth.Exchange, st step) error {
	details, err := st.details.Any()
	if err != nil {
		return err
	}
	extra, _ := details.(map[string]any)
	r, err := x.Respond(ctx, auth.Challenge{Method: st.method, Extra: extra})
	if err != nil {
		return s.refuse(err)
	}
	s.login.answered = true
	s.mu.Lock()
	return s.queued(s.core.Authenticate(r.Signature, sorted(r.Extra)))
}

// refuse ends the handshake with an ABORT of ours (R268, R271). The router
// learns the reason, not the details.
func (s *session) refuse(err error) error {
	reason := ErrAuthenticationFailed.URI
	var refusal *auth.Error
	if errors.As(err, &refusal) && refusal.Reason != "" {
		reason = refusal.Reason
	}
	s.abort(err, reason, "the client refused the authentication")
	return err
}
