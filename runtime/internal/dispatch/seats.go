package dispatch

// queue is what a turn and its seats must know of a lane or mailbox. The
// pool's lock is held.
type queue interface {
	// next begins the task that has waited longest and returns it, nil if none
	// may begin.
	next() Task
	// finished notes that a task has ended.
	finished()
}

// seats are the places of one queue in which its tasks run. The pool's lock
// protects them.
type seats struct {
	pool   *Pool
	queue  queue
	strict bool // a task that waits keeps its seat
	max    int
	taken  int // more than max after Back, or where a ctx ended
	begun  int // when the last task began, by the count of the pool
	// returning are the tasks that want their seat back, the first one first.
	returning []*Turn
}

// release frees a seat. A task that comes back gets it before one that begins,
// which is returned and has to be run.
func (s *seats) release() Task {
	if s.taken <= s.max {
		for len(s.returning) > 0 {
			t := s.returning[0]
			s.returning = s.returning[1:]
			close(t.ready)
			t.ready = nil
			if t.waits == 0 && !t.done && !t.seated {
				t.seated = true
				return nil
			}
		}
		if t := s.queue.next(); t != nil {
			return t
		}
	}
	s.taken--
	return nil
}

// begunAt returns when the last task of the queue began. In a queue that has
// none, nothing waits for a handler: it is as if one had just begun.
func (s *seats) begunAt() int {
	if s.taken == 0 {
		return s.pool.begun
	}
	return s.begun
}
