package script

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
	"github.com/wampgen/wampgen/runtime/wamptest/router"

	"github.com/rogpeppe/go-internal/testscript"
)

// shop is the service that the scripts call: without a schema, so that it can do
// what a schema would not let it.
type shop struct {
	client *wamp.Client
	// waiting takes a value when the procedure wait has begun.
	waiting chan struct{}
}

// waitingKey finds the channel of a script.
type waitingKey struct{}

// serve connects the shop to the router $URL until the script ends:
//
//	serve [procedure...]
//
// Without arguments it registers everything.
func serve(ts *testscript.TestScript, _ bool, args []string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client, err := wamp.Connect(ctx, ts.Getenv("URL"), "realm1", quiet)
	ts.Check(err)
	ts.Defer(func() { client.Close(context.Background()) })
	s := shop{client, ts.Value(waitingKey{}).(chan struct{})}
	for _, p := range s.procedures() {
		if len(args) == 0 || strings.Contains(" "+strings.Join(args, " ")+" ", " "+p.name+" ") {
			ts.Check(s.register(ctx, p))
		}
	}
}

// procedure is one of the shop's.
type procedure struct {
	name   string
	opts   []wamp.RegisterOption
	handle func(context.Context, wamp.Payload) (wamp.Payload, error)
}

const prefix = "com.example.shop."

func (s shop) procedures() []procedure {
	return []procedure{
		{"order.place", nil, s.place},
		{"order.count", nil, func(context.Context, wamp.Payload) (wamp.Payload, error) {
			return wamp.Payload{Args: []any{"three"}}, nil
		}},
		{"order.clear", nil, func(context.Context, wamp.Payload) (wamp.Payload, error) { return wamp.Payload{}, nil }},
		{"report.make", nil, nil},
		{"device..rename", []wamp.RegisterOption{wamp.WithWildcard()}, func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			uri := wamp.CallInfoFrom(ctx).Procedure
			state := strings.Replace(uri, ".rename", ".state", 1)
			err := s.client.Publish(ctx, state, []any{fmt.Sprint("named ", in.Args[0])}, nil, wamp.WithAcknowledge())
			return wamp.Payload{Args: []any{fmt.Sprintf("%s is now %s", uri, in.Args[0])}}, err
		}},
		{"wait", nil, func(ctx context.Context, _ wamp.Payload) (wamp.Payload, error) {
			select {
			case s.waiting <- struct{}{}:
				<-ctx.Done()
			case <-ctx.Done():
			}
			return wamp.Payload{}, ctx.Err()
		}},
	}
}

func (s shop) register(ctx context.Context, p procedure) error {
	if p.handle != nil {
		_, err := s.client.Register(ctx, prefix+p.name, p.handle, p.opts...)
		return err
	}
	_, err := s.client.RegisterStream(ctx, prefix+p.name, func(_ context.Context, _ wamp.Payload, send wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
		for done := range 3 {
			if err := send.Send(wamp.Payload{Args: []any{done * 50}}); err != nil {
				return wamp.Payload{}, err
			}
		}
		return wamp.Payload{Args: []any{"all sold"}}, nil
	}, p.opts...)
	return err
}

// place places an order of three pieces at most.
func (s shop) place(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
	sku, quantity := in.Args[0], in.Args[1]
	if n, _ := quantity.(int64); n > 3 {
		return wamp.Payload{}, &wamp.Error{URI: prefix + "error.out_of_stock", Args: []any{"only 3 left"}, Kwargs: map[string]any{"available": 3}}
	}
	order := map[string]any{"quantity": quantity, "sku": sku, "id": 1}
	if err := s.client.Publish(ctx, prefix+"order.placed", []any{order}, nil, wamp.WithAcknowledge()); err != nil {
		return wamp.Payload{}, err
	}
	return wamp.Payload{Args: []any{order}}, nil
}

// routers are the ways to start a router: they return its URL and what ends it.
func routers() map[string]func() (url string, stop func(), err error) {
	if url := os.Getenv("WAMPGEN_ROUTER"); url != "" {
		return map[string]func() (string, func(), error){"elsewhere": func() (string, func(), error) { return url, func() {}, nil }}
	}
	return map[string]func() (string, func(), error){
		"development": func() (string, func(), error) {
			realm := wamptest.StartRealm()
			server, err := realm.Listen("127.0.0.1:0")
			if err != nil {
				return "", realm.Close, err
			}
			return server.URL(), func() { realm.Close(); server.Close() }, nil
		},
		"nexus": func() (string, func(), error) {
			r, err := router.Start(router.Config{})
			if err != nil {
				return "", func() {}, err
			}
			return r.WebSocketURL(), r.Stop, nil
		},
	}
}

// seenKey finds the sessions of subscribers that a script has waited for.
type seenKey struct{}

// subscribed waits until somebody has subscribed to a URI of the shop who was not
// there for an earlier subscribed: the router may still have those that have ended.
//
//	subscribed uri [match]
func subscribed(ts *testscript.TestScript, _ bool, args []string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client, err := wamp.Connect(ctx, ts.Getenv("URL"), "realm1", quiet)
	ts.Check(err)
	defer client.Close(ctx)
	lookup := []any{prefix + args[0]}
	if len(args) > 1 {
		lookup = append(lookup, map[string]any{"match": args[1]})
	}
	seen := ts.Value(seenKey{}).(map[any]bool)
	for {
		out, err := client.Call(ctx, "wamp.subscription.lookup", lookup, nil)
		ts.Check(err)
		if len(out.Args) == 0 || out.Args[0] == nil || fmt.Sprint(out.Args[0]) == "0" {
			continue
		}
		out, err = client.Call(ctx, "wamp.subscription.list_subscribers", out.Args, nil)
		if errors.Is(err, wamp.ErrNoSuchSubscription) {
			continue // the last subscriber has gone meanwhile
		}
		ts.Check(err)
		before := len(seen)
		for _, session := range out.Args[0].([]any) {
			seen[session] = true
		}
		if len(seen) > before {
			return
		}
	}
}

// quiet keeps the log of a client out of the output.
var quiet = wamp.WithLogger(slog.New(slog.DiscardHandler))

// invoked waits until the shop's procedure wait has begun.
func invoked(ts *testscript.TestScript, _ bool, _ []string) {
	select {
	case <-ts.Value(waitingKey{}).(chan struct{}):
	case <-time.After(time.Minute):
		ts.Fatalf("nobody has called wait")
	}
}
