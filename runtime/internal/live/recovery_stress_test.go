package live

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

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// recStress is a client that does everything at once over a network that does
// not let it, by a seed.
type recStress struct {
	s    *faultStage
	c    *wamp.Client
	r    *recRouter
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
	seeds := uint64(recScale(100, 12))
	for seed := range seeds {
		kind, format := []wamptest.Kind{wamptest.WebSocket, wamptest.RawSocket}[seed%2], codec.Format(seed%3+1)
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			recBubble(t, kind, format, func(s *faultStage) { recStressOne(s, seed) })
		})
	}
}

func recStressOne(s *faultStage, seed uint64) {
	st := &recStress{s: s, seed: seed, wanted: map[string]bool{}}
	st.r = s.serve(st.reply)
	st.c = s.connected(s.dial(wamp.WithRawSocketPing(), wamp.WithPublishBuffer(10_000),
		wamp.WithLimits(wamp.Limits{QueueFrames: 32, Workers: 8, Waiting: 8, MailboxEvents: 16})))
	ctx, stop := context.WithTimeout(s.t.Context(), recScale(600, 90)*time.Second)
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
func (st *recStress) reply(sess *recSession, m wamptest.Message) []wamptest.Message {
	id := recID(sess.index, m.ID(1))
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
func (st *recStress) work(ctx context.Context, rng *rand.Rand) {
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
			st.s.t.Errorf("seed %d: operation %d took %v of %v", st.seed, kind, took, limit)
		}
		if err != nil && !st.excused(err, expired) {
			st.s.t.Errorf("seed %d: operation %d: %v", st.seed, kind, err)
		}
		st.done.Add(1)
		time.Sleep(time.Duration(rng.IntN(300)) * time.Millisecond)
	}
}

func (st *recStress) excused(err, expired error) bool {
	for _, ok := range []error{wamp.ErrLost, wamp.ErrNotReady, wamp.ErrClosed} {
		if errors.Is(err, ok) {
			return true
		}
	}
	return expired != nil && errors.Is(err, expired)
}

