package wamp

import (
	"sync"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
)

// State is the state of a client.
type State int

// The states of a client.
const (
	// Connecting means that a connection is being opened.
	Connecting State = iota
	// Joining means that HELLO was sent and the router has not answered with
	// WELCOME.
	Joining
	// Recovering means that registrations and subscriptions are being restored.
	Recovering
	// Ready means that a session is open and every registration and subscription
	// is in place.
	Ready
	// BackingOff means that the last attempt failed or the session was lost. The
	// next attempt is at [Status.Next].
	BackingOff
	// Closed means that the client has ended. It is the last state.
	Closed
)

// String returns the name of the state in lower case.
func (s State) String() string {
	return [...]string{"connecting", "joining", "recovering", "ready", "backoff", "closed"}[min(max(s, 0), Closed)]
}

// Status is a snapshot of a client's connection.
type Status struct {
	// State is the state of the client.
	State State
	// Session is the router's id of the session, 0 if there is no session.
	Session ID
	// Format is the serializer of the session, 0 if there is no session.
	Format codec.Format
	// URL is the router that is tried or used, without credentials.
	URL string
	// Err is the last failure: why the session was lost, why the attempt failed,
	// or why something could not be restored yet. It is nil if there was no
	// failure.
	Err error
	// Attempt counts the rounds over all URLs that failed in a row. A session that
	// lasted for 30 s resets it, a shorter one lowers it. It is 0 in [Recovering]
	// and [Ready].
	Attempt int
	// Next is when the next attempt begins, in [BackingOff]; zero otherwise.
	Next time.Time
}

// board holds the status and notifies watchers. Its mutex is a leaf: nothing
// else is locked under it.
type board struct {
	mu       sync.Mutex
	status   Status
	watchers map[*watcher]struct{}
}

// watcher is one Watch loop: a bounded queue of what it has yet to see.
type watcher struct {
	queue []Status
	wake  chan struct{}
}

// maxUnseen bounds the queue of a Watch loop that does not keep up.
const maxUnseen = 256

// set changes the status and notifies every watcher. Closed is final.
func (b *board) set(s Status) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.status.State == Closed {
		return
	}
	b.status = s
	for w := range b.watchers {
		w.push(s)
	}
}

// push appends s; a loop that does not keep up loses the oldest.
func (w *watcher) push(s Status) {
	if len(w.queue) >= maxUnseen {
		w.queue = w.queue[1:]
	}
	w.queue = append(w.queue, s)
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (b *board) watch() *watcher {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := &watcher{wake: make(chan struct{}, 1)}
	w.push(b.status)
	if b.watchers == nil {
		b.watchers = make(map[*watcher]struct{})
	}
	b.watchers[w] = struct{}{}
	return w
}

func (b *board) unwatch(w *watcher) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.watchers, w)
}

// take returns what w has yet to see.
func (b *board) take(w *watcher) []Status {
	b.mu.Lock()
	defer b.mu.Unlock()
	q := w.queue
	w.queue = nil
	return q
}

// now returns the current status.
func (b *board) now() Status {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.status
}
