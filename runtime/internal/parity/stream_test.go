package parity

import (
	"time"

	. "github.com/wampgen/wampgen/runtime/wamptest"
)

var streamTable = []behaviour{
	{name: "progressive results come in order, and the last one ends the call", crossbar: true, script: func(s *stage) {
		caller, callee := s.join(), s.join()
		id := callee.register("com.example.a", dict{})
		request := caller.call("com.example.a", dict{"receive_progress": true})
		invocation := callee.invoked(id, dict{"receive_progress": true})
		for i := range 3 {
			callee.send(Yield, invocation, dict{"progress": true}, list{i})
		}
		callee.send(Yield, invocation, dict{})
		for i := range 3 {
			caller.want(Result, request, dict{"progress": true}, list{i})
		}
		caller.want(Result, request, dict{"progress": absent})
		callee.send(Yield, invocation, dict{}, list{"late"})
		caller.quietDealer()
	}},
	{name: "an error ends a call after progressive results", crossbar: true, script: func(s *stage) {
		caller, callee := s.join(), s.join()
		id := callee.register("com.example.a", dict{})
		request := caller.call("com.example.a", dict{"receive_progress": true})
		invocation := callee.invoked(id, anything)
		callee.send(Yield, invocation, dict{"progress": true}, list{1})
		callee.send(Error, Invocation, invocation, dict{}, "com.example.error.no")
		caller.want(Result, request, dict{"progress": true}, list{1})
		caller.want(Error, Call, request, anything, "com.example.error.no")
	}},
	{name: "a callee without progressive results is not asked for them", script: func(s *stage) {
		caller, callee := s.join(), s.joinPlain()
		id := callee.register("com.example.a", dict{})
		request := caller.call("com.example.a", dict{"receive_progress": true})
		callee.send(Yield, callee.invoked(id, dict{"receive_progress": absent}), dict{})
		caller.want(Result, request, dict{})
	}},
	{name: "a progressive result that nobody asked for breaks the protocol", nexus: "drops it", script: func(s *stage) {
		caller, callee := s.join(), s.join()
		id := callee.register("com.example.a", dict{})
		request := caller.call("com.example.a", dict{})
		callee.send(Yield, callee.invoked(id, anything), dict{"progress": true}, list{1})
		callee.want(Abort, anything, "wamp.error.protocol_violation")
		caller.want(Error, Call, request, anything, "wamp.error.canceled")
	}},
	{name: "a timeout bounds the gaps between progressive results", nexus: "bounds the whole call", script: func(s *stage) {
		caller, callee := s.join(), s.join()
		id := callee.register("com.example.a", dict{})
		request := caller.call("com.example.a", dict{"receive_progress": true, "timeout": 1000})
		invocation := callee.invoked(id, anything)
		for i := range 5 {
			time.Sleep(900 * time.Millisecond) // of the bubble's clock
			callee.send(Yield, invocation, dict{"progress": true}, list{i})
			caller.want(Result, request, dict{"progress": true}, list{i})
		}
		caller.want(Error, Call, request, anything, "wamp.error.timeout")
		callee.want(Interrupt, invocation, dict{"mode": "killnowait"})
	}},
	{name: "the chunks of a progressive call are one invocation", script: func(s *stage) {
		caller, callee := s.join(), s.join()
		id := callee.register("com.example.a", dict{})
		request := caller.call("com.example.a", dict{"progress": true}, list{0})
		other := caller.call("com.example.a", dict{}, list{"another"})
		invocation := callee.invoked(id, dict{"progress": true}, list{0})
		callee.send(Yield, callee.invoked(id, dict{}, list{"another"}), dict{})
		caller.want(Result, other, dict{})
		caller.send(Call, request, dict{"progress": true}, "com.example.a", list{1})
		caller.send(Call, request, dict{}, "com.example.a", list{2})
		callee.want(Invocation, invocation, id, dict{"progress": true}, list{1})
		callee.want(Invocation, invocation, id, anything, list{2})
		callee.send(Yield, invocation, dict{}, list{"all"})
		caller.want(Result, request, dict{}, list{"all"})
	}},
	{name: "both directions at once", script: func(s *stage) {
		caller, callee := s.join(), s.join()
		id := callee.register("com.example.a", dict{})
		request := caller.call("com.example.a", dict{"progress": true, "receive_progress": true}, list{0})
		invocation := callee.invoked(id, dict{"progress": true, "receive_progress": true}, list{0})
		for i := 1; i <= 3; i++ {
			callee.send(Yield, invocation, dict{"progress": true}, list{-i})
			caller.want(Result, request, dict{"progress": true}, list{-i})
			caller.send(Call, request, dict{"progress": i < 3}, "com.example.a", list{i})
			callee.want(Invocation, invocation, id, anything, list{i})
		}
		callee.send(Yield, invocation, dict{})
		caller.want(Result, request, dict{})
	}},
	{name: "a callee may answer before the last chunk, and what is on its way is dropped",
		nexus: "forwards the late chunk to the callee", script: func(s *stage) {
			caller, callee := s.join(), s.join()
			id := callee.register("com.example.a", dict{})
			request := caller.call("com.example.a", dict{"progress": true}, list{0})
			callee.send(Yield, callee.invoked(id, anything, list{0}), dict{})
			caller.want(Result, request, dict{})
			caller.send(Call, request, dict{"progress": true}, "com.example.a", list{1})
			caller.send(Call, request, dict{}, "com.example.a", list{2})
			caller.quietDealer()
			callee.quietDealer()
		}},
	{name: "a callee without progressive invocations does not get them", script: func(s *stage) {
		caller, callee := s.join(), s.joinPlain()
		callee.register("com.example.a", dict{})
		request := caller.call("com.example.a", dict{"progress": true})
		caller.want(Error, Call, request, anything, "wamp.error.feature_not_supported")
	}},
	{name: "a caller that did not announce progressive invocations must not make one", nexus: "crashes as above", script: func(s *stage) {
		caller, callee := s.joinPlain(), s.join()
		callee.register("com.example.a", dict{})
		caller.call("com.example.a", dict{"progress": true})
		caller.want(Abort, anything, "wamp.error.protocol_violation")
	}},
	{name: "a progressive call can be cancelled", crossbar: true, script: func(s *stage) {
		caller, callee := s.join(), s.join()
		id := callee.register("com.example.a", dict{})
		request := caller.call("com.example.a", dict{"progress": true})
		invocation := callee.invoked(id, anything)
		caller.send(Cancel, request, dict{"mode": "killnowait"})
		caller.want(Error, Call, request, anything, "wamp.error.canceled")
		callee.want(Interrupt, invocation, dict{"mode": "killnowait"})
	}},
}
