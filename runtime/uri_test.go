package wamp_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// uriParams are the parameters of a template as generated code has them.
type uriParams func(*wamp.URICoder)

func (f uriParams) CodeURI(u *wamp.URICoder) { f(u) }

// one is a template with one parameter.
func one[T any](code func(*wamp.URICoder, *T), v *T) wamp.URIParams {
	return uriParams(func(u *wamp.URICoder) { code(u, v) })
}

// color is a type that does not allow every value.
type color string

func (c color) Validate() error {
	if c == "red" {
		return nil
	}
	return errors.New("wamp: must be red")
}

// TestURIParams_Written: what a parameter becomes in a URI, and what cannot
// become part of one. The error says why, names no value, and nothing is sent.
func TestURIParams_Written(t *testing.T) {
	device := &wamp.Topic{URI: "com.device.{id}.state", Template: true}
	rest := &wamp.Topic{URI: "com.audit.{path...}", Template: true}
	text := func(s string) wamp.URIParams { return one(wamp.URIText[string], &s) }
	for _, c := range []struct {
		topic     *wamp.Topic
		params    wamp.URIParams
		uri, flaw string
	}{
		{device, text("a-1"), "com.device.a-1.state", ""},
		{device, text("ä"), "com.device.ä.state", ""},
		{device, text("SECRET.x"), "", "parameter id of com.device.{id}.state must not contain a dot"},
		{device, text(""), "", "parameter id of com.device.{id}.state must not be empty"},
		{device, text("SECRET#"), "", "must not contain #"},
		{device, text("SECRET\u00a0x"), "", "must not contain white space"},
		{device, text("SECRET\xff"), "", "must be UTF-8"},
		{device, one(wamp.URIText[color], new(color("red"))), "com.device.red.state", ""},
		{device, one(wamp.URIText[color], new(color("SECRET"))), "", "parameter id of com.device.{id}.state is not valid: must be red"},
		{device, one(wamp.URIInt[int8], new(int8(-128))), "com.device.-128.state", ""},
		{device, one(wamp.URIUint[uint64], new(uint64(1<<64-1))), "com.device.18446744073709551615.state", ""},
		{device, one(wamp.URIBool[bool], new(false)), "com.device.false.state", ""},
		{device, one(wamp.URIUUID[wamp.UUID], new(wamp.UUID{15: 10})), "com.device.00000000-0000-0000-0000-00000000000a.state", ""},
		{device, one(wamp.URIText[string], nil), "", "parameter id of com.device.{id}.state is missing"},
		{rest, text("a.b.c"), "com.audit.a.b.c", ""},
		{rest, text("SECRET..b"), "", "must not have an empty component"},
		{rest, text(".a"), "", "must not have an empty component"},
		{rest, text("a."), "", "must not have an empty component"},
		{rest, text(""), "", "must not be empty"},
	} {
		got := c.topic.At(c.params)
		err := publishInMemory(t, got)
		if c.flaw == "" {
			if got.URI != c.uri || err != nil {
				t.Errorf("got %s, %v, want %s", got.URI, err, c.uri)
			}
			continue
		}
		var bad *wamp.URIError
		if !errors.As(err, &bad) || !errors.Is(err, wamp.ErrInvalidURI) || !wamp.SafeToRetry(err) || wamp.IsPeer(err) ||
			!strings.HasSuffix(err.Error(), c.flaw) || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("got %v, want %s", err, c.flaw)
		}
	}
}

// publishInMemory publishes an event of nothing.
func publishInMemory(t *testing.T, topic *wamp.Topic) (err error) {
	synctest.Test(t, func(t *testing.T) {
		err = wamp.Publish(t.Context(), wamptest.NewRealm(t).Client(t), topic, new(wamp.Payload), wamp.WithAcknowledge())
	})
	return err
}

// reading is an event with a parameter.
type reading[T any] struct {
	ID   T
	code func(*wamp.URICoder, *T)
}

func (r *reading[T]) CodeURI(u *wamp.URICoder) { r.code(u, &r.ID) }
func (r *reading[T]) CodeWAMP(c *codec.Coder)  { new(wamp.Payload).CodeWAMP(c) }

