package dispatch

import "time"

// holder is a queue that something waits in. The pool's lock is held.
type holder interface {
	// held returns the bytes of what waits.
	held() int
	// waiting returns how many tasks or events wait.
	waiting() int
	// begunAt returns when its last task began, by the count of the pool.
	begunAt() int
	// evict takes one task or event away by the policy of the queue. False: the
	// policy asks for the end of the session instead.
	evict() bool
}

// weigh notes that what waits in q has become larger by delta bytes; held has
// changed already. mu is held.
func (p *Pool) weigh(q holder, delta int) {
	p.waiting += delta
	switch after := q.held(); {
	case after == 0:
		delete(p.holders, q)
	case after == delta:
		p.holders[q] = struct{}{}
	}
}

// fairPart of Limits.Bytes is what a queue may hold and be at nobody's expense.
const fairPart = 64

// room reports whether so many more bytes may wait in q. What runs and what
// waits share Limits.Bytes, but what runs leaves at least half of it, so that
// handlers that never return do not keep everything else out. Where nothing waits
// there is room for one of any size. Where there is no room another queue has to
// make it: see [Pool.fullest]. mu is held.
func (p *Pool) room(q holder, size int) bool {
	for !p.spare(size) {
		fullest := p.fullest(q, q.held()+size)
		if fullest == nil {
			return false
		}
		if !fullest.evict() {
			break // everything is about to be taken up anew
		}
	}
	return true
}

// spare reports whether so many more bytes may wait as things are. mu is held.
func (p *Pool) spare(size int) bool {
	return p.waiting == 0 || p.waiting+size <= max(p.limits.Bytes-p.used, p.limits.Bytes/2)
}

// fullest returns the fullest of the queues that have to make room for q, which
// wants to hold so many bytes; nil if there is none. While q holds little,
// these are all that hold more. Otherwise they are those that hold more than
// little themselves, and whose handlers have moved on less lately: they do not
// keep up, and q is in need of room because of them. mu is held.
func (p *Pool) fullest(q holder, wants int) (fullest holder) {
	little := p.limits.Bytes / fairPart
	most := 0
	for other := range p.holders {
		held := other.held()
		slower := held > little && other.begunAt() < q.begunAt()
		if other != q && held > most && (slower || wants <= little && held > wants) {
			fullest, most = other, held
		}
	}
	return fullest
}

// smallPart of Limits.Bytes is what a frame may have to be run without a
// look at what runs already.
const smallPart = 1024

// bears reports whether one more task with a frame of so many bytes may run at
// once. The first one of its queue may go beyond Limits.Bytes where all others
// have not: a task of any size runs some time. mu is held.
func (p *Pool) bears(size int, first bool) bool {
	return p.used+2*size <= p.limits.Bytes || size <= p.limits.Bytes/smallPart || first && p.used < p.limits.Bytes
}

// thirsty is a mailbox whose next event is too large beside what runs. The pool's
// lock is held.
type thirsty interface {
	// quench begins the event, or waits again.
	quench()
}

// quench lets mailboxes begin that waited for what runs to take less, the one
// that has waited longest first. mu is held.
func (p *Pool) quench() {
	waiting := p.thirsty
	p.thirsty = nil
	for _, b := range waiting {
		b.quench()
	}
}

// calm reports whether at least half of the room is free; mu is held.
func (p *Pool) calm() bool { return p.waiting+p.used <= p.limits.Bytes/2 }

// NoticeKind is what a [Notice] is about.
type NoticeKind int

// The kinds of notices.
const (
	// Refusing: a lane refuses tasks.
	Refusing NoticeKind = iota + 1
	// Dropping: a mailbox drops events.
	Dropping
	// Disconnecting: the policy of a mailbox asks for the end of the session. It
	// has no end.
	Disconnecting
)

// Notice says that an overload of one procedure or topic has begun or ended.
type Notice struct {
	Kind NoticeKind
	// Name is that of the task or mailbox.
	Name string
	// Over: the overload has ended. Count is how many tasks or events it has cost
	// up to now.
	Over  bool
	Count uint64
	// Running and Waiting are how many tasks or events do so in the queue.
	Running, Waiting int
	// Policy is that of the mailbox.
	Policy Policy
}

// troubled is a queue that is overloaded. The pool's lock is held.
type troubled interface {
	// recovered reports whether nothing waits and there is room again.
	recovered() bool
	// relieve ends the overload.
	relieve()
}

// rest is how long an overload must have cost nothing before it is over. Load
// comes in waves, and between two of them nothing waits.
const rest = time.Second

// trouble notes that the overload of q has cost something; mu is held.
func (p *Pool) trouble(q troubled) {
	p.uneasy[q] = time.Now()
	p.watch()
}

// watch looks once in a rest whether overloads are over, while there are any.
// While the pool is open, tasks and events do not look themselves: room for one
// queue may come from any other, so each of them would have to look at all. mu is
// held.
func (p *Pool) watch() {
	if p.watching != nil || p.closed || len(p.uneasy) == 0 {
		return
	}
	p.watching = time.AfterFunc(rest, func() {
		p.mu.Lock()
		defer p.unlock()
		p.relax()
		p.watching = nil
		p.watch()
	})
}

// relax ends the overloads that are over; mu is held. In a closed pool there is no
// next wave to wait for, and what still waits when nothing runs never begins.
func (p *Pool) relax() {
	over := p.closed && p.running == 0
	for q, last := range p.uneasy {
		if over || q.recovered() && (p.closed || time.Since(last) >= rest) {
			q.relieve()
		}
	}
}
