package mock

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/config"
	"github.com/wampgen/wampgen/schema/data"
)

const api = `
wampgen: 1
api: {name: shop, uri: com.example.shop}
errors: {lost: {kwargs: {left: int}}}
procedures:
  roll: {args: [n: {type: int, max: 100}], returns: string, errors: [lost]}
  slow: {stream: {out: int}, returns: int}
  upload: {args: [name: string], stream: {in: bytes}, returns: int}
  chat: {stream: {in: {args: [line: {type: string, max: 3}]}, out: string}, returns: int}
topics:
  tick: {args: [n: int], retain: true, examples: [{args: [1]}, {args: [2]}]}
  tock: {args: [n: int]}
`

// mocked is a mock with rules.
func mocked(t *testing.T, rules string, o Options) *Mock {
	t.Helper()
	model, found := schema.Parse("shop.wamp.yaml", []byte(api))
	if found.HasErrors() {
		t.Fatal(found)
	}
	r, found := config.ParseMock("mock.yaml", []byte("version: 1\n"+rules))
	if found.HasErrors() {
		t.Fatal(found)
	}
	m, found := New([]*schema.Model{model}, r, o)
	if found.HasErrors() {
		t.Fatal(found)
	}
	return m
}

// in runs a test with a mock on a realm in memory, in virtual time.
func in(t *testing.T, m *Mock, test func(context.Context, *wamp.Client)) {
	synctest.Test(t, func(t *testing.T) {
		realm := wamptest.NewRealm(t)
		callee, caller := realm.Client(t), realm.Client(t)
		if err := m.Serve(t.Context(), callee); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go m.Publish(ctx, callee, func(topic string, err error) { t.Error(topic, err) })
		test(ctx, caller)
	})
}

// Rules are drawn by their weights, the same ones for the same seed.
func TestServe_Weights(t *testing.T) {
	rules := "procedures: {roll: [{weight: 9, returns: often}, {returns: seldom}, {when: {n: 7}, returns: seven}]}\n"
	var first []any
	for range 2 {
		counts, all := map[any]int{}, []any{}
		in(t, mocked(t, rules, Options{Seed: 3}), func(ctx context.Context, c *wamp.Client) {
			for n := range 100 {
				p, err := c.Call(ctx, "com.example.shop.roll", []any{n}, nil)
				if err != nil {
					t.Fatal(err)
				}
				counts[p.Args[0]]++
				all = append(all, p.Args[0])
			}
		})
		if counts["seven"] != 1 || counts["seldom"] < 3 || counts["seldom"] > 20 || counts["often"]+counts["seldom"] != 99 {
			t.Error(counts)
		}
		if first != nil && !reflect.DeepEqual(first, all) {
			t.Error("the same seed draws other rules")
		}
		first = all
	}
}

