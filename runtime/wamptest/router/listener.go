package router

import (
	"net"
	"sync"

	"github.com/wampgen/wampgen/runtime/wamptest/internal/sockets"
)

// tracker is a listener that remembers every connection it accepted, so that a
// stopping router can really end them: net/http forgets a connection as soon
// as WebSocket has taken it over.
type tracker struct {
	net.Listener
	mu     sync.Mutex
	conns  map[*tracked]struct{} // nil once closed
	closed bool
}

// tracked is one accepted connection; it leaves the list when it is closed.
type tracked struct {
	net.Conn
	owner *tracker
}

// listen is sockets.Listen with a tracker around it.
func listen(network, addr string) (*tracker, error) {
	l, err := sockets.Listen(network, addr)
	if err != nil {
		return nil, err
	}
	return &tracker{Listener: l, conns: map[*tracked]struct{}{}}, nil
}

// Accept implements net.Listener.
func (t *tracker) Accept() (net.Conn, error) {
	conn, err := t.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &tracked{Conn: conn, owner: t}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		_ = conn.Close()
		return nil, net.ErrClosed
	}
	t.conns[c] = struct{}{}
	return c, nil
}

// Close ends listening and leaves the connections alone.
func (t *tracker) Close() error {
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	return t.Listener.Close()
}

// count returns how many connections are open.
func (t *tracker) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.conns)
}

// drop ends every connection at once; with reset the peer sees a RST, as after
// a crash, and not an orderly end.
func (t *tracker) drop(reset bool) {
	t.mu.Lock()
	conns := t.conns
	t.conns = map[*tracked]struct{}{}
	t.mu.Unlock()
	for c := range conns {
		if reset {
			sockets.ResetOnClose(c.Conn)
		}
		_ = c.Conn.Close()
	}
}

// Close implements net.Conn.
func (c *tracked) Close() error {
	c.owner.mu.Lock()
	delete(c.owner.conns, c)
	c.owner.mu.Unlock()
	return c.Conn.Close()
}
