package wamp_test

import (
	"context"
	"log"
	"net"
	"net/http"
	"slices"
	"sync"

	"github.com/gorilla/websocket"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/transport"
)

// miniRouter is the router of the examples: a broker and dealer for one realm,
// realm1. Anybody may join; ann may log in with the ticket "t1cket".
type miniRouter struct {
	addr   string
	server *http.Server

	mu            sync.Mutex // protects the following; held while a message is routed
	last          uint64     // the last id
	peers         map[*peer]bool
	subscriptions []*grant
	registrations []*grant
	calls         map[uint64]pending       // by INVOCATION.Request
	published     []*core.Message          // all of them
	retained      map[string]*core.Message // by topic
}

// peer is one session.
type peer struct {
	conn             transport.Conn
	format           codec.Format
	id               uint64
	authid, authrole string
}

// grant is one subscription or registration.
type grant struct {
	peer       *peer
	id         uint64
	uri, match string
	disclose   bool
}

// pending is one call that its callee has yet to answer.
type pending struct {
	caller, callee *peer
	request        uint64
}

// startRouter starts a router on a port that the system chooses.
func startRouter() *miniRouter {
	r := &miniRouter{addr: "127.0.0.1:0", peers: map[*peer]bool{}, calls: map[uint64]pending{}, retained: map[string]*core.Message{}}
	r.Start()
	return r
}

// Start listens, after Stop on the same port.
func (r *miniRouter) Start() {
	l, err := net.Listen("tcp", r.addr)
	if err != nil {
		log.Fatal(err)
	}
	r.addr, r.server = l.Addr().String(), &http.Server{Handler: r}
	go r.server.Serve(l)
}

func (r *miniRouter) URL() string { return "ws://" + r.addr + "/ws" }

// Stop is a crash.
func (r *miniRouter) Stop() {
	r.server.Close()
	r.Drop(0)
}

// Drop cuts the connection of a session; of all of them for 0.
func (r *miniRouter) Drop(session uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for p := range r.peers {
		if session == 0 || session == p.id {
			p.conn.Close()
			r.forget(p)
		}
	}
}

// DialContext reaches the router under whatever address.
func (r *miniRouter) DialContext(ctx context.Context, network, _ string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, network, r.addr)
}

// ServeHTTP upgrades to WebSocket.
func (r *miniRouter) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	offered := websocket.Subprotocols(req)
	up := websocket.Upgrader{Subprotocols: offered[:min(1, len(offered))]}
	conn, err := up.Upgrade(w, req, http.Header{"Set-Cookie": {"visits=1"}})
	if err != nil {
		return
	}
	for _, f := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
		if conn.Subprotocol() == "wamp.2."+f.String() {
			r.Serve(webSocket{conn, f}, f)
		}
	}
}

// webSocket is a connection as transport.Pipe has them.
type webSocket struct {
	*websocket.Conn
	format codec.Format
}

func (c webSocket) Flush() error { return nil }

func (c webSocket) ReadFrame() ([]byte, error) {
	_, frame, err := c.ReadMessage()
	return frame, err
}

func (c webSocket) WriteFrame(head, body []byte) error {
	kind := websocket.TextMessage
	if c.format.Binary() {
		kind = websocket.BinaryMessage
	}
	return c.WriteMessage(kind, append(head, body...))
}

// Serve serves one connection until it ends.
func (r *miniRouter) Serve(conn transport.Conn, f codec.Format) {
	p := &peer{conn: conn, format: f, authid: "anonymous", authrole: "anonymous"}
	defer conn.Close()
	for {
		frame, err := conn.ReadFrame()
		m := new(core.Message)
		if err == nil {
			err = core.Parse(f, frame, m)
		}
		if !r.step(p, m, err) {
			return
		}
	}
}

func (r *miniRouter) step(p *peer, m *core.Message, err error) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.forget(p)
		return false
	}
	r.route(p, m)
	return true
}

func (p *peer) send(m *core.Message) {
	frame, err := core.Append(nil, p.format, m)
	if err != nil {
		log.Fatal(err)
	}
	if p.conn.WriteFrame(frame, nil) == nil {
		_ = p.conn.Flush() // whoever has left gets nothing
	}
}

// fail answers a request with an error, and with a detail of the router's own.
func (p *peer) fail(m *core.Message, uri string) {
	p.send(&core.Message{Type: core.MsgError, RequestType: m.Type, Request: m.Request, URI: uri,
		Options: core.Dict{{Key: "router", Value: "mini"}}})
}

func (r *miniRouter) next() uint64 {
	r.last++
	return r.last
}

// forget takes back all that a session has.
func (r *miniRouter) forget(p *peer) {
	own := func(g *grant) bool { return g.peer == p }
	delete(r.peers, p)
	r.subscriptions = slices.DeleteFunc(r.subscriptions, own)
	r.registrations = slices.DeleteFunc(r.registrations, own)
}
