package parity

import (
	"context"
	"errors"
	"slices"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/meta"
)

// metaExercises ask routers by runtime/meta.
var metaExercises = []exercise{
	{name: "sessions are counted, listed and described", do: func(s *clients) { // R241, R243
		one, joe := s.client(), s.login()
		c := meta.NewCaller(one)
		if n, err := c.SessionCount(s.Context(), meta.SessionCountArgs{}); err != nil || n < 2 {
			s.Errorf("%d sessions, %v", n, err)
		}
		if n, err := c.SessionCount(s.Context(), meta.SessionCountArgs{FilterAuthroles: []string{"user"}}); err != nil || n < 1 {
			s.Errorf("%d sessions of users, %v", n, err)
		}
		ids, err := c.SessionList(s.Context(), meta.SessionListArgs{})
		if err != nil || !slices.Contains(ids, one.SessionID()) || !slices.Contains(ids, joe.SessionID()) {
			s.Errorf("%v, %v", ids, err)
		}
		if ids, err := c.SessionList(s.Context(), meta.SessionListArgs{FilterAuthroles: []string{"nobody"}}); err != nil || len(ids) != 0 {
			s.Errorf("%v, %v", ids, err)
		}
		d, err := c.SessionGet(s.Context(), joe.SessionID())
		if err != nil || d.Session != joe.SessionID() || d.Authid == nil || *d.Authid != "joe" || d.Authrole == nil || *d.Authrole != "user" {
			s.Errorf("%+v, %v", d, err)
		}
		if _, err := c.SessionGet(s.Context(), 77); !errors.Is(err, wamp.ErrNoSuchSession) && !errors.Is(err, wamp.ErrRuntime) {
			s.Errorf("got %v", err)
		}
	}},
	{name: "a session is ended", do: func(s *clients) { // R242, R248
		one, joe := s.client(), s.login()
		left := leaving(s, one)
		id, reason, message := joe.SessionID(), "com.example.reason", "maintenance"
		s.must(meta.NewCaller(one).SessionKill(s.Context(), meta.SessionKillArgs{Session: id, Reason: &reason, Message: &message}))
		s.await(left, id)
		err := meta.NewCaller(one).SessionKill(s.Context(), meta.SessionKillArgs{Session: 77})
		if !errors.Is(err, wamp.ErrNoSuchSession) {
			s.Errorf("got %v", err)
		}
	}},
	{name: "the sessions of a user are ended", do: func(s *clients) { // R243, R248
		one, joe := s.client(), s.login()
		left, c := leaving(s, one), meta.NewCaller(one)
		id := joe.SessionID()
		k, err := c.SessionKillByAuthid(s.Context(), meta.SessionKillByAuthidArgs{Authid: "joe"})
		if err != nil || meta.Count(k) < 1 {
			s.Errorf("%v, %v", k, err)
		}
		s.await(left, id)
		if k, err = c.SessionKillByAuthid(s.Context(), meta.SessionKillByAuthidArgs{Authid: "nobody"}); err != nil || meta.Count(k) != 0 {
			s.Errorf("%v, %v", k, err)
		}
	}},
	{name: "the sessions with a role are ended", do: func(s *clients) { // R243, R248
		one, joe := s.client(), s.login()
		left, c := leaving(s, one), meta.NewCaller(one)
		id := joe.SessionID()
		k, err := c.SessionKillByAuthrole(s.Context(), meta.SessionKillByAuthroleArgs{Authrole: "user"})
		if err != nil || meta.Count(k) < 1 {
			s.Errorf("%v, %v", k, err)
		}
		s.await(left, id)
	}},
	{name: "all other sessions are ended", do: func(s *clients) { // R244, R248
		one, joe := s.client(), s.login()
		id, own := joe.SessionID(), one.SessionID()
		k, err := meta.NewCaller(one).SessionKillAll(s.Context(), meta.SessionKillAllArgs{})
		if errors.Is(err, wamp.ErrNoSuchProcedure) {
			s.Skip("the router has no wamp.session.kill_all, and says so: " + err.Error())
		}
		if err != nil || meta.Count(k) < 1 || one.SessionID() != own {
			s.Errorf("%v, %v", k, err)
		}
		ctx, cancel := context.WithTimeout(s.Context(), patience)
		defer cancel()
		for st := range joe.Watch(ctx) { // nexus does not publish who has left
			if st.Session != id {
				return
			}
		}
		s.Error("the session goes on")
	}},
	{name: "registrations are listed, found and described", do: func(s *clients) {
		one, two := s.client(), s.client()
		c := meta.NewCaller(one)
		echo := func(_ context.Context, in wamp.Payload) (wamp.Payload, error) { return in, nil }
		for _, callee := range []*wamp.Client{one, two} {
			s.register(callee, "com.example.meta.shared", echo, wamp.WithInvokePolicy(wamp.InvokeRoundRobin))
		}
		s.register(two, "com.example.meta.some", echo, wamp.WithPrefix())
		shared, err := c.RegistrationLookup(s.Context(), meta.RegistrationLookupArgs{Procedure: "com.example.meta.shared"})
		s.must(err)
		prefix := meta.MatchPrefix
		some, err := c.RegistrationLookup(s.Context(), meta.RegistrationLookupArgs{Procedure: "com.example.meta.some", Options: &meta.LookupOptions{Match: &prefix}})
		s.must(err)
		if shared == nil || some == nil {
			s.Fatalf("found %v and %v", shared, some)
		}
		if id, err := c.RegistrationMatch(s.Context(), "com.example.meta.something"); err != nil || id == nil || *id != *some {
			s.Errorf("%v, %v", id, err)
		}
		for _, find := range []func() (*wamp.ID, error){
			func() (*wamp.ID, error) {
				return c.RegistrationLookup(s.Context(), meta.RegistrationLookupArgs{Procedure: "com.example.meta.nothing"})
			},
			func() (*wamp.ID, error) { return c.RegistrationMatch(s.Context(), "org.example.nothing") },
		} {
			if id, err := find(); id != nil || err != nil {
				s.Errorf("%v, %v", id, err)
			}
		}
		all, err := c.RegistrationList(s.Context())
		if err != nil || !slices.Contains(all.Exact, *shared) || !slices.Contains(all.Prefix, *some) || slices.Contains(all.Wildcard, *some) {
			s.Errorf("%+v, %v", all, err)
		}
		d, err := c.RegistrationGet(s.Context(), *shared)
		if err != nil || d.ID != *shared || d.URI != "com.example.meta.shared" || d.Invoke != meta.InvokeRoundrobin || d.Created.IsZero() {
			s.Errorf("%+v, %v", d, err)
		}
		if d, err := c.RegistrationGet(s.Context(), *some); err != nil || d.Match != meta.MatchPrefix {
			s.Errorf("%+v, %v", d, err)
		}
		if n, err := c.RegistrationCountCallees(s.Context(), *shared); err != nil || n != 2 {
			s.Errorf("%d callees, %v", n, err)
		}
		ids, err := c.RegistrationListCallees(s.Context(), *shared)
		if err != nil || len(ids) != 2 || !slices.Contains(ids, one.SessionID()) || !slices.Contains(ids, two.SessionID()) {
			s.Errorf("%v, %v", ids, err)
		}
		if _, err := c.RegistrationGet(s.Context(), 1<<50); !errors.Is(err, wamp.ErrNoSuchRegistration) {
			s.Errorf("got %v", err)
		}
	}},
	{name: "subscriptions are listed, found and described", do: func(s *clients) {
		one, two := s.client(), s.client()
		c := meta.NewCaller(one)
		s.listen(one, "com.example.meta.topic")
		s.listen(two, "com.example.meta.topic")
		s.listen(two, "com.example..topic", wamp.WithWildcard())
		exact, err := c.SubscriptionLookup(s.Context(), meta.SubscriptionLookupArgs{Topic: "com.example.meta.topic"})
		s.must(err)
		wildcard := meta.MatchWildcard
		open, err := c.SubscriptionLookup(s.Context(), meta.SubscriptionLookupArgs{Topic: "com.example..topic", Options: &meta.LookupOptions{Match: &wildcard}})
		s.must(err)
		if exact == nil || open == nil {
			s.Fatalf("found %v and %v", exact, open)
		}
		ids, err := c.SubscriptionMatch(s.Context(), "com.example.meta.topic")
		if err != nil || !slices.Contains(ids, *exact) || !slices.Contains(ids, *open) {
			s.Errorf("%v, %v", ids, err)
		}
		if ids, err := c.SubscriptionMatch(s.Context(), "org.example.nothing"); err != nil || len(ids) != 0 {
			s.Errorf("%v, %v", ids, err)
		}
		if id, err := c.SubscriptionLookup(s.Context(), meta.SubscriptionLookupArgs{Topic: "com.example.meta.nothing"}); id != nil || err != nil {
			s.Errorf("%v, %v", id, err)
		}
		all, err := c.SubscriptionList(s.Context())
		isCrossbar := s.secure != nil // it lists no wildcards
		if err != nil || !slices.Contains(all.Exact, *exact) || !isCrossbar && !slices.Contains(all.Wildcard, *open) {
			s.Errorf("%+v, %v", all, err)
		}
		d, err := c.SubscriptionGet(s.Context(), *open)
		if err != nil || d.ID != *open || d.URI != "com.example..topic" || d.Match != meta.MatchWildcard || d.Created.IsZero() {
			s.Errorf("%+v, %v", d, err)
		}
		if n, err := meta.CountSubscribers(s.Context(), c, *exact); err != nil || n != 2 {
			s.Errorf("%d subscribers, %v", n, err)
		}
		ids, err = c.SubscriptionListSubscribers(s.Context(), *open)
		if !errors.Is(err, wamp.ErrRuntime) && !slices.Equal(ids, []wamp.ID{two.SessionID()}) { // a bug of Crossbar.io with event history
			s.Errorf("%v, %v", ids, err)
		}
		if _, err := c.SubscriptionGet(s.Context(), 1<<50); !errors.Is(err, wamp.ErrNoSuchSubscription) {
			s.Errorf("got %v", err)
		}
	}},
	{name: "what becomes of registrations and subscriptions is published", do: func(s *clients) { // R242
		watcher, c := s.client(), s.client()
		seen := make(chan any, 100)
		on := func(what string, session *wamp.ID, of wamp.ID) {
			if session == nil || *session == c.SessionID() {
				seen <- change{what, of}
			}
		}
		hear(s, watcher, meta.SubscribeRegistrationOnCreate, func(ev meta.RegistrationOnCreate) {
			if ev.Details.URI == "com.example.meta.watched" {
				seen <- change{"created", ev.Details.ID}
			}
		})
		hear(s, watcher, meta.SubscribeRegistrationOnRegister, func(ev meta.RegistrationOnRegister) { on("registered", ev.Session, ev.Registration) })
		hear(s, watcher, meta.SubscribeRegistrationOnUnregister, func(ev meta.RegistrationOnUnregister) { on("unregistered", ev.Session, ev.Registration) })
		hear(s, watcher, meta.SubscribeRegistrationOnDelete, func(ev meta.RegistrationOnDelete) { on("deleted", ev.Session, ev.Registration) })
		hear(s, watcher, meta.SubscribeSubscriptionOnCreate, func(ev meta.SubscriptionOnCreate) {
			if ev.Details.URI == "com.example.meta.watched" {
				seen <- change{"created", ev.Details.ID}
			}
		})
		hear(s, watcher, meta.SubscribeSubscriptionOnSubscribe, func(ev meta.SubscriptionOnSubscribe) { on("subscribed", ev.Session, ev.Subscription) })
		hear(s, watcher, meta.SubscribeSubscriptionOnUnsubscribe, func(ev meta.SubscriptionOnUnsubscribe) { on("unsubscribed", ev.Session, ev.Subscription) })
		hear(s, watcher, meta.SubscribeSubscriptionOnDelete, func(ev meta.SubscriptionOnDelete) { on("deleted", ev.Session, ev.Subscription) })

		r := s.register(c, "com.example.meta.watched", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) { return in, nil })
		found, err := meta.NewCaller(watcher).RegistrationLookup(s.Context(), meta.RegistrationLookupArgs{Procedure: "com.example.meta.watched"})
		s.must(err)
		s.wantAll(seen, change{"created", *found}, change{"registered", *found})
		s.must(r.Unregister(s.Context()))
		s.wantAll(seen, change{"unregistered", *found}, change{"deleted", *found})
		_, sub := s.listen(c, "com.example.meta.watched")
		found, err = meta.NewCaller(watcher).SubscriptionLookup(s.Context(), meta.SubscriptionLookupArgs{Topic: "com.example.meta.watched"})
		s.must(err)
		s.wantAll(seen, change{"created", *found}, change{"subscribed", *found})
		s.must(sub.Unsubscribe(s.Context()))
		s.wantAll(seen, change{"unsubscribed", *found}, change{"deleted", *found})
	}},
	{name: "testaments of both scopes are published, and those that were flushed are not", do: func(s *clients) { // R245, R246, R247
		heir, dying := s.client(), s.client()
		events, _ := s.listen(heir, "com.example.meta.testament")
		c := meta.NewCaller(dying)
		add := func(arg any, scope meta.Scope) {
			s.must(c.SessionAddTestament(s.Context(), meta.SessionAddTestamentArgs{
				Topic: "com.example.meta.testament", Args: []any{arg}, Scope: scope,
			}))
		}
		add("flushed", meta.ScopeDetached)
		add("flushed", meta.ScopeDestroyed)
		s.must(c.SessionFlushTestaments(s.Context(), meta.SessionFlushTestamentsArgs{Scope: meta.ScopeDetached}))
		s.must(c.SessionFlushTestaments(s.Context(), meta.SessionFlushTestamentsArgs{}))
		add("detached", meta.ScopeDetached)
		add("destroyed", "")
		s.must(dying.Close(context.Background()))
		s.wantAll(events, "detached", "destroyed")
		s.publish(s.client(), "com.example.meta.testament", "end")
		s.want(events, "end")
	}},
	{name: "events are kept, and read oldest first", do: func(s *clients) { // R235, R236, R237, R240
		one, two := s.client(), s.client()
		events, _ := s.listen(one, "hist")
		id, err := meta.NewCaller(two).SubscriptionLookup(s.Context(), meta.SubscriptionLookupArgs{Topic: "hist"})
		s.must(err)
		for i := range 3 {
			s.publish(two, "hist", i)
			s.want(events, int64(i))
		}
		s.must(two.Publish(s.Context(), "hist", nil, map[string]any{"k": 1}, wamp.WithAcknowledge()))
		in, limit := meta.SubscriptionGetEventsArgs{Subscription: *id}, 100
		for _, in.Limit = range []*int{nil, &limit} {
			kept, err := meta.History(s.Context(), meta.NewCaller(one), in)
			if err != nil || len(kept) < 4 {
				s.Fatalf("%+v, %v", kept, err)
			}
			for i, ev := range kept[len(kept)-4:] {
				if i < 3 && (len(ev.Args) != 1 || ev.Args[0] != int64(i)) || i == 3 && ev.Kwargs["k"] != int64(1) || !ev.Publication.Valid() {
					s.Errorf("event %d is %+v", i, ev)
				}
			}
		}
		if _, err := meta.NewCaller(one).SubscriptionGetEvents(s.Context(), meta.SubscriptionGetEventsArgs{Subscription: *id, Limit: new(int)}); err == nil {
			s.Error("a limit of 0 was sent")
		}
	}},
}

