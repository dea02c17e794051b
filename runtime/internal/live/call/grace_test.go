package call

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// realm runs f in a bubble with a router in memory.
func realm(t *testing.T, f func(*testing.T, *wamptest.Realm)) {
	synctest.Test(t, func(t *testing.T) { f(t, wamptest.NewRealm(t)) })
}

// answering lets c answer stage.Procedure.
func answering(t *testing.T, c *wamp.Client) *wamp.Registrations {
	t.Helper()
	regs, err := wamp.Register(t.Context(), c, stage.Procedure(true).Handle(func(_ context.Context, in string) (string, error) { return in, nil }))
	if err != nil {
		t.Fatal(err)
	}
	return regs
}

// callFor calls the procedure with a ctx of d and returns how long that took.
func callFor(t *testing.T, c *wamp.Client, d time.Duration, idempotent bool, opts ...wamp.CallOption) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	begin := time.Now()
	err := <-stage.CallProcedure(ctx, c, idempotent, opts...)
	return time.Since(begin), err
}

// Callers that come back before their callee do not notice, whether the router
// was restarted or the callee alone.
func TestGrace_NoCallerNoticesARestart(t *testing.T) {
	for name, restart := range map[string]func(*testing.T, *wamptest.Realm, *wamp.Client) *wamp.Client{
		"router": func(t *testing.T, r *wamptest.Realm, callee *wamp.Client) *wamp.Client {
			r.Kill()
			time.Sleep(3 * time.Second)
			r.Start()
			return callee
		},
		"callee": func(t *testing.T, r *wamptest.Realm, callee *wamp.Client) *wamp.Client {
			if err := callee.Drain(t.Context()); err != nil {
				t.Error(err)
			}
			time.Sleep(3 * time.Second)
			callee = r.Client(t)
			answering(t, callee)
			return callee
		},
	} {
		t.Run(name, func(t *testing.T) {
			realm(t, func(t *testing.T, r *wamptest.Realm) {
				callee := r.Client(t)
				answering(t, callee)
				ctx, stop := context.WithCancel(t.Context())
				var calls atomic.Int64
				var callers sync.WaitGroup
				for range 50 {
					caller := r.Client(t)
					callers.Go(func() {
						for ctx.Err() == nil {
							if took, err := callFor(t, caller, 30*time.Second, true); err != nil {
								t.Errorf("after %v: %v", took, err)
							}
							calls.Add(1)
							time.Sleep(time.Second)
						}
					})
				}
				for range 5 {
					time.Sleep(40 * time.Second)
					callee = restart(t, r, callee)
				}
				time.Sleep(10 * time.Second)
				stop()
				callers.Wait()
				if calls.Load() < 50*180 {
					t.Errorf("%d calls", calls.Load())
				}
			})
		})
	}
}

