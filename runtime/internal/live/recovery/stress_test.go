package recovery

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
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

// stress is a client that does everything at once over a network that does
// not let it, by a seed.
type stress struct {
	s    *stage.Stage
	c    *wamp.Client
	r    *stage.Router
	seed uint64

	over   atomic.Bool // Close has returned
	ran    atomic.Int64
	done   atomic.Int64
	mu     sync.Mutex
	names  int
	wanted map[string]bool // URIs that are in place as far as the user knows
}

// TestRecovery_Stress drives calls, publishes, registrations and subscriptions
// over random faults and ends with Drain and Close at a random moment.
// Invariants: nothing outlives its ctx by more than 100 ms; every answer is the
// right one; what is wanted is in place once on a healthy network; nothing runs
// after Close; the bubble proves that nothing is left.
func TestRecovery_Stress(t *testing.T) {
	seeds := uint64(scale(100, 12))
	for seed := range seeds {
		kind, format := []wamptest.Kind{wamptest.WebSocket, wamptest.RawSocket}[seed%2], codec.Format(seed%3+1)
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			stage.Bubble(t, kind, format, func(s *stage.Stage) { stressOne(s, seed) })
		})
	}
}

func stressOne(s *stage.Stage, seed uint64) {
	st := &stress{s: s, seed: seed, wanted: map[string]bool{}}
	st.r = s.Play(st.reply)
	st.c = s.Connected(s.Dial(wamp.WithRawSocketPing(), wamp.WithPublishBuffer(10_000),
		wamp.WithLimits(wamp.Limits{QueueFrames: 32, Workers: 8, Waiting: 8, MailboxEvents: 16})))
	ctx, stop := context.WithTimeout(s.T.Context(), scale(600, 90)*time.Second)
	defer stop()
	var all sync.WaitGroup
	for i := range uint64(12) {
		rng := rand.New(rand.NewPCG(seed, i))
		all.Go(func() { st.work(ctx, rng) })
	}
	all.Go(func() { st.mischief(ctx, rand.New(rand.NewPCG(seed, 98))) })
	rng := rand.New(rand.NewPCG(seed, 99))
	if seed%3 == 0 { // the end comes in the midst of it
		time.Sleep(time.Duration(rng.Int64N(int64(80 * time.Second))))
		st.end(rng)
		stop()
		all.Wait()
		return
	}
	all.Wait()
	st.settle()
	st.end(rng)
}

// reply gives every grant something to do.
func (st *stress) reply(sess *stage.Session, m wamptest.Message) []wamptest.Message {
	id := stage.ID(sess.Index, m.ID(1))
	switch m.Type() {
	case wamptest.Subscribe:
		event := wamptest.Message{wamptest.Event, id, id, map[string]any{}}
		return []wamptest.Message{{wamptest.Subscribed, m.ID(1), id}, event, event}
	case wamptest.Register:
		return []wamptest.Message{{wamptest.Registered, m.ID(1), id},
			{wamptest.Invocation, m.ID(1)*2 - 1, id, map[string]any{}}, {wamptest.Invocation, m.ID(1) * 2, id, map[string]any{}}}
	}
	return nil
}

// work does random things until ctx ends.
func (st *stress) work(ctx context.Context, rng *rand.Rand) {
	var mine []func(context.Context) error // takes back what was put in place
	var uris []string
	for ctx.Err() == nil {
		limit := time.Duration(1+rng.IntN(5000)) * time.Millisecond
		op, cancel := context.WithTimeout(ctx, limit)
		begin := time.Now()
		kind := rng.IntN(8)
		if len(mine) > 10 {
			kind = 7
		}
		err := st.operate(op, rng, kind, &mine, &uris)
		took, expired := time.Since(begin), op.Err()
		cancel()
		if took > limit+100*time.Millisecond {
			st.s.T.Errorf("seed %d: operation %d took %v of %v", st.seed, kind, took, limit)
		}
		if err != nil && !st.excused(err, expired) {
			st.s.T.Errorf("seed %d: operation %d: %v", st.seed, kind, err)
		}
		st.done.Add(1)
		time.Sleep(time.Duration(rng.IntN(300)) * time.Millisecond)
	}
}

func (st *stress) excused(err, expired error) bool {
	for _, ok := range []error{wamp.ErrLost, wamp.ErrNotReady, wamp.ErrClosed} {
		if errors.Is(err, ok) {
			return true
		}
	}
	return expired != nil && errors.Is(err, expired)
}

