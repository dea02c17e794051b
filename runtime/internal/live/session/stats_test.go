package session

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// counted is a realm whose side of every connection counts.
type counted struct {
	*wamptest.Realm
	// of what clients write and read
	out, in, bytesOut, bytesIn atomic.Uint64
}

// Dial implements transport.Dialer.
func (c *counted) Dial(_ context.Context, _ string, _ transport.Options) (*transport.Link, error) {
	link, server := transport.Pipe(codec.CBOR)
	go c.Serve(countedConn{server, c}, codec.CBOR)
	return link, nil
}

type countedConn struct {
	transport.Conn
	c *counted
}

func (c countedConn) ReadFrame() ([]byte, error) {
	frame, err := c.Conn.ReadFrame()
	if err == nil {
		c.c.out.Add(1)
		c.c.bytesOut.Add(uint64(len(frame)))
	}
	return frame, err
}

func (c countedConn) WriteFrame(head, body []byte) error {
	err := c.Conn.WriteFrame(head, body)
	if err == nil {
		c.c.in.Add(1)
		c.c.bytesIn.Add(uint64(len(head) + len(body)))
	}
	return err
}

// same compares counts of this side and of the other.
func same[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, the other side counted %v", what, got, want)
	}
}

func sameErrors(t *testing.T, what string, got, want map[string]uint64) {
	t.Helper()
	if !maps.Equal(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

type declared struct{}

func (declared) Error() string         { return "declared" }
func (declared) ErrorURI() string      { return "a.declared" }
func (declared) CodeWAMP(*codec.Coder) {}

// The counters of two clients agree with each other and with what a router
// counted between them, whatever became of the calls.
func TestStats_Calls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &counted{Realm: wamptest.NewRealm(t)}
		callee := r.Client(t, wamp.WithLimits(wamp.Limits{Workers: 2, Waiting: 3}))
		caller := r.Client(t, wamp.WithDialer(r))
		p := stage.Procedure(false)
		p.Errors = []wamp.DeclaredError{{URI: "a.declared", New: func() wamp.TypedError { return new(declared) }}}
		var served atomic.Uint64 // with a result
		answers := map[string]error{
			"ok": nil, "declared": declared{}, "own": wamp.NewError("a.own"), "standard": wamp.ErrNotAuthorized, "internal": errors.New("x"),
		}
		_, err := wamp.Register(t.Context(), callee, p.Handle(func(ctx context.Context, in string) (string, error) {
			err, known := answers[in]
			if !known {
				<-ctx.Done()
				return in, ctx.Err()
			}
			if err == nil {
				served.Add(1)
			}
			return in, err
		}))
		if err != nil {
			t.Fatal(err)
		}
		for in, n := range map[string]int{"ok": 40, "declared": 3, "own": 4, "standard": 5, "internal": 6} {
			for range n {
				_, _ = p.Call(t.Context(), caller, in) // the counters are what counts
			}
		}
		synctest.Wait() // until the last worker has gone home
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		for range 9 { // 2 run and are cancelled, 3 wait and are cancelled, 4 find no room
			go func() { _, _ = p.Call(ctx, caller, "wait") }()
		}
		synctest.Wait()
		s := caller.Stats()
		same(t, "under way", s.Calls-s.Results-total(s.CallErrors), 5)
		same(t, "pending", s.PendingRequests, 5)
		same(t, "running at the callee", callee.Stats().Running, 2)
		same(t, "waiting at the callee", callee.Stats().InvocationsWaiting, 3)
		time.Sleep(2 * time.Second)

		for range 2 {
			_, _ = caller.Call(t.Context(), "com.example.nobody", nil, nil)
		}
		s = caller.Stats()
		same(t, "calls", s.Calls, 40+3+4+5+6+9+2)
		same(t, "results", s.Results, served.Load())
		sameErrors(t, "errors of calls", s.CallErrors, map[string]uint64{
			"a.declared": 3, wamp.OtherErrors: 4 + 5, "wamp.error.not_authorized": 5, "wamp.error.runtime_error": 6,
			"wamp.error.unavailable": 4, "wamp.error.no_such_procedure": 2,
		})
		at := callee.Stats()
		same(t, "invocations", at.Invocations, s.Calls-2)
		same(t, "answers", at.Answers, s.Results)
		sameErrors(t, "errors of invocations", at.InvocationErrors, map[string]uint64{
			"a.declared": 3, wamp.OtherErrors: 4, "wamp.error.not_authorized": 5, "wamp.error.runtime_error": 6,
			"wamp.error.unavailable": 4, "wamp.error.canceled": 5,
		})
		same(t, "messages out", s.MessagesOut, r.out.Load())
		same(t, "messages in", s.MessagesIn, r.in.Load())
		same(t, "bytes out", s.BytesOut, r.bytesOut.Load())
		same(t, "bytes in", s.BytesIn, r.bytesIn.Load())
		same(t, "pending", s.PendingRequests, 0)
		same(t, "queued", s.QueuedMessages+s.QueuedBytes, 0)
	})
}

