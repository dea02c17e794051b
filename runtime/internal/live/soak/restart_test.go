package soak

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// service is 50 registrations and 50 subscriptions of one client, with every
// option that decides what they match.
type service struct {
	client *wamp.Client
	calls  [50]atomic.Int64 // invocations of each registration
	events [50]atomic.Int64 // events of each subscription
}

// registrationURI and subscriptionURI are what number i stands for; the concrete
// ones are what a peer uses to reach it.
func registrationURI(i int) (uri, concrete string, opt []wamp.RegisterOption) {
	switch i % 5 {
	case 1:
		return fmt.Sprintf("com.r%d.", i), fmt.Sprintf("com.r%d.deep.er", i), []wamp.RegisterOption{wamp.WithPrefix()}
	case 2:
		return fmt.Sprintf("com.r%d..x", i), fmt.Sprintf("com.r%d.any.x", i), []wamp.RegisterOption{wamp.WithWildcard()}
	case 3:
		return fmt.Sprintf("com.r%d", i), fmt.Sprintf("com.r%d", i), []wamp.RegisterOption{wamp.WithInvokePolicy(wamp.InvokeRoundRobin)}
	}
	return fmt.Sprintf("com.r%d", i), fmt.Sprintf("com.r%d", i), nil
}

func subscriptionURI(i int) (uri, concrete string, opt []wamp.SubscribeOption) {
	switch i % 3 {
	case 1:
		return fmt.Sprintf("com.s%d.", i), fmt.Sprintf("com.s%d.deep.er", i), []wamp.SubscribeOption{wamp.WithPrefix()}
	case 2:
		return fmt.Sprintf("com.s%d..x", i), fmt.Sprintf("com.s%d.any.x", i), []wamp.SubscribeOption{wamp.WithWildcard()}
	}
	return fmt.Sprintf("com.s%d", i), fmt.Sprintf("com.s%d", i), nil
}

func newService(t *testing.T, client *wamp.Client) *service {
	s := &service{client: client}
	for i := range 50 {
		uri, _, ropt := registrationURI(i)
		_, err := client.Register(t.Context(), uri, func(context.Context, wamp.Payload) (wamp.Payload, error) {
			s.calls[i].Add(1)
			return wamp.Payload{Args: []any{i}}, nil
		}, ropt...)
		if err != nil {
			t.Fatal(uri, err)
		}
		topic, _, sopt := subscriptionURI(i)
		_, err = client.Subscribe(t.Context(), topic, func(context.Context, wamp.Payload) error {
			s.events[i].Add(1)
			return nil
		}, sopt...)
		if err != nil {
			t.Fatal(topic, err)
		}
	}
	return s
}

// checkOnce proves that every intent is there exactly once: one call and one
// publish of each reach it once.
func (s *service) checkOnce(t *testing.T, peer *wamp.Client) {
	t.Helper()
	var calls, events [50]int64
	for i := range 50 {
		calls[i], events[i] = s.calls[i].Load(), s.events[i].Load()
	}
	for i := range 50 {
		_, uri, _ := registrationURI(i)
		out, err := peer.Call(t.Context(), uri, nil, nil)
		if err != nil || out.Args[0] != int64(i) {
			t.Fatalf("call %s: %v, %v", uri, out, err)
		}
		_, topic, _ := subscriptionURI(i)
		if err := peer.Publish(t.Context(), topic, nil, nil, wamp.WithAcknowledge()); err != nil {
			t.Fatal(topic, err)
		}
	}
	// A last call through the same session comes after all the events.
	if _, err := peer.Call(t.Context(), "com.r0", nil, nil); err != nil {
		t.Fatal(err)
	}
	calls[0]++
	deadline := time.After(time.Minute)
	for i := range 50 {
		for s.events[i].Load() == events[i] {
			select {
			case <-deadline:
				t.Fatalf("subscription %d got no event", i)
			case <-time.After(time.Millisecond):
			}
		}
		if got := s.events[i].Load() - events[i]; got != 1 {
			t.Errorf("subscription %d got %d events of one publish", i, got)
		}
		if got := s.calls[i].Load() - calls[i]; got != 1 {
			t.Errorf("registration %d ran %d times for one call", i, got)
		}
	}
}

