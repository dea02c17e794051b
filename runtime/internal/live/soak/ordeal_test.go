package soak

import (
	"sync"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/internal/live/stage"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// H1, H2, H4: a proxy between clients and nexus delays, stalls, cuts, corrupts and
// resets. Clients recover whatever it does, and nothing runs twice.
func TestH4_ProxyWithFaults(t *testing.T) {
	t.Parallel()
	r := router.NewProcess(t, router.Config{})
	var both sync.WaitGroup
	for _, url := range []string{r.WebSocketURL(), r.RawSocketURL()} {
		both.Go(func() { t.Run(url[:2], func(t *testing.T) { stage.Ordeals(t, url, wamp.WithRawSocketPing()) }) })
	}
	both.Wait()
}
