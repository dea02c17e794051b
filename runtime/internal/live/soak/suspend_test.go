//go:build unix

package soak

import (
	"context"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/internal/live/stage"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// H2, H4: a process that was suspended, as a laptop is whose lid was shut, comes
// back: its procedure is there, its calls go on, and none has run twice. The router
// still has its connection, or was restarted meanwhile.
func TestH4_Suspended(t *testing.T) {
	t.Parallel()
	for name, meanwhile := range map[string]func(*testing.T, *router.Process){
		"the router waits": func(*testing.T, *router.Process) {},
		"the router restarts": func(t *testing.T, r *router.Process) {
			r.Kill()
			if err := r.Start(); err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := router.NewProcess(t, router.Config{})
			c := stage.Connect(t, r.RawSocketURL(), wamp.WithBackoff(wamp.Backoff{Max: time.Second}))
			var mu sync.Mutex
			ran, calls := map[any]int{}, make(chan struct{})
			_, err := c.Register(t.Context(), "com.example.watcher", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
				mu.Lock()
				ran[in.Args[0]]++
				mu.Unlock()
				select {
				case calls <- struct{}{}:
				case <-ctx.Done():
				case <-t.Context().Done():
				}
				return in, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			process := startSleeper(t, r.WebSocketURL())
			for range 5 {
				<-calls
			}
			must(t, process.Signal(syscall.SIGSTOP))
			meanwhile(t, r)
			<-time.After(3 * time.Second) // longer than its ping and the timeout of its call
			must(t, process.Signal(syscall.SIGCONT))
			for range 5 {
				<-calls
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if out, err := c.Call(ctx, "com.example.sleeper", []any{"awake"}, nil, wamp.WithGrace(time.Minute)); err != nil || out.Args[0] != "awake" {
				t.Errorf("called the one that was suspended: %v, %v", out, err)
			}
			mu.Lock()
			defer mu.Unlock()
			for id, n := range ran {
				if n != 1 {
					t.Errorf("call %v ran %d times", id, n)
				}
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// startSleeper starts the client, which ends with the test.
func startSleeper(t *testing.T, url string) *os.Process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), sleeperURL+"="+url)
	in, err := cmd.StdinPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGCONT)
		_ = in.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	return cmd.Process
}
