// Package stage holds what the live tests have in common: a scripted router
// behind a network with faults, clients on it, and handlers and typed procedures
// for them. It starts no real router.
package stage

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// Stage is a fake router behind a network with faults, and what a client
// needs to reach it.
type Stage struct {
	*wamptest.Script
	T      *testing.T
	Kind   wamptest.Kind
	Format codec.Format
	Net    *wamptest.Faults // between the clients and the router
	Log    *Log             // of the clients
}

// New returns a stage on loopback.
func New(t *testing.T, k wamptest.Kind, format codec.Format) *Stage {
	return standing(t, wamptest.NewScript(t, k, format), k, format)
}

// NewPipe returns a stage in memory.
func NewPipe(t *testing.T, k wamptest.Kind, format codec.Format) *Stage {
	return standing(t, wamptest.NewPipeScript(t, k, format), k, format)
}

func standing(t *testing.T, s *wamptest.Script, k wamptest.Kind, format codec.Format) *Stage {
	return &Stage{Script: s, T: t, Kind: k, Format: format, Net: &wamptest.Faults{Dial: s.NetDial}, Log: &Log{}}
}

// Matrix runs f for both transports and all formats.
func Matrix(t *testing.T, f func(*testing.T, wamptest.Kind, codec.Format)) {
	for _, k := range []wamptest.Kind{wamptest.WebSocket, wamptest.RawSocket} {
		for _, format := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
			t.Run(k.String()+"/"+format.String(), func(t *testing.T) { f(t, k, format) })
		}
	}
}

// Sockets runs a test against a fake router on loopback, over both transports
// and all formats.
func Sockets(t *testing.T, f func(*Stage)) {
	Matrix(t, func(t *testing.T, k wamptest.Kind, format codec.Format) {
		f(New(t, k, format))
	})
}

// Bubbles is Sockets in memory and by the clock of a synctest bubble, which
// also proves that no goroutine is left.
func Bubbles(t *testing.T, f func(*Stage)) {
	Matrix(t, func(t *testing.T, k wamptest.Kind, format codec.Format) {
		InBubble(t, k, format, f)
	})
}

// Transports is Bubbles with one format for each transport.
func Transports(t *testing.T, f func(*Stage)) {
	Bubble(t, wamptest.WebSocket, codec.MessagePack, f)
	Bubble(t, wamptest.RawSocket, codec.CBOR, f)
}

// Bubble runs f as a test of its own in a bubble.
func Bubble(t *testing.T, k wamptest.Kind, format codec.Format, f func(*Stage)) {
	t.Run(k.String()+"/"+format.String(), func(t *testing.T) { InBubble(t, k, format, f) })
}

// InBubble runs f against a fake router in a synctest bubble.
func InBubble(t *testing.T, k wamptest.Kind, format codec.Format, f func(*Stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f(NewPipe(t, k, format))
	})
}

// Outcome is what Connect returned.
type Outcome struct {
	Client *wamp.Client
	Err    error
}

// Options are what every client of a stage needs.
func (s *Stage) Options(more []wamp.ConnectOption) []wamp.ConnectOption {
	return append([]wamp.ConnectOption{
		wamp.WithSerializers(s.Format), wamp.WithNetDial(s.Net.NetDial), wamp.WithLogger(slog.New(s.Log)),
	}, more...)
}

// Dial begins to connect; the client is closed at the end of the test.
func (s *Stage) Dial(opts ...wamp.ConnectOption) <-chan Outcome {
	done := make(chan Outcome, 1)
	go func() {
		c, err := wamp.Connect(s.T.Context(), s.URL(), "realm1", s.Options(opts)...)
		if err == nil {
			s.T.Cleanup(func() {
				s.Net.Set(wamptest.Fault{})
				s.Stop() // nobody would answer the GOODBYE
				if err := c.Close(context.Background()); err != nil {
					s.T.Error(err)
				}
			})
		}
		done <- Outcome{c, err}
	}()
	return done
}

// Connect connects a client whose peer is in the hands of the test.
func (s *Stage) Connect(opts ...wamp.ConnectOption) (*wamp.Client, *wamptest.Peer) {
	s.T.Helper()
	done := s.Dial(opts...)
	p := s.Accept()
	p.Join()
	return s.Connected(done), p
}

// Connected waits for what dial began.
func (s *Stage) Connected(done <-chan Outcome) *wamp.Client {
	s.T.Helper()
	o := <-done
	if o.Err != nil {
		s.T.Fatalf("connect: %v", o.Err)
	}
	return o.Client
}

// Rejoin accepts the next session and lets it join.
func (s *Stage) Rejoin() *wamptest.Peer {
	s.T.Helper()
	p := s.Accept()
	p.Join()
	return p
}

// Served connects a client whose peers, of this and later sessions, f plays.
func (s *Stage) Served(f func(*wamptest.Peer), opts ...wamp.ConnectOption) *wamp.Client {
	s.T.Helper()
	s.Serve(f)
	return s.Connected(s.Dial(opts...))
}

// Works proves that the session is alive and unharmed: a call and its answer.
func (s *Stage) Works(c *wamp.Client, p *wamptest.Peer) {
	s.T.Helper()
	done := make(chan error, 1)
	go func() {
		out, err := c.Call(s.T.Context(), "com.example.alive", []any{"yes"}, nil)
		if err == nil && (len(out.Args) != 1 || out.Args[0] != "yes") {
			s.T.Errorf("the call after the fault returned %v", out)
		}
		done <- err
	}()
	p.Send(wamptest.Answer(p.Expect(wamptest.Call)))
	if err := <-done; err != nil {
		s.T.Fatalf("the call after the fault: %v", err)
	}
}

// Until waits for a status that is as wanted and returns it.
func (s *Stage) Until(c *wamp.Client, want func(wamp.Status) bool) wamp.Status {
	s.T.Helper()
	ctx, cancel := context.WithTimeout(s.T.Context(), 12*time.Hour)
	defer cancel()
	for st := range c.Watch(ctx) {
		if want(st) {
			return st
		}
	}
	s.T.Fatalf("the client never got there; it is %v: %v", c.Status().State, c.Status().Err)
	return wamp.Status{}
}

// In reports whether a status is in a state.
func In(state wamp.State) func(wamp.Status) bool {
	return func(s wamp.Status) bool { return s.State == state }
}

// Connect connects to a router outside of the test's hands; the client is closed
// at the end of the test.
func Connect(t *testing.T, url string, opts ...wamp.ConnectOption) *wamp.Client {
	t.Helper()
	c, err := wamp.Connect(t.Context(), url, "realm1", opts...)
	if err != nil {
		t.Fatal(err)
	}
	CloseAtEnd(t, c)
	return c
}

// CloseAtEnd closes a client of a real router at the end of the test. How long
// such a router takes to answer GOODBYE is not what the test is about: on a busy
// machine it may be longer than Close waits.
func CloseAtEnd(tb testing.TB, c *wamp.Client) {
	tb.Cleanup(func() {
		if err := c.Close(context.Background()); err != nil && !strings.Contains(err.Error(), "no answer to GOODBYE") {
			tb.Error(err)
		}
	})
}

// Dict is short for what tables hold often.
type Dict = map[string]any
