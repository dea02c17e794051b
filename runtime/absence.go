package wamp

import (
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/session"
)

// absences are the procedures for which calls of a client find no callee at the
// moment, and those that have answered before. The lock is a leaf.
type absences struct {
	log   *slog.Logger
	count atomic.Int64 // of byURI, so that a call need not look it up
	mu    sync.RWMutex
	byURI map[string]*absence
	known map[string]struct{}
}

// maxKnown bounds how many procedures a client remembers: a fleet has one for each
// device, and each takes some hundred bytes.
const maxKnown = 64 << 10

// absence is one procedure that has no callee, as long as a call waits for one.
// Of these calls one at a time probes: it is sent again after a pause.
type absence struct {
	uri   string
	since time.Time
	turn  chan struct{} // holds a token unless one of the calls probes
	over  chan struct{} // closed when there is a callee

	// Protected by absences.mu:
	calls   int
	ended   bool
	probes  int           // that found no callee
	next    time.Time     // when the next probe may leave
	trip    time.Duration // how long the last refusal took
	refusal error         // the last one
	exists  bool          // it says that the procedure is registered
	busy    bool          // it is from a callee without room: another one may have some
	said    bool          // the log has a line about it
}

// The pauses between two probes of a procedure double from the first to the
// last; each is between half of that and all of it.
const (
	firstProbe = 20 * time.Millisecond
	lastProbe  = time.Second
	maxAfter   = time.Minute // the longest retry_after_ms that is believed
)

// knows reports whether a procedure has answered before.
func (a *absences) knows(uri string) bool {
	a.mu.RLock()
	defer a.mu.RUnlock()
	_, ok := a.known[uri]
	return ok
}

// answered notes that a procedure has answered. One of very many is forgotten.
func (a *absences) answered(uri string) {
	if a.knows(uri) {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.known) >= maxKnown {
		for other := range a.known {
			delete(a.known, other)
			break
		}
	}
	if a.known == nil {
		a.known = make(map[string]struct{})
	}
	a.known[uri] = struct{}{}
}

// join counts a call as one that waits for a callee. Unless begin is set, it
// returns nil if the call may find one: if nothing is known of an absence, or if
// one of several callees has no room.
func (a *absences) join(uri string, begin bool) *absence {
	a.mu.Lock()
	defer a.mu.Unlock()
	it := a.byURI[uri]
	switch {
	case it != nil && (begin || !it.busy):
	case !begin:
		return nil
	default:
		it = &absence{uri: uri, since: time.Now(), turn: make(chan struct{}, 1), over: make(chan struct{})}
		it.turn <- struct{}{}
		if a.byURI == nil {
			a.byURI = make(map[string]*absence)
		}
		a.byURI[uri] = it
		a.count.Add(1)
	}
	it.calls++
	return it
}

// find returns the absence of a procedure, nil if there is none.
func (a *absences) find(uri string) *absence {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.byURI[uri]
}

// leave is the end of join. The last call that waits takes the absence with it.
func (a *absences) leave(it *absence) {
	a.mu.Lock()
	it.calls--
	gone := it.calls == 0 && a.remove(it) && it.said
	a.mu.Unlock()
	if gone {
		a.log.Warn("wamp: no call waits for a callee any more", "procedure", it.uri, "lasted", it.lasted())
	}
}

// end notes that a procedure has a callee: the calls that wait are sent, spread
// over a moment.
func (a *absences) end(it *absence) {
	a.mu.Lock()
	over := a.remove(it)
	if over {
		close(it.over)
	}
	calls, said := it.calls, it.said
	a.mu.Unlock()
	if over && said {
		a.log.Info("wamp: procedure has a callee again", "procedure", it.uri, "waiting", calls, "lasted", it.lasted())
	}
}

func (it *absence) lasted() time.Duration { return time.Since(it.since).Round(time.Millisecond) }

// hasEnded reports whether there has been a callee since.
func (it *absence) hasEnded() bool {
	select {
	case <-it.over:
		return true
	default:
		return false
	}
}

