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
	// maxHandshake bounds what a peer may send during the handshake, in bytes.
	maxHandshake = 64 << 10
)

// coalescer is the net.Conn under both transports. Until start it passes through;
// from then on it buffers writes until flush, so that any number of frames leaves in
// one write. Deadlines are its own affair: those others set on it are ignored.
type coalescer struct {
	net.Conn               // what is written to: TCP, unix socket or TLS
	raw      net.Conn      // the socket, below TLS if there is TLS
	timeout  time.Duration // of one write
	closed   atomic.Bool

	// Set once by start, before there is a second goroutine.
	started bool
	silence time.Duration // longest silence of the peer; 0: any
	early   int           // bytes read before start

	// writing holds one token for who writes to the socket. It is a channel because
	// it is held across I/O: in a synctest bubble a goroutine that waits for a mutex
	// would keep the clock, and with it the write deadline, from moving.
	writing chan struct{}

	mu    sync.Mutex // guards what follows; never held across I/O
	buf   []byte
	spare []byte // the buffer of the last write, for the next one
	pongs int    // RawSocket pongs in buf
	err   error  // first write error; nothing is written after it
}

func newCoalescer(conn, raw net.Conn, timeout time.Duration) *coalescer {
	return &coalescer{Conn: conn, raw: raw, timeout: timeout, writing: make(chan struct{}, 1)}
}

// start ends the handshake phase.
func (c *coalescer) start(silence time.Duration) {
	c.started, c.silence = true, silence
}

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
	if c.silence > 0 {
		if err := c.Conn.SetReadDeadline(time.Now().Add(c.silence)); err != nil {
			return 0, err
		}
	}
	n, err := c.Conn.Read(p)
	if err != nil && errors.Is(err, os.ErrDeadlineExceeded) {
		err = &timeoutError{"nothing was received", c.silence}
	}
	return n, err
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

// put buffers one frame in three pieces. A large body is written at once, behind
// what is buffered, instead of being copied.
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

// drain takes the buffer, appends prefix and head to it, and writes it with body
// behind. The caller holds the token; the rest of a frame can not be split from its
// prefix, since both are taken in one step.
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
	// A buffer that grew for a burst is given back when the burst is over.
	if cap(out) <= keptBuffer || len(out) > cap(out)/4 {
		c.spare = out[:0]
	}
	return err
}

// deadline is when a write that begins now has to be done.
func (c *coalescer) deadline() time.Time { return time.Now().Add(c.timeout) }

// send is the one place that writes to the socket once the connection has started.
func (c *coalescer) send(out, body []byte) error {
	err := c.Conn.SetWriteDeadline(c.deadline())
	switch {
	case err != nil:
	case body == nil:
		_, err = c.Conn.Write(out)
	default:
		_, err = (&net.Buffers{out, body}).WriteTo(c.Conn)
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

// finish flushes what is buffered and closes in good order, all within one write
// timeout, also when another goroutine is stuck in a write.
func (c *coalescer) finish() error {
	timer := time.NewTimer(c.timeout)
	defer timer.Stop()
	select {
	case c.writing <- struct{}{}:
	case <-timer.C:
		return errors.Join(&timeoutError{"peer took no data", c.timeout}, c.Close())
	}
	defer func() { <-c.writing }()
	err := c.drain(nil, nil, nil)
	if t, ok := c.Conn.(*tls.Conn); ok && err == nil {
		err = t.CloseWrite()
	}
	if cerr := c.Close(); err == nil {
		err = cerr
	}
	return err
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
