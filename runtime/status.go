package wamp

import (
	"sync"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
)

// State is where a client stands.
type State int

// The states of a client.
const (
	// Connecting: a connection is being opened.
	Connecting State = iota
	// Joining: HELLO was sent; the router has yet to say WELCOME.
	Joining
	// Recovering: registrations and subscriptions are being restored.
	Recovering
	// Ready: a session is open and every registration and subscription is in place.
	Ready
	// BackingOff: the last attempt failed or the session was lost; the next attempt is at Status.Next.
	BackingOff
	// Closed: Close was called, or the client gave up. Final.
	Closed
)

// String returns the name of the state in lower case.
func (s State) String() string {
	return [...]string{"connecting", "joining", "recovering", "ready", "backoff", "closed"}[min(max(s, 0), Closed)]
}

// Status is a snapshot of a client's connection.
type Status struct {
	// State is where the client stands.
	State State
	// Session is the router's id of the session, 0 when none is open.
	Session ID
	// Format is the serializer of the session, 0 when none is open.
	Format codec.Format
	// URL is the router that is tried or used, without credentials.
	URL string
	// Err is the last failure: why the session was lost, the attempt failed or
	// a restoration is still refused. Nil when there was none.
	Err error
	// Attempt counts the rounds over all URLs that failed in a row. A session that
	// lasted for 30 s sets it back, a shorter one lowers it by degrees; 0 in
	// Recovering and Ready.
	Attempt int
	// Next is when the next attempt begins, in BackingOff; zero otherwise.
	Next time.Time
}

// board holds the status and tells watchers. Its mutex is a leaf: nothing else
// is locked under it.
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

// set changes the status and tells every watcher. Closed is final.
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