// remove forgets an absence; false if it had ended before. The lock is held.
func (a *absences) remove(it *absence) bool {
	if it.ended {
		return false
	}
	it.ended = true
	delete(a.byURI, it.uri)
	a.count.Add(-1)
	return true
}

// refused notes that a call found no callee, which took so long. It reports
// whether the log should say so: once, when the absence has lasted for a while.
func (a *absences) refused(it *absence, r refusal, err error, took time.Duration, probe bool) (say bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	it.refusal, it.exists, it.busy, it.trip = err, r.exists, r.busy, took
	if !probe && !it.next.IsZero() {
		return false
	}
	pause := min(firstProbe<<min(it.probes, 16), lastProbe)
	it.probes++
	it.next = time.Now().Add(r.after + pause/2 + rand.N(pause/2))
	say = !it.said && time.Since(it.since) >= sayAfter
	it.said = it.said || say
	return say
}

// sayAfter is how long an absence lasts before it is logged.
const sayAfter = time.Second

// spread is the moment over which so many calls are sent when an absence ends.
func spread(calls int) time.Duration {
	return min(time.Duration(calls)*200*time.Microsecond, time.Second)
}

// patience is how long a probe may be without an answer before its procedure
// counts as found: a router refuses at once.
func (a *absences) patience(it *absence) time.Duration {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return max(4*it.trip, 50*time.Millisecond)
}

// nextProbe returns when the next probe may leave.
func (a *absences) nextProbe(it *absence) time.Time {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return it.next
}

// lastRefusal returns what the last call was answered, and whether that says
// that the procedure is registered.
func (a *absences) lastRefusal(it *absence) (err error, exists bool) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return it.refusal, it.exists
}

// held returns how many calls wait for all of them.
func (a *absences) held() (n int) {
	if a.count.Load() == 0 {
		return 0
	}
	a.mu.RLock()
	defer a.mu.RUnlock()
	for _, it := range a.byURI {
		n += it.calls
	}
	return n
}

// waiting returns how many calls wait.
func (a *absences) waiting(it *absence) int {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return it.calls
}

// refusal is an answer that means that a call found no callee.
type refusal struct {
	exists bool          // the procedure is certainly registered
	busy   bool          // it is from a callee, which has no room
	after  time.Duration // how long its callee wants to be left alone
}

// refusalOf returns the refusal that the answer to a call is; false if it is
// another one.
func refusalOf(w *session.Waiter) (refusal, bool) {
	switch {
	case !w.Failed:
		return refusal{}, false
	case saysNoCallee(w.URI):
		return refusal{exists: w.URI != ErrNoSuchProcedure.URI}, true
	case w.URI == ErrUnavailable.URI:
		after, ok := retryAfter(w)
		return refusal{exists: true, busy: true, after: after}, ok
	}
	return refusal{}, false
}

// saysNoCallee reports whether an error means by its URI alone that a call has
// found no callee.
func saysNoCallee(uri string) bool {
	switch uri {
	case ErrNoSuchProcedure.URI, ErrNoAvailableCallee.URI, "crossbar.error.max_concurrency_reached":
		return true
	}
	return false
}

// retryAfterKey is the keyword argument of an ErrUnavailable that says when to
// call again, in milliseconds.
const retryAfterKey = "retry_after_ms"

// retryAfter returns what an ErrUnavailable says about when to call again; false
// if it says nothing.
func retryAfter(w *session.Waiter) (time.Duration, bool) {
	p, _ := decodePayload(w.Payload)
	var ms float64
	switch v := p.Kwargs[retryAfterKey].(type) {
	case int64:
		ms = float64(v)
	case uint64:
		ms = float64(v)
	case float64:
		ms = v
	default:
		return 0, false
	}
	if !(ms >= 0) {
		return 0, false
	}
	return time.Duration(min(ms, float64(maxAfter.Milliseconds()))) * time.Millisecond, true
}
