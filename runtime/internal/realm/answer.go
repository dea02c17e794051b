package realm

import "github.com/wampgen/wampgen/runtime/internal/core"

// answered returns the call that a YIELD or ERROR belongs to, nil if that has
// ended. An invocation that never was ends the session.
func (s *Session) answered(m *core.Message) *call {
	if m.Request > s.lastInvocation {
		s.violation(m.Type.String() + " for an invocation that never was")
		return nil
	}
	return s.invocations[m.Request]
}

// yield passes a result on to the caller.
func (d *dealer) yield(s *Session, m *core.Message) {
	c := s.answered(m)
	payload, progress := contentOf(m), m.DetailBool("progress")
	switch {
	case c == nil:
		return
	case !s.mayPass(&payload, "callee"):
		s.violation("YIELD with a passthru payload, which the client did not announce")
		return
	case progress && !c.progress:
		s.violation("YIELD with progress, which the caller did not ask for")
		return
	case !c.caller.mayPass(&payload, "caller"):
		c.end()
		c.fail("wamp.error.feature_not_supported", "the result needs payload passthru mode")
		return
	}
	result := core.Message{Type: core.MsgResult, Request: c.request}
	if progress {
		result.Options = core.Dict{{Key: "progress", Value: true}}
		c.watch()
	} else {
		c.end()
	}
	payload.put(&result)
	if !c.caller.send(&result) {
		c.end()
		c.fail("wamp.error.invalid_argument", "the caller's serializer cannot hold the result")
	}
}

// failed passes an error on to the caller.
func (d *dealer) failed(s *Session, m *core.Message) {
	if m.RequestType != core.MsgInvocation {
		s.violation("ERROR for something else than an INVOCATION")
		return
	}
	c := s.answered(m)
	if c == nil {
		return
	}
	c.end()
	payload := contentOf(m)
	e := core.Message{Type: core.MsgError, RequestType: core.MsgCall, Request: c.request, URI: m.URI}
	payload.put(&e)
	switch {
	case !s.mayPass(&payload, "callee"):
		c.fail("wamp.error.canceled", "the callee has left")
		s.violation("ERROR with a passthru payload, which the client did not announce")
	case !c.caller.mayPass(&payload, "caller"):
		c.fail("wamp.error.feature_not_supported", "the error needs payload passthru mode")
	case !c.caller.send(&e):
		c.fail(m.URI, "")
	}
}

// cancel ends a call for its caller (specification "Call Canceling"). A callee
// that cannot be interrupted makes every mode "skip"; without a mode it is
// "killnowait", as on other routers.
func (d *dealer) cancel(s *Session, m *core.Message) {
	c := s.calls[m.Request]
	if c == nil || c.killed {
		return // answered already, or about to be
	}
	mode := m.DetailText("mode")
	if mode == "" {
		mode = "killnowait"
	}
	if !c.callee.can("callee", "call_canceling") {
		mode = "skip"
	}
	if mode != "skip" {
		c.interrupt(mode, "wamp.error.canceled")
	}
	if mode == "kill" {
		c.killed, c.more = true, false
		return
	}
	c.end()
	c.fail("wamp.error.canceled", "")
}
