package transport

import (
	"errors"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// moveSize is how many bytes must leave to count as a sign of life of the peer.
// What the system buffers for a peer that is gone is bounded, so that many
// bytes cannot leave for ever.
const moveSize = 64 << 10

// steady is a socket on which a write may take as long as it makes progress:
// only a peer that takes nothing at all within the timeout fails it. It lies
// below TLS, which could not go on after a timeout.
type steady struct {
	net.Conn
	timeout time.Duration // 0 in the handshake, which a ctx bounds

	// Times are kept as nanoseconds since born, which has the monotonic clock: a
	// jump of the wall clock moves none of them.
	born  time.Time
	end   atomic.Int64 // when all writing has to be done; 0: no such time
	moved atomic.Int64 // when moveSize bytes had last left; 0: never

	// These belong to who writes: bytes since moved, and what is being written.
	left   int
	pieces [2][]byte
	rest   net.Buffers
}

// Write is for TLS, which writes its records whole.
func (s *steady) Write(p []byte) (int, error) {
	err := s.write(p, nil)
	return len(p) - s.unwritten(), err
}

// write writes head and body, which may be empty, without copying one to the
// other.
func (s *steady) write(head, body []byte) error {
	s.pieces = [2][]byte{head, body}
	s.rest = s.pieces[:1]
	if len(body) > 0 {
		s.rest = s.pieces[:2]
	}
	for last := time.Now(); ; {
		begin := time.Now()
		deadline, end := s.deadline(begin, last)
		if err := s.SetWriteDeadline(deadline); err != nil {
			return err
		}
		n, err := s.rest.WriteTo(s.Conn)
		if s.progress(int(n)); n > 0 {
			last = begin
		}
		final := end || !time.Now().Before(last.Add(s.timeout))
		if err == nil || final || !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
	}
}

// deadline is how long to write before looking for progress. end reports that
// there is no more time after it.
func (s *steady) deadline(now, last time.Time) (at time.Time, end bool) {
	const looks = 10 // in one timeout
	if end := s.end.Load(); end != 0 {
		return s.born.Add(time.Duration(end)), true
	}
	if s.timeout == 0 {
		return time.Time{}, true
	}
	at = now.Add(s.timeout / looks)
	if latest := last.Add(s.timeout); at.After(latest) {
		at = latest
	}
	return at, false
}

// unwritten is how much of the last write is left.
func (s *steady) unwritten() (n int) {
	for _, b := range s.rest {
		n += len(b)
	}
	return n
}

// progress notes that bytes have left.
func (s *steady) progress(n int) {
	if s.left += n; s.left >= moveSize {
		s.left = 0
		s.moved.Store(int64(time.Since(s.born)))
	}
}

// until makes writing end at a fixed time, progress or not.
func (s *steady) until(end time.Time) { s.end.Store(int64(end.Sub(s.born))) }

// lastMove is when the peer last took a good deal of data; zero for never.
func (s *steady) lastMove() time.Time {
	if at := s.moved.Load(); at != 0 {
		return s.born.Add(time.Duration(at))
	}
	return time.Time{}
}
