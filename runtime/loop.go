package wamp

import (
	"sync"
	"sync/atomic"
)

// loopState is what a loop over Events and the client share.
type loopState struct {
	once sync.Once
	// left is closed when the body of the loop drains the client: it does not ask
	// for the next event. skipped counts those that it does not get.
	left    chan struct{}
	skipped atomic.Int64
}

func newLoopState() *loopState { return &loopState{left: make(chan struct{})} }

// abandon ends the waiting for a loop whose body drains the client.
func (l *loopState) abandon() { l.once.Do(func() { close(l.left) }) }
