package wamp

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/session"
	"github.com/wampgen/wampgen/runtime/transport"
)

// The sizes of a history that are asked for, one after the other: a router that
// knows a limit answers no more than that.
const (
	firstHistory   = 100
	largestHistory = 100_000
)

// heavy is what all subscriptions of a client learn from a history that was
// beyond the read limit and ended a session. In the same outage that
// subscription asks for none, all others begin with small ones, and after a
// second lesson ask for none either: the router knows no limit, or single
// events are too large. The zero value has learnt nothing.
type heavy struct {
	mu       sync.Mutex
	fetches  []*fetching // under way, or lost with the session, in order
	sessions int         // that ended in this outage; at least 1 after the first
	outages  int
}

// tooMuch is the smallest history of a subscription that did not fit into a
// message, and the outage in which that was so; 0 for none. The lock is
// heavy's.
type tooMuch struct{ limit, outage int }

// fetching is one get_events under way. Its waiter serves others after it.
type fetching struct {
	waiter *session.Waiter
	lesson *tooMuch // of its subscription
	limit  int
	lost   bool
}

func (h *heavy) begin(w *session.Waiter, lesson *tooMuch, limit int) *fetching {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := &fetching{waiter: w, lesson: lesson, limit: limit}
	h.fetches = append(h.fetches, f)
	return f
}

// end notes the end of a get_events. One that was lost with its session is kept
// for the lesson.
func (h *heavy) end(f *fetching, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f.lost = errors.Is(err, ErrLost) && errors.Is(err, transport.ErrTooLarge)
	if !f.lost {
		h.fetches = slices.DeleteFunc(h.fetches, func(other *fetching) bool { return other == f })
	}
}

// learn draws the lesson from a session that a message ended which was too
// large. If nobody knows whose it was, it may have been that of each.
func (h *heavy) learn(to *core.Addressee) {
	h.mu.Lock()
	defer h.mu.Unlock()
	learnt := false
	for _, f := range h.fetches {
		if to == nil && f.lost || to != nil && to.Waiter == f.waiter {
			*f.lesson = tooMuch{f.limit, h.outages}
			learnt = true
		}
		if learnt && to != nil {
			break // what began later with this waiter was never sent
		}
	}
	h.fetches = nil
	if learnt {
		h.sessions++
	}
}

// stayed notes that a session was not ended by the histories of its recovery.
func (h *heavy) stayed() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sessions = min(h.sessions, 1)
	h.outages++
}

func (h *heavy) known() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.sessions > 0
}

// tooMuch returns the size that did not fit, 0 for none.
func (h *heavy) tooMuch(lesson *tooMuch) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return lesson.limit
}

// first returns the size that a subscription is to ask for first.
func (h *heavy) first(lesson *tooMuch) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case lesson.limit > 0 && lesson.outage == h.outages, lesson.limit == 1:
		return 0, fmt.Errorf("%w: a history of %d events", ErrTooLarge, lesson.limit)
	case h.sessions > 1:
		return 0, fmt.Errorf("%w: other histories ended %d sessions", ErrTooLarge, h.sessions)
	case h.sessions == 1:
		return 1, nil
	}
	return firstHistory, nil
}
