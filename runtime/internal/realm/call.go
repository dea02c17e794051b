package realm

import (
	"time"

	"github.com/wampgen/wampgen/runtime/internal/core"
)

// call is one call that has not been answered.
type call struct {
	dealer     *dealer
	caller     *Session
	request    uint64
	callee     *Session
	invocation uint64
	route      *route
	progress   bool // progressive results are passed on
	more       bool // further chunks of a progressive invocation may follow
	killed     bool // cancelled with the mode kill, and waiting for the callee
	timeout    time.Duration
	stop       func() bool // of the timeout
}

// call routes a CALL that is not a chunk of an earlier one.
func (d *dealer) call(s *Session, m *core.Message) {
	c, more := contentOf(m), m.DetailBool("progress")
	switch {
	case !s.mayPass(&c, "caller"):
		s.violation("CALL with a passthru payload, which the client did not announce")
		return
	case more && !s.can("caller", "progressive_call_invocations"):
		s.violation("CALL with progress, which the client did not announce")
		return
	case core.CheckURI(m.URI, core.MatchExact, false) != nil:
		s.refuse(m, "wamp.error.invalid_uri", "")
		return
	case core.Reserved(m.URI):
		d.realm.meta(s, m)
		return
	}
	g := d.routes.best(m.URI)
	if g == nil {
		s.refuse(m, "wamp.error.no_such_procedure", "")
		return
	}
	callee := d.pick(g)
	if to := callee.session; !to.mayPass(&c, "callee") || more && !to.can("callee", "progressive_call_invocations") {
		s.refuse(m, "wamp.error.feature_not_supported", "the callee has not announced what the call needs")
		return
	}
	d.invoke(s, m, g, callee)
}

// invoke sends the INVOCATION of a new call and sets its timeout.
func (d *dealer) invoke(s *Session, m *core.Message, g *route, to *member) {
	c := &call{
		dealer: d, caller: s, request: m.Request, callee: to.session, route: g, more: m.DetailBool("progress"),
		progress: m.DetailBool("receive_progress") && s.can("caller", "progressive_call_results") &&
			to.session.can("callee", "progressive_call_results"),
	}
	c.callee.lastInvocation++
	c.invocation = c.callee.lastInvocation
	var details core.Dict
	if g.match != core.MatchExact {
		details = append(details, core.Field{Key: "procedure", Value: m.URI})
	}
	if to.disclose || m.DetailBool("disclose_me") {
		details = append(details, s.disclose("caller")...)
	}
	if c.progress {
		details = append(details, core.Field{Key: "receive_progress", Value: true})
	}
	timeout := m.DetailUint("timeout")
	forward := to.forward && c.callee.can("callee", "call_timeout")
	if forward && timeout > 0 {
		details = append(details, core.Field{Key: "timeout", Value: timeout})
	}
	s.calls[c.request], c.callee.invocations[c.invocation] = c, c
	if !c.sendInvocation(m, details) {
		return
	}
	if timeout > 0 && !forward {
		c.timeout = time.Duration(min(timeout, uint64(maxTimeout.Milliseconds()))) * time.Millisecond
		c.watch()
	}
}

// maxTimeout is the longest timeout that is watched; longer ones count as this.
const maxTimeout = 24 * time.Hour

// sendInvocation sends a chunk of the call, which for most calls is all of it.
// It reports whether the payload exists in the callee's format too.
func (c *call) sendInvocation(m *core.Message, details core.Dict) bool {
	if c.more {
		details = append(details, core.Field{Key: "progress", Value: true})
	}
	payload := contentOf(m)
	out := core.Message{Type: core.MsgInvocation, Request: c.invocation, ID: c.route.id, Options: details}
	payload.put(&out)
	if c.callee.send(&out) {
		return true
	}
	c.end()
	c.fail("wamp.error.invalid_argument", "the callee's serializer cannot hold the arguments")
	return false
}

// chunk routes a CALL with an id that was used before: a further chunk of a
// progressive invocation, or one that comes too late.
func (d *dealer) chunk(s *Session, m *core.Message) {
	c := s.calls[m.Request]
	if c == nil || !c.more {
		return
	}
	c.more = m.DetailBool("progress")
	c.sendInvocation(m, nil)
}

// watch starts the timeout, again after every sign of life.
func (c *call) watch() {
	if c.timeout == 0 {
		return
	}
	if c.stop != nil {
		c.stop()
	}
	c.stop = c.dealer.realm.cfg.After(c.timeout, func() {
		if c.caller.calls[c.request] != c {
			return // it was answered when the time was up
		}
		c.end()
		c.interrupt("killnowait", "wamp.error.timeout")
		c.fail("wamp.error.timeout", "the callee did not answer in time")
	})
}

// end takes the call out of the books.
func (c *call) end() {
	delete(c.caller.calls, c.request)
	delete(c.callee.invocations, c.invocation)
	if c.stop != nil {
		c.stop()
	}
}

// fail answers the caller with an error of the dealer.
func (c *call) fail(uri, text string) {
	if c.caller.state == joined {
		c.caller.refuse(&core.Message{Type: core.MsgCall, Request: c.request}, uri, text)
	}
}

// interrupt sends INTERRUPT to the callee, if it has announced that it can take
// one.
func (c *call) interrupt(mode, reason string) {
	if c.callee.state == joined && c.callee.can("callee", "call_canceling") {
		c.callee.send(&core.Message{Type: core.MsgInterrupt, Request: c.invocation, Options: core.Dict{
			{Key: "mode", Value: mode}, {Key: "reason", Value: reason}}})
	}
}
