package dispatch

// MailboxConfig is how a mailbox bounds what waits in it.
type MailboxConfig struct {
	// Name is what a [Notice] calls it.
	Name string
	// Events and Bytes bound what waits: events, and bytes of their frames.
	Events, Bytes int
	Policy        Policy
	// Resumes: there is a history; see [Mailbox.Hold].
	Resumes bool
}

// Mailbox keeps the events of one subscription in order for its handler, which
// gets one at a time. It is safe for concurrent use.
type Mailbox[E any] struct {
	seats
	name string
	open func(Item[E]) Task

	// Protected by the pool's lock:
	sequence      sequence[E]
	active        int // tasks that have begun and not ended
	closed        bool
	ended         bool   // no more events come
	droppedBefore uint64 // sequence.dropped before the overload
	counted       uint64 // of sequence.dropped, in the pool's count
	uneasy        bool
	refused       int  // bytes of the largest event that found no room in this overload
	thirsty       bool // it is in the pool's list
	gaps          uint64
	rested        chan struct{} // closed when no task runs; nil if nobody waits
	over          bool          // drained is closed
	drained       chan struct{} // closed when nothing is left and nothing comes
}

// NewMailbox returns a mailbox of p. open makes the task that handles an event;
// it is called with the pool's lock held.
func NewMailbox[E any](p *Pool, c MailboxConfig, open func(Item[E]) Task) *Mailbox[E] {
	b := &Mailbox[E]{name: c.Name, open: open, drained: make(chan struct{})}
	b.seats = seats{pool: p, queue: b, max: 1, strict: true}
	b.sequence = sequence[E]{
		policy: c.Policy, events: c.Events, limit: c.Bytes, resumes: c.Resumes,
		room:  func(size int) bool { return b.begins(size) || p.room(b, size) },
		weigh: func(delta int) { p.weigh(b, delta) },
	}
	return b
}

// Offer puts an event into the mailbox. It does not wait.
func (b *Mailbox[E]) Offer(it Item[E]) {
	b.pool.mu.Lock()
	defer b.pool.unlock()
	if b.closed {
		return
	}
	before := b.sequence.dropped
	if !b.sequence.arrive(it) {
		b.disconnect()
	}
	if b.sequence.dropped != before {
		b.refused = max(b.refused, it.Size)
	}
	b.settle()
}

// Hold puts events aside from now on, until [Mailbox.Splice] has brought the
// history of the session on.
func (b *Mailbox[E]) Hold(on any) {
	b.pool.mu.Lock()
	defer b.pool.unlock()
	b.sequence.hold(on)
	b.settle()
}

// Place returns the last publication that was taken, 0 if there was none. If
// known is false nobody can say, and Splice needs the newest event.
func (b *Mailbox[E]) Place() (last uint64, known bool) {
	b.pool.mu.Lock()
	defer b.pool.mu.Unlock()
	return b.sequence.place()
}

// Behind reports whether events were missed that a history has yet to bring.
func (b *Mailbox[E]) Behind() bool {
	b.pool.mu.Lock()
	defer b.pool.mu.Unlock()
	return b.sequence.behind()
}

// Splice ends Hold with the events behind the place. met: none is missing
// between the two. If the place is not known, fetched is the newest event there
// is: it is not handed out. first: nobody relies on the subscription yet.
// Splice does nothing unless the session on is the last one that Hold got.
func (b *Mailbox[E]) Splice(on any, fetched []Item[E], met, first bool) {
	b.pool.mu.Lock()
	defer b.pool.unlock()
	if b.closed {
		return
	}
	b.sequence.splice(on, fetched, met, first)
	b.settle()
}

// Finish says that no more events come. What waits for a history that will not
// come either is handed out with a Gap mark.
func (b *Mailbox[E]) Finish() {
	b.pool.mu.Lock()
	defer b.pool.unlock()
	b.ended = true
	if b.sequence.held && len(b.sequence.live) > 0 {
		b.sequence.splice(b.sequence.holder, nil, false, false)
	}
	b.sequence.held = false
	b.settle()
}

// Close drops what waits; no task begins after it.
func (b *Mailbox[E]) Close() {
	b.pool.mu.Lock()
	defer b.pool.unlock()
	b.closed, b.ended = true, true
	b.sequence.clear()
	b.settle()
}

// Dropped returns how many events were dropped for want of room.
func (b *Mailbox[E]) Dropped() uint64 {
	b.pool.mu.Lock()
	defer b.pool.mu.Unlock()
	return b.sequence.dropped
}

