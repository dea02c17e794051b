package wamp

import (
	"context"
	"sync"
)

// underway counts what is under way, for those who wait until nothing is. The
// zero value is ready for use; it is safe for concurrent use.
type underway struct {
	mu   sync.Mutex
	n    int
	none chan struct{} // closed when n becomes 0; nil if nobody waits
}

func (u *underway) enter() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.n++
}

func (u *underway) leave() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.n--
	if u.n == 0 && u.none != nil {
		close(u.none)
		u.none = nil
	}
}

// wait waits until nothing is under way, or for ctx; then it returns how much
// still is.
func (u *underway) wait(ctx context.Context) int {
	u.mu.Lock()
	if u.n > 0 && u.none == nil {
		u.none = make(chan struct{})
	}
	n, none := u.n, u.none
	u.mu.Unlock()
	if n == 0 {
		return 0
	}
	select {
	case <-none:
		return 0
	case <-ctx.Done():
		return n
	}
}