// TestURIParams_Read: parameters are read from the URI that was called. One
// that does not fit is an invalid argument.
func TestURIParams_Read(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reads(t, wamp.URIText[string], map[string]string{"a-1": "", "ä": ""})
		reads(t, wamp.URIText[color], map[string]string{"red": "", "blue": "is not valid: must be red"})
		reads(t, wamp.URIInt[int8], map[string]string{"-7": "", "128": "must be an integer in range", "07": "must be an integer in range", "+7": "must be an integer in range", "x": "must be an integer in range"})
		reads(t, wamp.URIUint[uint16], map[string]string{"65535": "", "65536": "must be an unsigned integer in range", "-1": "must be an unsigned integer in range"})
		reads(t, wamp.URIBool[bool], map[string]string{"true": "", "True": "must be true or false", "1": "must be true or false"})
		reads(t, wamp.URIUUID[wamp.UUID], map[string]string{"018f2c7a-9b3d-7000-8000-000000000001": "", "018f": "must be a UUID"})
	})
}

func reads[T any](t *testing.T, code func(*wamp.URICoder, *T), components map[string]string) {
	t.Helper()
	realm := wamptest.NewRealm(t)
	callee, caller := realm.Client(t), realm.Client(t)
	p := &wamp.Procedure{URI: "com.device.{id}.get", Template: true}
	got := make(chan T, 1)
	_, err := wamp.Register(t.Context(), callee, wamp.Handle(p, nil, func(_ context.Context, x *wamp.Exchange) error {
		in := reading[T]{code: code}
		if err := x.At(&in).In(nil); err != nil {
			return err
		}
		got <- in.ID
		return x.Out(nil, nil)
	}))
	if err != nil {
		t.Fatal(err)
	}
	for component, flaw := range components {
		_, err := caller.Call(t.Context(), "com.device."+component+".get", nil, nil)
		if flaw == "" {
			if err != nil {
				t.Errorf("%s: %v", component, err)
				continue
			}
			v := <-got
			if uri := p.At(one(code, &v)).URI; uri != "com.device."+component+".get" {
				t.Errorf("%s was read as %v", component, v)
			}
			continue
		}
		var refusal *wamp.Error
		if !errors.Is(err, wamp.ErrInvalidArgument) || !errors.As(err, &refusal) ||
			refusal.Args[0] != "wamp: parameter id of com.device.{id}.get "+flaw || refusal.Kwargs["path"] != "id" {
			t.Errorf("%s: got %v %v", component, err, refusal)
		}
	}
}

// TestURIParams_OfEvents: a value that the schema does not have is of a publisher
// that is newer. It arrives as one in a payload does, unless the client wants
// events held against the schema.
func TestURIParams_OfEvents(t *testing.T) {
	for validates, want := range map[bool]string{false: "blue", true: "red"} {
		synctest.Test(t, func(t *testing.T) {
			realm := wamptest.NewRealm(t)
			var opts []wamp.ConnectOption
			if validates {
				opts = append(opts, wamp.WithValidateResults(), wamp.WithLogger(slog.New(slog.DiscardHandler)))
			}
			seen := make(chan color, 2)
			topic := &wamp.Topic{URI: "com.device.{id}.state", Template: true}
			_, err := wamp.Subscribe(t.Context(), realm.Client(t, opts...), topic.Matching(one(wamp.URIText[color], nil)),
				func(_ context.Context, ev painted) error { seen <- ev.id; return nil })
			if err != nil {
				t.Fatal(err)
			}
			publisher := realm.Client(t)
			for _, id := range []string{"blue", "red"} {
				if err := publisher.Publish(t.Context(), "com.device."+id+".state", nil, nil); err != nil {
					t.Fatal(err)
				}
			}
			if got := <-seen; string(got) != want {
				t.Errorf("saw %s first, want %s", got, want)
			}
		})
	}
}

// painted is an event with a color for a parameter.
type painted struct{ id color }

func (p *painted) CodeURI(u *wamp.URICoder) { wamp.URIText(u, &p.id) }
func (p *painted) CodeWAMP(c *codec.Coder)  { new(wamp.Payload).CodeWAMP(c) }

