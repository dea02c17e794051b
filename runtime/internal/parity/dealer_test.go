package parity

import (
	. "github.com/wampgen/wampgen/runtime/wamptest"
)

var dealerTable = []behaviour{
	{name: "a call goes to the callee and its result to the caller", script: func(s *stage) {
		caller, callee := s.join(), s.join()
		id := callee.register("com.example.a", dict{})
		request := caller.call("com.example.a", dict{}, list{1, "two", []byte{3}}, dict{"k": nil})
		invocation := callee.invoked(id, dict{"caller": absent}, list{1, "two", []byte{3}}, dict{"k": nil})
		callee.send(Yield, invocation, dict{}, list{"x"}, dict{"y": 1.5})
		caller.want(Result, request, dict{}, list{"x"}, dict{"y": 1.5})
	}},
	{name: "an error of the callee reaches the caller as it is", crossbar: true, script: func(s *stage) {
		caller, callee := s.join(), s.join()
		id := callee.register("com.example.a", dict{})
		request := caller.call("com.example.a", dict{})
		callee.send(Error, Invocation, callee.invoked(id, anything), dict{}, "com.example.error.no", list{1}, dict{"k": 2})
		caller.want(Error, Call, request, dict{}, "com.example.error.no", list{1}, dict{"k": 2})
	}},
	{name: "answers come in any order", crossbar: true, script: func(s *stage) {
		caller, callee := s.join(), s.join()
		id := callee.register("com.example.a", dict{})
		first, second := caller.call("com.example.a", dict{}), caller.call("com.example.a", dict{})
		one, two := callee.invoked(id, anything), callee.invoked(id, anything)
		callee.send(Yield, two, dict{})
		callee.send(Yield, one, dict{})
		caller.want(Result, second, dict{})
		caller.want(Result, first, dict{})
	}},
	{name: "a session may call itself", crossbar: true, script: func(s *stage) {
		p := s.join()
		id := p.register("com.example.a", dict{})
		request := p.call("com.example.a", dict{})
		p.send(Yield, p.invoked(id, anything), dict{})
		p.want(Result, request, dict{})
	}},
	{name: "a procedure that nobody has registered is an error", crossbar: true, script: func(s *stage) {
		p := s.join()
		for _, uri := range []string{"com.example.a", "wamp.no.such"} {
			request := p.call(uri, dict{})
			p.want(Error, Call, request, anything, "wamp.error.no_such_procedure")
		}
	}},
	{name: "a malformed or reserved procedure cannot be registered", script: func(s *stage) {
		p := s.join()
		for _, uri := range []string{"com..a", "wamp.a"} {
			request := p.request(Register, dict{}, uri)
			p.want(Error, Register, request, anything, "wamp.error.invalid_uri")
		}
	}},
	{name: "a malformed procedure cannot be called", nexus: "looks it up", script: func(s *stage) {
		p := s.join()
		request := p.call("com..a", dict{})
		p.want(Error, Call, request, anything, "wamp.error.invalid_uri")
	}},
	{name: "a procedure is registered once, and again after it is unregistered", crossbar: true, script: func(s *stage) {
		a, b := s.join(), s.join()
		id := a.register("com.example.a", dict{})
		request := b.request(Register, dict{}, "com.example.a")
		b.want(Error, Register, request, anything, "wamp.error.procedure_already_exists")
		request = a.request(Unregister, id)
		a.want(Unregistered, request)
		request = b.call("com.example.a", dict{})
		b.want(Error, Call, request, anything, "wamp.error.no_such_procedure")
		b.register("com.example.a", dict{})
		request = a.request(Unregister, id)
		a.want(Error, Unregister, request, anything, "wamp.error.no_such_registration")
	}},
	{name: "patterns get what no exact registration has, and the procedure's name", crossbar: true, script: func(s *stage) {
		caller, callee := s.join(), s.join()
		exact := callee.register("com.example.a.b", dict{})
		prefix := callee.register("com.example", dict{"match": "prefix"})
		wildcard := callee.register("org..a", dict{"match": "wildcard"})
		for uri, id := range map[string]int64{"com.example.a.b": exact, "com.example-1": prefix, "org.x.a": wildcard} {
			details := dict{"procedure": uri}
			if id == exact {
				details = dict{}
			}
			request := caller.call(uri, dict{})
			callee.send(Yield, callee.invoked(id, details), dict{})
			caller.want(Result, request, dict{})
		}
		request := caller.call("org.a", dict{})
		caller.want(Error, Call, request, anything, "wamp.error.no_such_procedure")
	}},
	{name: "exact comes before prefix, and of those the longest before wildcard", crossbar: true, script: best(
		[2]string{"a1.b2.c3.d4.e55", "a1.b2.c3.d4.e55"}, [2]string{"a1.b2.c3.d98.e74", "a1.b2.c3"},
		[2]string{"a1.b2.c3.d4.e325", "a1.b2.c3.d4"}, [2]string{"a2.b2.c2.d2.e2", ""})},
	{name: "of wildcards the one that is concrete for longest wins", crossbar: true, nexus: "picks any", script: best(
		[2]string{"a1.b2.c55.d4.e5", "a1.b2..d4.e5"}, [2]string{"a1.b2.c44.d4.e5", "a1.b2.c44..e5"},
		[2]string{"a1.b2.c88.d4.e5.f6.g7", "a1.b2..d4.e5..g7"})},
	{name: "shared registration: first", crossbar: true, script: shared("first", 0, 0, 0)},
	{name: "shared registration: last", crossbar: true, script: shared("last", 2, 2, 2)},
	{name: "shared registration: roundrobin", crossbar: true, script: shared("roundrobin", 0, 1, 2, 0, 1)},
	{name: "shared registration: random", crossbar: true, script: func(s *stage) {
		caller, seen := sharing(s, "random"), map[int64]bool{}
		for range 100 {
			var who int64
			request := caller.call("com.example.a", dict{})
			caller.want(Result, request, dict{}, list{&who})
			seen[who] = true
		}
		if len(seen) != 3 {
			s.Errorf("100 calls reached %v", seen)
		}
	}},
	{name: "a callee that leaves a shared registration leaves it to the others", crossbar: true, script: func(s *stage) {
		caller, a, b := s.join(), s.join(), s.join()
		options := dict{"invoke": "first"}
		id := a.register("com.example.a", options)
		b.register("com.example.a", options)
		a.drop()
		request := caller.call("com.example.a", dict{})
		b.send(Yield, b.invoked(id, anything), dict{})
		caller.want(Result, request, dict{})
	}},
	{name: "two invocation policies do not share a procedure", script: func(s *stage) {
		a, b := s.join(), s.join()
		a.register("com.example.a", dict{"invoke": "roundrobin"})
		for _, invoke := range []string{"single", "first"} {
			request := b.request(Register, dict{"invoke": invoke}, "com.example.a")
			b.want(Error, Register, request, anything, "wamp.error.procedure_already_exists")
		}
	}},
	{name: "the caller is disclosed if it or the callee wants that", script: func(s *stage) {
		ann, callee := s.login(0), s.join()
		plain, curious := callee.register("com.example.a", dict{}), callee.register("com.example.b", dict{"disclose_caller": true})
		who := dict{"caller": ann.id, "caller_authid": "ann", "caller_authrole": "staff"}
		ann.call("com.example.a", dict{"disclose_me": true})
		callee.invoked(plain, who)
		ann.call("com.example.b", dict{})
		callee.invoked(curious, who)
		ann.call("com.example.a", dict{})
		callee.invoked(plain, dict{"caller": absent, "caller_authid": absent})
	}},
	{name: "a callee that leaves cancels the calls it works on", crossbar: true, script: func(s *stage) {
		caller, callee := s.join(), s.join()
		id := callee.register("com.example.a", dict{})
		request := caller.call("com.example.a", dict{})
		callee.invoked(id, anything)
		callee.drop()
		caller.want(Error, Call, request, anything, "wamp.error.canceled")
	}},
	{name: "the connection of a callee breaks, which is the same", crossbar: true, script: func(s *stage) {
		caller, callee := s.join(), s.join()
		id := callee.register("com.example.a", dict{})
		request := caller.call("com.example.a", dict{})
		callee.invoked(id, anything)
		_ = callee.link.Close()
		caller.want(Error, Call, request, anything, "wamp.error.canceled")
		s.join().register("com.example.a", dict{})
	}},
	{name: "a caller that leaves interrupts its calls", crossbar: true, nexus: "interrupts only at the next progressive result", script: func(s *stage) {
		caller, callee := s.join(), s.join()
		id := callee.register("com.example.a", dict{})
		caller.call("com.example.a", dict{})
		invocation := callee.invoked(id, anything)
		caller.drop()
		callee.want(Interrupt, invocation, dict{"mode": "killnowait"})
		callee.send(Yield, invocation, dict{}) // crosses it
		callee.quietDealer()
	}},
	{name: "force_reregister takes a procedure over", crossbar: true, nexus: "does not know it, as the specification does not", script: func(s *stage) {
		caller, old, young := s.join(), s.join(), s.join()
		id := old.register("com.example.a", dict{})
		first := caller.call("com.example.a", dict{})
		running := old.invoked(id, anything)
		next := young.register("com.example.a", dict{"force_reregister": true})
		old.want(Unregistered, 0, dict{"registration": id})
		second := caller.call("com.example.a", dict{})
		young.send(Yield, young.invoked(next, anything), dict{})
		caller.want(Result, second, dict{})
		old.send(Yield, running, dict{})
		caller.want(Result, first, dict{})
	}},
	{name: "passthru payloads go through, in calls, results and errors", script: func(s *stage) {
		caller, callee := s.join(), s.join()
		id := callee.register("com.example.a", dict{})
		marks := dict{"ppt_scheme": "x_custom", "ppt_serializer": "cbor"}
		request := caller.call("com.example.a", marks, list{[]byte("call")})
		callee.send(Yield, callee.invoked(id, marks, list{[]byte("call")}), marks, list{[]byte("result")})
		caller.want(Result, request, marks, list{[]byte("result")})
	}},
	{name: "passthru payloads go through in errors", script: func(s *stage) {
		caller, callee := s.join(), s.join()
		id := callee.register("com.example.a", dict{})
		marks := dict{"ppt_scheme": "x_custom", "ppt_serializer": "cbor"}
		request := caller.call("com.example.a", dict{})
		callee.send(Error, Invocation, callee.invoked(id, anything), marks, "com.example.error.no", list{[]byte("error")})
		caller.want(Error, Call, request, marks, "com.example.error.no", list{[]byte("error")})
	}},
	{name: "a caller without passthru mode does not get such results", nexus: "leaves it without an answer", script: func(s *stage) {
		caller, callee := s.joinPlain(), s.join()
		id := callee.register("com.example.a", dict{})
		request := caller.call("com.example.a", dict{})
		callee.send(Yield, callee.invoked(id, anything), dict{"ppt_scheme": "x_custom"}, list{[]byte("result")})
		caller.want(Error, Call, request, anything, "wamp.error.feature_not_supported")
	}},
	{name: "a caller without passthru mode does not get such errors", nexus: "sends them nevertheless", script: func(s *stage) {
		caller, callee := s.joinPlain(), s.join()
		id := callee.register("com.example.a", dict{})
		request := caller.call("com.example.a", dict{})
		callee.send(Error, Invocation, callee.invoked(id, anything), dict{"ppt_scheme": "x_custom"}, "com.example.error.no", list{[]byte("e")})
		caller.want(Error, Call, request, anything, "wamp.error.feature_not_supported")
	}},
	{name: "a callee must announce passthru mode before it uses it", nexus: "crashes as above", script: func(s *stage) {
		caller := s.join()
		for _, answer := range []func(*peer, int64){
			func(p *peer, id int64) { p.send(Yield, id, dict{"ppt_scheme": "x_custom"}, list{[]byte("r")}) },
			func(p *peer, id int64) {
				p.send(Error, Invocation, id, dict{"ppt_scheme": "x_custom"}, "com.example.error.no", list{[]byte("e")})
			},
		} {
			callee := s.joinPlain()
			id := callee.register("com.example.a", dict{})
			request := caller.call("com.example.a", dict{})
			answer(callee, callee.invoked(id, anything))
			callee.want(Abort, anything, "wamp.error.protocol_violation")
			caller.want(Error, Call, request, anything, "wamp.error.canceled")
		}
	}},
	{name: "a callee without passthru mode does not get such calls", script: func(s *stage) {
		caller, callee := s.join(), s.joinPlain()
		callee.register("com.example.a", dict{})
		request := caller.call("com.example.a", dict{"ppt_scheme": "x_custom"}, list{[]byte("call")})
		caller.want(Error, Call, request, anything, "wamp.error.feature_not_supported")
	}},
}

