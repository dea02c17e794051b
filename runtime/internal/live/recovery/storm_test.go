package recovery

import (
	"context"
	"log/slog"
	"net"
	"runtime"
	"runtime/debug"
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

// storm is many clients of one router.
type storm struct {
	s       *stage.Stage
	clients []*wamp.Client
	tries   []atomic.Int64 // attempts that reached the router, by client

	mu    sync.Mutex
	joins []time.Time
}

// newStorm connects n clients, each with a registration and a subscription.
func newStorm(s *stage.Stage, n int) *storm {
	st := &storm{s: s, clients: make([]*wamp.Client, n), tries: make([]atomic.Int64, n)}
	s.Serve(func(p *wamptest.Peer) {
		if m, err := p.Next(); err != nil || m.Type() != wamptest.Hello {
			return
		}
		st.mu.Lock()
		st.joins = append(st.joins, time.Now())
		st.mu.Unlock()
		p.Send(s.Welcome())
		_ = p.Obey()
	})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			c, err := wamp.Connect(s.T.Context(), s.URL(), "realm1", wamp.WithSerializers(s.Format),
				wamp.WithLogger(slog.New(slog.DiscardHandler)), wamp.WithNetDial(func(ctx context.Context, network, addr string) (net.Conn, error) {
					conn, err := s.NetDial(ctx, network, addr)
					if err == nil {
						st.tries[i].Add(1)
					}
					return conn, err
				}))
			if err == nil {
				st.clients[i] = c
				_, err = c.Register(s.T.Context(), "com.example.p", stage.Echo)
			}
			if err == nil {
				_, err = c.Subscribe(s.T.Context(), "com.example.t", func(context.Context, wamp.Payload) error { return nil })
			}
			if err != nil {
				s.T.Error(err)
			}
		})
	}
	all.Wait()
	return st
}

// comeback is how the clients came back after an outage.
type comeback struct {
	joins []time.Time
	last  time.Duration // from the router's start until the last one was ready
	mean  float64       // attempts of a client that reached the router
	most  int64
}

// outage stops the router for d and waits until all are ready again.
func (st *storm) outage(d time.Duration) (back comeback) {
	st.s.T.Helper()
	time.Sleep(time.Minute) // all have been ready for long
	st.mu.Lock()
	st.joins = nil
	st.mu.Unlock()
	for i := range st.tries {
		st.tries[i].Store(0)
	}
	st.s.Stop()
	synctest.Wait()
	time.Sleep(d)
	st.s.Start()
	begin := time.Now()
	var all sync.WaitGroup
	for _, c := range st.clients {
		all.Go(func() { st.s.Until(c, stage.In(wamp.Ready)) })
	}
	all.Wait()
	back.mean, back.most = st.attempts()
	st.mu.Lock()
	defer st.mu.Unlock()
	back.joins, back.last = st.joins, time.Since(begin)
	return back
}

func (st *storm) close() {
	var all sync.WaitGroup
	for _, c := range st.clients {
		all.Go(func() {
			if err := c.Close(st.s.T.Context()); err != nil {
				st.s.T.Error(err)
			}
		})
	}
	all.Wait()
}

// peak is the largest number of joins in any 100 ms.
func peak(joins []time.Time) int {
	slices.SortFunc(joins, time.Time.Compare)
	peak, from := 0, 0
	for to, at := range joins {
		for at.Sub(joins[from]) >= 100*time.Millisecond {
			from++
		}
		peak = max(peak, to-from+1)
	}
	return peak
}

// attempts are those of all clients, the mean and the most of one.
func (st *storm) attempts() (mean float64, most int64) {
	sum := int64(0)
	for i := range st.tries {
		n := st.tries[i].Load()
		sum, most = sum+n, max(most, n)
	}
	return float64(sum) / float64(len(st.tries)), most
}

