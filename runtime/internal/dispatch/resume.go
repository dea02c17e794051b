package dispatch

import "slices"

// hold puts events aside from now on, until the history of the session on is
// in. What was put aside before came on a session that is lost; if that was for
// want of room, it makes room.
func (s *sequence[E]) hold(on any) {
	if s.held && s.holder == on {
		return
	}
	if s.held {
		s.settle()
		s.lost = true
	}
	if s.broken {
		s.takeLive() // what had no room with these comes with them: behind the place
	}
	s.held, s.holder = true, on
	s.older, s.fresh, s.broken, s.skips = len(s.live), true, false, nil
}

// behind reports whether a history is awaited that may bring what was missed:
// not that of the first session, in which nothing older was promised.
func (s *sequence[E]) behind() bool { return s.held && (s.known || s.lost) }

// settle takes what came on a lost session for the place, if there is none yet.
// On the first session nothing that is older was promised.
func (s *sequence[E]) settle() {
	if s.known || s.newest(s.live) == 0 {
		return
	}
	for _, it := range s.takeLive() {
		it.Gap = it.Gap && s.lost
		s.append(it, true)
	}
}

// newest returns the last publication of the stream in list, 0 if there is
// none.
func (s *sequence[E]) newest(list []Item[E]) uint64 {
	for _, l := range slices.Backward(list) {
		if !l.Retained {
			return l.Publication
		}
	}
	return 0
}

func (s *sequence[E]) takeLive() []Item[E] {
	live := s.live
	s.live, s.older = nil, 0
	for _, it := range live {
		s.grow(-it.Size)
	}
	return live
}

// place returns the last publication of the stream that was taken, 0 if there
// was none. known is false if nobody can say: then the newest event of the
// history is what [sequence.splice] needs.
func (s *sequence[E]) place() (last uint64, known bool) { return s.last, s.known }

// splice puts what the history of the session on brought in front of what was
// put aside, and drops what is there twice. met: nothing is missing between the
// place and the first of fetched, or the end of the history. If the place is
// not known, fetched is the newest event of the history: it becomes the place
// and is not handed out. first: nobody relies on the subscription yet. It does
// nothing unless on is the session that holds.
func (s *sequence[E]) splice(on any, fetched []Item[E], met, first bool) {
	if !s.held || s.holder != on {
		return
	}
	s.held, s.holder = false, nil
	older := s.older
	all := s.takeLive()
	old, live := all[:older:older], all[older:]
	switch {
	case !s.known:
		s.owed = s.owed || !first // nobody knows what came since Subscribe returned
		if met {
			s.known, s.last = true, s.newest(fetched)
		}
		fetched, met = nil, true
	case met:
		s.gap = false
	}
	s.seen = make(map[uint64]bool, len(fetched)+len(live)+older)
	fetched = s.unseen(fetched) // Crossbar keeps an event once for each receiver
	if !met {
		older = s.split(all, older)
		old, live = all[:older:older], all[older:]
	}
	oldKept, oldStream := part(s.unseen(old))
	liveKept, liveStream := part(s.unseen(live))
	s.refill(append(oldKept, liveKept...))
	if met {
		s.refill(unmarked(fetched, oldStream, liveStream))
		return
	}
	if len(fetched) > 0 {
		liveStream = unmarked(liveStream)
		fetched[0].Gap = true
	}
	stream := append(append(oldStream, fetched...), liveStream...)
	if len(stream) > 0 {
		stream[0].Gap = true
	}
	s.refill(stream)
	s.gap = s.gap || len(fetched)+len(liveStream) == 0
}

// split returns how many events of all came before the history: older of them
// on lost sessions, and those that came before the first that it brought too.
func (s *sequence[E]) split(all []Item[E], older int) int {
	first := len(all) + 1
	for i, it := range all[older:] {
		if s.seen[it.Publication] && !it.Retained {
			first = older + i
			break
		}
	}
	for _, skip := range s.skips {
		if s.seen[skip.publication] {
			first = min(first, skip.at, len(all))
		}
	}
	if first > len(all) {
		return older
	}
	return max(first, older)
}

// unseen returns list without what s.seen holds, and adds the rest to it. The
// mark of an event that is left out goes to the next one.
func (s *sequence[E]) unseen(list []Item[E]) []Item[E] {
	kept := list[:0:0]
	gap := false
	for _, it := range list {
		if s.seen[it.Publication] {
			gap = gap || it.Gap
			continue
		}
		s.seen[it.Publication] = true
		if !it.Retained {
			it.Gap, gap = it.Gap || gap, false
		}
		kept = append(kept, it)
	}
	return kept
}

// part parts what is retained from the stream: it is older, whenever it came.
func part[E any](list []Item[E]) (retained, stream []Item[E]) {
	for _, it := range list {
		if it.Retained {
			retained = append(retained, it)
		} else {
			stream = append(stream, it)
		}
	}
	return retained, stream
}

// unmarked returns the lists as one without their marks.
func unmarked[E any](lists ...[]Item[E]) (all []Item[E]) {
	for _, list := range lists {
		for _, it := range list {
			it.Gap = false
			all = append(all, it)
		}
	}
	return all
}

// refill appends what splice has put in order. A subscription that must not
// lose anything takes all of it: no more than was put aside and one history.
func (s *sequence[E]) refill(list []Item[E]) {
	for _, it := range list {
		s.append(it, s.policy == Disconnect)
	}
}
