package wamp_test

import (
	"context"
	"log"
	"net"
	"net/http"

	"github.com/gorilla/websocket"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/ports"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// loopbackRouter is the router of the examples: the in-memory router of wamptest
// behind a WebSocket server. Anybody may join its realm, realm1; ann may log in
// with the ticket "t1cket".
type loopbackRouter struct {
	*wamptest.Realm
	addr    string
	release func() // of the port, which goes with the router
	server  *http.Server
}

// startRouter starts a router on a port of its own.
func startRouter() *loopbackRouter {
	port, release, err := ports.Reserve(1)
	if err != nil {
		log.Fatal(err)
	}
	r := &loopbackRouter{addr: "127.0.0.1:" + port[0], release: release, Realm: wamptest.StartRealm(wamptest.WithTicketUser("ann", "user", "t1cket"))}
	r.Start()
	return r
}

// Start listens, after Stop on the same port.
func (r *loopbackRouter) Start() {
	l, err := net.Listen("tcp", r.addr)
	if err != nil {
		log.Fatal(err)
	}
	r.Realm.Start()
	r.server = &http.Server{Handler: r}
	go r.server.Serve(l)
}

// URL returns the URL of the WebSocket server.
func (r *loopbackRouter) URL() string { return "ws://" + r.addr + "/ws" }

// Stop is a crash.
func (r *loopbackRouter) Stop() {
	r.server.Close()
	r.Kill()
}

// DialContext reaches the router under whatever address.
func (r *loopbackRouter) DialContext(ctx context.Context, network, _ string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, network, r.addr)
}

// ServeHTTP upgrades to WebSocket.
func (r *loopbackRouter) ServeHTTP(w http.ResponseWriter, req *http.Request) {
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
