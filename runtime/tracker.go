package wamp

import (
	"context"
	"sync"
)

// tracker counts the goroutines that run handlers, so that Close can join them.
type tracker struct {
	mu      sync.Mutex
	running int
	// exempt are the handlers that wait in Close themselves, by how often.
	exempt map[any]int
	closed bool
	cut    int           // how many were running when it was closed
	change chan struct{} // closed at the next change; nil when nobody waits
}

// start counts one more worker; false after close.
func (t *tracker) start() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return false
	}
	t.running++
	return true
}

// finish counts one worker less.
func (t *tracker) finish() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running--
	t.changed()
}

// except leaves a handler out of what is waited for until back is called.
func (t *tracker) except(handler any) (back func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.exempt == nil {
		t.exempt = make(map[any]int)
	}
	t.exempt[handler]++
	t.changed()
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.exempt[handler]--; t.exempt[handler] == 0 {
			delete(t.exempt, handler)
		}
		t.changed()
	}
}

// changed wakes who waits; mu is held.
func (t *tracker) changed() {
	if t.change != nil {
		close(t.change)
		t.change = nil
	}
}

// close refuses new workers.
func (t *tracker) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.closed {
		t.closed, t.cut = true, max(0, t.running-len(t.exempt))
	}
}

// cutShort tells how many workers were running when close was called.
func (t *tracker) cutShort() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cut
}

// wait waits until no worker runs but the exempt ones, or for ctx; then it
// returns how many still run.
func (t *tracker) wait(ctx context.Context) int {
	for {
		t.mu.Lock()
		left := t.running - len(t.exempt)
		if left <= 0 {
			t.mu.Unlock()
			return 0
		}
		if t.change == nil {
			t.change = make(chan struct{})
		}
		change := t.change
		t.mu.Unlock()
		select {
		case <-change:
		case <-ctx.Done():
			return left
		}
	}
}
