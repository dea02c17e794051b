package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"syscall"
	"time"
)

// open dials t and does the TLS handshake. The caller owns the result.
func open(ctx context.Context, t target, o Options) (*coalescer, error) {
	raw, err := o.dial(ctx, t)
	if err != nil {
		return nil, t.failed(ctx, "connecting", err)
	}
	s := &steady{Conn: raw}
	if !t.secure {
		return newCoalescer(s, s, o.WriteTimeout), nil
	}
	c := tls.Client(s, tlsConfig(o.TLS, t.host, t.websocket))
	if err := c.HandshakeContext(ctx); err != nil {
		raw.Close()
		return nil, t.failed(ctx, "TLS handshake", err)
	}
	return newCoalescer(c, s, o.WriteTimeout), nil
}

// bounded runs a handshake on c, which is closed when ctx ends first or f
// fails.
func bounded(ctx context.Context, c io.Closer, f func() error) error {
	stop := context.AfterFunc(ctx, func() { c.Close() })
	err := f()
	if !stop() {
		err = ctx.Err()
	}
	if err != nil {
		c.Close()
	}
	return err
}

// failed wraps why opening t did not work. If ctx has ended, that is the
// reason, whatever the operation that noticed it calls it.
func (t target) failed(ctx context.Context, doing string, err error) error {
	if e := ended(ctx); e != nil {
		return &HandshakeError{URL: t.shown, Text: doing + ": " + e.Error(), Err: e}
	}
	if h, ok := errors.AsType[*HandshakeError](err); ok {
		h.URL = t.shown
		return h
	}
	return &HandshakeError{URL: t.shown, Text: clean(err.Error()), Err: err}
}

// ended is ctx.Err(), but does not wait for the timer of a deadline that has
// passed: a dialer notices the same deadline by its own timer.
func ended(ctx context.Context) error {
	if d, ok := ctx.Deadline(); ok && !time.Now().Before(d) {
		return context.DeadlineExceeded
	}
	return ctx.Err()
}

// hungUp reports whether err means that the peer closed the connection.
func hungUp(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, io.ErrClosedPipe) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// link fills in what is common to both transports.
func (t target) link(c *coalescer, ownDialer bool) *Link {
	l := &Link{URL: t.shown, Local: t.local(c.raw, ownDialer)}
	if tc, ok := c.Conn.(*tls.Conn); ok {
		s := tc.ConnectionState()
		l.TLS = &s
	}
	return l
}

// closedOr is err as a reader reports it: after a Close of ours that is the
// cause.
func (c *coalescer) closedOr(err error) error {
	if c.closed.Load() {
		return errClosed
	}
	return err
}