func (st *stress) operate(ctx context.Context, rng *rand.Rand, kind int, mine *[]func(context.Context) error, uris *[]string) error {
	c := st.c
	switch kind {
	case 0, 1:
		n := rng.Int64()
		out, err := c.Call(ctx, "com.example.echo", []any{n}, nil)
		if err == nil && (len(out.Args) != 1 || out.Args[0] != n) {
			return fmt.Errorf("called with %d, got %v", n, out)
		}
		return err
	case 2:
		out, err := stage.Procedure(true).Call(ctx, c, "again")
		if err == nil && out != "again" {
			return fmt.Errorf("got %q", out)
		}
		return err
	case 3:
		return c.Publish(ctx, "com.example.t", []any{"x"}, nil)
	case 4:
		return c.Publish(ctx, "com.example.t", []any{"x"}, nil, wamp.WithAcknowledge())
	case 5:
		uri := st.name("p")
		reg, err := c.Register(ctx, uri, func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			st.handled(ctx)
			return in, nil
		}, wamp.WithConcurrency(rng.IntN(3)))
		if err == nil {
			*mine, *uris = append(*mine, reg.Unregister), append(*uris, uri)
			st.want(uri, true)
		}
		return err
	case 6:
		uri := st.name("t")
		sub, err := c.Subscribe(ctx, uri, func(ctx context.Context, _ wamp.Payload) error {
			st.handled(ctx)
			return nil
		})
		if err == nil {
			*mine, *uris = append(*mine, sub.Unsubscribe), append(*uris, uri)
			st.want(uri, true)
		}
		return err
	}
	if len(*mine) == 0 {
		return nil
	}
	i := rng.IntN(len(*mine))
	back, uri := (*mine)[i], (*uris)[i]
	*mine, *uris = slices.Delete(*mine, i, i+1), slices.Delete(*uris, i, i+1)
	st.want(uri, false)
	return back(ctx)
}

