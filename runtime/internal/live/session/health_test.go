package session

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// What the two handlers answer in every state of a client, beside one that is
// well.
func TestHealth(t *testing.T) {
	for name, row := range map[string]struct {
		bring func(*testing.T, *wamptest.Realm, *wamp.Client)
		live  int
		ready int
		says  string
	}{
		"ready": {func(*testing.T, *wamptest.Realm, *wamp.Client) {}, 200, 200, "ok\n"},
		"no router": {func(_ *testing.T, r *wamptest.Realm, _ *wamp.Client) {
			r.Kill()
		}, 200, 503, "realm1: backoff\nrealm1: backoff\n"},
		"restoring": {func(t *testing.T, r *wamptest.Realm, c *wamp.Client) {
			if _, err := c.Register(t.Context(), "com.example.p", stage.Echo); err != nil {
				t.Fatal(err)
			}
			r.Drop(c.SessionID())
			thief := r.Client(t)
			if _, err := thief.Register(t.Context(), "com.example.p", stage.Echo); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second * 2)
		}, 200, 503, "realm1: recovering\n"},
		"draining": {func(t *testing.T, r *wamptest.Realm, c *wamp.Client) {
			_, err := c.Register(t.Context(), "com.example.p", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
				<-ctx.Done()
				return in, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			go func() { _, _ = r.Client(t).Call(t.Context(), "com.example.p", nil, nil) }() // it is cut short
			time.Sleep(time.Second)
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			t.Cleanup(cancel)
			go func() { _ = c.Drain(ctx) }() // what is left is not of interest
			time.Sleep(time.Second)
		}, 200, 503, "realm1: draining\n"},
		"closed": {func(t *testing.T, _ *wamptest.Realm, c *wamp.Client) {
			if err := c.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
		}, 200, 503, "realm1: closed\n"},
		"gave up": {func(t *testing.T, r *wamptest.Realm, c *wamp.Client) {
			r.Kill()
			<-c.Done()
			r.Start()
			time.Sleep(time.Minute)
		}, 503, 503, "realm1: closed\n"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := wamptest.NewRealm(t)
				c := r.Client(t, wamp.WithMaxElapsed(time.Minute))
				well := r.Client(t)
				row.bring(t, r, c)
				synctest.Wait()
				live, ready := httptest.NewRecorder(), httptest.NewRecorder()
				wamp.LiveHandler(c, well).ServeHTTP(live, nil)
				wamp.ReadyHandler(c, well).ServeHTTP(ready, nil)
				if live.Code != row.live || ready.Code != row.ready || ready.Body.String() != row.says {
					t.Errorf("live %d, ready %d: %q", live.Code, ready.Code, ready.Body)
				}
				if ok := strings.HasPrefix(live.Body.String(), "ok"); ok != (row.live == 200) {
					t.Errorf("live says %q", live.Body)
				}
			})
		})
	}
}