// best calls procedures; which registration each call must reach is given, ""
// for none. The patterns are those of the specification.
func best(calls ...[2]string) func(*stage) {
	return func(s *stage) {
		caller, callee, ids := s.join(), s.join(), map[string]int64{}
		for match, uris := range map[string][]string{
			"exact": {"a1.b2.c3.d4.e55"}, "prefix": {"a1.b2.c3", "a1.b2.c3.d4"},
			"wildcard": {"a1.b2..d4.e5", "a1.b2.c44..e5", "a1.b2..d4.e5..g7", "a1.b2..d4..f6.g7"},
		} {
			for _, uri := range uris {
				ids[uri] = callee.register(uri, dict{"match": match})
			}
		}
		for _, c := range calls {
			request := caller.call(c[0], dict{})
			if c[1] == "" {
				caller.want(Error, Call, request, anything, "wamp.error.no_such_procedure")
				continue
			}
			callee.send(Yield, callee.invoked(ids[c[1]], anything), dict{})
			caller.want(Result, request, dict{})
		}
	}
}

// sharing returns a caller for a procedure of three callees, who answer by
// themselves who they are.
func sharing(s *stage, invoke string) (caller *peer) {
	for i := range 3 {
		p := s.join()
		p.register("com.example.a", dict{"invoke": invoke})
		go func() {
			for {
				m, err := p.next()
				if err != nil {
					return
				}
				p.send(Yield, m[1], dict{}, list{i})
			}
		}()
	}
	return s.join()
}

// shared calls a shared procedure; which of three callees must answer is given.
func shared(invoke string, order ...int) func(*stage) {
	return func(s *stage) {
		caller := sharing(s, invoke)
		for _, want := range order {
			request := caller.call("com.example.a", dict{})
			caller.want(Result, request, dict{}, list{want})
		}
	}
}
