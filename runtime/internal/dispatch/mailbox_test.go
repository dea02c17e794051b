package dispatch

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// box returns a mailbox whose tasks wait until their event's channel is closed;
// nil events do not wait.
func (s *stage) box(c MailboxConfig) *Mailbox[chan struct{}] {
	if c.Name == "" {
		c.Name = "t"
	}
	if c.Events == 0 {
		c.Events = 100
	}
	if c.Bytes == 0 {
		c.Bytes = 1 << 20
	}
	return NewMailbox(s.Pool, c, func(it Item[chan struct{}]) Task {
		name := fmt.Sprint(it.Publication)
		if it.Gap {
			name = "gap " + name
		}
		j := s.job(name, func(context.Context) error {
			if it.Event != nil {
				<-it.Event
			}
			return nil
		})
		j.settle = func(error) {}
		return j
	})
}

// event is an event of a size; wait, unless it is nil, holds its handler up.
func event(publication uint64, size int, wait chan struct{}) Item[chan struct{}] {
	return Item[chan struct{}]{Publication: publication, Size: size, Event: wait}
}

// One event at a time, in order; what has no room is dropped and told.
func TestMailbox_OrderAndBounds(t *testing.T) {
	for policy, want := range map[Policy][]string{
		DropNewest: {"2", "3"}, DropOldest: {"4", "5"}, Disconnect: {"2", "3"},
	} {
		bubble(t, wide, func(s *stage) {
			b := s.box(MailboxConfig{Events: 2, Policy: policy})
			if b.Resting() != nil {
				s.Error("no task runs")
			}
			wait := make(chan struct{})
			for n := uint64(1); n <= 5; n++ {
				b.Offer(event(n, 10, wait))
				synctest.Wait()
			}
			s.expect("1")
			s.bytes(20, 20)
			resting := b.Resting()
			close(wait)
			<-resting
			s.expect(want...)
			if n := b.Dropped(); n != 2 {
				s.Errorf("%d dropped", n)
			}
			if policy == Disconnect {
				s.rested("disconnecting t 1", "dropping t 1", "disconnecting t 1", "dropping over t 2")
			} else {
				s.rested("dropping t 1", "dropping over t 2")
			}
			s.bytes(0, 0)
		})
	}
}

// So it is with events.
func TestMailbox_Waves(t *testing.T) {
	bubble(t, wide, func(s *stage) {
		b := s.box(MailboxConfig{Name: "t", Events: 1})
		wave := func() {
			wait := make(chan struct{})
			for n := uint64(1); n <= 3; n++ {
				b.Offer(event(n, 1, wait))
				synctest.Wait()
			}
			close(wait)
			synctest.Wait()
		}
		for range 20 {
			wave()
			time.Sleep(rest / 2)
		}
		s.rested("dropping t 1", "dropping over t 20")
		wave()
		s.rested("dropping t 1", "dropping over t 1")
	})
}

// An overload at its height is not over, although it empties the mailbox: the event
// that is to come has yet to find room, for which another mailbox gives one up.
func TestMailbox_OverloadAtItsHeight(t *testing.T) {
	bubble(t, Limits{Bytes: 6400}, func(s *stage) {
		wait := make(chan struct{})
		b := s.box(MailboxConfig{Name: "b", Policy: DropOldest, Events: 2})
		other := s.box(MailboxConfig{Name: "other", Events: 5000})
		b.Offer(event(1, 10, wait))
		other.Offer(event(100, 10, wait))
		synctest.Wait()
		for n := uint64(2); n <= 4; n++ {
			b.Offer(event(n, 10, wait))
		}
		room := func() bool {
			s.Pool.mu.Lock()
			defer s.Pool.mu.Unlock()
			return s.spare(20)
		}
		for n := uint64(101); room(); n++ {
			other.Offer(event(n, 20, wait))
		}
		s.noticed("dropping b 1")
		s.rested()
		b.Offer(event(5, 95, wait))
		s.noticed("dropping other 1")
		close(wait)
		time.Sleep(2 * rest)
		synctest.Wait()
		slices.SortFunc(s.notices, func(a, b Notice) int { return strings.Compare(a.Name, b.Name) })
		s.noticed("dropping over b 3", "dropping over other 4")
	})
}