func (st *recStress) operate(ctx context.Context, rng *rand.Rand, kind int, mine *[]func(context.Context) error, uris *[]string) error {
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
		out, err := wamp.Call(ctx, c, recProcedure(true), "again")
		if err == nil && out != "again" {
			return fmt.Errorf("got %q", out)
		}
		return err
	case 3:
		return c.Publish(ctx, "com.example.t", []any{"x"}, nil)
	case 4:
		return c.Publish(ctx, "com.example.t", []any{"x"}, nil, wamp.Acknowledge())
	case 5:
		uri := st.name("p")
		reg, err := c.Register(ctx, uri, func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			st.handled(ctx)
			return in, nil
		}, wamp.Concurrency(rng.IntN(3)))
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
func (st *recStress) handled(ctx context.Context) {
	if st.over.Load() {
		st.s.t.Errorf("seed %d: a callback after Close", st.seed)
	}
	if st.ran.Add(1)%5 == 0 {
		select {
		case <-time.After(700 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

func (st *recStress) name(prefix string) string {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.names++
	return fmt.Sprintf("com.example.%s%d", prefix, st.names)
}

func (st *recStress) want(uri string, yes bool) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if yes {
		st.wanted[uri] = true
	} else {
		delete(st.wanted, uri)
	}
}

// mischief plays random faults until ctx ends; then all is well.
func (st *recStress) mischief(ctx context.Context, rng *rand.Rand) {
	s := st.s
	faults := []func(){
		s.net.Reset, s.net.HalfOpen, func() { s.Stop() },
		func() { s.net.Set(wamptest.Fault{StallReads: true}) },
		func() { s.net.Set(wamptest.Fault{StallWrites: true}) },
		func() { s.net.Set(wamptest.Fault{Refuse: true}); s.net.Reset() },
		func() { s.net.Set(wamptest.Fault{StallDials: true}); s.net.Reset() },
		func() { s.net.Set(wamptest.Fault{Piece: 3, CutAfter: 1 + rng.IntN(5000)}) },
		func() { s.net.Set(wamptest.Fault{Delay: time.Second}) },
		func() {
			st.r.last().peer.Send(wamptest.Message{wamptest.Goodbye, map[string]any{}, "wamp.close.system_shutdown"})
		},
		func() { st.r.last().peer.SendRaw([]byte{0xff, 0x00}) },
	}
	for ctx.Err() == nil {
		faults[rng.IntN(len(faults))]()
		recPause(ctx, time.Duration(rng.IntN(3000))*time.Millisecond)
		s.net.Set(wamptest.Fault{})
		s.Start()
		recPause(ctx, time.Duration(rng.IntN(6000))*time.Millisecond)
	}
}

func recPause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// settle checks what is in place once the network is well: a new session asks
// for exactly what is wanted, once.
func (st *recStress) settle() {
	s := st.s
	time.Sleep(time.Minute) // half-open connections are found, handlers done
	s.until(st.c, recIn(wamp.Ready))
	s.net.Reset()
	synctest.Wait()
	s.until(st.c, recIn(wamp.Ready))
	synctest.Wait()
	var asked []string
	for _, m := range st.r.last().of(wamptest.Register, wamptest.Subscribe) {
		asked = append(asked, m.Text(3))
	}
	slices.Sort(asked)
	st.mu.Lock()
	want := slices.Sorted(maps.Keys(st.wanted))
	st.mu.Unlock()
	if !slices.Equal(asked, want) {
		s.t.Errorf("seed %d: wanted %v, in place %v", st.seed, want, asked)
	}
	if _, err := st.c.Call(s.t.Context(), "com.example.echo", nil, nil); err != nil {
		s.t.Errorf("seed %d: %v", st.seed, err)
	}
	s.t.Logf("seed %d: %d operations, %d handler calls, %d sessions, %d in place", st.seed, st.done.Load(), st.ran.Load(), st.r.count(), len(want))
}

// end ends the client from several sides at once.
func (st *recStress) end(rng *rand.Rand) {
	s := st.s
	var all sync.WaitGroup
	for range 3 {
		limit := time.Duration(1+rng.IntN(4000)) * time.Millisecond
		drain, late := rng.IntN(2) == 0, time.Duration(rng.IntN(200))*time.Millisecond
		all.Go(func() {
			time.Sleep(late)
			ctx, cancel := context.WithTimeout(s.t.Context(), limit)
			defer cancel()
			begin := time.Now()
			if drain {
				_ = st.c.Drain(ctx)
			} else {
				_ = st.c.Close(ctx)
			}
			if took := time.Since(begin); took > limit+150*time.Millisecond {
				s.t.Errorf("seed %d: the end took %v of %v", st.seed, took, limit)
			}
		})
	}
	all.Wait()
	if err := st.c.Close(s.t.Context()); err != nil {
		s.t.Errorf("seed %d: %v", st.seed, err)
	}
	st.over.Store(true)
	s.closed(st.c)
}

// recScale is n where WAMPGEN_FULL is set, less otherwise.
func recScale(n, less time.Duration) time.Duration {
	if faultFull {
		return n
	}
	return less
}

// TestResume_Stress publishes numbers to a topic with history while sessions come
// and go at every moment, of a recovery too. The handler sees every number, in
// order, once, or is told of the gap.
func TestResume_Stress(t *testing.T) {
	for seed := range uint64(recScale(100, 10)) {
		kind, format := []wamptest.Kind{wamptest.WebSocket, wamptest.RawSocket}[seed%2], codec.Format(seed%3+1)
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			recBubble(t, kind, format, func(s *faultStage) { recResumeStress(s, seed) })
		})
	}
}

func recResumeStress(s *faultStage, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 1))
	h := &recHistory{crossbar: seed%4 < 2}
	h.during = func(*recSession) { time.Sleep(time.Duration(rng.IntN(300)) * time.Millisecond) }
	st := &recStress{s: s, seed: seed, r: s.serve(h.reply)}
	st.c = s.connected(s.dial(wamp.WithRawSocketPing(), wamp.WithReadLimit(16<<20)))
	reader := &recReader{s: s}
	if err := reader.subscribe(st.c, wamp.Mailbox(1<<20, 1<<30)); err != nil {
		s.t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(s.t.Context(), 3*time.Minute)
	defer stop()
	var all sync.WaitGroup
	all.Go(func() { st.mischief(ctx, rand.New(rand.NewPCG(seed, 2))) })
	n := int64(0)
	for ctx.Err() == nil {
		n++
		sess := st.r.last()
		if len(sess.of(wamptest.Subscribe)) == 0 {
			sess = nil
		}
		h.publish(sess, n)
		time.Sleep(time.Duration(rand.IntN(200)) * time.Millisecond)
	}
	all.Wait()
	time.Sleep(time.Minute) // half-open connections are found
	s.until(st.c, recIn(wamp.Ready))
	synctest.Wait()
	reader.mu.Lock()
	defer reader.mu.Unlock()
	resumed, gaps, last := 0, 0, int64(0)
	for _, ev := range reader.seen {
		if ev.id <= last || ev.id > last+1 && !ev.gap {
			s.t.Fatalf("seed %d: %+v after %d", seed, ev, last)
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
		s.t.Errorf("seed %d: the last is %d of %d, %d gaps", seed, last, n, gaps)
	}
	s.t.Logf("seed %d: %d events, %d of them resumed, %d gaps, %d sessions", seed, n, resumed, gaps, st.r.count())
}