// Whether and how long a call waits for a callee, by what is known of its
// procedure. It fails with the router's refusal.
func TestGrace_HowLong(t *testing.T) {
	const ever = time.Hour
	known := func(t *testing.T, r *wamptest.Realm, c *wamp.Client) {
		regs := answering(t, c)
		if _, err := callFor(t, c, ever, true); err != nil {
			t.Fatal(err)
		}
		if err := regs.Unregister(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	again := func(t *testing.T, r *wamptest.Realm, c *wamp.Client) {
		before := c.SessionID()
		r.Drop()
		stage.ReadyAgain(t, c, before)
	}
	for name, row := range map[string]struct {
		before     func(*testing.T, *wamptest.Realm, *wamp.Client)
		idempotent bool
		opts       []wamp.CallOption
		want       time.Duration
	}{
		"a typo":                          {idempotent: true},
		"not idempotent":                  {},
		"has answered":                    {before: known, idempotent: true, want: 30 * time.Second},
		"has answered, not idempotent":    {before: known},
		"has answered, turned off":        {before: known, idempotent: true, opts: []wamp.CallOption{wamp.WithGrace(0)}},
		"has answered, long ago":          {before: func(t *testing.T, r *wamptest.Realm, c *wamp.Client) { known(t, r, c); time.Sleep(ever) }, idempotent: true, want: 30 * time.Second},
		"a typo after a reconnect":        {before: again, idempotent: true, want: 30 * time.Second},
		"a typo 20 s after a reconnect":   {before: func(t *testing.T, r *wamptest.Realm, c *wamp.Client) { again(t, r, c); time.Sleep(20 * time.Second) }, idempotent: true, want: 10 * time.Second},
		"a typo 31 s after a reconnect":   {before: func(t *testing.T, r *wamptest.Realm, c *wamp.Client) { again(t, r, c); time.Sleep(31 * time.Second) }, idempotent: true},
		"not idempotent, after reconnect": {before: again},
		"asked for":                       {opts: []wamp.CallOption{wamp.WithGrace(5 * time.Second)}, want: 5 * time.Second},
		"less than by default":            {before: known, idempotent: true, opts: []wamp.CallOption{wamp.WithGrace(time.Second)}, want: time.Second},
		"more than by default":            {before: known, idempotent: true, opts: []wamp.CallOption{wamp.WithGrace(time.Minute)}, want: time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			realm(t, func(t *testing.T, r *wamptest.Realm) {
				c := r.Client(t)
				if row.before != nil {
					row.before(t, r, c)
				}
				took, err := callFor(t, c, ever, row.idempotent, row.opts...)
				if !errors.Is(err, wamp.ErrNoSuchProcedure) || wamp.SafeToRetry(err) || !strings.HasPrefix(err.Error(), "wamp: call com.example.proc: ") {
					t.Errorf("got %v", err)
				}
				if took > row.want || took < row.want-time.Second {
					t.Errorf("took %v, want %v", took, row.want)
				}
			})
		})
	}
}

// Calls that wait for a callee when the router goes too have their time when it is
// back, as those have that begin while it is gone. What the program or the schema
// gave them is all they have.
func TestGrace_AnOutageIsNoPartOfIt(t *testing.T) {
	for given, want := range map[time.Duration]error{0: nil, 45 * time.Second: wamp.ErrNoSuchProcedure} {
		realm(t, func(t *testing.T, r *wamptest.Realm) {
			callee, c := r.Client(t), r.Client(t)
			regs := answering(t, callee)
			if _, err := callFor(t, c, time.Second, true); err != nil {
				t.Fatal(err)
			}
			if err := regs.Unregister(t.Context()); err != nil {
				t.Fatal(err)
			}
			p := stage.Procedure(true)
			p.Grace = given
			var calls []<-chan error
			for range 3 {
				calls = append(calls, stage.Begin(func() error { _, err := p.Call(t.Context(), c, "in"); return err }))
				time.Sleep(time.Second)
			}
			r.Kill()
			time.Sleep(time.Minute)
			r.Start()
			time.Sleep(15 * time.Second)
			answering(t, callee)
			for i, done := range calls {
				if err := <-done; i > 0 && !errors.Is(err, want) || want == nil && err != nil {
					t.Errorf("grace %v, call %d: %v", given, i, err)
				}
			}
		})
	}
}

// A client remembers the procedures of a fleet: each that has answered is waited for.
func TestGrace_OfAFleet(t *testing.T) {
	realm(t, func(t *testing.T, r *wamptest.Realm) {
		const devices = 5000
		callee, c := r.Client(t), r.Client(t)
		reg, err := callee.Register(t.Context(), "com.example.device", stage.Echo, wamp.WithPrefix())
		if err != nil {
			t.Fatal(err)
		}
		locate := func(ctx context.Context, i int) error {
			p := &wamp.Procedure{URI: fmt.Sprint("com.example.device.", i), Idempotent: true}
			return wamp.Call(ctx, c, p, new(wamp.Payload), new(wamp.Payload))
		}
		for i := range devices {
			if err := locate(t.Context(), i); err != nil {
				t.Fatal(err)
			}
		}
		if err := reg.Unregister(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var calls sync.WaitGroup
		for i := range devices {
			calls.Go(func() { _ = locate(ctx, i) }) // it is canceled
		}
		synctest.Wait()
		if held := c.Stats().CallsHeld; held != devices {
			t.Errorf("%d of %d calls wait for their callee", held, devices)
		}
		cancel()
		calls.Wait()
	})
}

// The schema may give a procedure a grace, or none.
func TestGrace_OfTheSchema(t *testing.T) {
	for grace, want := range map[time.Duration]time.Duration{5 * time.Second: 5 * time.Second, -1: 0} {
		realm(t, func(t *testing.T, r *wamptest.Realm) {
			c := r.Client(t)
			p := stage.Procedure(true)
			p.Grace = grace
			begin := time.Now()
			_, err := p.Call(t.Context(), c, "in")
			if took := time.Since(begin); !errors.Is(err, wamp.ErrNoSuchProcedure) || took > want || took < want-time.Second {
				t.Errorf("grace %v: after %v: %v", grace, took, err)
			}
		})
	}
}

// A grace below zero is refused before anything is sent.
func TestGrace_Negative(t *testing.T) {
	realm(t, func(t *testing.T, r *wamptest.Realm) {
		_, err := r.Client(t).Call(t.Context(), "com.example.p", nil, nil, wamp.WithGrace(-1))
		if err == nil || !wamp.SafeToRetry(err) || wamp.IsPeer(err) {
			t.Errorf("got %v", err)
		}
	})
}

// The error of a call whose ctx ends while it waits names the refusal beside the
// deadline, also if the call itself was never sent.
func TestGrace_TheErrorNamesBoth(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		refusing(s, func() wamptest.Message { return wamptest.Message{"wamp.error.no_such_procedure"} })
		c := s.Connected(s.Dial())
		var done [2]<-chan error
		for i, limit := range []time.Duration{3 * time.Second, time.Millisecond} {
			done[i] = stage.Begin(func() error {
				_, err := callFor(s.T, c, limit, false, wamp.WithGrace(time.Minute))
				return err
			})
			synctest.Wait() // the second one waits behind the first
		}
		for i := range done {
			err := <-done[i]
			if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, wamp.ErrNoSuchProcedure) {
				s.T.Errorf("got %v", err)
			}
			if !strings.HasSuffix(err.Error(), ": context deadline exceeded, last answer: wamp.error.no_such_procedure") {
				s.T.Errorf("call %d: %v", i, err)
			}
			if wamp.SafeToRetry(err) != (i == 1) {
				s.T.Errorf("call %d: safe to retry %v: %v", i, i == 0, err)
			}
		}
	})
}

