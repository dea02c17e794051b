package dispatch

import (
	"slices"
	"time"
)

// Lane is a bounded queue of tasks that run on up to so many workers, begun in
// the order in which they came. It is safe for concurrent use.
type Lane struct {
	seats
	limit int // of tasks that wait

	// Protected by the pool's lock:
	tasks []Task
	bytes int
	begun int // tasks that have begun and not ended: more than have a seat where some are parked
	// refusing counts what the overload has cost, by name; nil while there is
	// none.
	refusing map[string]uint64
}

// NewLane returns a lane of p with so many workers, behind which so many tasks
// wait. In a strict lane a task that waits keeps its worker.
func NewLane(p *Pool, workers, waiting int, strict bool) *Lane {
	l := &Lane{limit: waiting}
	l.seats = seats{pool: p, queue: l, max: workers, strict: strict}
	return l
}

// Submit runs t as soon as a worker is free, or refuses it: then Settle gets
// [Refused], perhaps before Submit returns. It does not wait. A closed pool
// forgets t. size is that of the frame which t keeps alive; name is what a
// [Notice] calls it.
func (l *Lane) Submit(t Task, name string, size int) {
	p := l.pool
	p.mu.Lock()
	defer p.unlock()
	if p.closed {
		return
	}
	turn := t.Turn()
	turn.queue, turn.seats, turn.name, turn.size = l, &l.seats, name, size
	switch {
	case l.begun > l.taken && p.used+p.waiting+2*size > p.limits.Bytes:
		l.refuse(t) // parked tasks keep their frames, and their seats are free
	case l.taken < l.max && p.bears(size, l.taken == 0):
		l.taken++
		l.begun++
		p.begin(t)
		p.spawn(t)
	case l.taken >= l.max && len(l.tasks) < l.limit && p.room(l, size):
		turn.queued = time.Now()
		l.tasks = append(l.tasks, t)
		l.bytes += size
		p.weigh(l, size)
	default:
		l.refuse(t)
	}
}

func (l *Lane) next() Task {
	if len(l.tasks) == 0 {
		return nil
	}
	t := l.tasks[0]
	l.tasks[0] = nil
	l.tasks = l.tasks[1:]
	l.took(t)
	l.begun++
	l.pool.begin(t)
	return t
}

// took accounts for a task that does not wait any more.
func (l *Lane) took(t Task) {
	size := t.Turn().size
	l.bytes -= size
	l.pool.weigh(l, -size)
}

func (l *Lane) held() int { return l.bytes }

func (l *Lane) waiting() int { return len(l.tasks) }

// evict refuses the task that came last.
func (l *Lane) evict() bool {
	n := len(l.tasks) - 1
	t := l.tasks[n]
	l.tasks[n] = nil
	l.tasks = l.tasks[:n]
	l.took(t)
	l.refuse(t)
	return true
}

// refuse refuses one task and notes the beginning of an overload.
func (l *Lane) refuse(t Task) {
	p, name := l.pool, t.Turn().name
	if len(l.tasks) > 0 {
		t.Turn().after = time.Since(l.tasks[0].Turn().queued)
	}
	p.refused = append(p.refused, t)
	l.overload(name)
}

// overload counts what an overload has cost, and notes its beginning.
func (l *Lane) overload(name string) {
	p := l.pool
	if l.refusing == nil {
		l.refusing = make(map[string]uint64)
	}
	p.trouble(l)
	if l.refusing[name]++; l.refusing[name] == 1 {
		p.notices = append(p.notices, Notice{Kind: Refusing, Name: name, Count: 1, Running: l.taken, Waiting: len(l.tasks)})
	}
}

func (l *Lane) finished() { l.begun-- }

func (l *Lane) recovered() bool { return len(l.tasks) == 0 && l.pool.calm() }

func (l *Lane) relieve() {
	var names []string
	for name := range l.refusing {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		l.pool.notices = append(l.pool.notices, Notice{
			Kind: Refusing, Name: name, Over: true, Count: l.refusing[name], Running: l.taken, Waiting: len(l.tasks),
		})
	}
	l.refusing = nil
	delete(l.pool.uneasy, l)
}
