package wamptest

import (
	"net"
	"os"
	"syscall"
	"time"

	"github.com/wampgen/wampgen/runtime/wamptest/internal/sockets"
)

// faultConn is a connection under the rule of a Faults. The lock of the Faults
// protects its fields.
type faultConn struct {
	net.Conn
	f                     *Faults
	readUntil, writeUntil time.Time
	held                  []byte // arrived just when reads were stalled
	left                  int    // bytes until the cut; 0: no cut
	sound                 int    // bytes until one is changed; 0: none is
	gone                  bool   // half-open
	broken                error  // once closed or reset
}

// Read implements net.Conn.
func (c *faultConn) Read(b []byte) (int, error) {
	fault, err := c.passRead()
	if err != nil {
		return 0, err
	}
	b = b[:fault.most(len(b))]
	if n := c.takeHeld(b); n > 0 {
		return n, nil
	}
	if fault.Gather > 0 {
		<-time.After(fault.Gather)
	}
	n, err := c.Conn.Read(b)
	fault.pass(n)
	c.corrupt(b[:n])
	n, cut := c.spend(n)
	if _, stalled := c.passRead(); stalled != nil {
		c.hold(b[:n])
		return 0, stalled
	}
	if cut {
		c.reset()
	}
	if err != nil {
		err = c.failure(err)
	}
	return n, err
}

// Write implements net.Conn.
func (c *faultConn) Write(b []byte) (done int, err error) {
	for done < len(b) {
		fault, err := c.passWrite()
		if err != nil {
			return done, err
		}
		piece := b[done : done+fault.most(len(b)-done)]
		if fault.Delay > 0 {
			<-time.After(c.f.upTo(fault.Delay))
		}
		n, err := c.send(piece, fault)
		fault.pass(n)
		done += n
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// send writes one piece, as much of it as the cut allows.
func (c *faultConn) send(piece []byte, fault Fault) (int, error) {
	if fault.LoseWrites {
		return len(piece), nil
	}
	allowed, cut := c.spend(len(piece))
	n, err := c.Conn.Write(piece[:allowed])
	if cut {
		c.reset()
		return n, syscall.ECONNRESET
	}
	if err != nil {
		err = c.failure(err)
	}
	return n, err
}

// passRead waits while reads are stalled and returns the fault that rules.
func (c *faultConn) passRead() (Fault, error) {
	c.f.gate.Lock()
	defer c.f.gate.Unlock()
	for {
		switch {
		case c.broken != nil:
			return Fault{}, c.broken
		case !c.f.fault.StallReads && !c.gone:
			return c.f.fault, nil
		case expired(c.readUntil):
			return Fault{}, os.ErrDeadlineExceeded
		}
		c.f.gate.wait(c.readUntil)
	}
}

// passWrite waits while writes are stalled and returns the fault that rules.
func (c *faultConn) passWrite() (Fault, error) {
	c.f.gate.Lock()
	defer c.f.gate.Unlock()
	for {
		switch {
		case c.broken != nil:
			return Fault{}, c.broken
		case c.gone:
			return Fault{LoseWrites: true}, nil
		case !c.f.fault.StallWrites:
			return c.f.fault, nil
		case expired(c.writeUntil):
			return Fault{}, os.ErrDeadlineExceeded
		}
		c.f.gate.wait(c.writeUntil)
	}
}

// spend counts n bytes towards the cut. It returns how many of them pass and
// whether the cut is due after them.
func (c *faultConn) spend(n int) (int, bool) {
	c.f.gate.Lock()
	defer c.f.gate.Unlock()
	if c.left == 0 || n < c.left {
		if c.left > 0 {
			c.left -= n
		}
		return n, false
	}
	n, c.left = c.left, 0
	return n, true
}

// corrupt changes one byte if it is due.
func (c *faultConn) corrupt(b []byte) {
	c.f.gate.Lock()
	defer c.f.gate.Unlock()
	switch {
	case c.sound == 0:
	case c.sound > len(b):
		c.sound -= len(b)
	default:
		b[c.sound-1] ^= 0x55
		c.sound = 0
	}
}

func (c *faultConn) hold(b []byte) {
	c.f.gate.Lock()
	defer c.f.gate.Unlock()
	c.held = append(c.held, b...)
}

func (c *faultConn) takeHeld(b []byte) int {
	c.f.gate.Lock()
	defer c.f.gate.Unlock()
	n := copy(b, c.held)
	c.held = c.held[n:]
	return n
}

// failure returns what the user of the connection sees of err: the reset, if
// that is why the connection failed.
func (c *faultConn) failure(err error) error {
	c.f.gate.Lock()
	defer c.f.gate.Unlock()
	if c.broken != nil {
		return c.broken
	}
	return err
}

// reset breaks the connection for both ends.
func (c *faultConn) reset() {
	sockets.ResetOnClose(c.Conn)
	c.end(&net.OpError{Op: "read", Net: "tcp", Addr: c.RemoteAddr(), Err: syscall.ECONNRESET})
}

// Close implements net.Conn.
func (c *faultConn) Close() error { return c.end(net.ErrClosed) }

// end closes the connection; the first reason stays.
func (c *faultConn) end(reason error) error {
	c.f.gate.Lock()
	if c.broken == nil {
		c.broken = reason
	}
	delete(c.f.conns, c)
	gone := c.gone
	c.f.gate.broadcast()
	c.f.gate.Unlock()
	if gone {
		sockets.ResetOnClose(c.Conn) // the other side has vanished: there is nobody to say good-bye to
	}
	return c.Conn.Close()
}

// SetLinger passes on to the TCP connection underneath.
func (c *faultConn) SetLinger(sec int) error {
	if tcp, ok := c.Conn.(interface{ SetLinger(int) error }); ok {
		return tcp.SetLinger(sec)
	}
	return nil
}

// SetDeadline implements net.Conn.
func (c *faultConn) SetDeadline(t time.Time) error {
	c.note(&c.readUntil, t)
	c.note(&c.writeUntil, t)
	return c.Conn.SetDeadline(t)
}

// SetReadDeadline implements net.Conn.
func (c *faultConn) SetReadDeadline(t time.Time) error {
	c.note(&c.readUntil, t)
	return c.Conn.SetReadDeadline(t)
}

// SetWriteDeadline implements net.Conn.
func (c *faultConn) SetWriteDeadline(t time.Time) error {
	c.note(&c.writeUntil, t)
	return c.Conn.SetWriteDeadline(t)
}

func (c *faultConn) note(which *time.Time, t time.Time) {
	c.f.gate.Lock()
	defer c.f.gate.Unlock()
	*which = t
	c.f.gate.broadcast()
}
