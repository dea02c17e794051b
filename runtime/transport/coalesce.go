package transport

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// directSize is the body length from which it is written without being copied.
	directSize = 64 << 10
	// maxBuffered is how much is buffered before a write goes out ahead of Flush.
	maxBuffered = 256 << 10
	// keptBuffer is the capacity a buffer may always keep, used or not.
	keptBuffer = 16 << 10
	// maxSlack is how many writes in a row may leave a larger one mostly unused.
	maxSlack = 8
	// maxHandshake bounds what a peer may send during the handshake, in bytes.
	maxHandshake = 64 << 10
)

// coalescer is the net.Conn under both transports. Until start it passes
// through; from then on it buffers writes until flush, so that any number of
// frames leaves in one write. Deadlines are its own affair: those others set on
// it are ignored.
type coalescer struct {
	net.Conn               // what is written to: a socket or TLS
	raw      *steady       // the socket, below TLS if there is TLS
	timeout  time.Duration // longest time in which the peer takes nothing
	closed   atomic.Bool

	started bool // set once by start, before there is a second goroutine
	early   int  // bytes read before that

	// These belong to the reader. 0 is any length.
	idle    time.Duration // longest silence of the peer between frames
	silence time.Duration // longest silence inside a frame
	inFrame bool
	armed   bool // a read deadline is set

	// writing holds one token for who writes to the socket. It is a channel
	// because it is held across I/O: in a synctest bubble a goroutine that waits
	// for a mutex would keep the clock, and with it the write deadline, from
	// moving.
	writing chan struct{}

	mu    sync.Mutex // guards what follows; never held across I/O
	buf   []byte
	spare []byte // for what comes while buf is being written
	slack int    // writes in a row that used little of a grown buffer
	pongs int    // RawSocket pongs in buf
	err   error  // first write error; nothing is written after it
}

func newCoalescer(conn net.Conn, raw *steady, timeout time.Duration) *coalescer {
	raw.born = time.Now()
	return &coalescer{Conn: conn, raw: raw, timeout: timeout, writing: make(chan struct{}, 1)}
}

// start ends the handshake phase.
func (c *coalescer) start(idle, silence time.Duration) {
	c.started, c.idle, c.silence = true, idle, silence
	c.raw.timeout = c.timeout
}

// hurry bounds the silence of the peer from now on. It belongs to the reader.
func (c *coalescer) hurry(silence time.Duration) { c.idle, c.silence = silence, silence }

// Read bounds the size of the handshake and, after it, the silence of the peer.
func (c *coalescer) Read(p []byte) (int, error) {
	if !c.started {
		if c.early > maxHandshake {
			return 0, fmt.Errorf("wamp: peer sent more than %d bytes during the handshake", maxHandshake)
		}
		n, err := c.Conn.Read(p)
		c.early += n
		return n, err
	}
	limit := c.idle
	if c.inFrame {
		limit = c.silence
	}
	for last := time.Now(); ; {
		if err := c.arm(limit, last); err != nil {
			return 0, err
		}
		n, err := c.Conn.Read(p)
		if err == nil || n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
		// While the peer takes a large message of ours, it has nothing to say, and
		// our ping waits behind that message.
		moved := c.raw.lastMove()
		if !moved.After(last) {
			return 0, &timeoutError{"nothing was received", limit}
		}
		last = moved
	}
}

// arm sets the read deadline after the last sign of life, or takes it back
// where there is no limit.
func (c *coalescer) arm(limit time.Duration, last time.Time) error {
	if limit == 0 && !c.armed {
		return nil
	}
	c.armed = limit > 0
	var at time.Time
	if c.armed {
		at = last.Add(limit)
	}
	return c.Conn.SetReadDeadline(at)
}

