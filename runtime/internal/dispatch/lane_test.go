package dispatch

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// Tasks begin in the order in which they came, as many at a time as there are
// workers; what does not find room is refused, and the overload is told once.
func TestLane_OrderAndBounds(t *testing.T) {
	bubble(t, wide, func(s *stage) {
		l := NewLane(s.Pool, 2, 3, false)
		var jobs []*job
		for i := range 8 {
			j := s.job(fmt.Sprint(i), nil)
			jobs = append(jobs, j)
			l.Submit(j, "p", 1)
			synctest.Wait()
		}
		s.expect("0", "1", "5: dispatch: no room", "6: dispatch: no room", "7: dispatch: no room")
		s.noticed("refusing p 1")
		s.bytes(3, 4)
		for i := range 5 {
			close(jobs[i].free)
			synctest.Wait()
		}
		s.expect("0 done", "2", "1 done", "3", "2 done", "4", "3 done", "4 done")
		s.noticed()
		s.rested("refusing over p 3")
		s.bytes(0, 0)
		if n := s.Wait(context.Background()); n != 0 || s.most != 2 {
			s.Errorf("%d run, at most %d did", n, s.most)
		}
	})
}

// Load comes in waves: an overload that goes on with the next one is told once, and
// another one that comes later is another one.
func TestLane_Waves(t *testing.T) {
	bubble(t, wide, func(s *stage) {
		l := NewLane(s.Pool, 1, 1, false)
		wave := func(name string) {
			busy := s.job("busy", nil)
			l.Submit(busy, name, 1)
			l.Submit(s.job("waits", func(context.Context) error { return nil }), name, 1)
			l.Submit(s.job("finds no room", nil), name, 1)
			synctest.Wait()
			close(busy.free)
			synctest.Wait()
		}
		for range 20 {
			wave("p")
			time.Sleep(rest / 2)
		}
		wave("q")
		s.noticed("refusing p 1", "refusing q 1")
		s.rested("refusing over p 20", "refusing over q 1")
		wave("p")
		s.rested("refusing p 1", "refusing over p 1")
	})
}

// In a closed pool, which still runs what has begun, an overload is over with the
// task, and nothing is told when all tasks have ended.
func TestPool_OverloadAfterClose(t *testing.T) {
	for _, before := range []bool{false, true} {
		bubble(t, wide, func(s *stage) {
			l := NewLane(s.Pool, 1, 1, false)
			busy := s.job("busy", nil)
			l.Submit(busy, "p", 1)
			if before { // an overload that the end of the pool ends
				l.Submit(s.job("waits", func(context.Context) error { return nil }), "p", 1)
				l.Submit(s.job("finds no room", nil), "p", 1)
				s.noticed("refusing p 1")
			}
			inlet := NewInlet[int](s.Pool, busy.Turn(), func() {})
			s.Close(nil)
			if before {
				s.noticed("refusing over p 1")
			}
			for range 3 {
				inlet.Offer(1, 3<<18)
			}
			s.noticed("refusing p 1")
			close(busy.free)
			synctest.Wait()
			s.noticed("refusing over p 1")
			s.rested()
		})
	}
}

// Where much waits that never begins, it is over when nothing runs any more. Events
// that come are dropped in silence.
func TestPool_OverloadAfterCloseBesideWhatNeverBegins(t *testing.T) {
	bubble(t, wide, func(s *stage) {
		l := NewLane(s.Pool, 1, 1, false)
		busy := s.job("busy", nil)
		l.Submit(busy, "p", 1)
		wait := make(chan struct{})
		b := s.box(MailboxConfig{Bytes: 1 << 20})
		for n := range uint64(7) {
			b.Offer(event(n, 100<<10, wait))
		}
		inlet := NewInlet[int](s.Pool, busy.Turn(), func() {})
		s.Close(nil)
		s.stop()
		for range 3 {
			inlet.Offer(1, 3<<18)
		}
		for n := range uint64(10) {
			b.Offer(event(n+7, 100<<10, wait))
		}
		s.noticed("refusing p 1")
		close(wait)
		close(busy.free)
		synctest.Wait()
		s.noticed("refusing over p 1")
		b.Finish()
		s.rested()
		if b.Dropped() == 0 {
			s.Error("nothing was dropped")
		}
	})
}

