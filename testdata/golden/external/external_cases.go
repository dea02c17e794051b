package external

import (
	"context"
	"errors"
	"slices"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

func TestValues(t *testing.T) {
	s := Session{Session: 7, Authid: "ann", Authrole: "user"}
	roundtrip.Outputs(t, sessionGet, s)
	roundtrip.Events(t, sessionOnJoin, SessionOnJoin{Session: s})
	roundtrip.Same(t, "URI", sessionCount.URI, "wamp.session.count")
}

var _ = roundtrip.Know(func(p **wamp.ID) codec.Value { return codec.Of(p, codeRegistrationLookupResult) })

// TestNoID: a router says in one of four ways that there is no id.
func TestNoID(t *testing.T) {
	out := roundtrip.Out(registrationLookup)
	id := wamp.ID(7)
	roundtrip.Decodes(t, out, []any{7}, nil, (*wamp.ID)(&id))
	for _, none := range [][]any{{0}, {0.0}, {nil}, {}} {
		roundtrip.Decodes(t, out, none, nil, (*wamp.ID)(nil))
	}
	roundtrip.Refuses[*wamp.ID](t, out, []any{-1}, nil, "result: want uint, got int out of range")
	roundtrip.Refuses[*wamp.ID](t, out, []any{int64(1<<53 + 1)}, nil, "result: want id, got invalid int")
	zero := wamp.ID(0)
	roundtrip.Fails(t, roundtrip.Put(out, &zero), "result: not an id: want 1 to 2^53")
	roundtrip.Refuses[wamp.ID](t, roundtrip.In(sessionGet), []any{0}, nil, "session: want id, got invalid int")
}

// TestLive asks a router by its own procedures, and hears of its own topics.
func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, one, two *wamp.Client) {
		c := NewCaller(one)
		if n, err := c.SessionCount(ctx); err != nil || n < 2 {
			t.Errorf("%d sessions, %v", n, err)
		}
		if ids, err := c.SessionList(ctx); err != nil || !slices.Contains(ids, two.SessionID()) {
			t.Errorf("%v, %v", ids, err)
		}
		if s, err := c.SessionGet(ctx, two.SessionID()); err != nil || s.Session != two.SessionID() || s.Authrole == "" {
			t.Errorf("%+v, %v", s, err)
		}
		_, err := c.SessionGet(ctx, 1<<53)
		if _, ok := errors.AsType[*NoSuchSessionError](err); !ok {
			t.Errorf("got %v", err)
		}
		if _, err := SubscribeSessionOnJoin(ctx, one, func(context.Context, SessionOnJoin) error { return nil }); err != nil {
			t.Error(err)
		}
	})
}

// TestReserved: what belongs to the router cannot be registered.
func TestReserved(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, one, _ *wamp.Client) {
		_, err := one.Register(ctx, SessionCountProcedure, func(_ context.Context, in wamp.Payload) (wamp.Payload, error) { return in, nil })
		if !errors.Is(err, wamp.ErrInvalidURI) {
			t.Errorf("got %v", err)
		}
	})
}