// Write is for gorilla, which writes each frame whole.
func (c *coalescer) Write(p []byte) (int, error) {
	if !c.started {
		return c.Conn.Write(p)
	}
	if err := c.put(nil, nil, p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// put buffers one frame in three pieces. A large body is written at once,
// behind what is buffered, instead of being copied.
func (c *coalescer) put(prefix, head, body []byte) error {
	if len(body) >= directSize {
		c.writing <- struct{}{}
		defer func() { <-c.writing }()
		return c.drain(prefix, head, body)
	}
	c.mu.Lock()
	err := c.err
	if err == nil {
		c.buf = append(append(append(c.buf, prefix...), head...), body...)
	}
	full := len(c.buf) >= maxBuffered
	c.mu.Unlock()
	if err == nil && full {
		err = c.flush()
	}
	return err
}

// pong buffers one RawSocket pong and returns how many wait.
func (c *coalescer) pong(prefix, payload []byte) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.buf = append(append(c.buf, prefix...), payload...)
	c.pongs++
	return c.pongs
}

// flush writes everything buffered in one write. Safe from any goroutine.
func (c *coalescer) flush() error {
	c.writing <- struct{}{}
	defer func() { <-c.writing }()
	return c.drain(nil, nil, nil)
}

// lastFlush flushes before the deadline. Its failure is of no interest: the
// connection is about to be closed.
func (c *coalescer) lastFlush(deadline time.Time) {
	if !c.takeTurn(deadline) {
		return
	}
	defer func() { <-c.writing }()
	c.raw.until(deadline)
	_ = c.drain(nil, nil, nil)
}

// takeTurn waits for the write under way, at most until the deadline, and
// reports whether the caller may write now.
func (c *coalescer) takeTurn(deadline time.Time) bool {
	timer := time.NewTimer(time.Until(deadline))
	defer timer.Stop()
	select {
	case c.writing <- struct{}{}:
		return true
	case <-timer.C:
		return false
	}
}

// drain takes the buffer, appends prefix and head to it, and writes it with
// body behind. The caller holds the token; the rest of a frame can not be split
// from its prefix, since both are taken in one step.
func (c *coalescer) drain(prefix, head, body []byte) error {
	c.mu.Lock()
	out := append(append(c.buf, prefix...), head...)
	c.buf, c.spare, c.pongs = c.spare, nil, 0
	err := c.err
	c.mu.Unlock()
	if err == nil && len(out)+len(body) > 0 {
		err = c.send(out, body)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = err
	c.recycle(out)
	return err
}

// recycle keeps a written buffer for what comes, unless it was grown by a burst
// and the last writes needed little of it.
func (c *coalescer) recycle(b []byte) {
	if cap(b) <= keptBuffer || len(b) > cap(b)/4 {
		c.slack = 0
	} else if c.slack++; c.slack > maxSlack {
		c.slack = 0
		return
	}
	if len(c.buf) == 0 {
		c.buf, c.spare = b[:0], c.buf
	} else {
		c.spare = b[:0]
	}
}

// deadline is when the last writing has to be done that begins now.
func (c *coalescer) deadline() time.Time { return time.Now().Add(c.timeout) }

// send is the one place that writes to the socket once the connection has
// started.
func (c *coalescer) send(out, body []byte) (err error) {
	if c.Conn == c.raw {
		err = c.raw.write(out, body)
	} else if _, err = c.Conn.Write(out); err == nil && len(body) > 0 {
		_, err = c.Conn.Write(body)
	}
	switch {
	case err == nil:
		return nil
	case c.closed.Load():
		return errClosed
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &timeoutError{"peer took no data", c.timeout}
	}
	return fmt.Errorf("wamp: write: %w", err)
}

// errClosed answers operations after a Close of ours.
var errClosed = fmt.Errorf("wamp: %w", net.ErrClosed)

// finish flushes what is buffered and closes in good order, all before the
// deadline, also when another goroutine is stuck in a write.
func (c *coalescer) finish(deadline time.Time) error {
	defer c.Close()
	if !c.takeTurn(deadline) {
		return &timeoutError{"peer took no data", c.timeout}
	}
	defer func() { <-c.writing }()
	c.raw.until(deadline)
	if err := c.drain(nil, nil, nil); err != nil {
		return err
	}
	if t, ok := c.Conn.(*tls.Conn); ok {
		return t.CloseWrite()
	}
	return nil
}

// Close closes the socket itself, below TLS: a TLS alert could block.
func (c *coalescer) Close() error {
	if !c.closed.CompareAndSwap(false, true) {
		return nil
	}
	return c.raw.Close()
}

// SetDeadline does nothing: gorilla may not move deadlines.
func (c *coalescer) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing, see SetDeadline.
func (c *coalescer) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing, see SetDeadline.
func (c *coalescer) SetWriteDeadline(time.Time) error { return nil }
