package wamp_test

import (
	"slices"
	"strings"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// What the router of the examples does with each message.

func (r *miniRouter) route(p *peer, m *core.Message) {
	options, _ := m.DetailsDict()
	granted := func(g *grant) bool { return g.id == m.ID }
	switch m.Type {
	case core.MsgHello:
		r.hello(p, m, options)
	case core.MsgAuthenticate:
		r.authenticate(p, m)
	case core.MsgGoodbye:
		r.forget(p)
		p.send(&core.Message{Type: core.MsgGoodbye, URI: "wamp.close.goodbye_and_out"})
	case core.MsgSubscribe:
		r.subscribe(p, m, options)
	case core.MsgUnsubscribe:
		r.subscriptions = slices.DeleteFunc(r.subscriptions, granted)
		p.send(&core.Message{Type: core.MsgUnsubscribed, Request: m.Request})
	case core.MsgPublish:
		r.publish(p, m, options)
	case core.MsgRegister:
		r.register(p, m, options)
	case core.MsgUnregister:
		r.registrations = slices.DeleteFunc(r.registrations, granted)
		p.send(&core.Message{Type: core.MsgUnregistered, Request: m.Request})
	case core.MsgCall:
		r.call(p, m, options)
	case core.MsgCancel:
		r.cancel(p, m, options)
	case core.MsgYield, core.MsgError:
		r.answer(m)
	}
}

// on is a set of features.
func on(names ...string) core.Dict {
	var features core.Dict
	for _, name := range names {
		features = append(features, core.Field{Key: name, Value: true})
	}
	return core.Dict{{Key: "features", Value: features}}
}

var routerRoles = core.Dict{
	{Key: "broker", Value: on("pattern_based_subscription", "event_retention", "event_history")},
	{Key: "dealer", Value: on("pattern_based_registration", "shared_registration", "call_canceling", "call_timeout")},
}

func (r *miniRouter) hello(p *peer, m *core.Message, details map[string]any) {
	methods, _ := details["authmethods"].([]any)
	switch {
	case m.URI != "realm1":
		p.send(&core.Message{Type: core.MsgAbort, URI: "wamp.error.no_such_realm"})
	case slices.Contains(methods, any("ticket")):
		p.authid, _ = details["authid"].(string)
		p.send(&core.Message{Type: core.MsgChallenge, Text: "ticket"})
	default:
		r.welcome(p, "anonymous")
	}
}

func (r *miniRouter) authenticate(p *peer, m *core.Message) {
	if p.authid != "ann" || m.Text != "t1cket" {
		p.send(&core.Message{Type: core.MsgAbort, URI: "wamp.error.authentication_failed"})
		return
	}
	p.authrole = "user"
	r.welcome(p, "ticket")
}

func (r *miniRouter) welcome(p *peer, method string) {
	p.id = r.next()
	r.peers[p] = true
	p.send(&core.Message{Type: core.MsgWelcome, ID: p.id, Options: core.Dict{
		{Key: "roles", Value: routerRoles}, {Key: "authmethod", Value: method},
		{Key: "authid", Value: p.authid}, {Key: "authrole", Value: p.authrole},
	}})
}

// disclose tells who p is.
func (p *peer) disclose(as string) core.Dict {
	return core.Dict{{Key: as, Value: p.id}, {Key: as + "_authid", Value: p.authid}, {Key: as + "_authrole", Value: p.authrole}}
}

func (r *miniRouter) grant(p *peer, m *core.Message, options map[string]any) *grant {
	g := &grant{peer: p, id: r.next(), uri: m.URI, disclose: options["disclose_caller"] == true}
	g.match, _ = options["match"].(string)
	return g
}

func (g *grant) matches(uri string) bool {
	switch g.match {
	case "prefix":
		return strings.HasPrefix(uri, g.uri)
	case "wildcard":
		pattern, parts := strings.Split(g.uri, "."), strings.Split(uri, ".")
		for i, want := range pattern {
			if len(parts) != len(pattern) || want != "" && want != parts[i] {
				return false
			}
		}
		return true
	}
	return g.uri == uri
}

func (r *miniRouter) subscribe(p *peer, m *core.Message, options map[string]any) {
	g := r.grant(p, m, options)
	r.subscriptions = append(r.subscriptions, g)
	p.send(&core.Message{Type: core.MsgSubscribed, Request: m.Request, ID: g.id})
	if ev, ok := r.retained[m.URI]; ok && options["get_retained"] == true {
		g.event(ev, core.Dict{{Key: "retained", Value: true}})
	}
}

func (g *grant) event(ev *core.Message, details core.Dict) {
	details = append(details, core.Field{Key: "topic", Value: ev.URI})
	g.peer.send(&core.Message{Type: core.MsgEvent, ID: g.id, Publication: ev.Publication, Options: details, Args: ev.Args, Kwargs: ev.Kwargs})
}

func (r *miniRouter) publish(p *peer, m *core.Message, options map[string]any) {
	m.Publication = r.next()
	r.published = append(r.published, m)
	if options["retain"] == true {
		r.retained[m.URI] = m
	}
	var details core.Dict
	if options["disclose_me"] == true {
		details = p.disclose("publisher")
	}
	for _, g := range r.subscriptions {
		if g.matches(m.URI) && (g.peer != p || options["exclude_me"] == false) {
			g.event(m, details)
		}
	}
	if options["acknowledge"] == true {
		p.send(&core.Message{Type: core.MsgPublished, Request: m.Request, ID: m.Publication})
	}
}

// history answers wamp.subscription.get_events with all that was published.
func (r *miniRouter) history(p *peer, m *core.Message) {
	var events []any
	for _, ev := range r.published {
		for _, g := range r.subscriptions {
			if g.peer == p && g.matches(ev.URI) {
				events = append(events, core.Dict{{Key: "publication", Value: ev.Publication}, {Key: "args", Value: ev.Args}})
			}
		}
	}
	var e codec.Encoder
	e.Reset(p.format, nil)
	e.Any(events)
	p.send(&core.Message{Type: core.MsgResult, Request: m.Request, Args: codec.Raw{Format: p.format, Data: e.Bytes()}})
}

// register gives a procedure to one callee, or to several with a policy.
func (r *miniRouter) register(p *peer, m *core.Message, options map[string]any) {
	i := slices.IndexFunc(r.registrations, func(g *grant) bool { return g.uri == m.URI })
	switch {
	case i < 0 || options["invoke"] != nil:
	case options["force_reregister"] == true:
		old := r.registrations[i]
		r.registrations = slices.Delete(r.registrations, i, i+1)
		old.peer.send(&core.Message{Type: core.MsgUnregistered, Options: core.Dict{{Key: "registration", Value: old.id}}})
	default:
		p.fail(m, "wamp.error.procedure_already_exists")
		return
	}
	g := r.grant(p, m, options)
	r.registrations = append(r.registrations, g)
	p.send(&core.Message{Type: core.MsgRegistered, Request: m.Request, ID: g.id})
}

func (r *miniRouter) call(p *peer, m *core.Message, options map[string]any) {
	i := slices.IndexFunc(r.registrations, func(g *grant) bool { return g.matches(m.URI) })
	switch {
	case m.URI == "wamp.subscription.get_events":
		r.history(p, m)
		return
	case i < 0:
		p.fail(m, "wamp.error.no_such_procedure")
		return
	}
	g := r.registrations[i]
	r.registrations = append(slices.Delete(r.registrations, i, i+1), g) // the next call goes to the next callee
	details := core.Dict{{Key: "procedure", Value: m.URI}}
	if g.disclose || options["disclose_me"] == true {
		details = append(details, p.disclose("caller")...)
	}
	if timeout, ok := options["timeout"]; ok {
		details = append(details, core.Field{Key: "timeout", Value: timeout})
	}
	id := r.next()
	r.calls[id] = pending{caller: p, callee: g.peer, request: m.Request}
	g.peer.send(&core.Message{Type: core.MsgInvocation, Request: id, ID: g.id, Options: details, Args: m.Args, Kwargs: m.Kwargs})
}

// answer passes a YIELD or ERROR on to the caller.
func (r *miniRouter) answer(m *core.Message) {
	c, ok := r.calls[m.Request]
	if !ok {
		return // cancelled
	}
	delete(r.calls, m.Request)
	reply := core.Message{Type: core.MsgResult, Request: c.request, Args: m.Args, Kwargs: m.Kwargs}
	if m.Type == core.MsgError {
		reply.Type, reply.RequestType, reply.URI = core.MsgError, core.MsgCall, m.URI
	}
	c.caller.send(&reply)
}

func (r *miniRouter) cancel(p *peer, m *core.Message, options map[string]any) {
	for id, c := range r.calls {
		if c.caller != p || c.request != m.Request {
			continue
		}
		if mode := options["mode"]; mode != "skip" {
			c.callee.send(&core.Message{Type: core.MsgInterrupt, Request: id, Options: core.Dict{{Key: "mode", Value: mode}}})
		}
		if options["mode"] != "kill" {
			delete(r.calls, id)
			p.send(&core.Message{Type: core.MsgError, RequestType: core.MsgCall, Request: m.Request, URI: "wamp.error.canceled"})
		}
	}
}
