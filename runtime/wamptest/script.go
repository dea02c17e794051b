package wamptest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest/internal/sockets"
)

// Script is a scripted fake router. It accepts connections, and the test says
// on each [Peer] what it expects and what it sends. By itself it only answers
// pings and close frames.
//
// The methods fail the test if something goes wrong, so they must be called
// from the test's goroutine. In the function passed to [Script.Serve] a failure
// marks the test as failed and ends that function only. When the test ends,
// everything is closed and waited for.
type Script struct {
	// Limit is the largest message that the script announces over [RawSocket], in
	// bytes: a power of two from 512 to 16 MiB. Default: 16 MiB.
	Limit int
	// Subprotocol is the [WebSocket] subprotocol to select, even if the client
	// does not offer it. Default: that of the format; a client that does not offer
	// it fails the test.
	Subprotocol string
	// Header is added to the answer to the [WebSocket] upgrade. Default: nothing.
	Header http.Header
	// TLS, if set before the first call of [Script.URL], enables TLS.
	TLS *tls.Config

	tb      testing.TB
	kind    Kind
	format  codec.Format
	memory  bool
	session atomic.Int64 // the id of the last session

	mu       sync.Mutex
	listener listener // nil while stopped
	addr     string
	conns    map[net.Conn]func() // how to break each open connection
	serve    func(*Peer)         // nil: the test accepts
	running  sync.WaitGroup
}

// listener is what TCP and memory have in common.
type listener interface {
	net.Listener
	SetDeadline(time.Time) error
}

// ports gives every Script in memory an address of its own.
var ports atomic.Int64

// NewScript starts a fake router on a loopback port that the system chooses.
func NewScript(tb testing.TB, k Kind, f codec.Format) *Script {
	tb.Helper()
	return newScript(tb, k, f, false)
}

// NewPipeScript starts a fake router in memory; clients reach it through
// [Script.NetDial] only. If it is made inside a [testing/synctest] bubble, it
// belongs to the bubble.
func NewPipeScript(tb testing.TB, k Kind, f codec.Format) *Script {
	tb.Helper()
	return newScript(tb, k, f, true)
}

func newScript(tb testing.TB, k Kind, f codec.Format, memory bool) *Script {
	tb.Helper()
	s := &Script{tb: tb, kind: k, format: f, memory: memory, addr: "127.0.0.1:0", conns: map[net.Conn]func(){}}
	if memory {
		s.addr = fmt.Sprintf("127.0.0.1:%d", ports.Add(1))
	}
	tb.Cleanup(func() {
		s.Stop()
		s.running.Wait()
	})
	s.Start()
	return s
}

// patience is how long anything may take: longer than any timer of a client
// where the clock is a fake one, and shorter than the test's own limit where
// not.
func (s *Script) patience() time.Duration {
	if s.memory {
		return 24 * time.Hour
	}
	return 30 * time.Second
}

// URL returns the URL to connect to. It is a loopback address even if the
// script is in memory. It does not change with [Script.Stop] and
// [Script.Start].
func (s *Script) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	secure := ""
	if s.TLS != nil {
		secure = "s"
	}
	if s.kind == WebSocket {
		return "ws" + secure + "://" + s.addr + "/ws"
	}
	return "tcp" + secure + "://" + s.addr
}