// H9: 1 000 clients lose their router. They come back soon, and not all at once.
func TestH9_Storm(t *testing.T) {
	cases := []struct {
		down    time.Duration
		percent int // of the clients that may join within 100 ms
	}{{50 * time.Millisecond, 15}, {10 * time.Second, 5}, {300 * time.Second, 5}}
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // so many clients leave much behind
	n := 1000
	if testing.Short() {
		n = 300
	}
	stage.Bubble(t, wamptest.RawSocket, codec.CBOR, func(s *stage.Stage) {
		storm := newStorm(s, n)
		for _, test := range cases {
			back := storm.outage(test.down)
			peak := peak(back.joins)
			s.T.Logf("%d clients, router down for %v: peak %d joins in 100 ms (%.1f %%), the last ready after %v, attempts mean %.1f, most %d",
				n, test.down, peak, 100*float64(peak)/float64(n), back.last.Round(time.Millisecond), back.mean, back.most)
			if len(back.joins) != n {
				s.T.Errorf("%d joins of %d clients", len(back.joins), n)
			}
			if n == 1000 && peak*100 > test.percent*n { // for fewer the mean is the same and the noise is not
				s.T.Errorf("more than %d %%", test.percent)
			}
			if back.last > 5*time.Second {
				s.T.Errorf("the last was ready after %v", back.last)
			}
			if back.mean != 1 || back.most != 1 {
				s.T.Errorf("attempts that reached the router: mean %.1f, most %d", back.mean, back.most)
			}
		}
		storm.close()
	})
}

// H9: attempts that reach a router become rare, whatever it does to them: in five
// minutes there are 40 on average and 50 at most, and the clients are back 20.1 s
// after it lets them in. A router that refuses connections in between changes
// nothing about that.
func TestH9_AttemptsThatReachARouter(t *testing.T) {
	for name, refuses := range map[string]time.Duration{"always": 0, "with breaks": 30 * time.Second} {
		t.Run(name, func(t *testing.T) {
			stage.Bubble(t, wamptest.RawSocket, codec.CBOR, func(s *stage.Stage) {
				const n = 100
				var open atomic.Bool
				open.Store(true)
				st := &storm{s: s, clients: make([]*wamp.Client, n), tries: make([]atomic.Int64, n)}
				s.Serve(func(p *wamptest.Peer) {
					if !open.Load() {
						return // hangs up
					}
					p.Join()
					_ = p.Obey()
				})
				for i := range n {
					st.clients[i] = s.Connected(s.Dial(wamp.WithNetDial(func(ctx context.Context, network, addr string) (net.Conn, error) {
						conn, err := s.NetDial(ctx, network, addr)
						if err == nil {
							st.tries[i].Add(1)
						}
						return conn, err
					})))
				}
				time.Sleep(time.Minute)
				for i := range st.tries {
					st.tries[i].Store(0)
				}
				open.Store(false)
				s.Stop()
				for passed := time.Duration(0); passed < 5*time.Minute; passed += 2 * refuses {
					if refuses == 0 {
						s.Start()
						time.Sleep(5 * time.Minute)
						break
					}
					time.Sleep(refuses)
					s.Start()
					time.Sleep(refuses)
					s.Stop()
				}
				if mean, most := st.attempts(); mean > 40 || most > 50 {
					s.T.Errorf("attempts: mean %.1f, most %d", mean, most)
				}
				open.Store(true)
				if refuses > 0 {
					s.Start()
				}
				begin := time.Now()
				for _, c := range st.clients {
					s.Until(c, stage.In(wamp.Ready))
				}
				if took := time.Since(begin); took > 20100*time.Millisecond {
					s.T.Errorf("the last was ready after %v", took)
				}
			})
		})
	}
}

// A connection that is refused is tried again within 4.75 s, however long that
// has been going on.
func TestH9_RefusedConnections(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		var dials []time.Time
		c := s.Connected(func() <-chan stage.Outcome {
			s.Serve(func(p *wamptest.Peer) { p.Join(); _ = p.Obey() })
			return s.Dial(wamp.WithNetDial(func(ctx context.Context, network, addr string) (net.Conn, error) {
				dials = append(dials, time.Now())
				return s.NetDial(ctx, network, addr)
			}))
		}())
		time.Sleep(time.Minute)
		s.Stop()
		time.Sleep(time.Hour)
		synctest.Wait()
		if st := c.Status(); st.State != wamp.BackingOff || st.Attempt != len(dials) {
			s.T.Errorf("after %d attempts: %+v", len(dials)-1, st)
		}
		for i, at := range dials[2:] {
			if d := at.Sub(dials[i+1]); d > 4750*time.Millisecond {
				s.T.Errorf("attempt %d came after %v", i+2, d)
			}
		}
	})
}