// An event of any size finds room where nothing waits.
func TestMailbox_OneEventOfAnySize(t *testing.T) {
	bubble(t, Limits{Bytes: 100}, func(s *stage) {
		b := s.box(MailboxConfig{Bytes: 10})
		wait := make(chan struct{})
		b.Offer(event(1, 1000, wait))
		synctest.Wait()
		b.Offer(event(2, 1000, wait))
		b.Offer(event(3, 1, wait))
		close(wait)
		s.expect("1", "2")
	})
}

// The fullest mailbox makes room for one that holds little, by its own policy.
func TestMailbox_TheFullestMakesRoom(t *testing.T) {
	for _, policy := range []Policy{DropNewest, DropOldest, Disconnect} {
		bubble(t, Limits{Bytes: 6400}, func(s *stage) {
			full, other := s.box(MailboxConfig{Name: "full", Policy: policy}), s.box(MailboxConfig{Name: "other"})
			wait := make(chan struct{})
			other.Offer(event(1, 1, wait))
			full.Offer(event(1, 1, wait))
			synctest.Wait()
			full.Offer(event(2, 3100, wait))
			full.Offer(event(3, 3200, wait))
			other.Offer(event(2, 40, nil))
			other.Offer(event(3, 60, nil)) // not together with the rest
			s.expectAll("1", "1")
			if policy == Disconnect {
				s.noticed("disconnecting full 1", "dropping full 1")
			} else {
				s.noticed("dropping full 1")
			}
			other.Offer(event(4, 3300, nil)) // that is not little
			s.noticed("dropping other 1")
			full.Close()
			s.noticed("dropping over full 1")
			other.Close()
			s.noticed("dropping over other 1")
			close(wait)
			synctest.Wait()
			s.bytes(0, 0)
		})
	}
}

// Those that do not keep up make room for one that does, whatever it holds, down
// to little. It makes none for them.
func TestMailbox_TheSlowMakeRoom(t *testing.T) {
	bubble(t, Limits{Bytes: 6400}, func(s *stage) {
		stuck := make(chan struct{})
		var slow []*Mailbox[chan struct{}]
		for n := range 4 {
			b := s.box(MailboxConfig{Name: fmt.Sprint("slow", n)})
			for i := range uint64(30) {
				b.Offer(event(i+1, 50, stuck))
			}
			slow = append(slow, b)
		}
		synctest.Wait()
		wait := make(chan struct{})
		fast := s.box(MailboxConfig{Name: "fast"})
		for n := range uint64(100) {
			fast.Offer(event(n+1, 50, wait)) // one begins, 99 wait
		}
		for _, b := range slow {
			b.Offer(event(31, 50, stuck)) // 100 bytes are little
			b.Offer(event(32, 50, stuck))
		}
		if n := fast.Dropped(); n != 0 {
			s.Errorf("%d events were dropped of the mailbox that keeps up", n)
		}
		for n, b := range slow {
			if n := b.waiting(); n < 2 {
				s.Errorf("%d events are left in a slow mailbox", n)
			}
			if b.Dropped() == 0 {
				s.Errorf("slow%d lost nothing", n)
			}
		}
		if n := s.Load().Waiting(); n < 107 {
			s.Errorf("%d wait", n)
		}
		close(wait)
		close(stuck)
		for _, b := range append(slow, fast) {
			b.Finish()
			<-b.Drained()
		}
		s.bytes(0, 0)
		if n := s.Load().Waiting(); n != 0 {
			s.Errorf("%d wait", n)
		}
	})
}

