package wamptest

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/wampgen/wampgen/runtime/codec"
)

// What a [Server] allows its clients.
const (
	serverHandshake = 10 * time.Second // from the connection to the first message
	serverWrite     = 10 * time.Second // for one write
	serverLimit     = 16 << 20         // bytes of one message
)

// Server is a loopback socket of a [Realm], for clients in other processes and
// languages. WebSocket and RawSocket share one port: the first byte of a
// connection says which one it is.
type Server struct {
	realm *Realm
	tcp   net.Listener
	web   *http.Server
	// upgrades are the connections for web.
	upgrades chan net.Conn
	done     chan struct{}
	serving  sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]bool // nil once the server is closed
}

// Listen accepts clients on a loopback address such as "127.0.0.1:8080"; port 0
// is a port that the system chooses. It returns an error if the address is not a
// loopback address, or taken. The caller closes the server, which [Realm.Close]
// does not.
func (r *Realm) Listen(addr string) (*Server, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("wamptest: listen: %w", err)
	}
	if !isLoopback(host) {
		return nil, fmt.Errorf("wamptest: listen on %s: the address must be a loopback address, since everybody may join", addr)
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("wamptest: %w", err)
	}
	s := &Server{realm: r, tcp: l, upgrades: make(chan net.Conn), done: make(chan struct{}), conns: map[net.Conn]bool{}}
	s.web = &http.Server{Handler: http.HandlerFunc(s.upgrade), ReadHeaderTimeout: serverHandshake}
	s.serving.Go(s.accept)
	s.serving.Go(func() { _ = s.web.Serve((*webListener)(s)) })
	return s, nil
}

// isLoopback reports whether a host is this machine and no other can reach it.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// URL returns the URL for WebSocket.
func (s *Server) URL() string { return "ws://" + s.tcp.Addr().String() + "/ws" }

// RawSocketURL returns the URL for RawSocket.
func (s *Server) RawSocketURL() string { return "rs://" + s.tcp.Addr().String() }

// Close ends the server and its connections, and waits until nothing of it
// runs. It may be called more than once.
func (s *Server) Close() {
	s.mu.Lock()
	conns := s.conns
	s.conns = nil
	s.mu.Unlock()
	if conns != nil {
		close(s.done)
	}
	_ = s.tcp.Close()
	for c := range conns {
		_ = c.Close()
	}
	_ = s.web.Close()
	s.serving.Wait()
}

// accept serves each connection.
func (s *Server) accept() {
	for {
		conn, err := s.tcp.Accept()
		if err != nil {
			return
		}
		if !s.keep(conn) {
			_ = conn.Close()
			return
		}
		s.serving.Go(func() { s.first(conn) })
	}
}

// keep takes note of a connection. It reports whether the server is open.
func (s *Server) keep(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conns == nil {
		return false
	}
	s.conns[conn] = true
	return true
}

// forget closes a connection.
func (s *Server) forget(conn net.Conn) {
	_ = conn.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, conn)
}

// first looks at the first byte of a connection.
func (s *Server) first(conn net.Conn) {
	_ = conn.SetReadDeadline(time.Now().Add(serverHandshake))
	buffered := bufferedConn{conn, bufio.NewReader(conn), s}
	head, err := buffered.r.Peek(1)
	switch {
	case err != nil:
		s.forget(conn)
	case head[0] == rawMagic:
		defer s.forget(conn)
		if raw, f, err := acceptRawConn(buffered); err == nil {
			s.realm.Serve(raw, f)
		}
	default:
		select {
		case s.upgrades <- buffered:
		case <-s.done:
			s.forget(conn)
		}
	}
}

// upgrade serves a client of WebSocket.
func (s *Server) upgrade(w http.ResponseWriter, req *http.Request) {
	f, offered := chooseFormat(websocket.Subprotocols(req))
	if !offered {
		http.Error(w, "the subprotocol must be wamp.2.json, wamp.2.msgpack or wamp.2.cbor", http.StatusBadRequest)
		return
	}
	up := websocket.Upgrader{HandshakeTimeout: serverHandshake, Subprotocols: []string{"wamp.2." + f.String()}, CheckOrigin: fromHere}
	conn, err := up.Upgrade(w, req, nil)
	if err != nil {
		return // the client has the answer
	}
	defer func() { _ = conn.Close() }()
	conn.SetReadLimit(serverLimit)
	_ = conn.SetReadDeadline(time.Time{})
	s.realm.Serve(&webConn{Conn: conn, format: f}, f)
}

// chooseFormat returns the first serializer of those that a client offers.
func chooseFormat(subprotocols []string) (codec.Format, bool) {
	for _, p := range subprotocols {
		for _, f := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
			if p == "wamp.2."+f.String() {
				return f, true
			}
		}
	}
	return 0, false
}

// fromHere reports whether a request comes from a page of this machine, or from
// no page: other pages that somebody has open in a browser must not reach a
// router that everybody may join.
func fromHere(req *http.Request) bool {
	origin := req.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && isLoopback(u.Hostname())
}

// bufferedConn is a connection of which something has been read already.
type bufferedConn struct {
	net.Conn
	r      *bufio.Reader
	server *Server
}

// Close closes the connection, also for the server.
func (c bufferedConn) Close() error {
	c.server.forget(c.Conn)
	return nil
}

func (c bufferedConn) Read(b []byte) (int, error) { return c.r.Read(b) }

// webListener hands the connections for WebSocket to net/http.
type webListener Server

// Accept implements [net.Listener].
func (l *webListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.upgrades:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Close implements [net.Listener].
func (l *webListener) Close() error { return nil }

// Addr implements [net.Listener].
func (l *webListener) Addr() net.Addr { return l.tcp.Addr() }

// webConn is the router's end of a WebSocket connection.
type webConn struct {
	*websocket.Conn
	format codec.Format
	err    error // of reading
}

// Flush implements transport.Conn: WriteFrame has written everything.
func (c *webConn) Flush() error { return nil }

// ReadFrame implements transport.Conn.
func (c *webConn) ReadFrame() ([]byte, error) {
	if c.err != nil {
		return nil, c.err
	}
	kind, frame, err := c.ReadMessage()
	if err == nil && (kind == websocket.BinaryMessage) != c.format.Binary() {
		err = errors.New("wamptest: WebSocket message of another type than the serializer's")
	}
	c.err = err
	return frame, err
}

// WriteFrame implements transport.Conn.
func (c *webConn) WriteFrame(head, body []byte) error {
	kind := websocket.TextMessage
	if c.format.Binary() {
		kind = websocket.BinaryMessage
	}
	_ = c.SetWriteDeadline(time.Now().Add(serverWrite))
	w, err := c.NextWriter(kind)
	if err != nil {
		return err
	}
	for _, part := range [][]byte{head, body} {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return w.Close()
}