// refusing plays a router that refuses every CALL while refuse returns an
// answer, and notes when they came.
func refusing(s *stage.Stage, refuse func() wamptest.Message) (came func() []time.Time) {
	var mu sync.Mutex
	var calls []time.Time
	s.Play(func(on *stage.Session, m wamptest.Message) []wamptest.Message {
		if m.Type() != wamptest.Call {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		calls = append(calls, time.Now())
		if answer := refuse(); answer != nil {
			return []wamptest.Message{append(wamptest.Message{wamptest.Error, wamptest.Call, m.ID(1), stage.Dict{}}, answer...)}
		}
		return nil
	})
	return func() []time.Time {
		mu.Lock()
		defer mu.Unlock()
		return calls
	}
}

// Of many calls of one procedure that wait, one at a time asks the router, and
// the router is asked less and less often. All of them are served in the end.
func TestGrace_OneProbeAtATime(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		var down atomic.Bool
		down.Store(true)
		came := refusing(s, func() wamptest.Message {
			if down.Load() {
				return wamptest.Message{"wamp.error.no_such_procedure"}
			}
			return nil
		})
		c := s.Connected(s.Dial())
		const n = 200
		done := make(chan error, n)
		call := func() {
			_, err := callFor(s.T, c, time.Hour, false, wamp.WithGrace(time.Minute))
			done <- err
		}
		go call()
		synctest.Wait()
		for range n - 1 {
			go call()
		}
		time.Sleep(20 * time.Second)
		if probes := len(came()); probes < 15 || probes > 50 {
			s.T.Errorf("the router was asked %d times in 20 s by %d calls", probes, n)
		}
		down.Store(false)
		begin := time.Now()
		for range n {
			if err := <-done; err != nil {
				s.T.Error(err)
			}
		}
		if took := time.Since(begin); took > 2*time.Second {
			s.T.Errorf("the calls were served after %v", took)
		}
		if sent := len(came()); sent > n+60 {
			s.T.Errorf("%d calls were sent %d times", n, sent)
		}
	})
}

