package wamptest

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest/internal/sockets"
)

// Peer is one connection of a client to a [Script], seen from the router. What
// the client sends is read all the time, whether the test asks for it or not,
// until Hang; what it sends as pings is answered. The methods fail the test when
// something is not as expected.
type Peer struct {
	script  *Script
	kind    Kind
	format  codec.Format
	conn    net.Conn  // what is read and written: net above tls above raw
	raw     net.Conn  // the bare connection
	tls     *tls.Conn // nil on plain text
	net     *Faults   // rules this connection alone
	request *http.Request
	limit   int
	read    func() arrival
	fail    func(format string, args ...any)

	writing sync.Mutex // one write at a time: the pump answers pings

	gate      gate // protects what follows
	messages  [][]byte
	pongs     [][]byte
	pings     int
	mute      bool
	closeCode int
	end       error // why reading ended
}

// arrival is what the connection brought: a frame, or its end.
type arrival struct {
	kind arrivalKind
	data []byte
	err  error
}

type arrivalKind int

const (
	isMessage arrivalKind = iota
	isPing
	isPong
)

func (s *Script) newPeer(conn net.Conn) *Peer {
	return &Peer{script: s, kind: s.kind, format: s.format, conn: conn, fail: s.tb.Fatalf}
}

// pump reads until the connection ends. It is the only reader.
func (p *Peer) pump() {
	for {
		a := p.read()
		p.arrived(a)
		if a.err != nil {
			p.Close()
			return
		}
	}
}

// arrived notes what came, and answers a ping.
func (p *Peer) arrived(a arrival) {
	p.gate.Lock()
	answer := false
	switch {
	case a.err != nil:
		p.end = a.err
	case a.kind == isMessage:
		p.messages = append(p.messages, a.data)
	case a.kind == isPong:
		p.pongs = append(p.pongs, a.data)
	case a.kind == isPing:
		p.pings++
		answer = !p.mute
	}
	p.gate.broadcast()
	p.gate.Unlock()
	if answer {
		_ = p.write(p.control(nil, isPong, a.data), 0) // a failure shows at the next read
	}
}

// Next returns the next message of any type. At the orderly end of the
// connection the error is io.EOF, and after Close, Hang or Reset net.ErrClosed
// or the like. A message that breaks the specification is an error.
func (p *Peer) Next() (Message, error) {
	frame, err := p.NextFrame()
	if err != nil {
		return nil, err
	}
	return decode(p.format, frame)
}

// NextFrame is Next for the bytes of the message, whatever they are.
func (p *Peer) NextFrame() ([]byte, error) {
	until := time.Now().Add(p.script.patience())
	p.gate.Lock()
	defer p.gate.Unlock()
	for {
		switch {
		case len(p.messages) > 0:
			frame := p.messages[0]
			p.messages = p.messages[1:]
			return frame, nil
		case p.end != nil:
			return nil, p.end
		case expired(until):
			return nil, os.ErrDeadlineExceeded
		}
		p.gate.wait(until)
	}
}

// Expect returns the next message, which must be of type t, such as [Call].
func (p *Peer) Expect(t int) Message {
	p.script.tb.Helper()
	m, err := p.Next()
	if err != nil {
		p.fail("wamptest: want a message of type %d: %v", t, err)
	}
	if m.Type() != t {
		p.fail("wamptest: want a message of type %d, found %v", t, m)
	}
	return m
}

// ExpectEnd waits until the client has left; messages on the way fail the test.
func (p *Peer) ExpectEnd() {
	p.script.tb.Helper()
	m, err := p.Next()
	switch {
	case err == nil:
		p.fail("wamptest: want the end of the connection, found %v", m)
	case errors.Is(err, os.ErrDeadlineExceeded):
		p.fail("wamptest: want the end of the connection: %v", err)
	}
}

// Pong returns the payload of the next pong, which must come.
func (p *Peer) Pong() []byte {
	p.script.tb.Helper()
	until := time.Now().Add(p.script.patience())
	p.gate.Lock()
	for len(p.pongs) == 0 && p.end == nil && !expired(until) {
		p.gate.wait(until)
	}
	end := p.end
	if len(p.pongs) > 0 {
		payload := p.pongs[0]
		p.pongs = p.pongs[1:]
		p.gate.Unlock()
		return payload
	}
	p.gate.Unlock()
	p.fail("wamptest: want a pong: %v", errors.Join(end, io.ErrNoProgress))
	return nil
}

// Pings returns how many pings have come so far.
func (p *Peer) Pings() int {
	p.gate.Lock()
	defer p.gate.Unlock()
	return p.pings
}

// Mute ends the answering of pings.
func (p *Peer) Mute() {
	p.gate.Lock()
	defer p.gate.Unlock()
	p.mute = true
}

// CloseCode returns the code of the WebSocket close frame that came: 1005 for
// one without a code, 0 if none came.
func (p *Peer) CloseCode() int {
	p.gate.Lock()
	defer p.gate.Unlock()
	return p.closeCode
}

// Limit returns the largest message in bytes that the client takes, as it said
// in the RawSocket handshake; 0 on WebSocket, which has no such thing.
func (p *Peer) Limit() int { return p.limit }

// Request returns the request of the WebSocket upgrade, nil on RawSocket.
func (p *Peer) Request() *http.Request { return p.request }

// TLS returns the state of the TLS session, nil on plain text.
func (p *Peer) TLS() *tls.ConnectionState {
	if p.tls == nil {
		return nil
	}
	state := p.tls.ConnectionState()
	return &state
}

// Hang stops reading for good: but for what a read under way brings, the client's
// bytes stay in the socket.
func (p *Peer) Hang() { p.net.Set(Fault{StallReads: true}) }

// Close closes the connection without a word of WAMP or WebSocket.
func (p *Peer) Close() {
	_ = p.conn.Close()
	p.script.release(p.raw)
}

// Reset breaks the connection: the client sees a RST.
func (p *Peer) Reset() {
	sockets.ResetOnClose(p.raw)
	_ = p.raw.Close()
	p.Close()
}
