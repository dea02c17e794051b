package parity

import (
	. "github.com/wampgen/wampgen/runtime/wamptest"
)

const notRetained = "v3.3.0 has no event retention"

var brokerTable = []behaviour{
	{name: "an event goes to the subscribers of its topic and to nobody else", script: func(s *stage) {
		pub, sub, other := s.join(), s.join(), s.join()
		id := sub.subscribe("com.example.a", dict{})
		other.subscribe("com.example.b", dict{})
		publication := pub.publish("com.example.a", dict{}, list{1, "two", []byte{3}}, dict{"k": list{true, nil, 0.5}})
		sub.want(Event, id, publication, dict{"publisher": absent}, list{1, "two", []byte{3}}, dict{"k": list{true, nil, 0.5}})
		sub.quietBroker()
		other.quietBroker()
	}},
	{name: "events of a publisher keep their order", crossbar: true, script: func(s *stage) {
		pub, sub := s.join(), s.join()
		id := sub.subscribe("com.example.a", dict{})
		for i := range 20 {
			pub.request(Publish, dict{}, "com.example.a", list{i})
		}
		for i := range 20 {
			sub.want(Event, id, anything, anything, list{i})
		}
	}},
	{name: "a publication without acknowledge has no reply", crossbar: true, script: func(s *stage) {
		pub := s.join()
		pub.request(Publish, dict{}, "com.example.a")
		pub.quietBroker()
	}},
	{name: "sessions share the id of a subscription, and subscribing again returns it", crossbar: true, script: func(s *stage) {
		a, b := s.join(), s.join()
		id := a.subscribe("com.example.a", dict{})
		again, shared := a.subscribe("com.example.a", dict{}), b.subscribe("com.example.a", dict{})
		if again != id || shared != id {
			s.Errorf("ids %d, %d and %d", id, again, shared)
		}
		s.join().publish("com.example.a", dict{})
		a.want(Event, id, anything, anything)
		a.quietBroker()
	}},
	{name: "a prefix is one of the text, and the event names its topic", crossbar: true, script: func(s *stage) {
		pub, sub := s.join(), s.join()
		id := sub.subscribe("com.example.sensor", dict{"match": "prefix"})
		pub.publish("com.example.sens", dict{})
		pub.publish("com.example.sensor", dict{})
		pub.publish("com.example.sensor-1.x", dict{})
		sub.want(Event, id, anything, dict{"topic": "com.example.sensor"})
		sub.want(Event, id, anything, dict{"topic": "com.example.sensor-1.x"})
		sub.quietBroker()
	}},
	{name: "an empty component is a wildcard for exactly one", crossbar: true, script: func(s *stage) {
		pub, sub := s.join(), s.join()
		id := sub.subscribe("com.example..changed", dict{"match": "wildcard"})
		pub.publish("com.example.changed", dict{})
		pub.publish("com.example.a.b.changed", dict{})
		pub.publish("com.example.a.changed.b", dict{})
		pub.publish("com.example.a.changed", dict{})
		sub.want(Event, id, anything, dict{"topic": "com.example.a.changed"})
		sub.quietBroker()
	}},
	{name: "a publication reaches each matching subscription under one id", crossbar: true, script: func(s *stage) {
		pub, sub := s.join(), s.join()
		exact := sub.subscribe("com.example.a", dict{})
		prefix := sub.subscribe("com.example", dict{"match": "prefix"})
		publication := pub.publish("com.example.a", dict{})
		sub.want(Event, exact, publication, anything)
		sub.want(Event, prefix, publication, anything)
	}},
	{name: "the match policy is part of a subscription", crossbar: true, script: func(s *stage) {
		p := s.join()
		exact, prefix := p.subscribe("com.example.a", dict{}), p.subscribe("com.example.a", dict{"match": "prefix"})
		if exact == prefix {
			s.Error("one id for two match policies")
		}
	}},
	{name: "after UNSUBSCRIBED there are no events", crossbar: true, script: func(s *stage) {
		pub, sub := s.join(), s.join()
		id := sub.subscribe("com.example.a", dict{})
		request := sub.request(Unsubscribe, id)
		sub.want(Unsubscribed, request)
		pub.publish("com.example.a", dict{})
		request = sub.request(Unsubscribe, id)
		sub.want(Error, Unsubscribe, request, anything, "wamp.error.no_such_subscription")
	}},
	{name: "malformed topics are refused", script: func(s *stage) {
		p := s.join()
		request := p.request(Publish, dict{"acknowledge": true}, "com..a")
		p.want(Error, Publish, request, anything, "wamp.error.invalid_uri")
		request = p.request(Subscribe, dict{}, "com..a")
		p.want(Error, Subscribe, request, anything, "wamp.error.invalid_uri")
		p.request(Publish, dict{}, "com..a")
		p.quietBroker()
	}},
	{name: "applications publish nothing below wamp.", crossbar: true, nexus: "lets clients publish there", script: func(s *stage) {
		p := s.join()
		request := p.request(Publish, dict{"acknowledge": true}, "wamp.session.on_join")
		p.want(Error, Publish, request, anything, "wamp.error.invalid_uri")
	}},
	{name: "the publisher gets its event with exclude_me false only", crossbar: true, script: func(s *stage) {
		p := s.join()
		id := p.subscribe("com.example.a", dict{})
		p.publish("com.example.a", dict{})
		p.request(Publish, dict{"exclude_me": false}, "com.example.a", list{2})
		p.want(Event, id, anything, anything, list{2})
	}},
	{name: "exclude and eligible take sessions", crossbar: true, script: func(s *stage) {
		pub, a, b := s.join(), s.join(), s.join()
		id := a.subscribe("com.example.a", dict{})
		b.subscribe("com.example.a", dict{})
		pub.publish("com.example.a", dict{"exclude": list{a.id}}, list{1})
		pub.publish("com.example.a", dict{"eligible": list{a.id}}, list{2})
		pub.publish("com.example.a", dict{"eligible": list{a.id, b.id}, "exclude": list{a.id}}, list{3})
		a.want(Event, id, anything, anything, list{2})
		a.quietBroker()
		b.want(Event, id, anything, anything, list{1})
		b.want(Event, id, anything, anything, list{3})
		b.quietBroker()
	}},
	{name: "an empty eligible list means nobody", nexus: "takes it for everybody", script: func(s *stage) {
		pub, sub := s.join(), s.join()
		sub.subscribe("com.example.a", dict{})
		pub.publish("com.example.a", dict{"eligible": list{}})
		sub.quietBroker()
	}},
	{name: "exclude and eligible take authids and authroles", script: func(s *stage) {
		pub, ann, bob := s.join(), s.login(0), s.login(1)
		id := ann.subscribe("com.example.a", dict{})
		bob.subscribe("com.example.a", dict{})
		pub.publish("com.example.a", dict{"exclude_authid": list{"ann"}}, list{"bob 1"})
		pub.publish("com.example.a", dict{"eligible_authid": list{"ann", "x"}}, list{"ann 1"})
		pub.publish("com.example.a", dict{"exclude_authrole": list{"guest"}}, list{"ann 2"})
		pub.publish("com.example.a", dict{"eligible_authrole": list{"guest"}}, list{"bob 2"})
		pub.publish("com.example.a", dict{"eligible_authrole": list{"guest"}, "eligible_authid": list{"ann"}}, list{"nobody"})
		for i := range 2 {
			ann.want(Event, id, anything, anything, list{[]string{"ann 1", "ann 2"}[i]})
			bob.want(Event, id, anything, anything, list{[]string{"bob 1", "bob 2"}[i]})
		}
		ann.quietBroker()
		bob.quietBroker()
	}},
	{name: "disclose_me names the publisher", script: func(s *stage) {
		ann, sub := s.login(0), s.join()
		id := sub.subscribe("com.example.a", dict{})
		ann.publish("com.example.a", dict{"disclose_me": true})
		sub.want(Event, id, anything, dict{"publisher": ann.id, "publisher_authid": "ann", "publisher_authrole": "staff"})
	}},
	{name: "the retained event comes after SUBSCRIBED to who asks for it", crossbar: true, nexus: notRetained, script: func(s *stage) {
		pub, sub, other := s.join(), s.join(), s.join()
		pub.publish("com.example.a", dict{"retain": true}, list{1})
		pub.publish("com.example.a", dict{"retain": true}, list{2}, dict{"k": "v"})
		pub.publish("com.example.a", dict{}, list{3})
		id := sub.subscribe("com.example.a", dict{"get_retained": true})
		sub.want(Event, id, anything, dict{"retained": true}, list{2}, dict{"k": "v"})
		other.subscribe("com.example.a", dict{})
		other.quietBroker()
		pub.publish("com.example.a", dict{}, list{4})
		sub.want(Event, id, anything, dict{"retained": absent}, list{4})
		other.want(Event, id, anything, dict{"retained": absent}, list{4})
	}},
	{name: "a pattern gets the retained events of all its topics, oldest first", nexus: notRetained, script: func(s *stage) {
		pub, sub := s.join(), s.join()
		ids := map[string]int64{}
		for _, topic := range []string{"com.example.c", "com.example.a", "org.example.b", "com.example.b"} {
			ids[topic] = pub.publish(topic, dict{"retain": true})
		}
		id := sub.subscribe("com.example.", dict{"get_retained": true, "match": "prefix"})
		for _, topic := range []string{"com.example.c", "com.example.a", "com.example.b"} {
			sub.want(Event, id, ids[topic], dict{"topic": topic, "retained": true})
		}
		sub.quietBroker()
	}},
	{name: "a retained event is for whom it was published", nexus: notRetained, script: func(s *stage) {
		pub, ann, bob := s.join(), s.login(0), s.login(1)
		pub.publish("com.example.a", dict{"retain": true, "eligible_authid": list{"ann"}})
		id := ann.subscribe("com.example.a", dict{"get_retained": true})
		ann.want(Event, id, anything, dict{"retained": true})
		bob.subscribe("com.example.a", dict{"get_retained": true})
		bob.quietBroker()
	}},
	{name: "history has the events that a subscription missed", script: func(s *stage) {
		pub, sub, caller := s.join(), s.join(), s.join()
		id := sub.subscribe("com.example.history", dict{})
		first := pub.publish("com.example.history", dict{}, list{1})
		second := pub.publish("com.example.history", dict{}, list{2}, dict{"k": "v"})
		request := caller.call("wamp.subscription.get_events", dict{}, list{id})
		m, err := caller.next()
		if err != nil || len(m) < 4 || m[1] != int64(request) {
			s.Fatalf("%v, %v", m, err)
		}
		events, _ := m[3].(list)
		if len(events) != 2 || value(events[0], "publication", "Publication") != first || value(events[1], "publication", "Publication") != second {
			s.Errorf("got %v, want the publications %d and %d", events, first, second)
		}
		if !fits(list{2}, value(events[1], "args", "Arguments")) || !fits(dict{"k": "v"}, value(events[1], "kwargs", "ArgumentsKw")) {
			s.Errorf("the payload is lost: %v", events[1])
		}
	}},
	{name: "history can be filtered", nexus: "v3.3.0 ignores the limit and fails on publications", script: func(s *stage) {
		pub, sub := s.join(), s.join()
		id := sub.subscribe("com.example", dict{"match": "prefix"})
		var ids list
		for _, topic := range []string{"com.example.a", "com.example.b", "org.example", "com.example.a"} {
			ids = append(ids, pub.publish(topic, dict{}))
		}
		for i := range 3 {
			sub.want(Event, id, anything, dict{"topic": []string{"com.example.a", "com.example.b", "com.example.a"}[i]})
		}
		for _, c := range []struct {
			filter dict
			want   list
		}{
			{dict{}, list{ids[0], ids[1], ids[3]}},
			{dict{"limit": 2}, list{ids[1], ids[3]}},
			{dict{"limit": 2, "reverse": true}, list{ids[3], ids[1]}},
			{dict{"topic": "com.example.a"}, list{ids[0], ids[3]}},
			{dict{"from_publication": ids[1]}, list{ids[1], ids[3]}},
			{dict{"after_publication": ids[1]}, list{ids[3]}},
			{dict{"before_publication": ids[1]}, list{ids[0]}},
			{dict{"until_publication": ids[1]}, list{ids[0], ids[1]}},
			{dict{"after_time": "2100-01-01T00:00:00Z"}, nil},
			{dict{"before_time": "2100-01-01T00:00:00Z", "from_time": "2000-01-01T00:00:00Z"}, list{ids[0], ids[1], ids[3]}},
		} {
			request := sub.call("wamp.subscription.get_events", dict{}, list{id}, c.filter)
			var want list
			for _, publication := range c.want {
				want = append(want, dict{"publication": publication, "subscription": id, "details": dict{"topic": anything}})
			}
			if len(want) == 0 {
				sub.want(Result, request, dict{})
			} else {
				sub.want(Result, request, dict{}, want)
			}
		}
		for _, bad := range []dict{{"limit": 0}, {"after_time": "noon"}, {"from_publication": 7}} {
			request := sub.call("wamp.subscription.get_events", dict{}, list{id}, bad)
			sub.want(Error, Call, request, anything, "wamp.error.invalid_argument")
		}
	}},
	{name: "a passthru payload goes through as it is", script: func(s *stage) {
		pub, sub := s.join(), s.join()
		id := sub.subscribe("com.example.a", dict{})
		marks := dict{"ppt_scheme": "x_custom", "ppt_serializer": "cbor", "ppt_cipher": "aes256gcm", "ppt_keyid": "k1"}
		pub.publish("com.example.a", marks, list{[]byte("sealed")})
		sub.want(Event, id, anything, marks, list{[]byte("sealed")})
	}},
	{name: "a subscriber without passthru mode does not see such events", nexus: "sends them nevertheless", script: func(s *stage) {
		pub, sub := s.join(), s.joinPlain()
		sub.subscribe("com.example.a", dict{})
		pub.publish("com.example.a", dict{"ppt_scheme": "x_custom"}, list{[]byte("sealed")})
		sub.quietBroker()
	}},
	{name: "a passthru payload that was not announced ends the session", nexus: "crashes: closes the connection twice", script: func(s *stage) {
		p := s.joinPlain()
		p.request(Publish, dict{"ppt_scheme": "x_custom"}, "com.example.a", list{[]byte("sealed")})
		p.want(Abort, anything, "wamp.error.protocol_violation")
		p.wantEnd()
	}},
}

// value returns the value of the first of the keys that is there.
func value(record any, keys ...string) any {
	d, _ := record.(dict)
	for _, key := range keys {
		if v, ok := d[key]; ok {
			return v
		}
	}
	return nil
}
