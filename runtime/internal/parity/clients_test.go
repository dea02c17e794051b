package parity

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	live "github.com/wampgen/wampgen/runtime/internal/live/stage"
	. "github.com/wampgen/wampgen/runtime/wamptest"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// exercise is what clients do with each other over a router. Empty reasons run it
// there.
type exercise struct {
	name            string
	do              func(s *clients)
	nexus, crossbar string // why the router is left out
}

func allExercises() []exercise { return slices.Concat(exercises, chunkExercises, metaExercises) }

// clients is one exercise on one router.
type clients struct {
	*testing.T
	connect func(...wamp.ConnectOption) (*wamp.Client, error)
	// secure connects where users log in; nil if connect does.
	secure func(...wamp.ConnectOption) (*wamp.Client, error)
}

// client returns a client that is closed when the exercise ends.
func (s *clients) client() *wamp.Client {
	s.Helper()
	return s.open(s.connect)
}

// login returns a client of the user joe, whose role is user.
func (s *clients) login() *wamp.Client {
	s.Helper()
	connect := s.connect
	if s.secure != nil {
		connect = s.secure
	}
	return s.open(connect, wamp.WithAuth(auth.Ticket("joe", auth.NewSecret("tkt-123"))))
}

func (s *clients) open(connect func(...wamp.ConnectOption) (*wamp.Client, error), opts ...wamp.ConnectOption) *wamp.Client {
	s.Helper()
	c, err := connect(append(opts, wamp.WithLogger(slog.New(slog.DiscardHandler)))...)
	if err != nil {
		s.Fatal(err)
	}
	live.CloseAtEnd(s, c)
	return c
}

// must fails the exercise for an error.
func (s *clients) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// register registers a handler of dynamic values.
func (s *clients) register(c *wamp.Client, uri string, f func(context.Context, wamp.Payload) (wamp.Payload, error), opts ...wamp.RegisterOption) *wamp.Registration {
	s.Helper()
	r, err := c.Register(s.Context(), uri, f, opts...)
	s.must(err)
	return r
}

// listen subscribes and returns what comes, as the first argument of each event.
func (s *clients) listen(c *wamp.Client, topic string, opts ...wamp.SubscribeOption) (<-chan any, *wamp.Subscription) {
	s.Helper()
	events := make(chan any, 100)
	sub, err := c.Subscribe(s.Context(), topic, func(_ context.Context, ev wamp.Payload) error {
		events <- ev.Args[0]
		return nil
	}, opts...)
	s.must(err)
	return events, sub
}

// publish publishes one argument and waits for the broker.
func (s *clients) publish(c *wamp.Client, topic string, arg any, opts ...wamp.PublishOption) {
	s.Helper()
	s.must(c.Publish(s.Context(), topic, []any{arg}, nil, append(opts, wamp.WithAcknowledge())...))
}

// want expects the next event.
func (s *clients) want(events <-chan any, arg any) {
	s.Helper()
	select {
	case got := <-events:
		if got != arg {
			s.Errorf("got %v, want %v", got, arg)
		}
	case <-s.Context().Done():
		s.Errorf("%v did not come", arg)
	}
}

// TestClients_InMemory runs the exercises on the in-memory router.
func TestClients_InMemory(t *testing.T) {
	for _, e := range allExercises() {
		t.Run(e.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := NewRealm(t, WithTicketUser("joe", "user", "tkt-123"))
				e.do(&clients{T: t, connect: func(opts ...wamp.ConnectOption) (*wamp.Client, error) { return r.Connect(t.Context(), opts...) }})
			})
		})
	}
}

// TestClients_Nexus runs them on nexus, in a process of its own.
func TestClients_Nexus(t *testing.T) {
	cfg := router.Config{Tickets: map[string]string{"joe": "tkt-123"}, History: []router.History{{Topic: "hist"}}}
	exercises := allExercises()
	for i := range exercises {
		cfg.Realms = append(cfg.Realms, fmt.Sprintf("realm%d", i+1))
	}
	process := router.NewProcess(t, cfg)
	for i, e := range exercises {
		t.Run(e.name, func(t *testing.T) {
			if e.nexus != "" {
				t.Skip("nexus: " + e.nexus)
			}
			e.do(&clients{T: t, connect: func(opts ...wamp.ConnectOption) (*wamp.Client, error) {
				return wamp.Connect(t.Context(), process.RawSocketURL(), cfg.Realms[i], opts...)
			}})
		})
	}
}
