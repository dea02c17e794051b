package parity

import (
	. "github.com/wampgen/wampgen/runtime/wamptest"
)

// working returns a caller and a callee that works on its call.
func working(s *stage, options dict) (caller, callee *peer, request int, invocation int64) {
	caller, callee = s.join(), s.join()
	id := callee.register("com.example.a", dict{})
	request = caller.call("com.example.a", options)
	return caller, callee, request, callee.invoked(id, anything)
}

var cancelTable = []behaviour{
	{name: "skip ends the call for the caller alone", script: func(s *stage) {
		caller, callee, request, invocation := working(s, dict{})
		caller.send(Cancel, request, dict{"mode": "skip"})
		caller.want(Error, Call, request, anything, "wamp.error.canceled")
		callee.send(Yield, invocation, dict{})
		callee.quietDealer()
		caller.quietDealer()
	}},
	{name: "killnowait interrupts and does not wait", crossbar: true, script: func(s *stage) {
		caller, callee, request, invocation := working(s, dict{})
		caller.send(Cancel, request, dict{"mode": "killnowait"})
		caller.want(Error, Call, request, anything, "wamp.error.canceled")
		callee.want(Interrupt, invocation, dict{"mode": "killnowait"})
		callee.send(Error, Invocation, invocation, dict{}, "wamp.error.canceled")
		callee.quietDealer()
		caller.quietDealer()
	}},
	{name: "without a mode it is killnowait", script: func(s *stage) {
		caller, callee, request, invocation := working(s, dict{})
		caller.send(Cancel, request, dict{})
		caller.want(Error, Call, request, anything, "wamp.error.canceled")
		callee.want(Interrupt, invocation, dict{"mode": "killnowait"})
	}},
	{name: "kill interrupts and waits for the error", script: func(s *stage) {
		caller, callee, request, invocation := working(s, dict{})
		caller.send(Cancel, request, dict{"mode": "kill"})
		callee.want(Interrupt, invocation, dict{"mode": "kill"})
		caller.quietDealer()
		callee.send(Error, Invocation, invocation, dict{}, "com.example.error.half", list{1})
		caller.want(Error, Call, request, anything, "com.example.error.half", list{1})
	}},
	{name: "kill takes a result that comes nevertheless", script: func(s *stage) {
		caller, callee, request, invocation := working(s, dict{})
		caller.send(Cancel, request, dict{"mode": "kill"})
		callee.want(Interrupt, invocation, anything)
		callee.send(Yield, invocation, dict{}, list{1})
		caller.want(Result, request, dict{}, list{1})
	}},
	{name: "a callee without call_canceling makes every mode skip", script: func(s *stage) {
		caller, callee := s.join(), s.joinPlain()
		id := callee.register("com.example.a", dict{})
		request := caller.call("com.example.a", dict{})
		callee.invoked(id, anything)
		caller.send(Cancel, request, dict{"mode": "kill"})
		caller.want(Error, Call, request, anything, "wamp.error.canceled")
		callee.quietDealer()
	}},
	{name: "cancelling what has ended does nothing", crossbar: true, script: func(s *stage) {
		caller, callee, request, invocation := working(s, dict{})
		callee.send(Yield, invocation, dict{})
		caller.want(Result, request, dict{})
		caller.send(Cancel, request, dict{"mode": "kill"})
		caller.quietDealer()
		callee.quietDealer()
	}},
	{name: "the dealer ends a call that takes too long", script: func(s *stage) {
		caller, callee, request, invocation := working(s, dict{"timeout": 50})
		caller.want(Error, Call, request, anything, "wamp.error.timeout")
		callee.want(Interrupt, invocation, dict{"mode": "killnowait"})
		callee.send(Yield, invocation, dict{})
		caller.quietDealer()
	}},
	{name: "a call that is answered in time has no timeout", crossbar: true, script: func(s *stage) {
		caller, callee, request, invocation := working(s, dict{"timeout": 60_000})
		callee.send(Yield, invocation, dict{})
		caller.want(Result, request, dict{})
		callee.quietDealer()
	}},
	{name: "with forward_timeout the callee watches the time", crossbar: true, script: func(s *stage) {
		caller, callee := s.join(), s.join()
		id := callee.register("com.example.a", dict{"forward_timeout": true})
		request := caller.call("com.example.a", dict{"timeout": 20})
		invocation := callee.invoked(id, dict{"timeout": 20})
		callee.send(Error, Invocation, invocation, dict{}, "wamp.error.timeout")
		caller.want(Error, Call, request, anything, "wamp.error.timeout")
	}},
}
