package passthru

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/internal/live/stage"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// Events that were published while the subscriber was away come from the
// history, and are opened as live ones are.
func TestPassthru_Resume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		realm := wamptest.NewRealm(t, wamptest.WithHistory(100))
		log := wamp.WithLogger(slog.New(slog.DiscardHandler))
		publisher := realm.Client(t, append(slices.Clip(handled), log)...)
		subscriber := realm.Client(t, append(slices.Clip(handled), log)...)
		var got []any
		_, err := subscriber.Subscribe(t.Context(), "com.example.t", func(ctx context.Context, in wamp.Payload) error {
			info := wamp.EventInfoFrom(ctx)
			got = append(got, in.Args[0], info.Resumed, info.Passthru.Scheme)
			return nil
		}, wamp.WithResume(), wamp.WithPassthruOnly())
		if err != nil {
			t.Fatal(err)
		}
		publish := func(n int, scheme string) {
			err := publisher.Publish(t.Context(), "com.example.t", []any{n}, nil, wamp.WithPassthru(wamp.Passthru{Scheme: scheme}), wamp.WithAcknowledge())
			if err != nil {
				t.Fatal(err)
			}
		}
		publish(1, "x_flip")
		synctest.Wait()
		before := subscriber.SessionID()
		realm.Drop(before)
		publish(2, "x_flip")
		publish(3, "wamp")
		stage.ReadyAgain(t, subscriber, before)
		publish(4, "x_plain")
		synctest.Wait()
		want := []any{int64(1), false, "x_flip", int64(2), true, "x_flip", int64(3), true, "wamp", int64(4), false, "x_plain"}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// What is published without a session is sealed when it is published, and a
// router without the mode does not get it later.
func TestPassthru_PublishBuffer(t *testing.T) {
	for _, lacks := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			realm := wamptest.NewRealm(t)
			opts := append(slices.Clip(handled), wamp.WithLogger(slog.New(slog.DiscardHandler)))
			subscriber := realm.Client(t, opts...)
			if lacks {
				opts = append(opts, wamp.WithDenyFeatures("broker", "payload_passthru_mode"))
			}
			publisher := realm.Client(t, append(opts, wamp.WithPublishBuffer(1<<20), wamp.WithSerializers(1))...)
			var got []any
			_, err := subscriber.Subscribe(t.Context(), "com.example.t", func(_ context.Context, in wamp.Payload) error {
				got = append(got, in.Args...)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			realm.Drop(publisher.SessionID())
			synctest.Wait()
			if err := publisher.Publish(t.Context(), "com.example.t", []any{"a"}, nil, wamp.WithPassthru(wamp.Passthru{Scheme: "x_flip"})); err != nil {
				t.Fatal(err)
			}
			if err := publisher.Publish(t.Context(), "com.example.t", []any{"b"}, nil, wamp.WithAcknowledge()); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			want := []any{"a", "b"}
			if lacks {
				want = want[1:]
			}
			if !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}
