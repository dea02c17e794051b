package transport

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
)

// pipeFrames is how many messages a direction of a [Pipe] holds.
const pipeFrames = 64

// Pipe returns the two ends of a connection in memory whose serializer is f.
// Each direction holds up to 64 flushed messages; if it is full, Flush waits
// for the reader, but not longer than [DefaultWriteTimeout]. After a Close,
// messages that were flushed before can still be read; then ReadFrame returns
// [io.EOF]. Pipe works inside a [testing/synctest] bubble.
func Pipe(f codec.Format) (client *Link, server Conn) {
	up, down := make(chan []byte, pipeFrames), make(chan []byte, pipeFrames)
	c := &pipeEnd{in: down, out: up, done: make(chan struct{})}
	s := &pipeEnd{in: up, out: down, done: make(chan struct{})}
	c.peer, s.peer = s, c
	return &Link{Conn: c, Format: f, Local: true, URL: "pipe:"}, s
}

// pipeEnd is one end of a Pipe.
type pipeEnd struct {
	in, out chan []byte
	peer    *pipeEnd
	readErr error    // belongs to the reader
	pending [][]byte // belongs to the writer

	once sync.Once
	done chan struct{} // closed by Close
}

// ReadFrame implements [Conn].
func (p *pipeEnd) ReadFrame() ([]byte, error) {
	if p.readErr != nil {
		return nil, p.readErr
	}
	select {
	case <-p.done:
		p.readErr = errClosed
		return nil, errClosed
	default:
	}
	select {
	case b := <-p.in:
		return b, nil
	case <-p.done:
		p.readErr = errClosed
	case <-p.peer.done:
		// What the peer flushed before it closed still counts.
		select {
		case b := <-p.in:
			return b, nil
		default:
			p.readErr = fmt.Errorf("wamp: read: %w", io.EOF)
		}
	}
	return nil, p.readErr
}

// WriteFrame implements [Conn].
func (p *pipeEnd) WriteFrame(head, body []byte) error {
	n := len(head) + len(body)
	if n > MaxReadLimit {
		return tooLarge(uint64(n), MaxReadLimit)
	}
	b := make([]byte, 0, n)
	p.pending = append(p.pending, append(append(b, head...), body...))
	if len(p.pending) == pipeFrames {
		return p.Flush()
	}
	return nil
}

// Flush implements [Conn].
func (p *pipeEnd) Flush() error {
	pending := p.pending
	p.pending = p.pending[:0]
	for i, b := range pending {
		pending[i] = nil
		if err := p.send(b); err != nil {
			return err
		}
	}
	return nil
}

func (p *pipeEnd) send(b []byte) error {
	select {
	case <-p.done:
		return errClosed
	case <-p.peer.done:
		return fmt.Errorf("wamp: write: %w", io.ErrClosedPipe)
	default:
	}
	timer := time.NewTimer(DefaultWriteTimeout)
	defer timer.Stop()
	select {
	case p.out <- b:
		return nil
	case <-p.done:
		return errClosed
	case <-p.peer.done:
		return fmt.Errorf("wamp: write: %w", io.ErrClosedPipe)
	case <-timer.C:
		return &timeoutError{"peer took no data", DefaultWriteTimeout}
	}
}

// Close implements [Conn].
func (p *pipeEnd) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}
