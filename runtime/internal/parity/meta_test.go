package parity

import (
	. "github.com/wampgen/wampgen/runtime/wamptest"
)

var metaTable = []behaviour{
	{name: "sessions are counted, listed and described", script: func(s *stage) {
		a, ann := s.join(), s.login(0)
		a.meta("wamp.session.count", list{}, 2)
		a.meta("wamp.session.count", list{list{"staff"}}, 1)
		a.meta("wamp.session.list", list{list{"staff"}}, list{ann.id})
		a.meta("wamp.session.get", list{ann.id}, dict{"session": ann.id, "authid": "ann", "authrole": "staff", "authmethod": "ticket"})
		a.metaError("wamp.session.get", list{1}, "wamp.error.no_such_session")
	}},
	{name: "sessions announce that they join and leave", script: func(s *stage) {
		watcher := s.join()
		watcher.meta("wamp.session.count", list{}, 1) // nexus announces the watcher in its own time, but before it answers this
		joins, leaves := watcher.subscribe("wamp.session.on_join", dict{}), watcher.subscribe("wamp.session.on_leave", dict{})
		ann := s.login(0)
		watcher.want(Event, joins, anything, anything, list{dict{"session": ann.id, "authid": "ann", "authrole": "staff"}})
		ann.drop()
		watcher.want(Event, leaves, anything, anything, list{ann.id, "ann", "staff"})
	}},
	{name: "a session is killed with the reason that is given", script: func(s *stage) {
		a, b := s.join(), s.join()
		id := a.call("wamp.session.kill", dict{}, list{b.id}, dict{"reason": "com.example.reason", "message": "go"})
		a.want(Result, id, dict{})
		b.want(Goodbye, dict{"message": "go"}, "com.example.reason")
		a.metaError("wamp.session.kill", list{a.id}, "wamp.error.no_such_session")
		id = a.call("wamp.session.kill", dict{}, list{s.join().id}, dict{"reason": "not a uri"})
		a.want(Error, Call, id, anything, "wamp.error.invalid_uri")
	}},
	{name: "sessions are killed without a reason", nexus: "says wamp.close.normal", script: func(s *stage) {
		a, b := s.join(), s.join()
		a.meta("wamp.session.kill", list{b.id})
		b.want(Goodbye, dict{}, "wamp.close.killed")
		b.wantEnd()
	}},
	{name: "sessions are killed by role and all of them, but for who asks", script: func(s *stage) {
		ann, bob, other := s.login(0), s.login(1), s.join()
		ann.meta("wamp.session.kill_by_authrole", list{"guest"}, 1)
		bob.want(Goodbye, anything, anything)
		ann.meta("wamp.session.kill_by_authrole", list{"staff"}, 0)
		ann.meta("wamp.session.kill_all", list{}, 1)
		other.want(Goodbye, anything, anything)
	}},
	{name: "sessions are killed by authid", nexus: "answers a count", script: func(s *stage) {
		a, bob := s.join(), s.login(1)
		a.meta("wamp.session.kill_by_authid", list{"bob"}, list{bob.id})
		bob.want(Goodbye, anything, "wamp.close.killed")
		a.meta("wamp.session.kill_by_authid", list{"bob"}, list{})
	}},
	{name: "registrations are listed, found and described", crossbar: true, script: func(s *stage) {
		a, b := s.join(), s.join()
		exact := a.register("com.example.a", dict{"invoke": "roundrobin", "match": "exact"})
		b.register("com.example.a", dict{"invoke": "roundrobin"})
		prefix := b.register("com.example", dict{"match": "prefix"})
		a.meta("wamp.registration.lookup", list{"com.example.a"}, exact)
		a.meta("wamp.registration.lookup", list{"com.example", dict{"match": "prefix"}}, prefix)
		a.meta("wamp.registration.match", list{"com.example.b"}, prefix)
		a.meta("wamp.registration.match", list{"com.example.a"}, exact)
		a.meta("wamp.registration.get", list{exact}, dict{"id": exact, "uri": "com.example.a", "match": "exact", "invoke": "roundrobin", "created": anything})
		a.meta("wamp.registration.count_callees", list{exact}, 2)
		a.meta("wamp.registration.list_callees", list{prefix}, list{b.id})
		a.metaError("wamp.registration.get", list{int64(1) << 40}, "wamp.error.no_such_registration")
	}},
	{name: "registrations are listed by their match policy", crossbar: true, nexus: "lists its own procedures too", script: func(s *stage) {
		p := s.join()
		exact, prefix := p.register("com.example.a", dict{}), p.register("com.example", dict{"match": "prefix"})
		p.meta("wamp.registration.list", list{}, dict{"exact": list{exact}, "prefix": list{prefix}, "wildcard": list{}})
		p.meta("wamp.registration.lookup", list{"com.example.b"}, nil)
		p.meta("wamp.registration.match", list{"org.example"}, nil)
	}},
	{name: "registrations announce what becomes of them", script: func(s *stage) {
		watcher, p := s.join(), s.join()
		ids := map[string]int64{}
		for _, topic := range []string{"on_create", "on_register", "on_unregister", "on_delete"} {
			ids[topic] = watcher.subscribe("wamp.registration."+topic, dict{})
		}
		id := p.register("com.example.a", dict{"match": "exact", "invoke": "single"})
		watcher.want(Event, ids["on_create"], anything, anything, list{p.id, dict{"id": id, "uri": "com.example.a", "match": "exact", "invoke": "single"}})
		watcher.want(Event, ids["on_register"], anything, anything, list{p.id, id})
		p.drop()
		watcher.want(Event, ids["on_unregister"], anything, anything, list{p.id, id})
		watcher.want(Event, ids["on_delete"], anything, anything, list{p.id, id})
	}},
	{name: "subscriptions are found and described", script: func(s *stage) {
		a, b := s.join(), s.join()
		exact := a.subscribe("com.example.a", dict{"match": "exact"})
		b.subscribe("com.example.a", dict{})
		prefix := b.subscribe("com.example", dict{"match": "prefix"})
		a.meta("wamp.subscription.lookup", list{"com.example.a"}, exact)
		a.meta("wamp.subscription.lookup", list{"com.example", dict{"match": "prefix"}}, prefix)
		a.meta("wamp.subscription.match", list{"com.example.b"}, list{prefix})
		a.meta("wamp.subscription.match", list{"com.example.a"}, list{exact, prefix})
		a.meta("wamp.subscription.get", list{exact}, dict{"id": exact, "uri": "com.example.a", "match": "exact", "created": anything})
		a.meta("wamp.subscription.list_subscribers", list{prefix}, list{b.id})
		a.metaError("wamp.subscription.get", list{int64(1) << 40}, "wamp.error.no_such_subscription")
	}},
	{name: "subscriptions are listed and counted", nexus: "null for an empty list, and count_subscribers is misspelled", script: func(s *stage) {
		p := s.join()
		exact, wildcard := p.subscribe("com.example.a", dict{}), p.subscribe("com..a", dict{"match": "wildcard"})
		p.meta("wamp.subscription.list", list{}, dict{"exact": list{exact}, "prefix": list{}, "wildcard": list{wildcard}})
		p.meta("wamp.subscription.count_subscribers", list{exact}, 1)
		p.meta("wamp.subscription.match", list{"org.example"}, nil)
	}},
	{name: "subscriptions announce what becomes of them", script: func(s *stage) {
		watcher, p := s.join(), s.join()
		ids := map[string]int64{}
		for _, topic := range []string{"on_create", "on_subscribe", "on_unsubscribe", "on_delete"} {
			ids[topic] = watcher.subscribe("wamp.subscription."+topic, dict{})
		}
		watcher.quietBroker() // nobody learns of what it does itself
		id := p.subscribe("com.example.a", dict{"match": "exact"})
		watcher.want(Event, ids["on_create"], anything, anything, list{p.id, dict{"id": id, "uri": "com.example.a", "match": "exact"}})
		watcher.want(Event, ids["on_subscribe"], anything, anything, list{p.id, id})
		request := p.request(Unsubscribe, id)
		p.want(Unsubscribed, request)
		watcher.want(Event, ids["on_unsubscribe"], anything, anything, list{p.id, id})
		watcher.want(Event, ids["on_delete"], anything, anything, list{p.id, id})
	}},
	{name: "a registration can be revoked", nexus: "has no revocation", script: func(s *stage) {
		a, b := s.join(), s.join()
		id := b.register("com.example.a", dict{})
		request := a.call("wamp.registration.remove_callee", dict{}, list{id, b.id}, dict{"reason": "com.example.reason"})
		a.want(Result, request, dict{})
		b.want(Unregistered, 0, dict{"registration": id, "reason": "com.example.reason"})
		request = a.call("com.example.a", dict{})
		a.want(Error, Call, request, anything, "wamp.error.no_such_procedure")
	}},
	{name: "a subscription can be revoked", nexus: "has no revocation", script: func(s *stage) {
		a, b := s.join(), s.join()
		id := b.subscribe("com.example.a", dict{})
		a.metaError("wamp.subscription.remove_subscriber", list{id, a.id}, "wamp.error.no_such_session")
		a.meta("wamp.subscription.remove_subscriber", list{id, b.id})
		b.want(Unsubscribed, 0, dict{"subscription": id})
		a.publish("com.example.a", dict{})
		b.quietBroker()
	}},
	{name: "a testament is published when its session ends", crossbar: true, script: func(s *stage) {
		a, sub := s.join(), s.join()
		id := sub.subscribe("com.example.last", dict{})
		a.call("wamp.session.add_testament", dict{}, list{"com.example.last", list{1}, dict{"k": "v"}})
		if _, err := a.next(); err != nil {
			s.Fatal(err)
		}
		_ = a.link.Close()
		sub.want(Event, id, anything, anything, list{1}, dict{"k": "v"})
	}},
	{name: "a testament that is flushed is not published", crossbar: true, script: func(s *stage) {
		a, sub := s.join(), s.join()
		sub.subscribe("com.example.last", dict{})
		for _, call := range []list{{"wamp.session.add_testament", list{"com.example.last", list{}, dict{}}}, {"wamp.session.flush_testaments", list{}}} {
			a.call(call[0].(string), dict{}, call[1])
			if _, err := a.next(); err != nil {
				s.Fatal(err)
			}
		}
		a.drop()
		sub.quietBroker()
	}},
	{name: "a testament keeps to its publish_options", script: func(s *stage) {
		a, first, second := s.join(), s.join(), s.join()
		first.subscribe("com.example.last", dict{})
		id := second.subscribe("com.example.last", dict{})
		a.call("wamp.session.add_testament", dict{}, list{"com.example.last", list{1}, dict{}},
			dict{"publish_options": dict{"exclude": list{first.id}}, "scope": "destroyed"})
		if _, err := a.next(); err != nil {
			s.Fatal(err)
		}
		a.drop()
		second.want(Event, id, anything, anything, list{1})
		first.quietBroker()
	}},
	{name: "what the meta API cannot use is an error", nexus: "takes most of it for nothing", script: func(s *stage) {
		p := s.join()
		id := p.subscribe("com.example.a", dict{})
		for procedure, bad := range map[string][]list{
			"wamp.session.count": {{1}}, "wamp.session.list": {{"x"}}, "wamp.session.get": {{}, {"x"}},
			"wamp.session.kill": {{}}, "wamp.session.kill_by_authid": {{}}, "wamp.session.kill_by_authrole": {{1}},
			"wamp.session.add_testament": {{}, {"com.example.a"}, {"com.example.a", 1, dict{}}, {"com.example.a", list{}, list{}}},
			"wamp.registration.get":      {{}}, "wamp.registration.lookup": {{}}, "wamp.registration.match": {{1}},
			"wamp.registration.count_callees": {{}}, "wamp.subscription.list_subscribers": {{"x"}},
			"wamp.subscription.match": {{}}, "wamp.subscription.remove_subscriber": {{}, {id}}, "wamp.subscription.get_events": {{}},
		} {
			for _, args := range bad {
				p.metaError(procedure, args, "wamp.error.invalid_argument")
			}
		}
		p.metaError("wamp.session.add_testament", list{"com..a", list{}, dict{}}, "wamp.error.invalid_uri")
		p.metaError("wamp.session.add_testament", list{"wamp.a", list{}, dict{}}, "wamp.error.invalid_uri")
		for _, procedure := range []string{"add_testament", "flush_testaments"} {
			request := p.call("wamp.session."+procedure, dict{}, list{"com.example.a", list{}, dict{}}, dict{"scope": "forever"})
			p.want(Error, Call, request, anything, "wamp.error.invalid_argument")
		}
	}},
}