// NetDial opens a connection to the script, for [wamp.WithNetDial]. It ignores
// the address if the script is in memory, and otherwise dials it.
func (s *Script) NetDial(ctx context.Context, network, addr string) (net.Conn, error) {
	if !s.memory {
		return (&net.Dialer{}).DialContext(ctx, network, addr)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	l, _ := s.listener.(*memListener)
	s.mu.Unlock()
	if l == nil {
		l = &memListener{addr: memAddr(addr), closed: true}
	}
	return l.dial()
}

// Start listens again after Stop, at the same address.
func (s *Script) Start() {
	s.tb.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener != nil {
		return
	}
	if s.memory {
		s.listener = &memListener{addr: memAddr(s.addr)}
	} else {
		l, err := sockets.Listen("tcp", s.addr)
		if err != nil {
			s.tb.Fatalf("%v", err)
		}
		s.listener, s.addr = l.(*net.TCPListener), l.Addr().String()
	}
	if s.serve != nil {
		s.spawn()
	}
}

// Stop simulates a crash of the router: every connection is reset, and new ones
// are refused until [Script.Start].
func (s *Script) Stop() {
	s.mu.Lock()
	l, conns := s.listener, s.conns
	s.listener, s.conns = nil, map[net.Conn]func(){}
	s.mu.Unlock()
	if l != nil {
		_ = l.Close()
	}
	for _, breakOff := range conns {
		breakOff()
	}
}

// AcceptConn returns the next connection before any handshake.
func (s *Script) AcceptConn() net.Conn {
	s.tb.Helper()
	s.mu.Lock()
	l := s.listener
	s.mu.Unlock()
	if l == nil {
		s.tb.Fatal("wamptest: the script is stopped")
	}
	_ = l.SetDeadline(time.Now().Add(s.patience()))
	conn, err := l.Accept()
	if err != nil {
		s.tb.Fatalf("wamptest: no client came: %v", err)
	}
	if !s.adopt(conn) {
		s.tb.Fatal("wamptest: the script was stopped")
	}
	return conn
}

// Accept returns the next connection after its transport handshake. If a client
// requests another serializer over [RawSocket], Accept refuses it and waits for
// the next connection.
func (s *Script) Accept() *Peer {
	s.tb.Helper()
	for {
		p, err := s.Handshake(s.AcceptConn())
		if err == nil {
			p.fail = s.tb.Fatalf
			return p
		}
		if !errors.Is(err, errWrongFormat) {
			s.tb.Fatalf("wamptest: handshake: %v", err)
		}
	}
}

// Handshake performs the transport handshake on a connection of
// [Script.AcceptConn], which then belongs to the [Peer]. If there is an error
// it closes the connection.
func (s *Script) Handshake(conn net.Conn) (*Peer, error) {
	_ = conn.SetDeadline(time.Now().Add(s.patience()))
	p, err := s.handshake(conn)
	if err != nil {
		_ = conn.Close()
		s.release(conn)
		return nil, err
	}
	_ = conn.SetDeadline(time.Time{})
	s.mu.Lock()
	_, open := s.conns[conn]
	if open {
		s.conns[conn] = p.Reset
	}
	s.mu.Unlock()
	if !open {
		p.Reset() // stopped during the handshake
	}
	s.running.Go(p.pump)
	return p, nil
}

func (s *Script) handshake(conn net.Conn) (*Peer, error) {
	raw, transport := conn, (*tls.Conn)(nil)
	if s.TLS != nil {
		transport = tls.Server(conn, s.TLS)
		conn = transport
	}
	accept := s.acceptWeb
	if s.kind == RawSocket {
		accept = s.acceptRaw
	}
	own := &Faults{}
	p, err := accept(own.wrap(conn))
	if err != nil {
		return nil, err
	}
	p.raw, p.tls, p.net = raw, transport, own
	return p, nil
}

// Serve accepts connections in the background, also after [Script.Stop] and
// [Script.Start]. It calls f for each on a goroutine of its own and closes the
// connection when f returns. A client that gives up during the handshake is not
// a failure. Call Serve at most once, and do not use it together with
// [Script.Accept].
func (s *Script) Serve(f func(*Peer)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serve = f
	if s.listener != nil {
		s.spawn()
	}
}

// spawn starts the accepting goroutine, which ends with its listener. The lock
// is held.
func (s *Script) spawn() {
	l, serve := s.listener, s.serve
	_ = l.SetDeadline(time.Time{})
	s.running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if s.adopt(conn) {
				s.running.Go(func() { s.run(conn, serve) })
			}
		}
	})
}

// run runs the function of Serve over one connection.
func (s *Script) run(conn net.Conn, serve func(*Peer)) {
	p, err := s.Handshake(conn)
	if err != nil {
		return
	}
	defer p.Close()
	p.fail = func(format string, args ...any) {
		s.tb.Errorf(format, args...)
		runtime.Goexit()
	}
	serve(p)
}

// adopt takes charge of a connection, unless the script has been stopped.
func (s *Script) adopt(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener == nil {
		_ = conn.Close()
		return false
	}
	s.conns[conn] = func() {
		sockets.ResetOnClose(conn)
		_ = conn.Close()
	}
	return true
}

func (s *Script) release(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, conn)
}