// H9: what an idle client costs, its peer in this process included.
func TestH9_IdleMemory(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		const n = 300
		memory := func() (heap, stack uint64) {
			runtime.GC()
			runtime.GC() // for what pools held
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return m.HeapAlloc, m.StackInuse
		}
		heap, stack := memory()
		storm := newStorm(s, n)
		synctest.Wait()
		time.Sleep(time.Minute)
		heapAfter, stackAfter := memory()
		each := (int64(heapAfter) - int64(heap)) / n
		s.T.Logf("an idle client and its peer: heap %.1f KiB, stacks %.1f KiB",
			float64(each)/1024, float64(int64(stackAfter)-int64(stack))/n/1024)
		if each > 64<<10 {
			s.T.Errorf("heap of %d bytes", each)
		}
		storm.close()
	})
}

// H10: a router that lets in and hangs up after 1 s, for ever, is met ever more
// slowly; every Ready is followed by the loss that ended it.
func TestH10_Flapping(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		var joins []time.Time
		s.Serve(func(p *wamptest.Peer) {
			p.Join()
			joins = append(joins, time.Now())
			time.Sleep(time.Second)
		})
		c := s.Connected(s.Dial())
		watched := stage.Watch(s, c)
		time.Sleep(10 * time.Minute)
		seen := watched()
		if n := len(joins); n < 30 || n > 80 { // every 11.1 s in the mean, after a short run-up
			s.T.Errorf("%d joins in 10 minutes", n)
		}
		late := joins[6:]
		if mean := late[len(late)-1].Sub(late[0]) / time.Duration(len(late)-1); mean < 8*time.Second {
			s.T.Errorf("joins every %v", mean)
		}
		last := wamp.Closed
		for _, st := range seen {
			switch st.State {
			case wamp.Ready, wamp.BackingOff:
				if st.State == last {
					s.T.Fatalf("%v twice in a row", last)
				}
				if last = st.State; last == wamp.BackingOff && (st.Err == nil || !st.Next.After(st.At)) {
					s.T.Errorf("status %+v", st)
				}
			}
		}
		if ready, lost := len(stage.Of(seen, wamp.Ready)), len(stage.Of(seen, wamp.BackingOff)); ready != lost && ready != lost+1 {
			s.T.Errorf("Ready %d times, lost %d times", ready, lost)
		}
	})
}

// H10: a router that is restarted time and again does not flap: while it is gone
// it refuses connections, and its clients are back as soon as after the first time.
func TestH10_RestartsAreNoFlapping(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		s.Serve(func(p *wamptest.Peer) { p.Join(); _ = p.Obey() })
		c := s.Connected(s.Dial())
		for range 20 {
			time.Sleep(2 * time.Second)
			s.Stop()
			time.Sleep(2 * time.Second)
			s.Start()
			begin := time.Now()
			s.Until(c, stage.In(wamp.Ready))
			if took := time.Since(begin); took > 4750*time.Millisecond {
				s.T.Errorf("back after %v", took)
			}
		}
	})
}

// H10: after 30 s of being ready the slate is clean.
func TestH10_FlapGuardForgets(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		for range 10 {
			p.Close()
			p = s.Rejoin()
			s.Until(c, stage.In(wamp.Ready))
		}
		for _, up := range []time.Duration{31 * time.Second, 29 * time.Second} {
			time.Sleep(up)
			p.Close()
			st := s.Until(c, stage.In(wamp.BackingOff))
			if forgot := st.Attempt == 1; forgot != (up > 30*time.Second) {
				s.T.Errorf("after %v: attempt %d", up, st.Attempt)
			}
			p = s.Rejoin()
			s.Until(c, stage.In(wamp.Ready))
			for range 3 {
				p.Close()
				p = s.Rejoin()
				s.Until(c, stage.In(wamp.Ready))
			}
		}
	})
}
