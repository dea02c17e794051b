package live

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// faultStage is a fake router and what a client needs to reach it.
type faultStage struct {
	*wamptest.Script
	t      *testing.T
	kind   wamptest.Kind
	format codec.Format
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
		f(&faultStage{wamptest.NewScript(t, k, format), t, k, format})
	})
}

// faultBubbles is faultAll in memory and by the clock of a synctest bubble, which
// also proves that no goroutine is left.
func faultBubbles(t *testing.T, f func(*faultStage)) {
	faultMatrix(t, func(t *testing.T, k wamptest.Kind, format codec.Format) {
		synctest.Test(t, func(t *testing.T) {
			f(&faultStage{wamptest.NewPipeScript(t, k, format), t, k, format})
		})
	})
}

// dial begins to connect a client, which is closed at the end of the test.
func (s *faultStage) dial(opts ...wamp.ConnectOption) <-chan *wamp.Client {
	done := make(chan *wamp.Client, 1)
	opts = append([]wamp.ConnectOption{wamp.WithSerializers(s.format), wamp.WithNetDial(s.NetDial)}, opts...)
	go func() {
		defer close(done)
		c, err := wamp.Connect(s.t.Context(), s.URL(), "realm1", opts...)
		if err != nil {
			if s.t.Context().Err() == nil { // the test is not over
				s.t.Errorf("connect: %v", err)
			}
			return
		}
		s.t.Cleanup(func() {
			s.Stop() // nobody would answer the GOODBYE
			if err := c.Close(context.Background()); err != nil {
				s.t.Error(err)
			}
		})
		done <- c
	}()
	return done
}

// join connects a client whose peer is in the hands of the test.
func (s *faultStage) join(opts ...wamp.ConnectOption) (*wamp.Client, *wamptest.Peer) {
	s.t.Helper()
	done := s.dial(opts...)
	p := s.Accept()
	p.Join()
	c, ok := <-done
	if !ok {
		s.t.FailNow()
	}
	return c, p
}

// served connects a client whose peers, of this and later sessions, f plays.
func (s *faultStage) served(f func(*wamptest.Peer), opts ...wamp.ConnectOption) *wamp.Client {
	s.t.Helper()
	s.Serve(f)
	c, ok := <-s.dial(opts...)
	if !ok {
		s.t.FailNow()
	}
	return c
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

// faultLog is a logger into memory at level debug.
type faultLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *faultLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *faultLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *faultLog) option() wamp.ConnectOption {
	return wamp.WithLogger(slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug})))
}

// faultFull is set for the long runs that the cases name.
var faultFull = os.Getenv("WAMPGEN_FULL") != ""

// faultScale is n in a full run, less otherwise.
func faultScale(n, less int) int {
	if faultFull {
		return n
	}
	return less
}

// faultPass lets d pass on the clock of a synctest bubble.
func faultPass(d time.Duration) { <-time.After(d) }

// faultEcho is a handler that answers with its input.
func faultEcho(_ context.Context, in wamp.Payload) (wamp.Payload, error) { return in, nil }

// faultGrant answers the requests of the client on p with what Answer says.
func faultGrant(p *wamptest.Peer, n int) {
	for range n {
		if m, err := p.Next(); err == nil {
			p.Send(wamptest.Answer(m))
		}
	}
}