func total(counts map[string]uint64) (n uint64) {
	for _, c := range counts {
		n += c
	}
	return n
}

// What peers call their errors cannot make the counters grow without bound.
func TestStats_ManyErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := wamptest.NewRealm(t)
		c := r.Client(t)
		n := 0
		_, err := c.Register(t.Context(), "com.example.p", func(context.Context, wamp.Payload) (wamp.Payload, error) {
			n++
			return wamp.Payload{}, wamp.NewError(fmt.Sprintf("wamp.error.e%d", n))
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 1000 {
			_, _ = c.Call(t.Context(), "com.example.p", nil, nil)
		}
		synctest.Wait()
		s := c.Stats()
		if len(s.CallErrors) > 101 || total(s.CallErrors) != 1000 || len(s.InvocationErrors) > 101 || total(s.InvocationErrors) != 1000 {
			t.Errorf("%d and %d keys", len(s.CallErrors), len(s.InvocationErrors))
		}
	})
}

// Events: those that were handled, failed and dropped are those that were
// published.
func TestStats_Events(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := wamptest.NewRealm(t)
		publisher, c := r.Client(t), r.Client(t)
		gate := make(chan struct{})
		var handled, failed uint64
		sub, err := c.Subscribe(t.Context(), "com.example.t", func(_ context.Context, ev wamp.Payload) error {
			<-gate
			handled++
			if handled%10 == 0 {
				failed++
				return errors.New("x")
			}
			return nil
		}, wamp.WithMailbox(50, 0))
		if err != nil {
			t.Fatal(err)
		}
		const n = 200
		for i := range n {
			if err := publisher.Publish(t.Context(), "com.example.t", []any{i}, nil, []wamp.PublishOption{wamp.WithAcknowledge()}[:i%2]...); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		same(t, "published", publisher.Stats().Published, n)
		same(t, "waiting", c.Stats().EventsWaiting, 50)
		same(t, "running", c.Stats().Running, 1)
		if c.Stats().InboundBytes == 0 {
			t.Error("what waits takes no bytes")
		}
		close(gate)
		synctest.Wait()
		if err := sub.Unsubscribe(t.Context()); err != nil {
			t.Error(err)
		}
		s := c.Stats()
		same(t, "handled", s.Events, handled)
		same(t, "failed", s.EventErrors, failed)
		same(t, "dropped", s.EventsDropped, n-handled)
		same(t, "waiting", s.EventsWaiting+s.InboundBytes, 0)
	})
}

// failures counts the dials that fail.
type failures struct {
	transport.Dialer
	failed uint64
}

func (f *failures) Dial(ctx context.Context, url string, o transport.Options) (*transport.Link, error) {
	link, err := f.Dialer.Dial(ctx, url, o)
	if err != nil {
		f.failed++
	}
	return link, err
}

// Sessions, and what waits for one.
func TestStats_Sessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := wamptest.NewRealm(t)
		dials := &failures{Dialer: r.Dialer()}
		c := r.Client(t, wamp.WithPublishBuffer(1<<20), wamp.WithDialer(dials))
		for range 3 {
			before := c.SessionID()
			r.Drop()
			stage.ReadyAgain(t, c, before)
		}
		same(t, "sessions", c.Stats().Sessions, 4)
		same(t, "reconnects", c.Stats().Reconnects, 3)
		same(t, "failed attempts", c.Stats().FailedAttempts, 0)
		r.Kill()
		time.Sleep(time.Minute)
		same(t, "failed attempts", c.Stats().FailedAttempts, dials.failed)
		for range 7 {
			if err := c.Publish(t.Context(), "com.example.t", nil, nil); err != nil {
				t.Error(err)
			}
		}
		same(t, "buffered", c.Stats().BufferedEvents, 7)
		same(t, "published", c.Stats().Published, 0)
		r.Start()
		time.Sleep(time.Minute)
		same(t, "buffered", c.Stats().BufferedEvents, 0)
		same(t, "published", c.Stats().Published, 7)
	})
}

