package wamptest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

func echoed(_ context.Context, in wamp.Payload) (wamp.Payload, error) { return in, nil }

// A router has forgotten a session that was dropped: what it registered is free.
func TestRealm_DropForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		realm := wamptest.NewRealm(t)
		dropped, other := realm.Client(t), realm.Client(t)
		if _, err := dropped.Register(t.Context(), "com.example.p", echoed); err != nil {
			t.Fatal(err)
		}
		realm.Drop(dropped.SessionID())
		if got, want := realm.Sessions(), []wamp.ID{other.SessionID()}; !slices.Equal(got, want) {
			t.Errorf("the sessions are %d, want %d", got, want)
		}
		if _, err := other.Register(t.Context(), "com.example.p", echoed); err != nil {
			t.Error(err)
		}
	})
}

// TestRealm_Clients: clients of every serializer call each other in a bubble.
func TestRealm_Clients(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		realm := wamptest.NewRealm(t)
		var clients []*wamp.Client
		for _, f := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
			c := realm.Client(t, wamp.WithSerializers(f))
			if _, err := c.Register(t.Context(), "com.example."+f.String(), echoed); err != nil {
				t.Fatal(err)
			}
			clients = append(clients, c)
		}
		for _, c := range clients {
			for _, f := range []string{"json", "msgpack", "cbor"} {
				out, err := c.Call(t.Context(), "com.example."+f, []any{[]byte{1}, "a"}, map[string]any{"k": 1.5})
				if err != nil || len(out.Args) != 2 || !slices.Equal(out.Args[0].([]byte), []byte{1}) || out.Kwargs["k"] != 1.5 {
					t.Errorf("%v, %v", out, err)
				}
			}
		}
	})
}

// TestRealm_Recovery: what a client has is back after each way to lose it.
func TestRealm_Recovery(t *testing.T) {
	for name, lose := range map[string]func(*wamptest.Realm, *wamp.Client){
		"drop one":  func(r *wamptest.Realm, c *wamp.Client) { r.Drop(c.SessionID()) },
		"drop all":  func(r *wamptest.Realm, _ *wamp.Client) { r.Drop() },
		"kill":      func(r *wamptest.Realm, _ *wamp.Client) { r.Kill(); r.Start() },
		"stop":      func(r *wamptest.Realm, _ *wamp.Client) { r.Stop(); r.Start() },
		"long gone": func(r *wamptest.Realm, _ *wamp.Client) { r.Stop(); time.Sleep(time.Hour); r.Start() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				realm := wamptest.NewRealm(t)
				callee, caller := realm.Client(t), realm.Client(t)
				if _, err := callee.Register(t.Context(), "com.example.a", echoed); err != nil {
					t.Fatal(err)
				}
				before := callee.SessionID()
				lose(realm, callee)
				for callee.SessionID() == before || callee.Status().State != wamp.Ready || caller.Status().State != wamp.Ready {
					time.Sleep(time.Second)
				}
				if _, err := caller.Call(t.Context(), "com.example.a", nil, nil); err != nil {
					t.Error(err)
				}
				if got := realm.Sessions(); len(got) != 2 || !slices.Contains(got, callee.SessionID()) {
					t.Errorf("sessions %v, want those of the two clients, %d among them", got, callee.SessionID())
				}
			})
		})
	}
}

// TestRealm_Stopped: a stopped router refuses connections, a closed one for good.
func TestRealm_Stopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		realm := wamptest.StartRealm()
		realm.Stop()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := realm.Connect(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a stopped router: %v", err)
		}
		realm.Close()
		realm.Start()
		if _, err := realm.Dialer().Dial(t.Context(), "", transport.Options{}); err == nil {
			t.Error("a closed router accepts a connection")
		}
		realm.Close()
	})
}

// TestRealm_StoppedBeforeHello: who has connected and said nothing does not join a
// router that has stopped.
func TestRealm_StoppedBeforeHello(t *testing.T) {
	for name, stop := range map[string]func(*wamptest.Realm){"stop": (*wamptest.Realm).Stop, "kill": (*wamptest.Realm).Kill} {
		synctest.Test(t, func(t *testing.T) {
			realm := wamptest.NewRealm(t)
			link, err := realm.Dialer().Dial(t.Context(), "", transport.Options{})
			if err != nil {
				t.Fatal(err)
			}
			stop(realm)
			realm.Start()
			if frame, err := link.ReadFrame(); err == nil {
				t.Errorf("%s: got %q", name, frame)
			}
		})
	}
}

// TestRealm_Revoke: a callee learns that its registration is gone.
func TestRealm_Revoke(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		realm := wamptest.NewRealm(t)
		registration, err := realm.Client(t).Register(t.Context(), "com.example.a", echoed)
		if err != nil {
			t.Fatal(err)
		}
		if n := realm.Revoke("com.example.b"); n != 0 {
			t.Errorf("%d registrations of what nobody registered", n)
		}
		if n := realm.Revoke("com.example.a"); n != 1 {
			t.Errorf("%d registrations", n)
		}
		<-registration.Done()
	})
}

