package call

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// TestMemory_HandlersThatHold: 256 handlers of one client that get a list of
// empty maps each, one byte to send and fifty to hold, and keep it. What they
// hold together stays within Limits.Memory, what does not fit is an error of its
// own call, and all of it is given back.
func TestMemory_HandlersThatHold(t *testing.T) {
	const handlers, each, most = 256, 12 << 10, 32 << 20
	realm := wamptest.NewRealm(t)
	callee, caller := realm.Client(t, wamp.WithLimits(wamp.Limits{Memory: most})), realm.Client(t)
	hollow := make([]any, each)
	for i := range hollow {
		hollow[i] = map[string]any{}
	}
	hold, arrived := make(chan struct{}), make(chan struct{}, handlers)
	if _, err := callee.Register(t.Context(), "com.example.hold", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
		arrived <- struct{}{}
		<-hold
		runtime.KeepAlive(in)
		return wamp.Payload{}, nil
	}); err != nil {
		t.Fatal(err)
	}
	before := heap()
	refused := make(chan error, handlers)
	var callers sync.WaitGroup
	for range handlers {
		callers.Go(func() {
			if _, err := caller.Call(t.Context(), "com.example.hold", []any{hollow}, nil); err != nil {
				refused <- err
			}
		})
	}
	held := 0
	for range handlers {
		select {
		case <-arrived:
			held++
		case err := <-refused:
			if !errors.Is(err, wamp.ErrInvalidArgument) {
				t.Error(err)
			}
		}
	}
	if took := int(heap()) - int(before); took > most+16<<20 || held == 0 || held == handlers {
		t.Errorf("%d of %d handlers hold %d MiB, of at most %d", held, handlers, took>>20, most>>20)
	}
	t.Logf("%d of %d handlers hold their arguments", held, handlers)
	close(hold)
	callers.Wait()
	if _, err := caller.Call(t.Context(), "com.example.hold", []any{hollow}, nil); err != nil {
		t.Errorf("not all was given back: %v", err)
	}
}

// heap is how much memory is in use.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