// TestExampleURI: generated code reads the parameters of examples, which
// wampgen has checked.
func TestExampleURI(t *testing.T) {
	var id int8
	wamp.ExampleURI("com.device.{id}.state", "com.device.7.state", one(wamp.URIInt[int8], &id))
	if id != 7 {
		t.Errorf("got %d", id)
	}

	var log strings.Builder
	defer slog.SetDefault(slog.Default())
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	wamp.ExampleURI("com.device.{id}.state", "com.device.state", one(wamp.URIInt[int8], &id))
	if id != 7 || !strings.Contains(log.String(), "URI of an example does not fit") {
		t.Errorf("a URI of another form is read: %d, %s", id, log.String())
	}
}

// TestMatching: a subscription that leaves parameters open is a pattern, and
// one that leaves none open is not.
func TestMatching(t *testing.T) {
	topic := &wamp.Topic{URI: "com.{a}.x.{b}", Template: true}
	two := func(a, b *string) wamp.URIParams {
		return uriParams(func(u *wamp.URICoder) { wamp.URIText(u, a); wamp.URIText(u, b) })
	}
	rest := &wamp.Topic{URI: "com.audit.{path...}", Template: true}
	for want, got := range map[string]*wamp.Topic{
		"com..x.":       topic.Matching(two(nil, nil)),
		"com.1.x.":      topic.Matching(two(new("1"), nil)),
		"com..x.2":      topic.Matching(two(nil, new("2"))),
		"com.1.x.2":     topic.Matching(two(new("1"), new("2"))),
		"com.audit.":    rest.Matching(one(wamp.URIText[string], nil)),
		"com.audit.a.b": rest.Matching(one(wamp.URIText[string], new("a.b"))),
	} {
		if got.URI != want {
			t.Errorf("got %s, want %s", got.URI, want)
		}
	}
}

// TestMatching_Recovers: patterns and what is exact are restored with their
// parameters after every loss.
func TestMatching_Recovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		realm := wamptest.NewRealm(t)
		service, user := realm.Client(t), realm.Client(t)
		p := &wamp.Procedure{URI: "com.device.{id}.get", Template: true}
		topic := &wamp.Topic{URI: "com.device.{id}.state", Template: true}
		served, seen := make(chan int, 2), make(chan int, 2)
		serve := wamp.Handle(p, nil, func(_ context.Context, x *wamp.Exchange) error {
			in := reading[int]{code: wamp.URIInt[int]}
			err := x.At(&in).In(nil)
			served <- in.ID
			return x.Out(nil, err)
		})
		if _, err := wamp.Register(t.Context(), service, serve, serve.At(one(wamp.URIInt[int], new(7)))); err != nil {
			t.Fatal(err)
		}
		see := func(_ context.Context, ev state) error { seen <- ev.ID; return nil }
		for _, id := range []*int{nil, new(7)} {
			if _, err := wamp.Subscribe(t.Context(), user, topic.Matching(one(wamp.URIInt[int], id)), see); err != nil {
				t.Fatal(err)
			}
		}
		for range 3 {
			for _, id := range []int{7, 8} {
				at := one(wamp.URIInt[int], &id)
				if err := wamp.Call(t.Context(), user, p.At(at), nil, nil); err != nil {
					t.Error(err)
				}
				if got := <-served; got != id {
					t.Errorf("served %d, want %d", got, id)
				}
				if err := wamp.Publish(t.Context(), service, topic.At(at), new(wamp.Payload), wamp.WithAcknowledge()); err != nil {
					t.Error(err)
				}
				synctest.Wait()
				if want := 2 - id%7; len(seen) != want {
					t.Errorf("%d events of %d, want %d", len(seen), id, want)
				}
				for len(seen) > 0 {
					if got := <-seen; got != id {
						t.Errorf("saw %d, want %d", got, id)
					}
				}
			}
			realm.Drop()
			time.Sleep(time.Minute)
		}
	})
}

// state is an event with an int for a parameter.
type state struct{ ID int }

func (s *state) CodeURI(u *wamp.URICoder) { wamp.URIInt(u, &s.ID) }
func (s *state) CodeWAMP(c *codec.Coder)  { new(wamp.Payload).CodeWAMP(c) }
