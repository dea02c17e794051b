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
// Of these calls one at a time probes: it is sent again after a pause. Where there
// are callees and none has room, each call that is taken or answered lets one more
// probe, and each that is refused one less.
type absence struct {
	uri   string
	since time.Time
	turn  chan struct{} // holds a token for each call that may probe
	over  chan struct{} // closed when there is a callee

	// Protected by absences.mu:
	calls   int
	turns   int // tokens that turn and probes hold, at most maxTurns
	ended   bool
	probes  int           // that found no callee
	next    time.Time     // when the next probe may leave
	trip    time.Duration // how long the last refusal took
	refusal error         // the last one
	exists  bool          // it says that the procedure is registered
	busy    bool          // it is from a callee without room: another one may have some
	taken   bool          // a call was taken since
	said    bool          // the log has a line about it
}

// probe is a turn that a call has taken.
type probe struct {
	absence *absence
	// passed, protected by absences.mu: the turn was passed on. served: because the
	// call was taken, so that it does not wait any more.
	passed, served bool
}

// The pauses between two probes of a procedure double from the first to the
// last; each is between half of that and all of it.
const (
	firstProbe = 20 * time.Millisecond
	lastProbe  = time.Second
	maxAfter   = time.Minute // the longest retry_after_ms that is believed
	maxTurns   = 64 << 10    // of one procedure
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
		it = &absence{
			uri: uri, since: time.Now(),
			turn: make(chan struct{}, maxTurns), over: make(chan struct{}), turns: 1,
		}
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
	gone, taken := it.calls == 0 && a.remove(it) && it.said, it.taken
	a.mu.Unlock()
	switch {
	case gone && taken:
		a.logFound(it, 0)
	case gone:
		a.log.Warn("wamp: no call waits for a callee any more", "procedure", it.uri, "lasted", it.lasted())
	}
}

// logFound says that an absence has ended which the log knows of.
func (a *absences) logFound(it *absence, waiting int) {
	a.log.Info("wamp: procedure has a callee again", "procedure", it.uri, "waiting", waiting, "lasted", it.lasted())
}

// found notes that a call was answered by a callee. If none was registered before,
// the calls that wait are sent, spread over a moment. If none had room, one more of
// them is: all at once would be refused again.
func (a *absences) found(it *absence) {
	a.mu.Lock()
	if it.exists {
		it.more()
		a.mu.Unlock()
		return
	}
	over := a.remove(it)
	if over {
		close(it.over)
	}
	calls, said := it.calls, it.said
	a.mu.Unlock()
	if over && said {
		a.logFound(it, calls)
	}
}

// accepted notes that a probe was not refused in the time that this takes: a callee
// was found. If none had room, the call does not wait any more, and its turn is free.
func (a *absences) accepted(p *probe) {
	it := p.absence
	a.mu.Lock()
	if p.passed {
		a.mu.Unlock()
		return
	}
	if it.exists {
		p.passed, p.served = true, true
		it.turn <- struct{}{}
	}
	served := p.served
	a.mu.Unlock()
	a.found(it)
	if served {
		a.leave(it)
	}
}

// more lets the next call probe now, and one more; the lock is held.
func (it *absence) more() {
	it.next, it.probes, it.taken = time.Now(), 0, true
	if it.turns <= it.calls && it.turns < maxTurns {
		it.turns++
		it.turn <- struct{}{}
	}
}

// pass passes the turn of a probe on. Of several turns one that led to a refusal is
// lost, and so is one that nobody can take. It reports whether the call had been
// served.
func (a *absences) pass(p *probe, refused bool) (served bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if p.passed {
		return p.served
	}
	p.passed = true
	if it := p.absence; it.turns > 1 && (refused || it.turns >= it.calls) {
		it.turns--
	} else {
		it.turn <- struct{}{}
	}
	return false
}

// merge takes a second turn from a probe that has waited for its time, and need not
// any more.
func (a *absences) merge(it *absence) {
	a.mu.Lock()
	defer a.mu.Unlock()
	it.turns--
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
	it.refusal, it.exists, it.busy, it.trip, it.taken = err, r.exists, r.busy, took, false
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
