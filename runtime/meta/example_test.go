package meta_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/meta"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// connect returns a client of a router for one example.
func connect(realm *wamptest.Realm, opts ...wamp.ConnectOption) *wamp.Client {
	client, err := realm.Connect(context.Background(), append(opts, wamp.WithLogger(slog.New(slog.DiscardHandler)))...)
	if err != nil {
		log.Fatal(err)
	}
	return client
}

// Who is there, and who offers what.
func ExampleNewCaller() {
	realm := wamptest.StartRealm(wamptest.WithTicketUser("ann", "staff", "t1cket"))
	defer realm.Close()
	ctx := context.Background()
	ann := connect(realm, wamp.WithAuth(auth.Ticket("ann", auth.NewSecret("t1cket"))))
	defer ann.Close(ctx)
	_, err := ann.Register(ctx, "com.example.greet", func(context.Context, wamp.Payload) (wamp.Payload, error) {
		return wamp.Payload{Args: []any{"hello"}}, nil
	})
	if err != nil {
		log.Fatal(err)
	}
	client := connect(realm)
	defer client.Close(ctx)

	router := meta.NewCaller(client)
	staff, err := router.SessionList(ctx, meta.SessionListArgs{FilterAuthroles: []string{"staff"}})
	if err != nil {
		log.Fatal(err)
	}
	who, err := router.SessionGet(ctx, staff[0])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(*who.Authid)
	id, err := router.RegistrationMatch(ctx, "com.example.greet")
	if err != nil || id == nil {
		log.Fatal("nobody has registered it: ", err)
	}
	callees, err := router.RegistrationListCallees(ctx, *id)
	fmt.Println(len(callees), callees[0] == ann.SessionID(), err)
	_, err = router.SessionGet(ctx, 1)
	fmt.Println(errors.Is(err, wamp.ErrNoSuchSession))
	// Output:
	// ann
	// 1 true <nil>
	// true
}

// The sessions of a user are ended, which the user's clients survive: they
// connect again.
func ExampleCount() {
	realm := wamptest.StartRealm(wamptest.WithTicketUser("ann", "staff", "t1cket"))
	defer realm.Close()
	ctx := context.Background()
	ann := connect(realm, wamp.WithAuth(auth.Ticket("ann", auth.NewSecret("t1cket"))))
	defer ann.Close(ctx)
	admin := connect(realm)
	defer admin.Close(ctx)
	before := ann.SessionID()

	killed, err := meta.NewCaller(admin).SessionKillByAuthid(ctx, meta.SessionKillByAuthidArgs{Authid: "ann"})
	fmt.Println(meta.Count(killed), err)
	for st := range ann.Watch(ctx) {
		if st.State == wamp.Ready && st.Session != before {
			fmt.Println("ann is back")
			break
		}
	}
	// Output:
	// 1 <nil>
	// ann is back
}

// How many listen to a topic.
func ExampleCountSubscribers() {
	realm := wamptest.StartRealm()
	defer realm.Close()
	ctx := context.Background()
	client := connect(realm)
	defer client.Close(ctx)
	_, err := client.Subscribe(ctx, "com.example.ticks", func(context.Context, wamp.Payload) error { return nil })
	if err != nil {
		log.Fatal(err)
	}

	router := meta.NewCaller(client)
	id, err := router.SubscriptionLookup(ctx, meta.SubscriptionLookupArgs{Topic: "com.example.ticks"})
	if err != nil || id == nil {
		log.Fatal("nobody listens: ", err)
	}
	fmt.Println(meta.CountSubscribers(ctx, router, *id))
	// Output: 1 <nil>
}

// What was published before.
func ExampleHistory() {
	realm := wamptest.StartRealm()
	defer realm.Close()
	ctx := context.Background()
	client, publisher := connect(realm), connect(realm)
	defer client.Close(ctx)
	defer publisher.Close(ctx)
	_, err := client.Subscribe(ctx, "com.example.ticks", func(context.Context, wamp.Payload) error { return nil })
	if err != nil {
		log.Fatal(err)
	}
	for i := range 3 {
		if err := publisher.Publish(ctx, "com.example.ticks", []any{i}, nil, wamp.WithAcknowledge()); err != nil {
			log.Fatal(err)
		}
	}

	router := meta.NewCaller(client)
	id, err := router.SubscriptionLookup(ctx, meta.SubscriptionLookupArgs{Topic: "com.example.ticks"})
	if err != nil || id == nil {
		log.Fatal("nobody listens: ", err)
	}
	limit := 2
	events, err := meta.History(ctx, router, meta.SubscriptionGetEventsArgs{Subscription: *id, Limit: &limit})
	for _, ev := range events {
		fmt.Println(ev.Args)
	}
	fmt.Println(err)
	// Output:
	// [1]
	// [2]
	// <nil>
}

// The router announces that a client has gone, however it goes. A testament
// belongs to a session, so it is added again on every new one.
func ExampleCaller_testament() {
	realm := wamptest.StartRealm()
	defer realm.Close()
	ctx := context.Background()
	heir := connect(realm)
	defer heir.Close(ctx)
	gone := make(chan any)
	_, err := heir.Subscribe(ctx, "com.example.gone", func(_ context.Context, ev wamp.Payload) error {
		gone <- ev.Args[0]
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	client := connect(realm)

	router, added := meta.NewCaller(client), make(chan error, 1)
	go func() { // ends when the client is closed
		for st := range client.Watch(ctx) {
			if st.State == wamp.Ready {
				added <- router.SessionAddTestament(ctx, meta.SessionAddTestamentArgs{
					Topic: "com.example.gone", Args: []any{"sensor 7"}, Scope: meta.ScopeDestroyed,
				})
			}
		}
	}()
	fmt.Println(<-added)
	client.Close(ctx)
	fmt.Println(<-gone)
	// Output:
	// <nil>
	// sensor 7
}