// An answer takes as long as its rule says, and ends when the call is canceled.
func TestServe_Latency(t *testing.T) {
	rules := "latency: 1s..3s\nprocedures: {slow: [{out: [1, 2, 3], every: 10s, returns: 4}]}\n"
	in(t, mocked(t, rules, Options{}), func(ctx context.Context, c *wamp.Client) {
		began := time.Now()
		if _, err := c.Call(ctx, "com.example.shop.roll", []any{5}, nil); err != nil || time.Since(began) < time.Second || time.Since(began) > 3*time.Second {
			t.Error(time.Since(began), err)
		}
		began = time.Now()
		s := c.CallStream(ctx, "com.example.shop.slow", nil, nil)
		var got []any
		for p, err := range s.All() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, p.Args[0])
		}
		if took := time.Since(began); !reflect.DeepEqual(got, []any{int64(1), int64(2), int64(3)}) || took < 21*time.Second || took > 23*time.Second {
			t.Error(got, took)
		}
		ctx, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
		defer cancel()
		if _, err := c.Call(ctx, "com.example.shop.slow", nil, nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

// Chunks are taken and held against the schema, whether the first message is one or
// not.
func TestServe_Chunks(t *testing.T) {
	rules := "procedures: {upload: [{returns: 3}], chat: [{out: [hello], returns: 4}]}\n"
	in(t, mocked(t, rules, Options{}), func(ctx context.Context, c *wamp.Client) {
		chunks := func(values ...any) func(func(wamp.Payload, error) bool) {
			return func(yield func(wamp.Payload, error) bool) {
				for _, v := range values {
					if !yield(wamp.Payload{Args: []any{v}}, nil) {
						return
					}
				}
			}
		}
		if p, err := c.CallChunks(ctx, "com.example.shop.upload", []any{"a.txt"}, nil, chunks([]byte("a"), []byte("b"))); err != nil || p.Args[0] != int64(3) {
			t.Error(p, err)
		}
		if _, err := c.CallChunks(ctx, "com.example.shop.upload", []any{"a.txt"}, nil, chunks([]byte("a"), 7)); !errors.Is(err, wamp.ErrInvalidArgument) {
			t.Error(err)
		}
		b := c.CallBidi(ctx, "com.example.shop.chat", []any{"one"}, nil) // the first chunk
		defer b.Close()
		if err := errors.Join(b.Send(wamp.Payload{Args: []any{"two"}}), b.CloseSend()); err != nil {
			t.Error(err)
		}
		for p, err := range b.All() {
			if err != nil || p.Args[0] != "hello" {
				t.Error(p, err)
			}
		}
		if p, err := b.Result(); err != nil || p.Args[0] != int64(4) {
			t.Error(p, err)
		}
	})
}

// What does not fit is refused with the place and the rule.
func TestServe_InvalidArgument(t *testing.T) {
	var calls []Call
	m := mocked(t, "", Options{Call: func(c Call) { calls = append(calls, c) }})
	in(t, m, func(ctx context.Context, c *wamp.Client) {
		_, err := c.Call(ctx, "com.example.shop.roll", []any{101}, nil)
		var refused *wamp.Error
		if !errors.As(err, &refused) || refused.URI != "wamp.error.invalid_argument" || refused.Kwargs["path"] != "n" || refused.Kwargs["rule"] != "max" {
			t.Error(err)
		}
	})
	if len(calls) != 1 || calls[0].Error != "wamp.error.invalid_argument" {
		t.Error(calls)
	}
}

// Events come in turn, and the last one is retained.
func TestPublish(t *testing.T) {
	rules := "topics: {tock: [{every: 1s, args: [5]}]}\n"
	in(t, mocked(t, rules, Options{Every: time.Minute}), func(ctx context.Context, c *wamp.Client) {
		var ticks, tocks []any
		add := func(to *[]any) func(context.Context, wamp.Payload) error {
			return func(_ context.Context, p wamp.Payload) error { *to = append(*to, p.Args[0]); return nil }
		}
		if _, err := c.Subscribe(ctx, "com.example.shop.tick", add(&ticks)); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Subscribe(ctx, "com.example.shop.tock", add(&tocks)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3*time.Minute + time.Second/2)
		synctest.Wait()
		if !reflect.DeepEqual(ticks, []any{int64(1), int64(2), int64(1)}) || len(tocks) != 180 {
			t.Error(ticks, len(tocks))
		}
		late := make(chan any, 1)
		keep := func(_ context.Context, p wamp.Payload) error { late <- p.Args[0]; return nil }
		if _, err := c.Subscribe(ctx, "com.example.shop.tick", keep, wamp.WithGetRetained()); err != nil {
			t.Fatal(err)
		}
		if got := <-late; got != int64(1) {
			t.Errorf("the retained event is %v", got)
		}
	})
}

// An event that is lost with its session is not the last one, and a topic that is
// refused ends no other.
func TestPublish_LostAndRefused(t *testing.T) {
	m := mocked(t, "", Options{Every: time.Second})
	synctest.Test(t, func(t *testing.T) {
		script := wamptest.NewPipeScript(t, wamptest.RawSocket, codec.CBOR)
		lost, came := false, 0
		enough := make(chan struct{})
		script.Serve(func(p *wamptest.Peer) {
			p.Join()
			for {
				switch msg, err := p.Next(); {
				case err != nil:
					return
				case msg.Type() == wamptest.Goodbye:
					p.Send(wamptest.Message{wamptest.Goodbye, map[string]any{}, "wamp.close.goodbye_and_out"})
				case msg.Text(3) == "com.example.shop.tock":
					p.Send(wamptest.Message{wamptest.Error, wamptest.Publish, msg.ID(1), map[string]any{}, "wamp.error.not_authorized"})
				case !lost:
					lost = true
					p.Close()
					return
				default:
					p.Send(wamptest.Message{wamptest.Published, msg.ID(1), 7})
					if came++; came == 3 {
						close(enough)
					}
				}
			}
		})
		client, err := wamp.Connect(t.Context(), script.URL(), "realm1", wamp.WithNetDial(script.NetDial), wamp.WithLogger(slog.New(slog.DiscardHandler)))
		if err != nil {
			t.Fatal(err)
		}
		var refused []string
		done := make(chan struct{})
		go func() {
			m.Publish(t.Context(), client, func(topic string, err error) { refused = append(refused, topic+": "+err.Error()) })
			close(done)
		}()
		<-enough
		client.Close(t.Context())
		<-done
		want := []string{"tock: wamp: publish com.example.shop.tock: wamp.error.not_authorized"}
		if !reflect.DeepEqual(refused, want) {
			t.Errorf("got %q", refused)
		}
	})
}

// A condition holds for the keys of a map that it names, and for whole lists.
func TestWithin(t *testing.T) {
	for _, c := range []struct {
		want, got string
		holds     bool
	}{
		{`5`, `5.0`, true}, {`5`, `5.5`, false}, {`9007199254740993`, `9007199254740992`, false}, {`"a"`, `"a"`, true}, {`null`, `null`, true},
		{`{"a": 1}`, `{"a": 1, "b": 2}`, true}, {`{"a": 1, "b": 2}`, `{"a": 1}`, false}, {`{"b": null}`, `{"a": 1}`, true},
		{`[{"a": 1}]`, `[{"a": 1, "b": 2}]`, true}, {`[1]`, `[1, 2]`, false}, {`{}`, `[]`, false},
	} {
		want, _ := data.Parse([]byte(c.want))
		got, _ := data.Parse([]byte(c.got))
		if within(want, got) != c.holds {
			t.Errorf("%s and %s", c.want, c.got)
		}
	}
}

// TestDocs_Rules: the rules that the documentation of the tool shows fit such a
// schema.
func TestDocs_Rules(t *testing.T) {
	page, err := os.ReadFile("../../../../docs/tool.md")
	if err != nil {
		t.Fatal(err)
	}
	const begin = "version: 1\nlatency: "
	_, text, _ := strings.Cut(string(page), "```yaml\n"+begin)
	text, _, _ = strings.Cut(text, "```")
	model, found := schema.Parse("shop.wamp.yaml", []byte(`
wampgen: 1
api: {name: shop, uri: com.example.shop}
types: {Order: {fields: {id: string, state: string}}}
errors: {order_not_found: {args: [message: string]}}
procedures:
  order.get: {args: [id: string], returns: Order, errors: [order_not_found]}
  catalog.import: {stream: {out: int}, returns: {kwargs: {imported: int}}}
topics:
  price.changed: {args: [sku: string], kwargs: {price: decimal}}
`))
	if found.HasErrors() {
		t.Fatal(found)
	}
	rules, found := config.ParseMock("rules.yaml", []byte(begin+text))
	if len(found) > 0 || len(rules.Procedures) != 2 || len(rules.Topics) != 1 {
		t.Fatalf("%+v, %v", rules, found)
	}
	if _, found := New([]*schema.Model{model}, rules, Options{}); len(found) > 0 {
		t.Error(found)
	}
}
