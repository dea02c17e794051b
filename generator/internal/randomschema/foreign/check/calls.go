package check

import (
	"context"
	"fmt"
	"log/slog"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// pair is a caller and a callee on a router in memory. The router passes payloads on
// from the format of one to that of the other.
type pair struct {
	name           string
	caller, callee *wamp.Client
}

// pairs returns a pair for each format with itself, and with another one.
func pairs(ctx context.Context) (all []pair, err error) {
	realm := wamptest.StartRealm()
	formats := []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR}
	join := func(f codec.Format) (*wamp.Client, error) {
		return realm.Connect(ctx, wamp.WithSerializers(f), wamp.WithLogger(slog.New(slog.DiscardHandler)))
	}
	for i, f := range formats {
		for _, g := range []codec.Format{f, formats[(i+1)%len(formats)]} {
			p := pair{name: fmt.Sprintf("from %v to %v", f, g)}
			if p.caller, err = join(f); err == nil {
				p.callee, err = join(g)
			}
			if err != nil {
				return nil, err
			}
			all = append(all, p)
		}
	}
	return all, nil
}

// procedure is one that takes and returns a payload, and knows nothing else of it.
func (t registered) procedure(p pair) *wamp.Procedure {
	return &wamp.Procedure{URI: fmt.Sprintf("com.example.%s.%d", t.name, p.caller.SessionID())}
}

// serve registers it.
func (t registered) serve(ctx context.Context, p pair) error {
	_, err := wamp.Register(ctx, p.callee, wamp.Handle(t.procedure(p), nil, func(_ context.Context, x *wamp.Exchange) error {
		v := t.make()
		if err := x.In(v); err != nil {
			return err
		}
		return x.Out(v, nil)
	}))
	return err
}

// called checks that a value comes back from a callee as want.
func (t registered) called(ctx context.Context, p pair, v, want codec.Value) error {
	got := t.make()
	if err := wamp.Call(ctx, p.caller, t.procedure(p), v, got); err != nil {
		return fmt.Errorf("call %s: %w", p.name, err)
	}
	if !same(got, want) {
		return fmt.Errorf("call %s: another value comes back", p.name)
	}
	return nil
}
