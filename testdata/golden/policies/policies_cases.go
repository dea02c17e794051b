package policies

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

// dict is an Options dict.
type dict = map[string]any

// service implements all procedures.
type service struct{}

func (service) Below(ctx context.Context) (string, error) {
	return wamp.CallInfoFrom(ctx).Procedure, nil
}
func (service) Impatient(context.Context) error { return nil }
func (service) Own(context.Context) error       { return nil }
func (service) Plain(context.Context) error     { return nil }

// scripted connects a client to a router in the hands of the test.
func scripted(t *testing.T) (*wamp.Client, *wamptest.Peer) {
	s := wamptest.NewPipeScript(t, wamptest.RawSocket, codec.CBOR)
	connected := make(chan *wamp.Client, 1)
	go func() { // joined by connected
		c, err := wamp.Connect(t.Context(), s.URL(), "realm1", wamp.WithNetDial(s.NetDial))
		if err != nil {
			t.Error(err)
		}
		connected <- c
	}()
	p := s.Accept()
	p.Join()
	c := <-connected
	t.Cleanup(func() {
		s.Stop()
		_ = c.Close(context.Background()) // nobody answers its GOODBYE
	})
	return c, p
}

// answered runs an operation whose requests the router answers, and returns
// the options of each.
func answered(t *testing.T, p *wamptest.Peer, kind, n int, f func() error) (options []dict) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- f() }() // joined below
	for range n {
		m := p.Expect(kind)
		options = append(options, m.Dict(2))
		if answer := wamptest.Answer(m); answer != nil {
			p.Send(answer)
		}
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return options
}

// TestOptions: what the schema says is in the options of every message, and an
// option of one operation goes first.
func TestOptions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, p := scripted(t)
		ctx := t.Context()
		got := answered(t, p, wamptest.Register, 6, func() error {
			_, err := Register(ctx, c, service{})
			return err
		})
		roundtrip.Same(t, "REGISTER", got, []dict{
			{"match": "prefix", "invoke": "roundrobin", "disclose_caller": true},
			{"invoke": "single", "disclose_caller": true},
			{"invoke": "last", "forward_timeout": true},
			{"invoke": "roundrobin", "disclose_caller": true},
			{"invoke": "roundrobin", "disclose_caller": true},
			{"invoke": "roundrobin", "disclose_caller": true},
		})
		got = answered(t, p, wamptest.Register, 1, func() error {
			_, err := wamp.Register(ctx, c, HandleImpatient(service{}.Impatient, wamp.WithInvokePolicy(wamp.InvokeRandom)))
			return err
		})
		roundtrip.Same(t, "REGISTER of one's own", got, []dict{{"invoke": "random", "disclose_caller": true}})

		caller := NewCaller(c)
		got = answered(t, p, wamptest.Call, 1, func() error { return caller.Own(ctx) })
		roundtrip.Same(t, "CALL", got, []dict{{"disclose_me": true}})
		got = answered(t, p, wamptest.Call, 1, func() error { return caller.Plain(ctx) })
		roundtrip.Same(t, "CALL", got, []dict{{"timeout": int64(10_000)}})

		got = answered(t, p, wamptest.Publish, 1, func() error { return PublishPlain(ctx, c, Plain{}) })
		roundtrip.Same(t, "PUBLISH", got, []dict{{"acknowledge": true}})
		got = answered(t, p, wamptest.Publish, 1, func() error { return PublishOwn(ctx, c, Own{}) })
		roundtrip.Same(t, "PUBLISH", got, []dict{{"exclude_me": false, "disclose_me": true, "retain": true}})
		got = answered(t, p, wamptest.Publish, 1, func() error { return PublishBelow(ctx, c, Below{}, wamp.WithExcludeMe(false)) })
		roundtrip.Same(t, "PUBLISH of one's own", got, []dict{{"acknowledge": true, "exclude_me": false}})

		got = answered(t, p, wamptest.Subscribe, 2, func() error {
			_, err := SubscribeOwn(ctx, c, func(context.Context, Own) error { return nil })
			if err == nil {
				_, err = SubscribeBelow(ctx, c, func(context.Context, Below) error { return nil })
			}
			return err
		})
		roundtrip.Same(t, "SUBSCRIBE", got, []dict{{"get_retained": true}, {"match": "prefix"}})
	})
}

