package session

import (
	"runtime"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/transport"
)

// write is the writer: it alone writes to the link. Everything that was queued
// while a write was under way leaves in the next one.
func (s *Session) write() {
	defer s.loops.Done()
	spare := new(core.Out)
	pinger, ticks, stop := s.pings()
	defer stop()
	for {
		select {
		case <-s.wake:
		case <-ticks:
			if err := pinger.Ping(); err != nil {
				s.Lose(err)
			}
		case <-s.life.Done():
			s.sayLast(spare)
			return
		}
		// Letting the others run first turns their messages into one write:
		// measured at 64 callers, 0.04 writes a message instead of 0.30.
		runtime.Gosched()
		var err error
		if spare, err = s.flush(spare); err != nil {
			s.Lose(err)
		}
	}
}

// flush writes everything that waits and returns the emptied queue.
func (s *Session) flush(spare *core.Out) (*core.Out, error) {
	s.mu.Lock()
	out := s.core.TakeQueue(spare)
	if s.room != nil {
		close(s.room)
		s.room = nil
	}
	s.mu.Unlock()
	var err error
	for i := range out.Frames {
		f := &out.Frames[i]
		if err == nil {
			err = s.writeFrame(out.Head(i), f.Body)
		}
		if b, ok := f.Owner.(*Buffer); ok {
			s.cfg.Pool.recycle(b) // the link keeps nothing of it
		}
	}
	out.Clear() // also after a failure: it is the queue of the next flush
	if err == nil {
		err = s.link.Flush()
	}
	return out, err
}

// writeFrame writes one message, which it counts.
func (s *Session) writeFrame(head, body []byte) error {
	err := s.link.WriteFrame(head, body)
	if err == nil {
		s.cfg.Traffic.MessagesOut.Add(1)
		s.cfg.Traffic.BytesOut.Add(uint64(len(head) + len(body)))
	}
	return err
}

// sayLast writes the farewell of a session that has ended, if it has one.
func (s *Session) sayLast(spare *core.Out) {
	s.mu.Lock()
	code := s.closeCode
	s.mu.Unlock()
	if code == closeByReader {
		return
	}
	if code != 0 {
		if _, err := s.flush(spare); err == nil {
			if c, ok := s.link.Conn.(transport.CloseSayer); ok {
				_ = c.CloseWith(code, "") // the session is over whatever it says
			}
		}
	}
	_ = s.link.Close()
}

// pings returns what probes the connection and when; a nil channel never.
func (s *Session) pings() (transport.Pinger, <-chan time.Time, func()) {
	pinger, ok := s.link.Conn.(transport.Pinger)
	interval := s.cfg.Link.PingInterval
	if !ok || interval < 0 {
		return nil, nil, func() {}
	}
	if interval == 0 {
		interval = transport.DefaultPingInterval
	}
	t := time.NewTicker(interval)
	return pinger, t.C, t.Stop
}