// handled is what every handler does: now and then it is slow.
func (st *stress) handled(ctx context.Context) {
	if st.over.Load() {
		st.s.T.Errorf("seed %d: a callback after Close", st.seed)
	}
	if st.ran.Add(1)%5 == 0 {
		select {
		case <-time.After(700 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

func (st *stress) name(prefix string) string {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.names++
	return fmt.Sprintf("com.example.%s%d", prefix, st.names)
}

func (st *stress) want(uri string, yes bool) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if yes {
		st.wanted[uri] = true
	} else {
		delete(st.wanted, uri)
	}
}

// mischief plays random faults until ctx ends; then all is well.
func (st *stress) mischief(ctx context.Context, rng *rand.Rand) {
	s := st.s
	faults := []func(){
		s.Net.Reset, s.Net.HalfOpen, func() { s.Stop() },
		func() { s.Net.Set(wamptest.Fault{StallReads: true}) },
		func() { s.Net.Set(wamptest.Fault{StallWrites: true}) },
		func() { s.Net.Set(wamptest.Fault{Refuse: true}); s.Net.Reset() },
		func() { s.Net.Set(wamptest.Fault{StallDials: true}); s.Net.Reset() },
		func() { s.Net.Set(wamptest.Fault{Piece: 3, CutAfter: 1 + rng.IntN(5000)}) },
		func() { s.Net.Set(wamptest.Fault{Delay: time.Second}) },
		func() {
			st.r.Last().Peer.Send(wamptest.Message{wamptest.Goodbye, map[string]any{}, "wamp.close.system_shutdown"})
		},
		func() { st.r.Last().Peer.SendRaw([]byte{0xff, 0x00}) },
	}
	for ctx.Err() == nil {
		faults[rng.IntN(len(faults))]()
		pause(ctx, time.Duration(rng.IntN(3000))*time.Millisecond)
		s.Net.Set(wamptest.Fault{})
		s.Start()
		pause(ctx, time.Duration(rng.IntN(6000))*time.Millisecond)
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// settle checks what is in place once the network is well: a new session asks
// for exactly what is wanted, once.
func (st *stress) settle() {
	s := st.s
	time.Sleep(time.Minute) // half-open connections are found, handlers done
	s.Until(st.c, stage.In(wamp.Ready))
	s.Net.Reset()
	synctest.Wait()
	s.Until(st.c, stage.In(wamp.Ready))
	synctest.Wait()
	var asked []string
	for _, m := range st.r.Last().Of(wamptest.Register, wamptest.Subscribe) {
		asked = append(asked, m.Text(3))
	}
	slices.Sort(asked)
	st.mu.Lock()
	want := slices.Sorted(maps.Keys(st.wanted))
	st.mu.Unlock()
	if !slices.Equal(asked, want) {
		s.T.Errorf("seed %d: wanted %v, in place %v", st.seed, want, asked)
	}
	if _, err := st.c.Call(s.T.Context(), "com.example.echo", nil, nil); err != nil {
		s.T.Errorf("seed %d: %v", st.seed, err)
	}
	s.T.Logf("seed %d: %d operations, %d handler calls, %d sessions, %d in place", st.seed, st.done.Load(), st.ran.Load(), st.r.Count(), len(want))
}

// end ends the client from several sides at once.
func (st *stress) end(rng *rand.Rand) {
	s := st.s
	var all sync.WaitGroup
	for range 3 {
		limit := time.Duration(1+rng.IntN(4000)) * time.Millisecond
		drain, late := rng.IntN(2) == 0, time.Duration(rng.IntN(200))*time.Millisecond
		all.Go(func() {
			time.Sleep(late)
			ctx, cancel := context.WithTimeout(s.T.Context(), limit)
			defer cancel()
			begin := time.Now()
			if drain {
				_ = st.c.Drain(ctx)
			} else {
				_ = st.c.Close(ctx)
			}
			if took := time.Since(begin); took > limit+150*time.Millisecond {
				s.T.Errorf("seed %d: the end took %v of %v", st.seed, took, limit)
			}
		})
	}
	all.Wait()
	if err := st.c.Close(s.T.Context()); err != nil {
		s.T.Errorf("seed %d: %v", st.seed, err)
	}
	st.over.Store(true)
	s.Closed(st.c)
}

// scale is n where WAMPGEN_FULL is set, less otherwise.
func scale(n, less time.Duration) time.Duration {
	if stage.Full {
		return n
	}
	return less
}

// TestResume_Stress publishes numbers to a topic with history while sessions come
// and go at every moment, of a recovery too. The handler sees every number, in
// order, once, or is told of the gap.
func TestResume_Stress(t *testing.T) {
	for seed := range uint64(scale(100, 10)) {
		kind, format := []wamptest.Kind{wamptest.WebSocket, wamptest.RawSocket}[seed%2], codec.Format(seed%3+1)
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			stage.Bubble(t, kind, format, func(s *stage.Stage) { resumeStress(s, seed) })
		})
	}
}

func resumeStress(s *stage.Stage, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 1))
	h := &history{crossbar: seed%4 < 2}
	h.during = func(*stage.Session) { time.Sleep(time.Duration(rng.IntN(300)) * time.Millisecond) }
	st := &stress{s: s, seed: seed, r: s.Play(h.reply)}
	st.c = s.Connected(s.Dial(wamp.WithRawSocketPing(), wamp.WithReadLimit(16<<20)))
	reader := &reader{s: s}
	if err := reader.subscribe(st.c, wamp.WithMailbox(1<<20, 1<<30)); err != nil {
		s.T.Fatal(err)
	}
	ctx, stop := context.WithTimeout(s.T.Context(), 3*time.Minute)
	defer stop()
	var all sync.WaitGroup
	all.Go(func() { st.mischief(ctx, rand.New(rand.NewPCG(seed, 2))) })
	n := int64(0)
	for ctx.Err() == nil {
		n++
		sess := st.r.Last()
		if len(sess.Of(wamptest.Subscribe)) == 0 {
			sess = nil
		}
		h.publish(sess, n)
		time.Sleep(time.Duration(rand.IntN(200)) * time.Millisecond)
	}
	all.Wait()
	time.Sleep(time.Minute) // half-open connections are found
	s.Until(st.c, stage.In(wamp.Ready))
	synctest.Wait()
	reader.mu.Lock()
	defer reader.mu.Unlock()
	resumed, gaps, last := 0, 0, int64(0)
	for _, ev := range reader.seen {
		if ev.id <= last || ev.id > last+1 && !ev.gap {
			s.T.Fatalf("seed %d: %+v after %d", seed, ev, last)
		}
		last = ev.id
		if ev.resumed {
			resumed++
		}
		if ev.gap { // the answer was too long on its way
			gaps++
		}
	}
	if last != n || gaps > 2 {
		s.T.Errorf("seed %d: the last is %d of %d, %d gaps", seed, last, n, gaps)
	}
	s.T.Logf("seed %d: %d events, %d of them resumed, %d gaps, %d sessions", seed, n, resumed, gaps, st.r.Count())
}
