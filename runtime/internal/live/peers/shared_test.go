package peers

import (
	"context"
	"errors"
	"testing"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// On a real router: the first registration serves every call until it is given
// back, and another client shares the procedure with it.
func TestRegister_SharedTwiceOnARouter(t *testing.T) {
	r := router.New(t, router.Config{})
	one, other, caller := stage.Connect(t, r.RawSocketURL()), stage.Connect(t, r.RawSocketURL()), stage.Connect(t, r.RawSocketURL())
	register := func(c *wamp.Client, name string) (*wamp.Registration, error) {
		return c.Register(t.Context(), "com.example.p", func(context.Context, wamp.Payload) (wamp.Payload, error) {
			return wamp.Payload{Args: []any{name}}, nil
		}, wamp.WithInvokePolicy(wamp.InvokeRoundRobin))
	}
	served := func() map[any]int {
		by := map[any]int{}
		for range 10 {
			out, err := caller.Call(t.Context(), "com.example.p", nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			by[out.Args[0]]++
		}
		return by
	}
	first, err := register(one, "first")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := register(one, "second"); !errors.Is(err, wamp.ErrProcedureAlreadyExists) {
		t.Errorf("got %v", err)
	}
	if by := served(); by["first"] != 10 {
		t.Errorf("served by %v", by)
	}
	if _, err := register(other, "other"); err != nil {
		t.Fatal(err)
	}
	if by := served(); by["first"] != 5 || by["other"] != 5 {
		t.Errorf("served by %v", by)
	}
	if err := first.Unregister(t.Context()); err != nil {
		t.Fatal(err)
	}
	if by := served(); by["other"] != 10 {
		t.Errorf("served by %v", by)
	}
}
