package parity

import (
	. "github.com/wampgen/wampgen/runtime/wamptest"
)

var sessionTable = []behaviour{
	{name: "WELCOME announces both roles and who the client is", script: func(s *stage) {
		p := s.connect()
		p.send(Hello, s.realm, dict{"roles": features})
		p.want(Welcome, &p.id, dict{
			"authid": anything, "authrole": "anonymous", "authmethod": "anonymous",
			"roles": dict{
				"broker": all("event_history", "pattern_based_subscription", "payload_passthru_mode", "publisher_exclusion",
					"publisher_identification", "session_meta_api", "subscriber_blackwhite_listing", "subscription_meta_api"),
				"dealer": all("call_canceling", "call_timeout", "caller_identification", "pattern_based_registration",
					"payload_passthru_mode", "progressive_call_invocations", "progressive_call_results",
					"registration_meta_api", "session_meta_api", "shared_registration", "testament_meta_api"),
			}})
	}},
	{name: "WELCOME announces what nexus has not", crossbar: true, nexus: "has neither", script: func(s *stage) {
		p := s.connect()
		p.send(Hello, s.realm, dict{"roles": features})
		p.want(Welcome, &p.id, dict{"roles": dict{
			"broker": all("event_retention", "subscription_revocation"), "dealer": all("registration_revocation")}})
	}},
	{name: "a realm that does not exist is refused", script: func(s *stage) {
		p := s.connect()
		p.send(Hello, "com.example.other", dict{"roles": features})
		p.want(Abort, anything, "wamp.error.no_such_realm")
		p.wantEnd()
	}},
	{name: "a wrong ticket is refused", script: func(s *stage) {
		p := s.connect()
		p.send(Hello, s.realm, dict{"roles": features, "authmethods": list{"ticket"}, "authid": "ann"})
		p.want(Challenge, "ticket", anything)
		p.send(Authenticate, "bob's", dict{})
		p.want(Abort, anything, "wamp.error.authentication_failed")
		p.wantEnd()
	}},
	{name: "GOODBYE is answered", crossbar: true, script: func(s *stage) {
		p := s.join()
		p.drop()
	}},
	{name: "a second HELLO breaks the protocol", script: func(s *stage) {
		p := s.join()
		p.send(Hello, s.realm, dict{"roles": features})
		p.want(Abort, anything, "wamp.error.protocol_violation")
		p.wantEnd()
	}},
	{name: "ABORT of the client ends its session", crossbar: true, script: func(s *stage) {
		p := s.join()
		p.register("com.example.a", dict{})
		p.send(Abort, dict{}, "com.example.reason")
		for {
			if m, err := p.next(); err != nil {
				break // nexus says ABORT before
			} else if m[0] != int64(Abort) {
				s.Fatal(m)
			}
		}
		s.join().register("com.example.a", dict{})
	}},
	{name: "what is no message breaks the protocol", nexus: "ignores it", script: func(s *stage) {
		for _, bad := range []list{{7, 1}, {Call, "x", dict{}, "a"}, {Welcome, 1, dict{}}, {Event, 1, 1, dict{}}, {}, {Publish, 1, dict{"acknowledge": 1}, "a"}} {
			p := s.join()
			p.send(bad...)
			p.want(Abort, anything, "wamp.error.protocol_violation")
			p.wantEnd()
		}
	}},
	{name: "anything before HELLO breaks the protocol", script: func(s *stage) {
		p := s.connect()
		p.send(Subscribe, 1, dict{}, "com.example.a")
		p.want(Abort, anything, "wamp.error.protocol_violation")
	}},
	{name: "request ids count up by one", nexus: "takes any", script: func(s *stage) {
		for _, id := range []int{0, 2, 1 << 30} {
			p := s.join()
			p.last = id - 1
			if id == 0 {
				p.last = 0
				p.subscribe("com.example.a", dict{})
				p.last = 0 // the same again
			}
			p.request(Subscribe, dict{}, "com.example.b")
			p.want(Abort, anything, "wamp.error.protocol_violation")
		}
	}},
	{name: "a role must be announced before it is used", nexus: "takes anything", script: func(s *stage) {
		p := s.joinWith(dict{"roles": dict{"caller": dict{}}})
		p.request(Subscribe, dict{}, "com.example.a")
		p.want(Abort, anything, "wamp.error.protocol_violation")
	}},
	{name: "an answer to an invocation that never was breaks the protocol", nexus: "ignores it", script: func(s *stage) {
		for _, bad := range []list{{Yield, 1, dict{}}, {Error, Invocation, 1, dict{}, "com.example.error"}, {Error, Call, 1, dict{}, "com.example.error"}} {
			p := s.join()
			p.send(bad...)
			p.want(Abort, anything, "wamp.error.protocol_violation")
		}
	}},
}