// A probe that is cancelled, or served for long, keeps no other call waiting.
func TestGrace_TheProbeHoldsNobodyUp(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		var calls atomic.Int64
		var down atomic.Bool
		down.Store(true)
		s.Play(func(on *stage.Session, m wamptest.Message) []wamptest.Message {
			switch {
			case m.Type() != wamptest.Call:
				return nil
			case down.Load():
				return []wamptest.Message{{wamptest.Error, wamptest.Call, m.ID(1), stage.Dict{}, "wamp.error.no_such_procedure"}}
			case calls.Add(1) == 1:
				return stage.Silent // served for ever
			}
			return nil
		})
		c := s.Connected(s.Dial())
		ctx, cancel := context.WithCancel(s.T.Context())
		first := stage.CallProcedure(ctx, c, false, wamp.WithGrace(time.Minute))
		synctest.Wait()
		var others []<-chan error
		for range 3 {
			others = append(others, stage.CallProcedure(s.T.Context(), c, false, wamp.WithGrace(time.Minute)))
			synctest.Wait()
		}
		cancel() // the one that probes
		if err := <-first; !errors.Is(err, context.Canceled) || !errors.Is(err, wamp.ErrNoSuchProcedure) {
			s.T.Errorf("got %v", err)
		}
		down.Store(false)
		time.Sleep(3 * time.Second)
		served := 0
		for _, done := range others {
			select {
			case err := <-done:
				served++
				if err != nil {
					s.T.Error(err)
				}
			default:
			}
		}
		if served != len(others)-1 {
			s.T.Errorf("%d of %d calls were served beside the one that takes long", served, len(others))
		}
	})
}

// A session that is lost while a probe is under way shows no callee: the others
// still wait behind the one that probes.
func TestGrace_AProbeOfALostSession(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		r := s.Play(func(on *stage.Session, m wamptest.Message) []wamptest.Message {
			switch {
			case m.Type() != wamptest.Call:
				return nil
			case on.Index == 0 && len(on.Of(wamptest.Call)) == 2: // the first probe
				on.Peer.Close()
				return stage.Silent
			case on.Index == 0:
				return []wamptest.Message{{wamptest.Error, wamptest.Call, m.ID(1), stage.Dict{}, "wamp.error.no_such_procedure"}}
			}
			return stage.Silent // whether there is a callee is still open
		})
		c := s.Connected(s.Dial())
		<-r.Came
		for range 10 {
			stage.CallProcedure(s.T.Context(), c, true, wamp.WithGrace(time.Hour))
			synctest.Wait()
		}
		again := <-r.Came
		time.Sleep(10 * time.Millisecond) // a probe is not yet taken for served
		if n := len(again.Of(wamptest.Call)); n != 1 {
			s.T.Errorf("%d calls were sent on the next session", n)
		}
	})
}

// A callee that has no room says when to call again, and is left alone until
// then. One that does not say is not asked again; an absurd wait is bounded.
func TestGrace_RetryAfter(t *testing.T) {
	for name, row := range map[string]struct {
		uri    string
		kwargs stage.Dict
		calls  int
		least  time.Duration // between the first two
	}{
		"says when":        {"wamp.error.unavailable", stage.Dict{"retry_after_ms": 5000}, 6, 5 * time.Second},
		"as a fraction":    {"wamp.error.unavailable", stage.Dict{"retry_after_ms": 5000.5}, 6, 5 * time.Second},
		"does not say":     {"wamp.error.unavailable", stage.Dict{"other": 1}, 1, 0},
		"says nonsense":    {"wamp.error.unavailable", stage.Dict{"retry_after_ms": "soon"}, 1, 0},
		"says no time":     {"wamp.error.unavailable", stage.Dict{"retry_after_ms": -1}, 1, 0},
		"an age":           {"wamp.error.unavailable", stage.Dict{"retry_after_ms": uint64(1 << 53)}, 2, 29 * time.Second},
		"none available":   {"wamp.error.no_available_callee", nil, 30, 10 * time.Millisecond},
		"Crossbar's limit": {"crossbar.error.max_concurrency_reached", nil, 30, 10 * time.Millisecond},
		"anything else":    {"wamp.error.not_authorized", nil, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			stage.Transports(t, func(s *stage.Stage) {
				came := refusing(s, func() wamptest.Message {
					if row.kwargs == nil {
						return wamptest.Message{row.uri}
					}
					return wamptest.Message{row.uri, []any{}, row.kwargs}
				})
				c := s.Connected(s.Dial())
				_, err := callFor(s.T, c, time.Hour, true)
				if !errors.Is(err, wamp.NewError(row.uri)) {
					s.T.Errorf("got %v", err)
				}
				calls := came()
				if n := len(calls); row.calls < 10 && n != row.calls && n != row.calls+1 || row.calls >= 10 && n < row.calls {
					s.T.Fatalf("%d calls, want %d", n, row.calls)
				}
				if len(calls) > 1 && calls[1].Sub(calls[0]) < row.least {
					s.T.Errorf("asked again after %v", calls[1].Sub(calls[0]))
				}
			})
		})
	}
}

