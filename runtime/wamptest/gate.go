package wamptest

import (
	"sync"
	"time"
)

// gate is a mutex with a condition that can be waited for with a deadline. It
// uses only channels and timers made by the waiting goroutine, so it belongs
// to whatever synctest bubble it is used in.
type gate struct {
	sync.Mutex
	wake chan struct{} // nil while nobody waits
}

// wait gives the lock away until the next broadcast or until the deadline, the
// zero time meaning none, and takes it back. Like any condition, it must be
// asked for again in a loop.
func (g *gate) wait(until time.Time) {
	if g.wake == nil {
		g.wake = make(chan struct{})
	}
	wake := g.wake
	g.Unlock()
	defer g.Lock()
	if until.IsZero() {
		<-wake
		return
	}
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-wake:
	case <-timer.C:
	}
}

// broadcast wakes everybody who waits. The lock is held.
func (g *gate) broadcast() {
	if g.wake != nil {
		close(g.wake)
		g.wake = nil
	}
}

// expired reports whether a deadline has passed.
func expired(until time.Time) bool { return !until.IsZero() && !time.Now().Before(until) }
