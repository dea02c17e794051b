package wamptest

import (
	"errors"
	"net"
	"os"
	"slices"
	"time"
)

// Send sends messages, all in one write. It does not fail if the client has
// left, like a write to a real network; the next method that expects something
// does.
func (p *Peer) Send(ms ...Message) {
	p.script.tb.Helper()
	p.flush(p.frames(ms), 0)
}

// SendSplit sends messages in writes of one byte each.
func (p *Peer) SendSplit(ms ...Message) {
	p.script.tb.Helper()
	p.flush(p.frames(ms), 1)
}

// SendRaw sends serialized messages, which need not be valid, in one write. It
// adds the framing.
func (p *Peer) SendRaw(frames ...[]byte) {
	p.script.tb.Helper()
	var b []byte
	for _, frame := range frames {
		b = p.frame(b, frame)
	}
	p.flush(b, 0)
}

// SendBytes sends bytes without framing, see [WebSocketFrame] and
// [RawSocketFrame].
func (p *Peer) SendBytes(b []byte) {
	p.script.tb.Helper()
	p.flush(b, 0)
}

// Ping sends a ping; [Peer.Pong] returns the answer. [WebSocket] permits at
// most 125 bytes of payload.
func (p *Peer) Ping(payload []byte) {
	p.script.tb.Helper()
	p.flush(p.control(nil, isPing, payload), 0)
}

// frames encodes messages and frames them.
func (p *Peer) frames(ms []Message) []byte {
	p.script.tb.Helper()
	var b []byte
	for _, m := range ms {
		frame, err := m.Encode(p.format)
		if err != nil {
			p.fail("wamptest: encode %v: %v", m, err)
		}
		b = p.frame(b, frame)
	}
	return b
}

// control appends a ping or a pong.
func (p *Peer) control(dst []byte, kind arrivalKind, payload []byte) []byte {
	switch {
	case p.kind == WebSocket && kind == isPing:
		return appendWebSocket(dst, wsPing, payload)
	case p.kind == WebSocket:
		return appendWebSocket(dst, wsPong, payload)
	case kind == isPing:
		return appendRawSocket(dst, rawPing, payload)
	}
	return appendRawSocket(dst, rawPong, payload)
}

// flush writes for the test: a client that does not read for too long fails it.
func (p *Peer) flush(b []byte, piece int) {
	p.script.tb.Helper()
	if err := p.write(b, piece); errors.Is(err, os.ErrDeadlineExceeded) {
		p.fail("wamptest: the client does not read: %v", err)
	}
}

// write writes b in pieces of so many bytes, 0 meaning one piece. Nothing comes
// in between.
func (p *Peer) write(b []byte, piece int) error {
	p.writing.Lock()
	defer p.writing.Unlock()
	if err := p.conn.SetWriteDeadline(time.Now().Add(p.script.patience())); err != nil {
		return net.ErrClosed
	}
	if piece == 0 {
		_, err := p.conn.Write(b)
		return err
	}
	for part := range slices.Chunk(b, piece) {
		if _, err := p.conn.Write(part); err != nil {
			return err
		}
	}
	return nil
}
