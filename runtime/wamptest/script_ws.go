package wamptest

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"

	"github.com/gorilla/websocket"
)

// acceptWeb answers the WebSocket upgrade of a client. It runs the upgrader on
// the bare connection: an http.Server would need goroutines and a real
// listener.
func (s *Script) acceptWeb(conn net.Conn) (*Peer, error) {
	buffered := bufio.NewReadWriter(bufio.NewReader(conn), bufio.NewWriter(conn))
	request, err := http.ReadRequest(buffered.Reader)
	if err != nil {
		return nil, err
	}
	name := s.Subprotocol
	if name == "" {
		name = "wamp.2." + s.format.String()
		if offered := websocket.Subprotocols(request); !slices.Contains(offered, name) {
			return nil, fmt.Errorf("WebSocket upgrade: want an offer of %s, found %q", name, offered)
		}
	}
	header := s.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set("Sec-Websocket-Protocol", name)
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	ws, err := upgrader.Upgrade(hijack{conn, buffered}, request, header)
	if err != nil {
		return nil, err
	}
	p := s.newPeer(conn)
	p.request = request
	p.read = func() arrival { return p.readWeb(ws) }
	ws.SetPingHandler(func(payload string) error {
		p.arrived(arrival{kind: isPing, data: []byte(payload)})
		return nil
	})
	ws.SetPongHandler(func(payload string) error {
		p.arrived(arrival{kind: isPong, data: []byte(payload)})
		return nil
	})
	ws.SetCloseHandler(func(int, string) error { return nil }) // readWeb answers
	return p, nil
}

// readWeb reads one WebSocket message.
func (p *Peer) readWeb(ws *websocket.Conn) arrival {
	kind, data, err := ws.ReadMessage()
	var farewell *websocket.CloseError
	switch {
	case errors.As(err, &farewell) && farewell.Code == websocket.CloseAbnormalClosure:
		return arrival{err: io.EOF} // gorilla's way to say that there was no close frame
	case errors.As(err, &farewell):
		p.closedWith(farewell.Code)
		return arrival{err: io.EOF}
	case err != nil:
		return arrival{err: err}
	}
	if want := websocket.TextMessage; !p.format.Binary() && kind != want {
		return arrival{err: errors.New("WebSocket: the client sent JSON in a binary message")}
	}
	if want := websocket.BinaryMessage; p.format.Binary() && kind != want {
		return arrival{err: fmt.Errorf("WebSocket: the client sent %s in a text message", p.format)}
	}
	return arrival{kind: isMessage, data: data}
}

// closedWith notes the close frame of the client and answers it.
func (p *Peer) closedWith(code int) {
	p.gate.Lock()
	p.closeCode = code
	p.gate.Unlock()
	var reply []byte
	if code != websocket.CloseNoStatusReceived {
		reply = binary.BigEndian.AppendUint16(nil, uint16(code))
	}
	_ = p.write(appendWebSocket(nil, wsClose, reply), 0)
}

// hijack is an http.ResponseWriter good for nothing but taking the connection.
type hijack struct {
	conn     net.Conn
	buffered *bufio.ReadWriter
}

func (h hijack) Header() http.Header         { return http.Header{} }
func (h hijack) WriteHeader(int)             {}
func (h hijack) Write(b []byte) (int, error) { return len(b), nil }

// Hijack implements http.Hijacker.
func (h hijack) Hijack() (net.Conn, *bufio.ReadWriter, error) { return h.conn, h.buffered, nil }
