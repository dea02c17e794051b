package wamptest

import (
	"io"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/wampgen/wampgen/runtime/wamptest/internal/sockets"
)

// memBuffer is how many bytes a connection in memory holds in one direction
// before writing blocks, about as much as a socket.
const memBuffer = 256 << 10

// memAddr is the address of an end of a connection in memory.
type memAddr string

// Network is that of net.Pipe: what goes over it stays on this machine.
func (a memAddr) Network() string { return "pipe" }
func (a memAddr) String() string  { return string(a) }

// memConn is one end of a buffered connection in memory. It behaves like a TCP
// connection: deadlines, end of stream, reset, writes that block on a peer that
// does not read. Unlike a TCP connection it works in a synctest bubble.
type memConn struct {
	in, out       *stream
	local, remote memAddr
	abrupt        atomic.Bool // Close resets
}

// newMemPipe returns the two ends of a connection.
func newMemPipe(client, server memAddr) (*memConn, *memConn) {
	up, down := &stream{}, &stream{}
	return &memConn{in: down, out: up, local: client, remote: server},
		&memConn{in: up, out: down, local: server, remote: client}
}

func (c *memConn) Read(b []byte) (int, error)  { return c.in.read(b) }
func (c *memConn) Write(b []byte) (int, error) { return c.out.write(b) }
func (c *memConn) LocalAddr() net.Addr         { return c.local }
func (c *memConn) RemoteAddr() net.Addr        { return c.remote }

// Close ends both directions. The peer reads what is left and then io.EOF.
func (c *memConn) Close() error {
	c.out.end(net.ErrClosed, io.EOF, c.abrupt.Load())
	c.in.end(syscall.EPIPE, net.ErrClosed, true)
	return nil
}

// SetLinger makes Close reset the connection if sec is 0, like its namesake of
// net.TCPConn.
func (c *memConn) SetLinger(sec int) error {
	c.abrupt.Store(sec == 0)
	return nil
}

func (c *memConn) SetDeadline(t time.Time) error {
	_ = c.SetReadDeadline(t)
	return c.SetWriteDeadline(t)
}

func (c *memConn) SetReadDeadline(t time.Time) error { c.in.deadline(&c.in.readUntil, t); return nil }
func (c *memConn) SetWriteDeadline(t time.Time) error {
	c.out.deadline(&c.out.writeUntil, t)
	return nil
}

// stream is one direction of a memConn.
type stream struct {
	gate
	data                  []byte
	readErr, writeErr     error // once set, what the two sides get; readErr after the data
	readUntil, writeUntil time.Time
}

func (s *stream) read(b []byte) (int, error) {
	s.Lock()
	defer s.Unlock()
	for {
		switch {
		case expired(s.readUntil):
			return 0, os.ErrDeadlineExceeded
		case len(b) == 0:
			return 0, nil
		case len(s.data) > 0:
			n := copy(b, s.data)
			if s.data = s.data[n:]; len(s.data) == 0 {
				s.data = nil // an idle connection holds no memory
			}
			s.broadcast()
			return n, nil
		case s.readErr != nil:
			return 0, s.readErr
		}
		s.wait(s.readUntil)
	}
}

func (s *stream) write(b []byte) (n int, err error) {
	s.Lock()
	defer s.Unlock()
	for {
		switch room := memBuffer - len(s.data); {
		case s.writeErr != nil:
			return n, s.writeErr
		case expired(s.writeUntil):
			return n, os.ErrDeadlineExceeded
		case n == len(b):
			return n, nil
		case room > 0:
			k := min(room, len(b)-n)
			s.data = append(s.data, b[n:n+k]...)
			n += k
			s.broadcast()
			continue
		}
		s.wait(s.writeUntil)
	}
}

// end gives both sides their errors, unless they have some already. With reset
// the bytes on the way are lost and the reader learns of it.
func (s *stream) end(writeErr, readErr error, reset bool) {
	s.Lock()
	defer s.Unlock()
	if s.writeErr == nil {
		s.writeErr = writeErr
	}
	if reset {
		s.data = nil
		if readErr == io.EOF {
			readErr = syscall.ECONNRESET
		}
	}
	if s.readErr == nil || readErr == net.ErrClosed {
		s.readErr = readErr
	}
	s.broadcast()
}

func (s *stream) deadline(which *time.Time, t time.Time) {
	s.Lock()
	defer s.Unlock()
	*which = t
	s.broadcast()
}

// memListener is the listening end of connections in memory. It is never shared
// between tests.
type memListener struct {
	gate
	addr    memAddr
	backlog []*memConn
	closed  bool
	until   time.Time
}

// Accept implements net.Listener.
func (l *memListener) Accept() (net.Conn, error) {
	l.Lock()
	defer l.Unlock()
	for {
		switch {
		case l.closed:
			return nil, net.ErrClosed
		case len(l.backlog) > 0:
			c := l.backlog[0]
			l.backlog = l.backlog[1:]
			return c, nil
		case expired(l.until):
			return nil, os.ErrDeadlineExceeded
		}
		l.wait(l.until)
	}
}

// dial connects at once, as a kernel does for a listening socket.
func (l *memListener) dial() (net.Conn, error) {
	l.Lock()
	defer l.Unlock()
	if l.closed {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: l.addr, Err: syscall.ECONNREFUSED}
	}
	client, server := newMemPipe("127.0.0.1:0", l.addr)
	l.backlog = append(l.backlog, server)
	l.broadcast()
	return client, nil
}

// Close implements net.Listener. Connections nobody accepted are reset.
func (l *memListener) Close() error {
	l.Lock()
	defer l.Unlock()
	l.closed = true
	for _, c := range l.backlog {
		sockets.ResetOnClose(c)
		_ = c.Close()
	}
	l.backlog = nil
	l.broadcast()
	return nil
}

// Addr implements net.Listener.
func (l *memListener) Addr() net.Addr { return l.addr }

// SetDeadline bounds Accept, like its namesake of net.TCPListener.
func (l *memListener) SetDeadline(t time.Time) error {
	l.Lock()
	defer l.Unlock()
	l.until = t
	l.broadcast()
	return nil
}