// A task that panics or ends its goroutine takes no worker with it, wherever it
// does so.
func TestLane_Crashes(t *testing.T) {
	bubble(t, wide, func(s *stage) {
		l := NewLane(s.Pool, 1, 10, false)
		hold := s.job("hold", nil)
		l.Submit(hold, "p", 1)
		l.Submit(s.job("panics", func(context.Context) error { panic("a value") }), "p", 1)
		l.Submit(s.job("exits", goexit), "p", 1)
		fails := s.job("fails", func(context.Context) error { return errors.New("an error") })
		l.Submit(fails, "p", 1)
		late := s.job("panics late", func(context.Context) error { return nil })
		late.settle = func(error) { panic(errors.New("another")) }
		l.Submit(late, "p", 1)
		exits := s.job("exits late", func(context.Context) error { return nil })
		exits.settle = func(error) { _ = goexit(context.Background()) }
		l.Submit(exits, "p", 1)
		synctest.Wait()
		close(hold.free)
		s.expect("hold", "hold done", "panics", "panics: panicked with a string", "exits", "exits: ended its goroutine",
			"fails", "fails: an error", "panics late", "panics late: panicked with a *errors.errorString",
			"exits late", "exits late: ended its goroutine")
		l.Submit(s.job("next", func(context.Context) error { return nil }), "p", 1)
		s.expect("next", "next done")
		s.bytes(0, 0)
	})
}

// A task that waits has no worker; it gets one back before tasks that have not
// begun.
func TestLane_ParkedTasksComeBackFirst(t *testing.T) {
	bubble(t, wide, func(s *stage) {
		l := NewLane(s.Pool, 1, 10, false)
		answer := make(chan struct{})
		var first *job
		first = s.job("first", func(ctx context.Context) error {
			first.wait(ctx, answer)
			s.note("first is back")
			return nil
		})
		second, third := s.job("second", nil), s.job("third", nil)
		l.Submit(first, "p", 1)
		synctest.Wait()
		l.Submit(second, "p", 1)
		synctest.Wait()
		l.Submit(third, "p", 1)
		s.expect("first", "second")
		close(answer)
		s.expect()
		close(second.free)
		s.expect("second done", "first is back", "first done", "third")
		close(third.free)
		s.expect("third done")
		if s.most != 1 {
			s.Errorf("%d ran at a time", s.most)
		}
	})
}

// A free worker is taken at once, and a ctx that ends does not wait for one: then
// nothing begins until there are no more than there should be.
func TestLane_UnparkEndsWithItsContext(t *testing.T) {
	bubble(t, wide, func(s *stage) {
		l := NewLane(s.Pool, 1, 10, false)
		answer := make(chan struct{})
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		release := make(chan struct{})
		first := s.job("first", nil)
		first.Context = ctx
		first.action = func(ctx context.Context) error {
			first.wait(context.WithValue(ctx, t, 1), answer)
			s.note("first is back")
			<-release
			return nil
		}
		second, third := s.job("second", nil), s.job("third", nil)
		l.Submit(first, "p", 1)
		synctest.Wait()
		l.Submit(second, "p", 1)
		synctest.Wait()
		l.Submit(third, "p", 1)
		close(answer)
		s.expect("first", "second")
		time.Sleep(time.Minute)
		s.expect("first is back")
		close(release)
		s.expect("first done") // and third does not begin: second has the worker
		close(second.free)
		s.expect("second done", "third")
		close(third.free)
		s.expect("third done")
		s.bytes(0, 0)

		ended := make(chan struct{})
		fourth, fifth := s.job("fourth", nil), s.job("fifth", nil)
		fourth.action = func(ctx context.Context) error {
			fourth.wait(ctx, ended)
			return nil
		}
		l.Submit(fourth, "p", 1)
		synctest.Wait()
		l.Submit(fifth, "p", 1)
		close(ended)
		s.expect("fourth", "fifth")
		s.stop() // the base
		s.expect("fourth done")
		close(fifth.free)
		s.expect("fifth done")
	})
}

