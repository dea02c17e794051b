package transport

import (
	"bufio"
	"context"
	"errors"
	"io"
)

// readBuffer is the size of the read buffer of a connection, bytes.
const readBuffer = 4 << 10

// dialRawSocket asks for the formats in turn, each over a connection of its
// own.
func dialRawSocket(ctx context.Context, t target, o Options) (*Link, error) {
	var tried error
	for i := range o.Formats {
		l, err := dialRawFormat(ctx, t, o, i)
		if err == nil {
			return l, nil
		}
		if ended(ctx) != nil || !worthAnotherFormat(err) {
			return nil, err
		}
		if tried == nil {
			tried = err
		}
	}
	return nil, tried
}

// worthAnotherFormat: refused as unsupported; or what Crossbar (hangs up) and
// others (answer with a format of their own) do instead of saying so.
func worthAnotherFormat(err error) bool {
	return errors.Is(err, ErrSerializerUnsupported) || errors.Is(err, ErrHungUp) || errors.Is(err, ErrSerializerMismatch)
}

func dialRawFormat(ctx context.Context, t target, o Options, format int) (*Link, error) {
	out, err := open(ctx, t, o)
	if err != nil {
		return nil, err
	}
	nibble, limit := rawLimit(o.ReadLimit)
	l := t.link(out, o.ownDialer)
	l.Format = o.Formats[format]
	br := bufio.NewReaderSize(out, readBuffer)
	err = bounded(ctx, out, func() (err error) {
		l.SendLimit, err = rawHandshake(struct {
			io.Reader
			io.Writer
		}{br, out}, l.Format, nibble)
		return err
	})
	if err != nil {
		return nil, t.failed(ctx, "RawSocket handshake", err)
	}
	c := &rawConn{out: out, sendLimit: l.SendLimit, wake: o.Wake}
	c.in = frameReader{br: br, limit: limit, ping: c.answer, inFrame: &out.inFrame, hurry: out.hurry}
	if o.RawSocketPing {
		out.start(o.silence(), o.silence())
		l.Conn = pingingRawConn{c}
	} else {
		out.start(0, o.silence())
		l.Conn = c
	}
	return l, nil
}

// rawConn is a RawSocket connection after its handshake.
type rawConn struct {
	in      frameReader
	readErr error // the first one; nothing is read after it

	out       *coalescer
	sendLimit int
	wake      func()
}

// ReadFrame implements [Conn].
func (c *rawConn) ReadFrame() ([]byte, error) {
	if c.readErr != nil {
		return nil, c.readErr
	}
	b, err := c.in.next()
	if err != nil {
		c.readErr = c.out.closedOr(withPrefix("read", err))
		return nil, c.readErr
	}
	return b, nil
}

// answer queues the PONG to a PING. Each PING gets one, so when two wait
// already the reader has to write them out itself: who pings without reading
// waits for us.
func (c *rawConn) answer(payload []byte) error {
	prefix := framePrefix(framePong, len(payload))
	if c.out.pong(prefix[:], payload) > maxPongs {
		return c.out.flush()
	}
	c.wake()
	return nil
}

// maxPongs is how many answers to pings wait for a Flush.
const maxPongs = 2

// WriteFrame implements [Conn].
func (c *rawConn) WriteFrame(head, body []byte) error {
	n := len(head) + len(body)
	if n > c.sendLimit {
		return tooLarge(uint64(n), c.sendLimit)
	}
	if body == nil {
		head, body = nil, head
	}
	prefix := framePrefix(frameMessage, n)
	return c.out.put(prefix[:], head, body)
}

// Flush implements [Conn].
func (c *rawConn) Flush() error { return c.out.flush() }

// Close implements [Conn].
func (c *rawConn) Close() error { return c.out.Close() }

// pingingRawConn is a rawConn whose owner wants pings of ours.
type pingingRawConn struct{ *rawConn }

// Ping implements [Pinger].
func (c pingingRawConn) Ping() error {
	prefix := framePrefix(framePing, 0)
	return c.out.put(prefix[:], nil, nil)
}
