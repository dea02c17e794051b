package live

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// faultStage is a fake router behind a network with faults, and what a client
// needs to reach it.
type faultStage struct {
	*wamptest.Script
	t      *testing.T
	kind   wamptest.Kind
	format codec.Format
	net    *wamptest.Faults // between the clients and the router
	log    *recLog          // of the clients
}

// newStage returns a stage on loopback.
func newStage(t *testing.T, k wamptest.Kind, format codec.Format) *faultStage {
	return standing(t, wamptest.NewScript(t, k, format), k, format)
}

// newPipeStage returns a stage in memory.
func newPipeStage(t *testing.T, k wamptest.Kind, format codec.Format) *faultStage {
	return standing(t, wamptest.NewPipeScript(t, k, format), k, format)
}

func standing(t *testing.T, s *wamptest.Script, k wamptest.Kind, format codec.Format) *faultStage {
	return &faultStage{Script: s, t: t, kind: k, format: format, net: &wamptest.Faults{Dial: s.NetDial}, log: &recLog{}}
}

// faultMatrix runs f for both transports and all formats.
func faultMatrix(t *testing.T, f func(*testing.T, wamptest.Kind, codec.Format)) {
	for _, k := range []wamptest.Kind{wamptest.WebSocket, wamptest.RawSocket} {
		for _, format := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
			t.Run(k.String()+"/"+format.String(), func(t *testing.T) { f(t, k, format) })
		}
	}
}

// faultAll runs a test against a fake router on loopback, over both transports
// and all formats.
func faultAll(t *testing.T, f func(*faultStage)) {
	faultMatrix(t, func(t *testing.T, k wamptest.Kind, format codec.Format) {
		f(newStage(t, k, format))
	})
}

// faultBubbles is faultAll in memory and by the clock of a synctest bubble, which
// also proves that no goroutine is left.
func faultBubbles(t *testing.T, f func(*faultStage)) {
	faultMatrix(t, func(t *testing.T, k wamptest.Kind, format codec.Format) {
		dispatchBubble(t, k, format, f)
	})
}

// recTransports is faultBubbles with one format for each transport.
func recTransports(t *testing.T, f func(*faultStage)) {
	recBubble(t, wamptest.WebSocket, codec.MessagePack, f)
	recBubble(t, wamptest.RawSocket, codec.CBOR, f)
}

// recBubble runs f as a test of its own in a bubble.
func recBubble(t *testing.T, k wamptest.Kind, format codec.Format, f func(*faultStage)) {
	t.Run(k.String()+"/"+format.String(), func(t *testing.T) { dispatchBubble(t, k, format, f) })
}

// dispatchBubble runs f against a fake router in a synctest bubble.
func dispatchBubble(t *testing.T, k wamptest.Kind, format codec.Format, f func(*faultStage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f(newPipeStage(t, k, format))
	})
}

// recOutcome is what Connect returned.
type recOutcome struct {
	client *wamp.Client
	err    error
}

// options are what every client of a stage needs.
func (s *faultStage) options(more []wamp.ConnectOption) []wamp.ConnectOption {
	return append([]wamp.ConnectOption{
		wamp.WithSerializers(s.format), wamp.WithNetDial(s.net.NetDial), wamp.WithLogger(slog.New(s.log)),
	}, more...)
}

// dial begins to connect; the client is closed at the end of the test.
func (s *faultStage) dial(opts ...wamp.ConnectOption) <-chan recOutcome {
	done := make(chan recOutcome, 1)
	go func() {
		c, err := wamp.Connect(s.t.Context(), s.URL(), "realm1", s.options(opts)...)
		if err == nil {
			s.t.Cleanup(func() {
				s.net.Set(wamptest.Fault{})
				s.Stop() // nobody would answer the GOODBYE
				if err := c.Close(context.Background()); err != nil {
					s.t.Error(err)
				}
			})
		}
		done <- recOutcome{c, err}
	}()
	return done
}

// join connects a client whose peer is in the hands of the test.
func (s *faultStage) join(opts ...wamp.ConnectOption) (*wamp.Client, *wamptest.Peer) {
	s.t.Helper()
	done := s.dial(opts...)
	p := s.Accept()
	p.Join()
	return s.connected(done), p
}

// connected waits for what dial began.
func (s *faultStage) connected(done <-chan recOutcome) *wamp.Client {
	s.t.Helper()
	o := <-done
	if o.err != nil {
		s.t.Fatalf("connect: %v", o.err)
	}
	return o.client
}

// again accepts the next session and lets it join.
func (s *faultStage) again() *wamptest.Peer {
	s.t.Helper()
	p := s.Accept()
	p.Join()
	return p
}

// served connects a client whose peers, of this and later sessions, f plays.
func (s *faultStage) served(f func(*wamptest.Peer), opts ...wamp.ConnectOption) *wamp.Client {
	s.t.Helper()
	s.Serve(f)
	return s.connected(s.dial(opts...))
}

// works proves that the session is alive and unharmed: a call and its answer.
func (s *faultStage) works(c *wamp.Client, p *wamptest.Peer) {
	s.t.Helper()
	done := make(chan error, 1)
	go func() {
		out, err := c.Call(s.t.Context(), "com.example.alive", []any{"yes"}, nil)
		if err == nil && (len(out.Args) != 1 || out.Args[0] != "yes") {
			s.t.Errorf("the call after the fault returned %v", out)
		}
		done <- err
	}()
	p.Send(wamptest.Answer(p.Expect(wamptest.Call)))
	if err := <-done; err != nil {
		s.t.Fatalf("the call after the fault: %v", err)
	}
}

// until waits for a status that is as wanted and returns it.
func (s *faultStage) until(c *wamp.Client, want func(wamp.Status) bool) wamp.Status {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 12*time.Hour)
	defer cancel()
	for st := range c.Watch(ctx) {
		if want(st) {
			return st
		}
	}
	s.t.Fatalf("the client never got there; it is %v: %v", c.Status().State, c.Status().Err)
	return wamp.Status{}
}

// recIn reports whether a status is in a state.
func recIn(state wamp.State) func(wamp.Status) bool {
	return func(s wamp.Status) bool { return s.State == state }
}

// connect connects to a router outside of the test's hands; the client is closed
// at the end of the test.
func connect(t *testing.T, url string, opts ...wamp.ConnectOption) *wamp.Client {
	t.Helper()
	c, err := wamp.Connect(t.Context(), url, "realm1", opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return c
}

// dict is short for what tables hold often.
type dict = map[string]any

type message = wamptest.Message