// Calls that wait for a callee are held, and every time that one is sent again
// counts.
func TestStats_Grace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &counted{Realm: wamptest.NewRealm(t)}
		c := r.Client(t, wamp.WithDialer(r))
		synctest.Wait()
		before := r.out.Load()
		var calls []<-chan error
		for range 5 {
			calls = append(calls, stage.CallProcedure(t.Context(), c, false, wamp.WithGrace(time.Minute)))
		}
		time.Sleep(10 * time.Second)
		same(t, "held", c.Stats().CallsHeld, 5)
		callee := r.Client(t)
		if _, err := callee.Register(t.Context(), "com.example.proc", stage.Echo); err != nil {
			t.Fatal(err)
		}
		for _, done := range calls {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		s := c.Stats()
		same(t, "held", s.CallsHeld, 0)
		same(t, "calls", s.Calls, 5)
		same(t, "results", s.Results, 5)
		same(t, "sent", s.Calls+s.Resent, r.out.Load()-before)
		same(t, "invocations", callee.Stats().Invocations, 5)
	})
}

// What never left is not sent once more when there is a new session: calls that waited
// for room in the queue, and one that waited in it. Interceptors see that too.
func TestStats_ResentIsWhatWasSent(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		attempts := make(chan int, 10)
		c, p := s.Connect(wamp.WithLimits(wamp.Limits{QueueFrames: 1}), wamp.WithInterceptors(
			func(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
				err := next(ctx)
				if op.Kind == wamp.OperationCall {
					attempts <- op.Attempt
				}
				return err
			}))
		calls := []<-chan error{stage.CallProcedure(s.T.Context(), c, true)}
		p.Expect(wamptest.Call)
		p.Hang()
		if err := c.Publish(s.T.Context(), "com.example.t", []any{strings.Repeat("x", 1<<20)}, nil); err != nil {
			s.T.Fatal(err)
		}
		synctest.Wait() // the writer is in the middle of it
		for range 4 {
			calls = append(calls, stage.CallProcedure(s.T.Context(), c, true))
			synctest.Wait()
		}
		p.Close()
		p = s.Rejoin()
		for range 5 {
			p.Send(wamptest.Message{wamptest.Result, p.Expect(wamptest.Call).ID(1), stage.Dict{}, []any{"in"}})
		}
		total := 0
		for _, done := range calls {
			if err := <-done; err != nil {
				s.T.Error(err)
			}
			total += <-attempts
		}
		same(s.T, "attempts", total, 6)
		same(s.T, "calls", c.Stats().Calls, 5)
		same(s.T, "resent", c.Stats().Resent, 1)
	})
}

// A stream is one call and one invocation; its progressive results and its chunks
// count apart.
func TestStats_Streams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := wamptest.NewRealm(t)
		callee, caller := r.Client(t), r.Client(t)
		_, err := callee.RegisterStream(t.Context(), "com.example.s", func(_ context.Context, _ wamp.Payload, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
			for i := range 7 {
				if err := out.Send(wamp.Payload{Args: []any{i}}); err != nil {
					return wamp.Payload{}, err
				}
			}
			return wamp.Payload{}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			for _, err := range caller.CallStream(t.Context(), "com.example.s", nil, nil).All() {
				if err != nil {
					t.Error(err)
				}
			}
		}
		_, err = callee.RegisterChunks(t.Context(), "com.example.c", func(_ context.Context, in wamp.Payload, chunks iter.Seq2[wamp.Payload, error]) (wamp.Payload, error) {
			for _, err := range chunks {
				if err != nil {
					return in, err
				}
			}
			return in, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := caller.CallChunks(t.Context(), "com.example.c", nil, nil, wamp.Chunks(slices.Values(make([]wamp.Payload, 5)))); err != nil {
			t.Fatal(err)
		}
		synctest.Wait() // the callee counts an answer when it has sent it
		s, at := caller.Stats(), callee.Stats()
		same(t, "calls", [3]uint64{s.Calls, s.Results, s.Progress}, [3]uint64{4, 4, 21})
		same(t, "invocations", [3]uint64{at.Invocations, at.Answers, at.ProgressSent}, [3]uint64{4, 4, 21})
		same(t, "chunks", [2]uint64{s.ChunksSent, at.Chunks}, [2]uint64{5, 5})
	})
}