// change is what became of a registration or subscription.
type change struct {
	what string
	id   wamp.ID
}

// leaving returns the sessions that leave.
func leaving(s *clients, c *wamp.Client) <-chan any {
	left := make(chan any, 100)
	hear(s, c, meta.SubscribeSessionOnLeave, func(ev meta.SessionOnLeave) { left <- ev.Session })
	return left
}

// await waits for an event among others.
func (s *clients) await(events <-chan any, arg any) {
	s.Helper()
	for s.next(events) != arg {
	}
}

// wantAll expects the next events, in any order.
func (s *clients) wantAll(events <-chan any, args ...any) {
	s.Helper()
	var got []any
	for range args {
		got = append(got, s.next(events))
	}
	for _, arg := range args {
		if !slices.Contains(got, arg) {
			s.Errorf("got %v, want %v", got, args)
			return
		}
	}
}

// next returns the next event.
func (s *clients) next(events <-chan any) any {
	s.Helper()
	select {
	case got := <-events:
		return got
	case <-time.After(patience):
		s.Fatal("no event came")
		return nil
	}
}

// hear subscribes to a topic of the meta API.
func hear[T any](s *clients, c *wamp.Client, subscribe func(context.Context, *wamp.Client, func(context.Context, T) error, ...wamp.SubscribeOption) (*wamp.Subscription, error), f func(T)) {
	s.Helper()
	_, err := subscribe(s.Context(), c, func(_ context.Context, ev T) error {
		f(ev)
		return nil
	})
	s.must(err)
}