// number reads how much a long test is to do from the environment.
func number(name string, byDefault int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return byDefault
}

// TestH4_LiveRouterKilled: the router process is killed WAMPGEN_RESTARTS times
// (default 2) at random moments while calls and events flow; every intent is
// back exactly once. The backoff grows with every kill, up to 20 s.
func TestH4_LiveRouterKilled(t *testing.T) {
	t.Parallel()
	rounds := number("WAMPGEN_RESTARTS", 2)
	for _, transport := range []string{"websocket", "rawsocket"} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			r := router.NewProcess(t, router.Config{})
			url := r.WebSocketURL()
			if transport == "rawsocket" {
				url = r.RawSocketURL()
			}
			s := newService(t, stage.Connect(t, url))
			peer := stage.Connect(t, url)
			s.checkOnce(t, peer)
			for range rounds {
				killAndRestart(t, r, s, peer)
				s.checkOnce(t, peer)
			}
		})
	}
}

// killAndRestart kills the router under load and waits until all is back. What
// the load gets meanwhile must be a result, or an error that says what happened.
func killAndRestart(t *testing.T, r *router.Process, s *service, peer *wamp.Client) {
	t.Helper()
	before, peerBefore := s.client.SessionID(), peer.SessionID()
	ctx, stop := context.WithCancel(t.Context())
	var load sync.WaitGroup
	for i := range 4 {
		load.Go(func() {
			for n := i; ctx.Err() == nil; n++ {
				_, uri, _ := registrationURI(n % 50)
				_, err := peer.Call(ctx, uri, nil, nil)
				if err != nil && !errors.Is(err, wamp.ErrLost) && !wamp.IsPeer(err) && ctx.Err() == nil {
					t.Errorf("call %s: %v", uri, err)
				}
				_, topic, _ := subscriptionURI(n % 50)
				err = peer.Publish(ctx, topic, nil, nil)
				if err != nil && !errors.Is(err, wamp.ErrNotReady) && ctx.Err() == nil {
					t.Errorf("publish %s: %v", topic, err)
				}
			}
		})
	}
	<-time.After(rand.N(30 * time.Millisecond)) // a random moment of the load
	r.Kill()
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	stage.ReadyAgain(t, s.client, before)
	stage.ReadyAgain(t, peer, peerBefore)
	stop()
	load.Wait()
	settle(t, s, peer)
}

// settle waits until the events of the load have arrived at the service: a
// marker that the peer publishes last is queued behind them.
func settle(t *testing.T, s *service, peer *wamp.Client) {
	t.Helper()
	seen := make(chan struct{}, 1)
	sub, err := s.client.Subscribe(t.Context(), "com.marker", func(context.Context, wamp.Payload) error {
		seen <- struct{}{}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := peer.Publish(t.Context(), "com.marker", nil, nil, wamp.WithAcknowledge()); err != nil {
		t.Fatal(err)
	}
	<-seen
	if err := sub.Unsubscribe(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestH9_RealClients: WAMPGEN_STORM real clients on loopback, default 20, come
// back to a router that is killed and restarted.
func TestH9_RealClients(t *testing.T) {
	t.Parallel()
	n := number("WAMPGEN_STORM", 20)
	r := router.NewProcess(t, router.Config{})
	clients := make([]*wamp.Client, n)
	for i := range clients {
		clients[i] = stage.Connect(t, r.RawSocketURL())
	}
	before := make([]wamp.ID, n)
	for i, c := range clients {
		before[i] = c.SessionID()
	}
	r.Kill()
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	back := make([]time.Duration, n)
	var all sync.WaitGroup
	for i, c := range clients {
		all.Go(func() {
			stage.ReadyAgain(t, c, before[i])
			back[i] = time.Since(begin)
		})
	}
	all.Wait()
	peak, last := busiest(back)
	t.Logf("%d clients back in %v, at most %d in 100 ms", n, last.Round(time.Millisecond), peak)
}

// busiest returns the most entries within 100 ms, and the last.
func busiest(at []time.Duration) (peak int, last time.Duration) {
	for _, a := range at {
		n := 0
		for _, b := range at {
			if b >= a && b < a+100*time.Millisecond {
				n++
			}
		}
		peak, last = max(peak, n), max(last, a)
	}
	return peak, last
}
