package stage

import (
	"errors"
	"io"
	"net"
	"net/url"
	"sync"
	"syscall"
	"testing"

	"github.com/wampgen/wampgen/runtime/wamptest"
)

// Proxy passes TCP connections on to a router through a network with faults. Unlike
// a client's own Faults it has sockets of its own: what it does not pass on stays in
// buffers of the system, on both sides.
type Proxy struct {
	wamptest.Faults // between the proxy and the router
	URL             string
	router          string
	listener        net.Listener
	passing         sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]bool // of the clients; nil once the proxy is closed
}

// NewProxy starts a proxy in front of the router at a URL. It ends with the test.
func NewProxy(t *testing.T, router string) *Proxy {
	t.Helper()
	u, err := url.Parse(router)
	if err != nil {
		t.Fatal(err)
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{router: u.Host, listener: l, conns: map[net.Conn]bool{}}
	u.Host = l.Addr().String()
	p.URL = u.String()
	p.passing.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.passing.Go(func() { p.pass(t, c) })
		}
	})
	t.Cleanup(p.close)
	return p
}

// pass passes on what a client and the router have for each other.
func (p *Proxy) pass(t *testing.T, client net.Conn) {
	defer client.Close()
	router, err := p.NetDial(t.Context(), "tcp", p.router)
	if err != nil || !p.note(client) {
		return
	}
	var up sync.WaitGroup
	up.Go(func() {
		_, _ = io.Copy(router, client)
		_ = router.Close()
	})
	if _, err := io.Copy(client, router); errors.Is(err, syscall.ECONNRESET) {
		_ = client.(*net.TCPConn).SetLinger(0) // the client gets a RST as well
	}
	_ = client.Close()
	up.Wait()
	p.forget(client)
}

func (p *Proxy) note(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.conns != nil {
		p.conns[c] = true
	}
	return p.conns != nil
}

func (p *Proxy) forget(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, c)
}

func (p *Proxy) close() {
	_ = p.listener.Close()
	p.mu.Lock()
	for c := range p.conns {
		_ = c.Close()
	}
	p.conns = nil
	p.mu.Unlock()
	p.Set(wamptest.Fault{})
	p.passing.Wait()
}
