package dispatch

import (
	"context"
	"slices"
	"time"
)

// Turn is the place of one task in its queue: it waits, it has one of the
// queue's seats and runs, or it has given its seat away and comes back. The
// zero value is ready for use by one task. It is safe for concurrent use.
type Turn struct {
	queue queue
	seats *seats
	name  string
	size  int

	// Protected by the pool's lock:
	seated bool
	done   bool
	waits  int           // calls of Park without their Unpark
	aways  int           // calls of Leave without their Back
	ready  chan struct{} // closed when it gets a seat again; nil if it does not wait for one
	queued time.Time     // when it began to wait in a lane
	after  time.Duration // see Refused
}

// turnKey finds the turn of the task that a ctx belongs to.
type turnKey struct{}

// Key is what the ctx of a task answers with its [*Turn].
var Key any = turnKey{}

// TurnOf returns the turn of the task that ctx belongs to or is derived from;
// nil for any other ctx.
func TurnOf(ctx context.Context) *Turn {
	t, _ := ctx.Value(Key).(*Turn)
	return t
}

// In reports whether t is the turn of a task in p; false for nil.
func (t *Turn) In(p *Pool) bool { return t != nil && t.seats.pool == p }

// Park gives the seat of a task away that is about to wait. It reports whether
// the task may wait: it may not beyond Limits.Parked. Each Park that returned
// true must be followed by Unpark. In a strict lane, in a mailbox and for nil
// it does nothing.
func (t *Turn) Park() bool {
	if t == nil || t.seats.strict {
		return true
	}
	p := t.seats.pool
	p.mu.Lock()
	defer p.unlock()
	if t.done {
		return true
	}
	if t.waits == 0 {
		if p.parked >= p.limits.Parked {
			return false
		}
		p.parked++
	}
	t.waits++
	t.stand()
	return true
}

// Unpark waits until the task has a seat again, before all tasks that have not
// begun. If ctx, or the base of the pool, ends first it goes on without
// waiting: then more tasks run than there are seats, and none begins until that
// is over.
func (t *Turn) Unpark(ctx context.Context) {
	if t == nil || t.seats.strict {
		return
	}
	p := t.seats.pool
	p.mu.Lock()
	defer p.unlock()
	if t.done || t.waits == 0 {
		return
	}
	if t.waits--; t.waits > 0 {
		return // the last one that waits sits down
	}
	p.parked--
	for !t.seated && t.waits == 0 && !t.done {
		t.sitOrWait(ctx)
	}
}

// sitOrWait takes a free seat or waits for one. The lock is held, but not while
// it waits.
func (t *Turn) sitOrWait(ctx context.Context) {
	s, p := t.seats, t.seats.pool
	if s.taken < s.max {
		s.taken++
		t.seated = true
		return
	}
	if t.ready == nil {
		t.ready = make(chan struct{})
		s.returning = append(s.returning, t)
	}
	ready := t.ready
	p.unlock()
	select {
	case <-ready:
		p.mu.Lock()
		return
	case <-ctx.Done():
	case <-p.base.Done():
	}
	p.mu.Lock()
	if t.ready == ready {
		s.returning = slices.DeleteFunc(s.returning, func(other *Turn) bool { return other == t })
		close(t.ready)
		t.ready = nil
		if t.waits == 0 && !t.done {
			s.taken++
			t.seated = true
		}
	}
}

// stand gives the seat to who waits for it; the lock is held.
func (t *Turn) stand() {
	if !t.seated {
		return
	}
	t.seated = false
	if t.seats.pool.closed {
		t.seats.taken-- // nothing begins any more
		return
	}
	if next := t.seats.release(); next != nil {
		t.seats.pool.spawn(next)
	}
}

// Leave leaves a task out of what [Pool.Wait] waits for, and gives its seat
// away, until Back: the task is about to wait for all the others, those behind
// it included.
func (t *Turn) Leave() {
	t.seats.pool.mu.Lock()
	defer t.seats.pool.unlock()
	t.leave()
}

// leave is Leave with the lock held.
func (t *Turn) leave() {
	p := t.seats.pool
	if t.done {
		return
	}
	if t.aways++; t.aways == 1 {
		p.away++
		p.changed()
	}
	t.stand()
}

// Back undoes Leave. It does not wait for a seat.
func (t *Turn) Back() {
	p := t.seats.pool
	p.mu.Lock()
	defer p.unlock()
	if t.done {
		return
	}
	if t.aways--; t.aways > 0 {
		return
	}
	p.away--
	p.changed()
	if !t.seated && t.waits == 0 {
		t.seats.taken++
		t.seated = true
	}
}
