// Package option shows what the options of operations, and the policies of a
// schema, send to a router, by what it announced.
package option

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// sends is an operation, and the options that it must send. Each answers what
// asks for an answer by itself.
type sends struct {
	name string
	do   func(*wamp.Client, context.Context) error
	kind int
	want stage.Dict
}

func calls(p wamp.Procedure, opts ...wamp.CallOption) func(*wamp.Client, context.Context) error {
	p.URI = "com.example.p"
	return func(c *wamp.Client, ctx context.Context) error { return wamp.Call(ctx, c, &p, nil, nil, opts...) }
}

func publishes(t wamp.Topic, opts ...wamp.PublishOption) func(*wamp.Client, context.Context) error {
	t.URI = "com.example.t"
	return func(c *wamp.Client, ctx context.Context) error { return wamp.Publish(ctx, c, &t, nil, opts...) }
}

func registers(p wamp.Procedure, opts ...wamp.RegisterOption) func(*wamp.Client, context.Context) error {
	p.URI = "com.example.p"
	return func(c *wamp.Client, ctx context.Context) error {
		_, err := wamp.Register(ctx, c, wamp.Handle(&p, opts, func(_ context.Context, x *wamp.Exchange) error { return x.Out(nil, nil) }))
		return err
	}
}

func subscribes(t wamp.Topic, opts ...wamp.SubscribeOption) func(*wamp.Client, context.Context) error {
	t.URI = "com.example.t"
	return func(c *wamp.Client, ctx context.Context) error {
		_, err := wamp.Subscribe(ctx, c, &t, func(context.Context, wamp.Payload) error { return nil }, opts...)
		return err
	}
}

// shows runs operations against a router that announced what join says.
func shows(t *testing.T, rows []sends, connect []wamp.ConnectOption, join ...wamptest.WelcomeOption) {
	t.Helper()
	stage.Transports(t, func(s *stage.Stage) {
		done := s.Dial(connect...)
		p := s.Accept()
		p.Join(join...)
		c := s.Connected(done)
		for _, row := range rows {
			done := stage.Begin(func() error { return row.do(c, s.T.Context()) })
			m := p.Expect(row.kind)
			if got := m.Dict(2); !reflect.DeepEqual(got, row.want) {
				s.T.Errorf("%s: sent %v, want %v", row.name, got, row.want)
			}
			if answer := wamptest.Answer(m); answer != nil {
				p.Send(answer)
			}
			if err := <-done; err != nil {
				s.T.Errorf("%s: %v", row.name, err)
			}
		}
		s.Works(c, p)
	})
}

