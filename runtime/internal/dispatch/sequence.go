package dispatch

// Policy is what a full mailbox does.
type Policy int

// The policies.
const (
	DropNewest Policy = iota
	DropOldest
	// Disconnect asks for the end of the session. With a history the event is
	// not lost: the next session brings it.
	Disconnect
)

// Item is one event in a mailbox.
type Item[E any] struct {
	Event       E
	Publication uint64
	// Size is that of the frame which the event keeps alive.
	Size int
	// Retained events are no part of the stream: they are older than what
	// follows and do not move the place in the history.
	Retained bool
	// Resumed events come from the history.
	Resumed bool
	// Gap: events before this one were missed and could not be fetched.
	Gap bool
}

// sequence decides which events a subscription gets, in which order, and where
// it stands in the history of its topic. It is pure: no goroutine, clock, lock
// or log. Every event of the stream is handed out once and in order, or counted
// in dropped, or missed with a Gap mark on the next one that is handed out.
type sequence[E any] struct {
	policy  Policy
	events  int  // bound of what waits
	limit   int  // the same in bytes
	resumes bool // there is a history
	// room reports whether so many more bytes find room outside; weigh learns of
	// each change of bytes.
	room  func(size int) bool
	weigh func(delta int)

	queue   []Item[E] // to be handed out
	bytes   int       // of queue and live
	dropped uint64

	// While the history is being fetched, events wait in live. The first older
	// ones came on earlier sessions, which were lost before they had theirs. The
	// first event of each session has a Gap mark that counts if the history
	// cannot be fetched.
	held   bool
	holder any // the session whose history it is
	live   []Item[E]
	older  int
	fresh  bool // the next one is the first of its session
	lost   bool // a session was lost before it had its history
	// skips are the last events of the session that found no room in live.
	skips  []skip
	broken bool // an event was refused: nothing may follow it on this session

	// last is the last publication of the stream that was taken, 0 if there was
	// none, known says that this is so.
	known bool
	last  uint64
	// gap: events after last were missed, unless a history brings them still.
	// owed: a mark was lost with its event; no history closes that gap.
	gap, owed bool
	// seen is what the last history brought, until an event comes that is newer:
	// a broker may still send what its history had already.
	seen map[uint64]bool
}

// arrive takes the next event of a session. False asks for its end.
func (s *sequence[E]) arrive(it Item[E]) bool {
	switch {
	case s.broken, s.doubled(&it):
		return true
	case s.held:
		return s.keep(it)
	}
	return s.append(it, false)
}

// doubled reports whether the history brought an event already. Events come in
// order, so the first that it did not bring ends the overlap.
func (s *sequence[E]) doubled(it *Item[E]) bool {
	if s.held || s.seen == nil {
		return false
	}
	if s.seen[it.Publication] {
		return true
	}
	if !it.Retained {
		s.seen = nil
	}
	return false
}

// full reports whether there is no room for size more bytes. Where nothing
// waits its own bounds do not count: a larger event would never find more room.
func (s *sequence[E]) full(size int) bool {
	n := len(s.queue) + len(s.live)
	return n > 0 && (n >= s.events || s.bytes+size > s.limit) || !s.room(size)
}

// fits makes room by the policy and reports whether there is some.
func (s *sequence[E]) fits(size int) bool {
	for s.full(size) {
		if s.policy != DropOldest || len(s.queue)+len(s.live) == 0 {
			return false
		}
		s.dropOldest()
	}
	return true
}

// append puts an event behind all others; force goes beyond the bounds. False
// asks for the end of the session.
func (s *sequence[E]) append(it Item[E], force bool) bool {
	fits := force || s.fits(it.Size)
	if !fits && s.policy == Disconnect {
		s.disconnect()
		return false
	}
	if fits {
		if !it.Retained {
			it.Gap = it.Gap || s.gap || s.owed
			s.gap, s.owed = false, false
		}
		s.queue = append(s.queue, it)
		s.grow(it.Size)
	} else {
		s.dropped++
		if !it.Retained {
			s.owed, s.gap = s.owed || s.gap || it.Gap, false
		}
	}
	if !it.Retained {
		s.known, s.last = true, it.Publication
	}
	return true
}

// keep puts an event aside until the history is in.
func (s *sequence[E]) keep(it Item[E]) bool {
	if !s.fits(it.Size) {
		if s.policy == Disconnect {
			s.disconnect()
			return false
		}
		s.dropped++
		s.skip(it)
		return true
	}
	if !it.Retained {
		it.Gap, s.fresh = s.fresh, false
	}
	s.live = append(s.live, it)
	s.grow(it.Size)
	return true
}

// skip is an event that is not in live, and how many are in front of it.
type skip struct {
	publication uint64
	at          int
}

// skip notes that an event at the end of live was dropped.
func (s *sequence[E]) skip(it Item[E]) {
	if it.Retained {
		return
	}
	if len(s.skips) >= s.events {
		s.skips = s.skips[1:]
	}
	s.skips = append(s.skips, skip{it.Publication, len(s.live)})
}

// disconnect gives up the session over an event that found no room.
func (s *sequence[E]) disconnect() {
	if s.resumes {
		s.broken = true
	} else {
		s.dropped++
	}
}

func (s *sequence[E]) grow(delta int) {
	s.bytes += delta
	s.weigh(delta)
}

// dropOldest drops what has waited longest.
func (s *sequence[E]) dropOldest() {
	list := &s.queue
	if len(*list) == 0 {
		list = &s.live
		s.older = max(0, s.older-1)
	}
	it := (*list)[0]
	(*list)[0] = Item[E]{}
	*list = (*list)[1:]
	s.dropped++
	s.grow(-it.Size)
	if it.Gap {
		s.pass(list)
	}
}

// pass hands a mark on to the next event of the stream.
func (s *sequence[E]) pass(list *[]Item[E]) {
	for i := range *list {
		if !(*list)[i].Retained {
			(*list)[i].Gap = true
			return
		}
	}
	if list == &s.live {
		s.fresh = true
	} else {
		s.owed = true
	}
}

// evict makes room for others by the policy. False asks for the end of the
// session.
func (s *sequence[E]) evict() bool {
	switch s.policy {
	case DropOldest:
		s.dropOldest()
	case Disconnect:
		s.disconnect()
		return false
	default:
		s.dropNewest()
	}
	return true
}

// dropNewest drops what came last.
func (s *sequence[E]) dropNewest() {
	list := &s.live
	if len(*list) == 0 {
		list = &s.queue
	}
	n := len(*list) - 1
	it := (*list)[n]
	(*list)[n] = Item[E]{}
	*list = (*list)[:n]
	s.older = min(s.older, len(s.live))
	s.dropped++
	s.grow(-it.Size)
	switch {
	case list == &s.live:
		s.fresh = s.fresh || it.Gap
		s.skip(it)
	case it.Gap:
		s.owed = true
	}
}

// next hands out the oldest event.
func (s *sequence[E]) next() (it Item[E], ok bool) {
	if len(s.queue) == 0 {
		return it, false
	}
	it = s.queue[0]
	s.queue[0] = Item[E]{}
	s.queue = s.queue[1:]
	if len(s.queue) == 0 {
		s.queue = nil
	}
	s.grow(-it.Size)
	return it, true
}

// clear drops everything without counting it.
func (s *sequence[E]) clear() {
	s.queue, s.live, s.older = nil, nil, 0
	s.grow(-s.bytes)
}