// Held events wait for the history; what was there before does not.
func TestMailbox_Resumes(t *testing.T) {
	bubble(t, wide, func(s *stage) {
		b := s.box(MailboxConfig{Resumes: true})
		if last, known := b.Place(); last != 0 || known {
			s.Errorf("the place is %d, %v", last, known)
		}
		b.Hold("one")
		b.Offer(event(8, 1, nil))
		s.expect()
		b.Splice("another", nil, true, true)
		s.expect()
		b.Splice("one", []Item[chan struct{}]{event(7, 1, nil)}, true, true)
		s.expect("8")
		if b.Behind() {
			s.Error("behind before the session was lost")
		}
		b.Hold("two")
		if !b.Behind() {
			s.Error("not behind before the history is in")
		}
		b.Offer(event(12, 1, nil))
		b.Splice("two", []Item[chan struct{}]{event(11, 1, nil), event(12, 1, nil)}, false, false)
		s.expect("gap 11", "12")
		if last, known := b.Place(); last != 12 || !known || b.Gaps() != 1 {
			s.Errorf("the place is %d, %v, with %d gaps", last, known, b.Gaps())
		}
		b.Hold("three")
		b.Offer(event(14, 1, nil))
		b.Close()
		b.Splice("three", []Item[chan struct{}]{event(13, 1, nil)}, true, false)
		b.Offer(event(15, 1, nil))
		<-b.Drained()
		s.expect()
	})
}

// Drained is closed when everything was handed out, and what waits for a history
// that will not come is.
func TestMailbox_Finish(t *testing.T) {
	bubble(t, wide, func(s *stage) {
		b := s.box(MailboxConfig{Resumes: true})
		b.Hold("one")
		b.Splice("one", nil, true, true)
		wait := make(chan struct{})
		b.Offer(event(1, 1, wait))
		synctest.Wait()
		b.Hold("two")
		b.Offer(event(3, 1, nil))
		b.Finish()
		select {
		case <-b.Drained():
			s.Error("an event waits")
		default:
		}
		close(wait)
		<-b.Drained()
		s.expect("1", "gap 3")
		b.Finish() // again
	})
	bubble(t, wide, func(s *stage) {
		b := s.box(MailboxConfig{Resumes: true})
		b.Hold("one")
		b.Finish()
		<-b.Drained()
	})
}

// Nothing is handed out when the base has ended or the pool is closed.
func TestMailbox_EndOfThePool(t *testing.T) {
	bubble(t, wide, func(s *stage) {
		b, closed := s.box(MailboxConfig{}), s.box(MailboxConfig{Events: 1})
		wait := make(chan struct{})
		b.Offer(event(1, 1, wait))
		b.Offer(event(2, 1, nil))
		closed.Offer(event(1, 1, wait))
		synctest.Wait()
		closed.Offer(event(2, 1, nil))
		closed.Offer(event(3, 1, nil))
		s.expectAll("1", "1")
		s.noticed("dropping t 1")
		s.Close(nil)
		s.noticed("dropping over t 1")
		s.stop()
		close(wait)
		if n := s.Wait(context.Background()); n != 0 {
			s.Errorf("%d run", n)
		}
		s.expect()
		fresh := s.box(MailboxConfig{})
		fresh.Offer(event(1, 1, nil))
		s.expect()
	})
}

// A handler that waits for all others lets the events behind it be handled.
func TestMailbox_WaitInsideATask(t *testing.T) {
	bubble(t, wide, func(s *stage) {
		b := NewMailbox(s.Pool, MailboxConfig{Name: "t", Events: 10, Bytes: 100}, func(it Item[int]) Task {
			return s.job(fmt.Sprint(it.Publication), func(ctx context.Context) error {
				if turn := TurnOf(ctx); it.Publication == 1 {
					turn.Park() // a mailbox has one task anyway
					turn.Unpark(ctx)
					turn.Leave()
					s.Wait(ctx)
					turn.Back()
				}
				return nil
			})
		})
		for n := uint64(1); n <= 3; n++ {
			b.Offer(Item[int]{Publication: n, Size: 1})
		}
		s.expect("1", "2", "2 done", "3", "3 done", "1 done")
		b.Offer(Item[int]{Publication: 4, Size: 1})
		s.expect("4", "4 done")
	})
}
