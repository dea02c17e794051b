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

// Peer is one connection of a client to a [Script], seen from the router. It
// reads what the client sends at all times, until [Peer.Hang], and answers
// pings, until [Peer.Mute]. The methods fail the test if something is not as
// expected.
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

// Next returns the next message of any type. If the client closed the
// connection in order the error is [io.EOF]; after [Peer.Close], [Peer.Hang] or
// [Peer.Reset] it is another one, such as [net.ErrClosed]. A message that
// violates the specification is an error.
func (p *Peer) Next() (Message, error) {
	frame, err := p.NextFrame()
	if err != nil {
		return nil, err
	}
	return decode(p.format, frame)
}

// NextFrame is like [Peer.Next] but returns the bytes of the message without
// checking them.
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

// ExpectEnd waits until the client has closed the connection. A message before
// that fails the test.
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

// Pong waits for the next pong and returns its payload.
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

// Pings returns how many pings the client has sent.
func (p *Peer) Pings() int {
	p.gate.Lock()
	defer p.gate.Unlock()
	return p.pings
}

// Mute stops answering pings.
func (p *Peer) Mute() {
	p.gate.Lock()
	defer p.gate.Unlock()
	p.mute = true
}

// CloseCode returns the code of the received [WebSocket] close frame: 1005 if
// the frame had no code, 0 if there was no frame.
func (p *Peer) CloseCode() int {
	p.gate.Lock()
	defer p.gate.Unlock()
	return p.closeCode
}

// Limit returns the largest message that the client accepts, in bytes, from the
// [RawSocket] handshake. It is 0 on [WebSocket], where clients do not announce
// it.
func (p *Peer) Limit() int { return p.limit }

// Request returns the request of the [WebSocket] upgrade, or nil on
// [RawSocket].
func (p *Peer) Request() *http.Request { return p.request }

// TLS returns the state of the TLS session, or nil on plain text.
func (p *Peer) TLS() *tls.ConnectionState {
	if p.tls == nil {
		return nil
	}
	state := p.tls.ConnectionState()
	return &state
}

// Hang stops reading: except for the result of a read in progress, what the
// client sends stays in the socket.
func (p *Peer) Hang() { p.net.Set(Fault{StallReads: true}) }

// Close closes the connection without GOODBYE and without a [WebSocket] close
// frame.
func (p *Peer) Close() {
	_ = p.conn.Close()
	p.script.release(p.raw)
}

// Reset resets the connection: the client gets a RST.
func (p *Peer) Reset() {
	sockets.ResetOnClose(p.raw)
	_ = p.raw.Close()
	p.Close()
}
