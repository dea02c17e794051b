package dispatch

import (
	"context"
	"sync"
	"time"
)

// Refused is what [Task.Settle] gets for a task that found no room and did not
// run.
type Refused struct {
	// After is how long a task like it would have waited at least.
	After time.Duration
}

// Error says what there was not.
func (Refused) Error() string { return "dispatch: no room" }

// Task is one piece of user code. Its methods are called without a lock held.
type Task interface {
	// Turn returns where the task keeps its place in the queue.
	Turn() *Turn
	// Handle runs the user code. It may panic or end its goroutine.
	Handle() error
	// Settle takes what came of it: the error of Handle, a [*Crash], or
	// [Refused] if Handle did not run. With the latter it must not wait. It
	// may run user code, such as the methods of the error, unless it gets a
	// Crash.
	Settle(err error)
}

// Limits bound a pool.
type Limits struct {
	// Bytes is how many bytes the frames of everything that waits or runs may
	// have. See [Pool.room].
	Bytes int
	// Parked is how many handlers may wait at a time; see [Turn.Park].
	Parked int
}

// Pool runs user code for its lanes and mailboxes. It is safe for concurrent
// use.
type Pool struct {
	base   context.Context
	limits Limits
	notify func(Notice)

	mu      sync.Mutex // protects the following, and all queues of the pool
	begun   int        // tasks that have begun
	running int        // of them, those that have not ended
	away    int        // of them, those that wait for the others: see Turn.Leave
	parked  int        // of them, those that wait: see Turn.Park
	closed  bool
	cut     int           // how many were running when the pool was closed
	change  chan struct{} // closed when running or away changes; nil if nobody waits
	waiting int           // bytes of what waits
	dropped uint64        // events of all mailboxes
	used    int           // bytes of what runs: frames, what is decoded from them, and what came behind
	holders map[holder]struct{}
	uneasy  map[troubled]time.Time // overloads, and when each last cost something
	thirsty []thirsty
	inlets  map[inlet]struct{} // that hold something
	inflow  int                // of used: bytes in inlets
	// watching looks whether overloads are over; nil if there were none.
	watching *time.Timer

	// What the step that holds the lock leaves to unlock:
	notices []Notice
	refused []Task
	bursts  []func()
}

// NewPool returns a pool whose mailboxes hand nothing out when base has ended.
// It calls notify, without a lock held, with what has to be logged or done.
func NewPool(base context.Context, limits Limits, notify func(Notice)) *Pool {
	return &Pool{
		base: base, limits: limits, notify: notify,
		holders: make(map[holder]struct{}), uneasy: make(map[troubled]time.Time),
		inlets: make(map[inlet]struct{}),
	}
}

// unlock ends a step and says and refuses what it left.
func (p *Pool) unlock() {
	notices, refused, bursts := p.notices, p.refused, p.bursts
	p.notices, p.refused, p.bursts = nil, nil, nil
	p.mu.Unlock()
	for _, t := range refused {
		t.Settle(Refused{t.Turn().after})
	}
	for _, full := range bursts {
		full()
	}
	for _, n := range notices {
		p.notify(n)
	}
}

// begin counts t as running; it has a seat. mu is held.
func (p *Pool) begin(t Task) {
	turn := t.Turn()
	turn.seated = true
	turn.seats.begun = p.begun
	p.begun++
	p.running++
	p.used += 2 * turn.size
}

// spawn runs t, and after it what waits behind it, on a goroutine of its own.
// mu may be held.
func (p *Pool) spawn(t Task) {
	go p.work(t) // worker: ends when its queue is empty; joined by Wait
}

// work runs one task after the other.
func (p *Pool) work(t Task) {
	for t != nil {
		p.serve(t)
		t = p.finish(t.Turn())
	}
}

// serve runs one task. If user code ends the goroutine, another one goes on.
func (p *Pool) serve(t Task) {
	lost := func(c *Crash) {
		t.Settle(c)
		if next := p.finish(t.Turn()); next != nil {
			p.spawn(next)
		}
	}
	err := Guard(t.Handle, lost)
	if err := Guard(func() error { t.Settle(err); return nil }, lost); err != nil {
		t.Settle(err)
	}
}

// finish notes that a task has ended and returns the one that gets its seat.
func (p *Pool) finish(t *Turn) (next Task) {
	p.mu.Lock()
	defer p.unlock()
	t.done = true
	p.running--
	p.used -= 2 * t.size
	p.quench()
	if t.aways > 0 {
		p.away--
	}
	if t.waits > 0 {
		p.parked--
	}
	if t.seated {
		next = t.seats.release()
	}
	t.queue.finished()
	if p.closed {
		p.relax()
	}
	p.changed()
	return next
}

// changed wakes who waits; mu is held.
func (p *Pool) changed() {
	if p.change != nil {
		close(p.change)
		p.change = nil
	}
}

// Close lets nothing begin any more, except what waits in a lane behind a task
// that runs on. Overloads end with it. It calls Leave for the task that closes
// the pool; nil if there is none.
func (p *Pool) Close(t *Turn) {
	p.mu.Lock()
	defer p.unlock()
	was := p.closed
	p.closed = true
	if t != nil {
		t.leave()
	}
	if was {
		return
	}
	p.cut = max(0, p.running-p.away)
	for q := range p.uneasy {
		q.relieve()
	}
	if p.watching != nil {
		p.watching.Stop()
	}
}

// CutShort returns how many tasks were running when the pool was closed.
func (p *Pool) CutShort() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cut
}

// Wait waits until no task runs but those that wait themselves (see
// [Turn.Leave]), or for ctx. It returns how many still run. Where tasks wait,
// one runs.
func (p *Pool) Wait(ctx context.Context) int {
	for {
		p.mu.Lock()
		left := p.running - p.away
		if left <= 0 {
			p.mu.Unlock()
			return 0
		}
		if p.change == nil {
			p.change = make(chan struct{})
		}
		change := p.change
		p.mu.Unlock()
		select {
		case <-change:
		case <-ctx.Done():
			return left
		}
	}
}

// Load is what a pool has to do at the moment.
type Load struct {
	// Running is how many tasks have begun and not ended.
	Running int
	// Tasks and Events are how many wait in lanes and in mailboxes.
	Tasks, Events int
	// Bytes is how much of Limits.Bytes all of them take.
	Bytes int
	// Dropped is how many events all mailboxes have dropped up to now.
	Dropped uint64
}

// Waiting returns how much waits behind what runs.
func (l Load) Waiting() int { return l.Tasks + l.Events }

// Load returns what the pool has to do.
func (p *Pool) Load() Load {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := Load{Running: p.running, Bytes: p.used + p.waiting, Dropped: p.dropped}
	for q := range p.holders {
		if _, lane := q.(*Lane); lane {
			l.Tasks += q.waiting()
		} else {
			l.Events += q.waiting()
		}
	}
	return l
}
