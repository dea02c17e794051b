package interop

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/internal/crossbar/node"
)

// A rollout behind Crossbar.io's proxy workers, on two realms that are on two
// router workers: in each two callees share a procedure, one after the other is
// drained and replaced, and no call fails. (L2).
func TestRollout_BehindProxies(t *testing.T) {
	r, err := routers[2].start()
	if errors.Is(err, node.ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	var realms sync.WaitGroup
	for _, realm := range []string{"realm1", "realm2"} {
		realms.Go(func() {
			if err := rollout(t.Context(), r.urls["ws"], realm); err != nil {
				t.Errorf("%s: %v", realm, err)
			}
		})
	}
	realms.Wait()
}

func rollout(ctx context.Context, url, realm string) error {
	const procedure, replacements, callers = "com.example.rollout", 10, 4
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	join := func() (*wamp.Client, error) {
		return wamp.Connect(ctx, url, realm, wamp.WithLogger(slog.New(slog.DiscardHandler)))
	}
	callee := func() (*wamp.Client, error) {
		c, err := join()
		if err == nil {
			_, err = c.Register(ctx, procedure, echo, wamp.WithInvokePolicy(wamp.InvokeRoundRobin))
		}
		return c, err
	}
	var serving [2]*wamp.Client
	for i := range serving {
		var err error
		if serving[i], err = callee(); err != nil {
			return err
		}
	}
	caller, err := join()
	if err != nil {
		return err
	}
	var calling sync.WaitGroup
	var over atomic.Bool
	calls := make([]int, callers)
	failures := make([]error, callers)
	for i := range callers {
		calling.Go(func() {
			for !over.Load() && failures[i] == nil {
				_, failures[i] = caller.Call(ctx, procedure, []any{i}, nil)
				calls[i]++
			}
		})
	}
	for i := range replacements {
		next, failed := callee()
		err = errors.Join(err, failed, serving[i%2].Drain(ctx))
		serving[i%2] = next
	}
	over.Store(true)
	calling.Wait()
	for i, n := range calls {
		if n < replacements {
			err = errors.Join(err, fmt.Errorf("caller %d made %d calls only", i, n))
		}
	}
	return errors.Join(err, errors.Join(failures...), caller.Close(ctx), serving[0].Close(ctx), serving[1].Close(ctx))
}