// Gaps returns how many events were handed out with a Gap mark.
func (b *Mailbox[E]) Gaps() uint64 {
	b.pool.mu.Lock()
	defer b.pool.mu.Unlock()
	return b.gaps
}

// Resting returns what is closed when no task runs, nil when none does.
func (b *Mailbox[E]) Resting() <-chan struct{} {
	b.pool.mu.Lock()
	defer b.pool.mu.Unlock()
	if b.active > 0 && b.rested == nil {
		b.rested = make(chan struct{})
	}
	return b.rested
}

// Drained is closed after Finish or Close, when no event waits and no task
// runs.
func (b *Mailbox[E]) Drained() <-chan struct{} { return b.drained }

// settle carries out what has changed: an overload has begun or ended, a task
// may begin, or everything is over.
func (b *Mailbox[E]) settle() {
	p := b.pool
	if n := b.sequence.dropped - b.counted; n > 0 {
		b.counted = b.sequence.dropped
		b.overload(n)
	}
	if b.taken == 0 && !p.closed {
		if t := b.next(); t != nil {
			b.taken++
			p.spawn(t)
		}
	}
	if b.uneasy && b.closed {
		b.relieve()
	}
	if b.active == 0 && b.rested != nil {
		close(b.rested)
		b.rested = nil
	}
	if b.ended && !b.over && b.active == 0 && b.waiting() == 0 {
		b.over = true
		close(b.drained)
	}
}

func (b *Mailbox[E]) waiting() int { return len(b.sequence.queue) + len(b.sequence.live) }

func (b *Mailbox[E]) next() Task {
	if b.pool.base.Err() != nil || b.waitsForRoom() {
		return nil
	}
	it, ok := b.sequence.next()
	if !ok {
		return nil
	}
	if it.Gap {
		b.gaps++
	}
	t := b.open(it)
	turn := t.Turn()
	turn.queue, turn.seats, turn.name, turn.size = b, &b.seats, b.name, it.Size
	b.active++
	b.pool.begin(t)
	return t
}

// begins reports whether an event of so many bytes need not wait.
func (b *Mailbox[E]) begins(size int) bool {
	return b.taken == 0 && b.waiting() == 0 && !b.sequence.held && b.pool.bears(size, true)
}

// waitsForRoom reports whether the next event has to wait until what runs takes
// less, and sees to it that it is tried again.
func (b *Mailbox[E]) waitsForRoom() bool {
	if len(b.sequence.queue) == 0 || b.pool.bears(b.sequence.queue[0].Size, true) {
		return false
	}
	if !b.thirsty {
		b.thirsty = true
		b.pool.thirsty = append(b.pool.thirsty, b)
	}
	return true
}

func (b *Mailbox[E]) quench() {
	b.thirsty = false
	b.settle()
}

func (b *Mailbox[E]) finished() {
	b.active--
	b.settle()
}

func (b *Mailbox[E]) held() int { return b.sequence.bytes }

func (b *Mailbox[E]) evict() bool {
	ok := b.sequence.evict()
	if !ok {
		b.disconnect()
	}
	b.settle()
	return ok
}

// overload counts events that an overload has cost, and notes its beginning. In a
// closed pool it is none: nothing begins any more, room or not.
func (b *Mailbox[E]) overload(n uint64) {
	b.pool.dropped += n
	if b.pool.closed {
		return
	}
	b.pool.trouble(b)
	if !b.uneasy {
		b.uneasy = true
		b.notify(Dropping, n, false)
	}
}

// disconnect asks for the end of the session.
func (b *Mailbox[E]) disconnect() {
	b.notify(Disconnecting, 1, false)
}

func (b *Mailbox[E]) notify(kind NoticeKind, n uint64, over bool) {
	b.pool.notices = append(b.pool.notices, Notice{
		Kind: kind, Name: b.name, Over: over, Count: n, Running: b.active, Waiting: b.waiting(), Policy: b.sequence.policy,
	})
}

func (b *Mailbox[E]) recovered() bool {
	return b.waiting() == 0 && b.pool.spare(b.refused)
}

func (b *Mailbox[E]) relieve() {
	b.notify(Dropping, b.sequence.dropped-b.droppedBefore, true)
	b.droppedBefore, b.uneasy, b.refused = b.sequence.dropped, false, 0
	delete(b.pool.uneasy, b)
}