// Several goroutines of one task may wait: it sits down with the last of them,
// and not at all if it has ended meanwhile.
func TestLane_ManyWaitersOfOneTask(t *testing.T) {
	bubble(t, wide, func(s *stage) {
		l := NewLane(s.Pool, 1, 10, false)
		one, two, over := make(chan struct{}), make(chan struct{}), make(chan struct{})
		first := s.job("first", nil)
		first.action = func(ctx context.Context) error {
			for _, c := range []chan struct{}{one, two} {
				go func() {
					first.wait(ctx, c)
					s.note("came back")
				}()
			}
			<-over
			return nil
		}
		l.Submit(first, "p", 1)
		synctest.Wait()
		second := s.job("second", nil)
		l.Submit(second, "p", 1)
		s.expect("first", "second")
		close(one)
		s.expect("came back")
		close(two) // it waits for the worker that second has
		s.expect()
		// While it does, another goroutine begins to wait: the seat goes on.
		turn := first.Turn()
		if !turn.Park() {
			s.Error("it may not wait")
		}
		third := s.job("third", nil)
		l.Submit(third, "p", 1)
		close(second.free)
		s.expectAll("second done", "came back", "third")
		close(over)
		s.expect("first done")
		turn.Unpark(context.Background()) // too late
		if !turn.Park() {
			s.Error("a task that has ended may wait as it likes")
		}
		turn.Unpark(context.Background())
		close(third.free)
		s.expect("third done")
		s.bytes(0, 0)
		if s.parked != 0 || l.taken != 0 {
			s.Errorf("%d parked, %d seats taken", s.parked, l.taken)
		}
	})
}

// How many may wait is bounded; in a strict lane a task keeps its seat.
func TestLane_ParkIsBounded(t *testing.T) {
	bubble(t, Limits{Bytes: 1 << 20, Parked: 1}, func(s *stage) {
		l, strict := NewLane(s.Pool, 1, 10, false), NewLane(s.Pool, 1, 10, true)
		answer := make(chan struct{})
		for _, name := range []string{"first", "second"} {
			j := s.job(name, nil)
			j.action = func(ctx context.Context) error {
				s.note("%s may wait: %v", name, j.wait(ctx, answer))
				return nil
			}
			l.Submit(j, "p", 1)
			synctest.Wait()
		}
		s.expect("first", "second", "second may wait: false", "second done")
		for _, name := range []string{"third", "fourth"} {
			j := s.job(name, nil)
			j.action = func(ctx context.Context) error {
				s.note("%s may wait: %v", name, j.wait(ctx, answer))
				return nil
			}
			strict.Submit(j, "p", 1)
			synctest.Wait()
		}
		s.expect("third")
		close(answer)
		synctest.Wait()
		if n := len(s.log); n != 7 {
			s.Errorf("got %q", s.log)
		}
		var none *Turn
		if !none.Park() || none.In(s.Pool) || TurnOf(context.Background()) != nil {
			s.Error("there is no turn outside of tasks")
		}
		none.Unpark(context.Background())
	})
}

// A task may wait for all others, those behind it included, in a strict lane too.
func TestPool_WaitInsideATask(t *testing.T) {
	bubble(t, wide, func(s *stage) {
		l := NewLane(s.Pool, 1, 10, true)
		first := s.job("first", func(ctx context.Context) error {
			turn := TurnOf(ctx)
			turn.Leave()
			turn.Leave() // as Drain and Close inside of it do
			s.note("left: %d", s.Wait(ctx))
			turn.Back()
			turn.Back()
			return nil
		})
		second, third := s.job("second", nil), s.job("third", func(context.Context) error { return nil })
		l.Submit(first, "p", 1)
		l.Submit(second, "p", 1)
		l.Submit(third, "p", 1)
		s.expect("first", "second")
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if n := s.Wait(ctx); n != 1 {
			s.Errorf("%d run, want second", n)
		}
		close(second.free)
		s.expect("second done", "third", "third done", "left: 0", "first done")
		if s.Pool.running != 0 || s.away != 0 || l.taken != 0 {
			s.Errorf("%d run, %d are away, %d seats are taken", s.Pool.running, s.away, l.taken)
		}
	})
}

