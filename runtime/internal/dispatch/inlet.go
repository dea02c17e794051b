package dispatch

import "errors"

// maxInlet is how many bytes wait in one inlet for a task that does not keep up,
// with costInlet for each value beside its frame.
const (
	maxInlet  = 4 << 20
	costInlet = 200
)

// ErrFull is the end of an inlet whose task did not keep up.
var ErrFull = errors.New("dispatch: more waits than a task may leave waiting")

// ErrTaken is what Take returns when all has been taken.
var ErrTaken = errors.New("dispatch: all has been taken")

// inlet is what a pool knows of an [Inlet]; its lock is held.
type inlet interface {
	held() int
	burst()
}

// Inlet keeps in order what still comes for a task that has been submitted. All
// inlets of a pool hold at most half of Limits.Bytes; beyond that the fullest one
// gives way. It is safe for concurrent use.
type Inlet[T any] struct {
	pool  *Pool
	turn  *Turn
	ready chan struct{} // holds a token when Take may have something new

	// Protected by the pool's lock:
	fifo   FIFO[T]
	err    error // why nothing is taken in any more: ErrTaken after the last value
	closed bool
	full   func() // is called when it bursts
}

// NewInlet returns the inlet of a task of p that is about to be submitted. It
// calls full, without a lock held and at most once, when the task does not keep
// up.
func NewInlet[T any](p *Pool, t *Turn, full func()) *Inlet[T] {
	return &Inlet[T]{pool: p, turn: t, full: full, ready: make(chan struct{}, 1)}
}

// Offer takes in the next value, of a frame of size bytes. It does not wait.
func (i *Inlet[T]) Offer(v T, size int) {
	p := i.pool
	p.mu.Lock()
	defer p.unlock()
	if i.err != nil || i.closed {
		return
	}
	size += costInlet
	if i.fifo.Bytes() > 0 && i.fifo.Bytes()+size > maxInlet || !p.admits(i, size) {
		i.burst()
		return
	}
	if i.fifo.Bytes() == 0 {
		p.inlets[i] = struct{}{}
	}
	i.fifo.Push(v, size)
	p.inflow += size
	p.used += size
	i.signal()
}

// Finish says that no more comes.
func (i *Inlet[T]) Finish() {
	p := i.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	if i.err == nil {
		i.err = ErrTaken
	}
	i.signal()
}

// Take returns the value that has waited longest; ok is false if none waits. err
// is why none will come: [ErrTaken], or [ErrFull].
func (i *Inlet[T]) Take() (v T, ok bool, err error) {
	p := i.pool
	p.mu.Lock()
	defer p.unlock()
	v, size, ok := i.fifo.Pop()
	if !ok {
		return v, false, i.err
	}
	i.freed(size)
	return v, true, nil
}

// Ready returns a channel with a token when Take may have something new. Only one
// goroutine may wait for it.
func (i *Inlet[T]) Ready() <-chan struct{} { return i.ready }

// Close drops what waits, and what still comes.
func (i *Inlet[T]) Close() {
	p := i.pool
	p.mu.Lock()
	defer p.unlock()
	i.closed = true
	i.drop()
}

func (i *Inlet[T]) held() int { return i.fifo.Bytes() }

// burst ends an inlet that holds too much.
func (i *Inlet[T]) burst() {
	i.err = ErrFull
	i.drop()
	i.signal()
	p := i.pool
	p.bursts = append(p.bursts, i.full)
	if l, ok := i.turn.queue.(*Lane); ok {
		l.overload(i.turn.name)
	}
}

func (i *Inlet[T]) drop() {
	n := i.fifo.Bytes()
	i.fifo.Clear()
	i.freed(n)
}

// freed accounts for what does not wait any more.
func (i *Inlet[T]) freed(size int) {
	p := i.pool
	p.inflow -= size
	p.used -= size
	if i.fifo.Bytes() == 0 {
		delete(p.inlets, i)
	}
	p.quench()
}

func (i *Inlet[T]) signal() {
	select {
	case i.ready <- struct{}{}:
	default:
	}
}

// admits reports whether an inlet may hold so many more bytes; fuller ones make
// room for it. mu is held.
func (p *Pool) admits(i inlet, size int) bool {
	for p.inflow > 0 && p.inflow+size > p.limits.Bytes/2 {
		fullest, most := i, i.held()+size
		for other := range p.inlets {
			if n := other.held(); n > most {
				fullest, most = other, n
			}
		}
		if fullest == i {
			return false
		}
		fullest.burst()
	}
	return true
}
