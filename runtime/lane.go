package wamp

import (
	"sync"

	"github.com/wampgen/wampgen/runtime/internal/core"
)

// lane is a bounded queue of invocations with up to max workers, each taking
// the oldest, so that invocations begin in arrival order (R198). It outlives
// sessions: a serial procedure stays serial over a reconnect.
type lane struct {
	client *Client
	max    int

	mu      sync.Mutex // protects the following
	queue   []*invocation
	workers int
	held    int // invocations that wait or run
}

func newLane(c *Client, workers int) *lane { return &lane{client: c, max: workers} }

// submit queues an invocation or refuses it with wamp.error.unavailable. The
// reader calls it and never waits.
func (l *lane) submit(inv *invocation) {
	queued, start := l.push(inv)
	if !queued {
		inv.refuse()
		return
	}
	if start {
		if !l.client.workers.start() {
			l.exit()
			return
		}
		go l.work(0) // invocation worker: ends when the lane is empty; joined by Close
	}
}

func (l *lane) push(inv *invocation) (queued, start bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c, busy := l.client, l.workers >= l.max
	if l.held >= l.max+c.cfg.limits.Waiting || busy && !c.roomFor(inv.size) {
		return false, false
	}
	l.held++
	l.queue = append(l.queue, inv)
	c.inbound.Add(int64(inv.size))
	if busy {
		return true, false
	}
	l.workers++
	return true, true
}

// work runs invocations until the lane is empty; done is how many it has run
// before.
func (l *lane) work(done int) {
	defer l.client.workers.finish()
	for inv := l.next(done); inv != nil; inv = l.next(1) {
		l.runOne(inv)
	}
}

// runOne runs one invocation. A handler that ends its goroutine (as a test's
// FailNow does) takes the worker with it: another one takes its place.
func (l *lane) runOne(inv *invocation) {
	returned := false
	defer func() {
		if returned {
			return
		}
		l.client.cfg.log.Error("wamp: handler ended its goroutine", "procedure", inv.registration.uri)
		inv.fail(errPanicked)
		if l.client.workers.start() {
			go l.work(1) // invocation worker, in place of this one
		}
	}()
	inv.run()
	returned = true
}

// next takes the oldest invocation, of a worker that is done with so many; nil
// ends the worker.
func (l *lane) next(done int) *invocation {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held -= done
	if len(l.queue) == 0 {
		l.workers--
		return nil
	}
	inv := l.queue[0]
	l.queue[0] = nil
	l.queue = l.queue[1:]
	l.client.inbound.Add(-int64(inv.size))
	return inv
}

// exit takes one worker off the count.
func (l *lane) exit() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.workers--
}

// refuse answers that there is no room. It is called by the reader, so it does
// not wait for room in the queue: Limits.Replies of the core bounds it.
func (inv *invocation) refuse() {
	inv.end(nil)
	s := inv.session
	s.mu.Lock()
	_, err := s.core.Fail(inv.request, ErrUnavailable.URI, core.Body{})
	_ = s.queued(err) // a session that ended takes no answer
}