// R148, R153, R168, R204, R205, R223, R228, R230: the options of every
// operation, and the same by the descriptors of a schema.
func TestOptions_OnTheWire(t *testing.T) {
	custom := []wamp.Option{wamp.WithOption("_trace", "a"), wamp.WithOption("return", []any{"id"})}
	sent := stage.Dict{"_trace": "a", "return": []any{"id"}}
	shows(t, []sends{
		{"custom of a call", calls(wamp.Procedure{}, custom[0], custom[1]), wamptest.Call, sent},
		{"custom of a procedure", calls(wamp.Procedure{Call: []wamp.CallOption{custom[0], custom[1]}}), wamptest.Call, sent},
		{"the last one wins", calls(wamp.Procedure{Call: []wamp.CallOption{custom[0], custom[1]}}, wamp.WithOption("_trace", nil)), wamptest.Call, stage.Dict{"_trace": nil, "return": []any{"id"}}},
		{"disclosed call", calls(wamp.Procedure{Call: []wamp.CallOption{wamp.WithDiscloseMe()}, Timeout: 1500}), wamptest.Call, stage.Dict{"disclose_me": true, "timeout": int64(1)}},
		{"partition", calls(wamp.Procedure{}, wamp.WithOption("runmode", "partition"), wamp.WithOption("rkey", "k")), wamptest.Call, stage.Dict{"runmode": "partition", "rkey": "k"}},

		{"custom of a publish", publishes(wamp.Topic{}, custom[0], custom[1]), wamptest.Publish, sent},
		{"custom of a topic", publishes(wamp.Topic{Publish: []wamp.PublishOption{custom[0], custom[1]}}), wamptest.Publish, sent},
		{"policies of a topic", publishes(wamp.Topic{Publish: []wamp.PublishOption{wamp.WithAcknowledge(), wamp.WithDiscloseMe(), wamp.WithRetain(), wamp.WithExcludeMe(false)}}), wamptest.Publish,
			stage.Dict{"acknowledge": true, "disclose_me": true, "retain": true, "exclude_me": false}},
		{"the option wins", publishes(wamp.Topic{Publish: []wamp.PublishOption{wamp.WithExcludeMe(false)}}, wamp.WithExcludeMe(true)), wamptest.Publish, stage.Dict{"exclude_me": true}},
		{"excluded", publishes(wamp.Topic{}, wamp.WithExclude(1, 2), wamp.WithExcludeAuthID("ann"), wamp.WithExcludeAuthRole("guest", "x")), wamptest.Publish,
			stage.Dict{"exclude": []any{int64(1), int64(2)}, "exclude_authid": []any{"ann"}, "exclude_authrole": []any{"guest", "x"}}},
		{"eligible", publishes(wamp.Topic{}, wamp.WithEligible(3), wamp.WithEligibleAuthID("bob"), wamp.WithEligibleAuthRole("staff")), wamptest.Publish,
			stage.Dict{"eligible": []any{int64(3)}, "eligible_authid": []any{"bob"}, "eligible_authrole": []any{"staff"}}},
		{"the last list wins, and an empty one is sent", publishes(wamp.Topic{}, wamp.WithEligible(3), wamp.WithEligible(), wamp.WithExclude(1<<53)), wamptest.Publish,
			stage.Dict{"eligible": []any{}, "exclude": []any{int64(1) << 53}}},
		{"rkey", publishes(wamp.Topic{}, wamp.WithOption("rkey", "k")), wamptest.Publish, stage.Dict{"rkey": "k"}},

		{"policies of a registration", registers(wamp.Procedure{Register: []wamp.RegisterOption{
			wamp.WithPrefix(), wamp.WithInvokePolicy(wamp.InvokeLast), wamp.WithConcurrency(2), wamp.WithDiscloseCaller(), wamp.WithForwardTimeout()}}),
			wamptest.Register, stage.Dict{"match": "prefix", "invoke": "last", "disclose_caller": true, "forward_timeout": true}},
		{"options of a registration", registers(wamp.Procedure{Register: []wamp.RegisterOption{wamp.WithWildcard()}}, wamp.WithForwardTimeout(), wamp.WithOption("concurrency", 4)),
			wamptest.Register, stage.Dict{"match": "wildcard", "forward_timeout": true, "concurrency": int64(4)}},
		{"an exact one", registers(wamp.Procedure{Register: []wamp.RegisterOption{wamp.WithInvokePolicy(wamp.InvokeRandom)}}, wamp.WithInvokePolicy(wamp.InvokeSingle)), wamptest.Register, stage.Dict{"invoke": "single"}},

		{"policies of a subscription", subscribes(wamp.Topic{Subscribe: []wamp.SubscribeOption{wamp.WithWildcard(), wamp.WithGetRetained(), custom[0], custom[1]}}), wamptest.Subscribe,
			stage.Dict{"match": "wildcard", "get_retained": true, "_trace": "a", "return": []any{"id"}}},
		{"nkey", subscribes(wamp.Topic{}, wamp.WithOption("nkey", "k")), wamptest.Subscribe, stage.Dict{"nkey": "k"}},
	}, nil)
}

// R152, R153, R205, R230: a router is not asked for what it did not announce.
func TestOptions_NotAnnounced(t *testing.T) {
	without := wamptest.Without("call_timeout", "caller_identification", "publisher_identification", "event_retention", "shared_registration",
		"publisher_exclusion")
	rows := []sends{
		{"call", calls(wamp.Procedure{Timeout: 1e9}, wamp.WithDiscloseMe()), wamptest.Call, stage.Dict{}},
		{"publish", publishes(wamp.Topic{}, wamp.WithRetain(), wamp.WithDiscloseMe(), wamp.WithExcludeMe(false)), wamptest.Publish, stage.Dict{"exclude_me": false}},
		{"register", registers(wamp.Procedure{}, wamp.WithDiscloseCaller(), wamp.WithForwardTimeout(), wamp.WithInvokePolicy(wamp.InvokeFirst), wamp.WithInvokePolicy(wamp.InvokeSingle)),
			wamptest.Register, stage.Dict{"invoke": "single"}},
		{"subscribe", subscribes(wamp.Topic{}, wamp.WithGetRetained()), wamptest.Subscribe, stage.Dict{}},
	}
	shows(t, rows, nil, without)
	shows(t, rows, []wamp.ConnectOption{
		wamp.WithDenyFeatures("dealer", "call_timeout", "caller_identification", "shared_registration"),
		wamp.WithDenyFeatures("broker", "publisher_identification", "event_retention"),
		wamp.WithAssumeFeatures("broker", "event_retention"), // what is denied is denied
	})
}