// A handler whose nested call waits for a callee holds no worker: the callee may
// be of the same client.
func TestGrace_HoldsNoWorker(t *testing.T) {
	realm(t, func(t *testing.T, r *wamptest.Realm) {
		c, caller := r.Client(t, wamp.WithLimits(wamp.Limits{Workers: 1})), r.Client(t)
		outer := func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			out, err := stage.Procedure(false).Call(ctx, c, "nested", wamp.WithGrace(time.Minute))
			return wamp.Payload{Args: []any{out}}, err
		}
		if _, err := c.Register(t.Context(), "com.example.outer", outer); err != nil {
			t.Fatal(err)
		}
		done := stage.Begin(func() error {
			_, err := caller.Call(t.Context(), "com.example.outer", nil, nil)
			return err
		})
		time.Sleep(time.Second)
		answering(t, c)
		if _, err := callFor(t, caller, time.Second, false); err != nil {
			t.Errorf("beside a handler that waits: %v", err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// A stream that finds no callee waits for one as a call does.
func TestGrace_Streams(t *testing.T) {
	realm(t, func(t *testing.T, r *wamptest.Realm) {
		c := r.Client(t)
		s := c.CallStream(t.Context(), "com.example.stream", nil, nil, wamp.WithGrace(time.Minute))
		defer s.Close()
		time.Sleep(10 * time.Second)
		_, err := c.RegisterStream(t.Context(), "com.example.stream", func(_ context.Context, _ wamp.Payload, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
			return wamp.Payload{}, out.Send(wamp.Payload{Args: []any{1}})
		})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, err := range s.All() {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		if n != 1 {
			t.Errorf("%d progressive results", n)
		}
	})
}

// The wait ends with the client, and with the callee's own errors.
func TestGrace_Ends(t *testing.T) {
	realm(t, func(t *testing.T, r *wamptest.Realm) {
		c := r.Client(t)
		full := stage.Procedure(false)
		full.URI = "com.example.full"
		_, err := wamp.Register(t.Context(), r.Client(t), full.Handle(func(context.Context, string) (string, error) {
			return "", &wamp.Error{URI: wamp.ErrUnavailable.URI, Kwargs: map[string]any{"retry_after_ms": 60_000}}
		}))
		if err != nil {
			t.Fatal(err)
		}
		paused := stage.Begin(func() error {
			_, err := full.Call(t.Context(), c, "in", wamp.WithGrace(time.Hour))
			return err
		})
		closed := stage.CallProcedure(t.Context(), c, false, wamp.WithGrace(time.Minute))
		behind := stage.CallProcedure(t.Context(), c, false, wamp.WithGrace(time.Minute))
		time.Sleep(time.Second)
		if err := c.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		for _, done := range []<-chan error{closed, behind, paused} {
			if err := <-done; !errors.Is(err, wamp.ErrClosed) {
				t.Errorf("got %v", err)
			}
		}
		if took := time.Since(begin); took > 0 {
			t.Errorf("after %v", took)
		}
	})
}

// An absence is logged once, when it has lasted for a while, and so is its end.
func TestGrace_Log(t *testing.T) {
	stage.InBubble(t, wamptest.RawSocket, codec.CBOR, func(s *stage.Stage) {
		var up atomic.Bool
		refusing(s, func() wamptest.Message {
			if up.Load() {
				return nil
			}
			return wamptest.Message{"wamp.error.no_such_procedure"}
		})
		c := s.Connected(s.Dial())
		short, wait := wamp.WithGrace(500*time.Millisecond), wamp.WithGrace(time.Minute)
		_, _ = callFor(s.T, c, time.Hour, false, short)
		if lines := s.Log.With("callee"); len(lines) > 0 {
			s.T.Errorf("of a short absence: %q", lines)
		}
		for range 5 {
			stage.CallProcedure(s.T.Context(), c, false, wait)
		}
		time.Sleep(10 * time.Second)
		if lines := s.Log.With("wamp: procedure has no callee, calls wait for one", "procedure=com.example.proc", "reason="); len(lines) != 1 {
			s.T.Errorf("%q", lines)
		}
		up.Store(true)
		time.Sleep(2 * time.Second)
		if lines := s.Log.With("wamp: procedure has a callee again", "procedure=com.example.proc", "waiting=5", "lasted=1"); len(lines) != 1 {
			s.T.Errorf("%q", s.Log.With("callee"))
		}
	})
}
