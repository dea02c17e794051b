package router_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/gammazero/nexus/v3/transport/serialize"

	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// L0: a stopped router leaves nothing behind.
func TestRouter_LeavesNoGoroutine(t *testing.T) {
	r := router.New(t, router.Config{})
	r.Stop()
	before := runtime.NumGoroutine()
	for range 5 {
		if err := r.Start(); err != nil {
			t.Fatal(err)
		}
		web, raw := join(t, r.WebSocketURL(), serialize.CBOR), join(t, r.RawSocketURL(), serialize.JSON)
		r.Kill()
		<-web.Done()
		<-raw.Done()
	}
	for deadline := time.Now().Add(30 * time.Second); runtime.NumGoroutine() > before; {
		if time.Now().After(deadline) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines, before %d:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		}
		runtime.Gosched() // those of nexus end a moment after their connection
	}
}
