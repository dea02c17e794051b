package call

import (
	"context"
	"maps"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// What interceptors send along arrives at the other side's interceptors, with
// calls, streams and events, also of those that waited for a session; the handlers
// get the payload as it was sent.
func TestMetadata_Travels(t *testing.T) {
	for _, f := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
		t.Run(f.String(), func(t *testing.T) {
			realm(t, func(t *testing.T, r *wamptest.Realm) {
				tag := wamp.WithInterceptors(func(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
					if sends := op.Kind == wamp.OperationCall || op.Kind == wamp.OperationPublish; op.SetMetadata("k", "v") != sends {
						t.Errorf("%v carries %v", op.Kind, !sends)
					}
					return next(ctx)
				})
				var mu sync.Mutex // protects kinds and got
				var kinds []wamp.OperationKind
				read := wamp.WithInterceptors(func(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
					if op.Kind == wamp.OperationInvocation || op.Kind == wamp.OperationEvent {
						mu.Lock()
						kinds = append(kinds, op.Kind)
						mu.Unlock()
						if !maps.Equal(op.Metadata(), map[string]string{"k": "v"}) || op.SetMetadata("k", "v") {
							t.Errorf("%v: %v", op.Kind, op.Metadata())
						}
					} else if op.Metadata() != nil {
						t.Errorf("%v: %v", op.Kind, op.Metadata())
					}
					return next(ctx)
				})
				c := r.Client(t, read, wamp.WithSerializers(f))
				p := stage.Procedure(false)
				p.Metadata = "_meta"
				topic := &wamp.Topic{URI: "com.example.t", Payload: stage.Counts.Payload, Metadata: "_meta"}
				if _, err := wamp.Register(t.Context(), c, p.Handle(func(_ context.Context, in string) (string, error) { return in, nil })); err != nil {
					t.Fatal(err)
				}
				var got []stage.Number
				_, err := wamp.Subscribe(t.Context(), c, topic, func(_ context.Context, n stage.Number) error {
					mu.Lock()
					defer mu.Unlock()
					got = append(got, n)
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}

				sender := r.Client(t, tag, wamp.WithSerializers(f), wamp.WithPublishBuffer(1<<20))
				if out, err := p.Call(t.Context(), sender, "in"); out != "in" || err != nil {
					t.Errorf("%q, %v", out, err)
				}
				n := stage.Number(1)
				if err := wamp.Publish(t.Context(), sender, topic, &n); err != nil {
					t.Error(err)
				}
				synctest.Wait()
				r.Drop(sender.SessionID())
				synctest.Wait()
				n = 2
				if err := wamp.Publish(t.Context(), sender, topic, &n); err != nil {
					t.Error(err)
				}
				time.Sleep(time.Minute)
				mu.Lock()
				defer mu.Unlock()
				if len(kinds) != 3 || len(got) != 2 || got[0] != 1 || got[1] != 2 {
					t.Errorf("handled %v, events %v", kinds, got)
				}
			})
		})
	}
}

// Without a schema there is no place for it.
func TestMetadata_WithoutASchema(t *testing.T) {
	realm(t, func(t *testing.T, r *wamptest.Realm) {
		c := r.Client(t, wamp.WithInterceptors(func(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
			if op.SetMetadata("k", "v") || op.Metadata() != nil {
				t.Errorf("%v has a place", op.Kind)
			}
			return next(ctx)
		}))
		if _, err := c.Register(t.Context(), "com.example.p", stage.Echo); err != nil {
			t.Fatal(err)
		}
		if out, err := c.Call(t.Context(), "com.example.p", []any{1}, nil); err != nil || len(out.Kwargs) > 0 {
			t.Errorf("%v, %v", out, err)
		}
	})
}