// What would be ignored without a word is refused (R201, R204, R224, R225), unless
// the client is to assume it.
func TestOptions_RefusedOrAssumed(t *testing.T) {
	names := []string{"pattern_based_registration", "shared_registration", "pattern_based_subscription", "subscriber_blackwhite_listing"}
	rows := []sends{
		{"pattern", registers(wamp.Procedure{}, wamp.WithPrefix()), wamptest.Register, stage.Dict{"match": "prefix"}},
		{"shared", registers(wamp.Procedure{}, wamp.WithInvokePolicy(wamp.InvokeRoundRobin)), wamptest.Register, stage.Dict{"invoke": "roundrobin"}},
		{"topics", subscribes(wamp.Topic{}, wamp.WithPrefix()), wamptest.Subscribe, stage.Dict{"match": "prefix"}},
		{"listed", publishes(wamp.Topic{}, wamp.WithEligible(7)), wamptest.Publish, stage.Dict{"eligible": []any{int64(7)}}},
		{"listed, acknowledged", publishes(wamp.Topic{}, wamp.WithAcknowledge(), wamp.WithExcludeAuthID("x")), wamptest.Publish,
			stage.Dict{"acknowledge": true, "exclude_authid": []any{"x"}}},
	}
	assume := []wamp.ConnectOption{wamp.WithAssumeFeatures("dealer", names[:2]...), wamp.WithAssumeFeatures("broker", names[2:]...)}
	shows(t, rows, assume, wamptest.Without(names...))
	stage.Transports(t, func(s *stage.Stage) {
		done := s.Dial()
		p := s.Accept()
		p.Join(wamptest.Without(names...))
		c := s.Connected(done)
		for _, row := range rows {
			if err := row.do(c, s.T.Context()); !errors.Is(err, wamp.ErrUnsupported) || !wamp.SafeToRetry(err) {
				s.T.Errorf("%s: got %v", row.name, err)
			}
		}
		if c.HasFeature("dealer", "shared_registration") || !c.HasFeature("dealer", "call_timeout") {
			s.T.Error("HasFeature is not what was announced")
		}
		s.Works(c, p) // nothing was sent
	})
}

// An option that must not be sent is refused before anything is (R154, R233).
func TestOptions_Refused(t *testing.T) {
	all := func(key string, value any) []func(*wamp.Client, context.Context) error {
		o := wamp.WithOption(key, value)
		return []func(*wamp.Client, context.Context) error{
			calls(wamp.Procedure{}, o), publishes(wamp.Topic{}, o), registers(wamp.Procedure{}, o), subscribes(wamp.Topic{}, o)}
	}
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		refused := func(name, text string, do func(*wamp.Client, context.Context) error) {
			s.T.Helper()
			if err := do(c, s.T.Context()); err == nil || !wamp.SafeToRetry(err) || !strings.Contains(err.Error(), text) {
				s.T.Errorf("%s: got %v, want %s", name, err, text)
			}
		}
		for kind, keys := range [][]string{
			{"timeout", "disclose_me", "receive_progress", "progress"},
			{"acknowledge", "exclude_me", "disclose_me", "retain", "exclude", "exclude_authid", "exclude_authrole", "eligible", "eligible_authid", "eligible_authrole"},
			{"match", "invoke", "disclose_caller", "forward_timeout", "force_reregister"},
			{"match", "get_retained"},
		} {
			for _, key := range keys {
				refused(key, `option "`+key+`" of`, all(key, true)[kind])
			}
		}
		for _, row := range []struct {
			key   string
			value any
			text  string
		}{
			{"", 1, "must have a key"},
			{"ppt_scheme", "x_mine", "is set by the client alone"},
			{"rkey", 7, "must be a string, not int"},
			{"runmode", "partition", "needs the option rkey"},
			{"_odd", make(chan int), "Options._odd"},
		} {
			for _, do := range all(row.key, row.value) {
				refused(row.key, row.text, do)
			}
		}
		refused("session 0", "1 to 2^53", publishes(wamp.Topic{}, wamp.WithExclude(1, 0)))
		refused("too large", "1 to 2^53", publishes(wamp.Topic{}, wamp.WithEligible(1<<53+1)))
		refused("mode of the schema", "cancel mode", calls(wamp.Procedure{Call: []wamp.CallOption{wamp.WithCancelMode("abort")}}))
		s.Works(c, p)
	})
	for _, o := range []wamp.ConnectOption{wamp.WithAssumeFeatures("callee", "x"), wamp.WithDenyFeatures("broker", "")} {
		if _, err := wamp.Connect(t.Context(), "ws://127.0.0.1:1", "realm1", o); err == nil {
			t.Error("Connect succeeded")
		}
	}
}

// That events are not retained is logged once for a router, not for every event.
func TestOptions_RetentionIsLoggedOnce(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		done := s.Dial()
		p := s.Accept()
		p.Join(wamptest.Without("event_retention"))
		c := s.Connected(done)
		for range 3 {
			if err := c.Publish(s.T.Context(), "com.example.t", nil, nil, wamp.WithRetain()); err != nil {
				s.T.Error(err)
			}
			p.Expect(wamptest.Publish)
		}
		s.Subscribe(c, p, "com.example.t", func(context.Context, wamp.Payload) error { return nil }, wamp.WithGetRetained())
		if lines := s.Log.With("event_retention"); len(lines) != 1 {
			s.T.Errorf("logged %q", lines)
		}
	})
}
