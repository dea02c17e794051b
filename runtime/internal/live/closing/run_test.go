package closing

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// slow registers a procedure that takes 10 s, and calls it.
func slow(t *testing.T, callee, caller *wamp.Client) <-chan error {
	t.Helper()
	_, err := callee.Register(t.Context(), "com.example.slow", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
		select {
		case <-time.After(10 * time.Second):
			return in, nil
		case <-ctx.Done():
			return in, ctx.Err()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return stage.Begin(func() error {
		_, err := caller.Call(t.Context(), "com.example.slow", nil, nil)
		return err
	})
}

// Run returns when the client has drained after the end of ctx, and says what
// that came to.
func TestRun_Drains(t *testing.T) {
	for name, row := range map[string]struct {
		drain, took time.Duration
		called      func(error) bool
		want        error
	}{
		"in time":  {20 * time.Second, 10 * time.Second, func(err error) bool { return err == nil }, nil},
		"too late": {5 * time.Second, 5 * time.Second, func(err error) bool { return wamp.IsPeer(err) }, context.DeadlineExceeded},
		"at once":  {0, 0, func(err error) bool { return wamp.IsPeer(err) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := wamptest.NewRealm(t)
				c := r.Client(t)
				called := slow(t, c, r.Client(t))
				ctx, stop := context.WithCancel(t.Context())
				done := stage.Begin(func() error { return wamp.Run(ctx, c, row.drain) })
				synctest.Wait()
				if len(done) > 0 {
					t.Fatalf("Run did not wait for ctx: %v", <-done)
				}
				begin := time.Now()
				stop()
				if err := <-done; !errors.Is(err, row.want) {
					t.Errorf("Run: %v", err)
				}
				if took := time.Since(begin); took != row.took || c.Status().State != wamp.Closed {
					t.Errorf("after %v the client is %v", took, c.Status().State)
				}
				if err := <-called; !row.called(err) {
					t.Errorf("the call: %v", err)
				}
			})
		})
	}
}

// Run returns when the client has ended: with the reason if it gave up by itself,
// and without an error if the program closed it.
func TestRun_TheClientEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := wamptest.NewRealm(t)
		closed, gaveUp := r.Client(t), r.Client(t, wamp.WithMaxElapsed(time.Minute))
		ends := [2]<-chan error{
			stage.Begin(func() error { return wamp.Run(t.Context(), closed, time.Second) }),
			stage.Begin(func() error { return wamp.Run(t.Context(), gaveUp, time.Second) }),
		}
		if err := closed.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if err := <-ends[0]; err != nil {
			t.Errorf("got %v", err)
		}
		r.Kill()
		if err := <-ends[1]; err == nil || errors.Is(err, wamp.ErrClosed) || err != gaveUp.Err() {
			t.Errorf("got %v, want %v", err, gaveUp.Err())
		}
	})
}