// A closed pool begins nothing but what waits behind a task that goes on. The task
// that closes it is not waited for.
func TestPool_Close(t *testing.T) {
	bubble(t, wide, func(s *stage) {
		l, serial := NewLane(s.Pool, 1, 1, false), NewLane(s.Pool, 1, 1, true)
		goOn := make(chan struct{})
		closer := s.job("begins", func(ctx context.Context) error {
			<-goOn
			s.note("closer")
			s.Close(TurnOf(ctx))
			s.Close(TurnOf(ctx))
			s.note("left %d, cut %d", s.Wait(ctx), s.CutShort())
			TurnOf(ctx).Back()
			TurnOf(ctx).Back()
			return nil
		})
		busy, behind := s.job("busy", nil), s.job("behind", func(context.Context) error { return nil })
		l.Submit(busy, "busy", 1)
		l.Submit(behind, "busy", 1)
		l.Submit(s.job("refused", nil), "b", 1)
		l.Submit(s.job("refused", nil), "a", 1)
		s.expectAll("busy", "refused: dispatch: no room", "refused: dispatch: no room")
		serial.Submit(closer, "closer", 1)
		last, never := s.job("last", nil), s.job("never", nil)
		serial.Submit(last, "closer", 1)
		s.expect("begins")
		close(goOn)
		s.expect("closer")
		s.noticed("refusing b 1", "refusing a 1", "refusing over a 1", "refusing over b 1")
		l.Submit(never, "p", 1)
		s.expect()
		close(busy.free)
		s.expect("busy done", "behind", "behind done", "left 0, cut 1", "begins done", "last")
		close(last.free)
		s.expect("last done")
		// What a task's goroutines do when it has ended changes nothing.
		closer.Turn().Leave()
		closer.Turn().Back()
		if s.Pool.running != 0 || s.away != 0 {
			s.Errorf("%d run, %d are away", s.Pool.running, s.away)
		}
	})
}

// A task that returns while one of its goroutines waits for all others is one less
// to wait for.
func TestPool_TaskEndsWhileItWaits(t *testing.T) {
	bubble(t, wide, func(s *stage) {
		l := NewLane(s.Pool, 1, 1, false)
		l.Submit(s.job("first", func(ctx context.Context) error {
			TurnOf(ctx).Leave()
			return nil
		}), "p", 1)
		s.expect("first", "first done")
		if s.Pool.running != 0 || s.away != 0 || l.taken != 0 {
			s.Errorf("%d run, %d are away, %d seats are taken", s.Pool.running, s.away, l.taken)
		}
	})
}

// What runs counts twice, for the frame and what is decoded from it: a large task
// needs room beside others, a small one does not, and one alone always runs.
func TestLane_Bytes(t *testing.T) {
	bubble(t, Limits{Bytes: 10_000, Parked: 10}, func(s *stage) {
		l, other := NewLane(s.Pool, 5, 5, false), NewLane(s.Pool, 1, 5, false)
		huge := s.job("huge", nil)
		l.Submit(huge, "p", 50_000)
		l.Submit(s.job("large", nil), "p", 100)
		small := s.job("small", nil)
		l.Submit(small, "p", 9)
		s.expectAll("huge", "large: dispatch: no room", "small")
		s.bytes(0, 100_018)
		// What runs leaves half to what waits.
		first, behind := s.job("first", nil), s.job("behind", nil)
		other.Submit(first, "q", 1)
		other.Submit(behind, "q", 4000)
		other.Submit(s.job("too much", nil), "q", 3000)
		s.expectAll("first", "too much: dispatch: no room")
		s.bytes(4000, 100_020)
		// The fullest makes room for others: its last one is refused.
		third := NewLane(s.Pool, 1, 5, false)
		busy, gets := s.job("busy", nil), s.job("gets room", nil)
		third.Submit(busy, "r", 1)
		third.Submit(gets, "r", 2000)
		s.expectAll("busy", "behind: dispatch: no room")
		s.bytes(2000, 100_022)
		s.noticed("refusing p 1", "refusing q 1")
		for _, j := range []*job{huge, small, first, busy, gets} {
			close(j.free)
		}
		synctest.Wait()
		s.bytes(0, 0)
	})
}

// Parked tasks have no seat but keep their frames: they are bounded in bytes too,
// whatever their size.
func TestLane_ParkedBytes(t *testing.T) {
	bubble(t, Limits{Bytes: 10_000, Parked: 1000}, func(s *stage) {
		l := NewLane(s.Pool, 2, 1000, false)
		answer := make(chan struct{})
		refused := 0
		for range 2000 {
			j := s.job("", nil)
			j.action = func(ctx context.Context) error {
				j.wait(ctx, answer)
				return nil
			}
			j.settle = func(err error) {
				if err != nil {
					refused++
				}
			}
			l.Submit(j, "p", 9)
			synctest.Wait()
		}
		s.bytes(0, 9990)
		if want := 2000 - 555; refused != want {
			s.Errorf("%d were refused, want %d", refused, want)
		}
		close(answer)
		synctest.Wait()
		s.bytes(0, 0)
		s.rested("refusing p 1", "refusing over p 1445")
	})
}