// TestRealm_History: the router keeps as many events as it is told to.
func TestRealm_History(t *testing.T) {
	for _, limit := range []int{0, 1, 2, 5} {
		synctest.Test(t, func(t *testing.T) {
			c := wamptest.NewRealm(t, wamptest.WithHistory(limit)).Client(t)
			_, err := c.Subscribe(t.Context(), "com.example.a", func(context.Context, wamp.Payload) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			for n := range 3 {
				if err := c.Publish(t.Context(), "com.example.a", []any{n}, nil, wamp.WithExcludeMe(false), wamp.WithAcknowledge()); err != nil {
					t.Fatal(err)
				}
			}
			id, err := c.Call(t.Context(), "wamp.subscription.lookup", []any{"com.example.a"}, nil)
			if err != nil {
				t.Fatal(err)
			}
			out, err := c.Call(t.Context(), "wamp.subscription.get_events", id.Args, nil)
			if err != nil || len(out.Args) != min(limit, 3) {
				t.Errorf("%d events with a history of %d: %v", len(out.Args), limit, err)
			}
		})
	}
}

// TestRealm_Seed: the same seed gives the same ids, and a restart others.
func TestRealm_Seed(t *testing.T) {
	ids := func(restart bool, options ...wamptest.RealmOption) (ids string) {
		synctest.Test(t, func(t *testing.T) {
			realm := wamptest.NewRealm(t, options...)
			if restart {
				realm.Stop()
				realm.Start()
			}
			for range 3 {
				ids += fmt.Sprintln(realm.Client(t).SessionID())
			}
		})
		return ids
	}
	a := ids(false)
	if ids(false) != a || ids(false, wamptest.WithSeed(1)) != a {
		t.Error("other ids from the same seed")
	}
	if ids(false, wamptest.WithSeed(7)) == a || ids(true) == a {
		t.Error("the same ids from another seed, or another life")
	}
}

// TestRealm_Serializers: what the serializer of the other side cannot hold is an
// error of that call, and an event that only some subscribers get.
func TestRealm_Serializers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		realm := wamptest.NewRealm(t)
		text, binary := realm.Client(t, wamp.WithSerializers(codec.JSON)), realm.Client(t, wamp.WithSerializers(codec.CBOR))
		notANumber := func(context.Context, wamp.Payload) (wamp.Payload, error) {
			return wamp.Payload{Args: []any{math.NaN()}}, nil
		}
		got := make(chan string, 2)
		for name, c := range map[string]*wamp.Client{"text": text, "binary": binary} {
			if _, err := c.Register(t.Context(), "com.example."+name, notANumber); err != nil {
				t.Fatal(err)
			}
			_, err := c.Subscribe(t.Context(), "com.example.event", func(context.Context, wamp.Payload) error {
				got <- name
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := binary.Call(t.Context(), "com.example.text", []any{math.NaN()}, nil); !errors.Is(err, wamp.ErrInvalidArgument) {
			t.Errorf("arguments: %v", err)
		}
		if _, err := text.Call(t.Context(), "com.example.binary", nil, nil); !errors.Is(err, wamp.ErrInvalidArgument) {
			t.Errorf("result: %v", err)
		}
		if err := realm.Client(t).Publish(t.Context(), "com.example.event", []any{math.Inf(1)}, nil, wamp.WithAcknowledge()); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if len(got) != 1 || <-got != "binary" {
			t.Error("the event did not reach the subscriber with CBOR alone")
		}
	})
}

// TestRealm_Deaf: a client that does not read is cut off, at once if too much
// waits for it and otherwise after the write timeout, and hinders nobody.
func TestRealm_Deaf(t *testing.T) {
	for name, c := range map[string]struct {
		events int
		text   string
		wait   time.Duration
	}{
		"too much":     {150, strings.Repeat("x", 1<<20), 0},
		"for too long": {100, "x", time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				realm := wamptest.NewRealm(t, wamptest.WithRealmLog(slog.New(slog.NewTextHandler(&log, nil))))
				deaf(t, realm)
				publisher := realm.Client(t)
				for range c.events {
					if err := publisher.Publish(t.Context(), "com.example.a", []any{c.text}, nil, wamp.WithAcknowledge()); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(c.wait)
				synctest.Wait()
				if got := realm.Sessions(); len(got) != 1 || got[0] != publisher.SessionID() {
					t.Errorf("sessions %v, want that of the publisher", got)
				}
				if strings.Count(log.String(), "it does not read") != 1 {
					t.Errorf("logged %q", log.String())
				}
			})
		})
	}
}

// deaf subscribes to everything below com and reads nothing.
func deaf(t *testing.T, realm *wamptest.Realm) {
	t.Helper()
	link, err := realm.Dialer().Dial(t.Context(), "", transport.Options{Formats: []codec.Format{codec.JSON}})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []string{`[1,"realm1",{"roles":{"subscriber":{}}}]`, `[32,1,{"match":"prefix"},"com"]`} {
		if err := errors.Join(link.WriteFrame([]byte(m), nil), link.Flush()); err != nil {
			t.Fatal(err)
		}
	}
	synctest.Wait()
}

// TestRealm_Parallel: many clients at once, for the race detector.
func TestRealm_Parallel(t *testing.T) {
	realm := wamptest.NewRealm(t, wamptest.WithRealmName("com.example.realm"), wamptest.WithHistory(0))
	var busy sync.WaitGroup
	for i := range 16 {
		c := realm.Client(t)
		busy.Go(func() {
			uri := fmt.Sprintf("com.example.p%d", i)
			if _, err := c.Register(t.Context(), uri, echoed); err != nil {
				t.Error(err)
			}
			for n := range 50 {
				if out, err := c.Call(t.Context(), uri, []any{n}, nil); err != nil || out.Args[0] != int64(n) {
					t.Errorf("%v, %v", out, err)
				}
				if err := c.Publish(t.Context(), "com.example.t", []any{n}, nil, wamp.WithAcknowledge()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	busy.Wait()
}