// TestCancel: a call that is given up is skipped, not interrupted.
func TestCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, p := scripted(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		done := make(chan error, 1)
		go func() { done <- NewCaller(c).Own(ctx) }() // joined below
		p.Expect(wamptest.Call)
		if m := p.Expect(wamptest.Cancel); m.Dict(2)["mode"] != "skip" {
			t.Errorf("got %v", m)
		}
		if err := <-done; err == nil {
			t.Error("the call was given up and has no error")
		}
	})
}

// TestLive: two callees share a procedure, callers are disclosed, a prefix
// matches what begins with it, and the last event waits for a subscriber.
func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, one, two *wamp.Client) {
		for _, c := range []*wamp.Client{one, two} {
			_, err := wamp.Register(ctx, c, HandleBelow(func(ctx context.Context) (string, error) {
				if info := wamp.CallInfoFrom(ctx); info.Caller != one.SessionID() {
					return "", wamp.NewError("com.example.undisclosed")
				}
				return service{}.Below(ctx)
			}))
			if err != nil {
				t.Fatal(err)
			}
		}
		out, err := one.Call(ctx, BelowProcedure+"-more.x", nil, nil)
		if err != nil || out.Args[0] != BelowProcedure+"-more.x" {
			t.Errorf("got %v, %v", out, err)
		}
		events := make(chan Below, 1)
		if _, err := SubscribeBelow(ctx, two, func(_ context.Context, ev Below) error { events <- ev; return nil }); err != nil {
			t.Fatal(err)
		}
		if err := one.Publish(ctx, BelowTopic+"-more", []any{7}, nil, wamp.WithAcknowledge()); err != nil {
			t.Fatal(err)
		}
		roundtrip.Same(t, "event", roundtrip.Receive(ctx, t, events), Below{N: 7})
	})
}

// TestDocs: Go's tools learn what is deprecated, and people since when
// something is there.
func TestDocs(t *testing.T) {
	for file, lines := range map[string][]string{
		"policies_types.wamp.go": {
			"// Since version 1.1.0.\n//\n// Deprecated: use Article\ntype Sku string",
			"\t// Since version 1.0.0.\n\t//\n\t// Deprecated: read number:\n\tSku Sku",
			"// Deprecated: nothing ends with it\ntype GoneError struct",
		},
		"policies_api.wamp.go": {
			"\t// Since version 1.2.0.\n\t//\n\t// Deprecated: use plain\n\tOwn(ctx context.Context, opts",
			"// Deprecated: use plain\nfunc PublishOwn(",
		},
	} {
		text, err := os.ReadFile(filepath.Join("policies", file))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range lines {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s has no\n%s", file, want)
			}
		}
	}
}

func (service) StrictOne(context.Context, int) error { return nil }

func (service) Strict(_ context.Context, in StrictArgs) (int, error) { return in.A, nil }

// TestStrict: a strict procedure takes its positional parameters by position
// alone; a keyword of the same name is unknown, as for a variadic function.
func TestStrict(t *testing.T) {
	roundtrip.Inputs(t, strict, StrictArgs{A: 1}, StrictArgs{1, new(2)})
	roundtrip.Decodes(t, roundtrip.In(strict), []any{1}, map[string]any{"b": 2, "a": "x"}, StrictArgs{A: 1})
	roundtrip.Refuses[StrictArgs](t, roundtrip.In(strict), nil, map[string]any{"a": 1}, "a: want int, missing")
	roundtrip.Refuses[StrictArgs](t, roundtrip.In(strict), []any{}, map[string]any{"x": 1, "a": 1, "b": 2}, "a: want int, missing")
	roundtrip.Decodes(t, roundtrip.In(strictOne), []any{7}, map[string]any{"a": 1}, 7)
	roundtrip.Refuses[int](t, roundtrip.In(strictOne), nil, map[string]any{"a": 1}, "a: want int, missing")
}
