package wamptest

import "encoding/binary"

// Kind is a transport of WAMP.
type Kind int

// The transports.
const (
	WebSocket Kind = iota
	RawSocket
)

// String returns "websocket" or "rawsocket".
func (k Kind) String() string {
	if k == RawSocket {
		return "rawsocket"
	}
	return "websocket"
}

// First bytes of [WebSocket] frames (RFC 6455 5.2), final ones.
const (
	wsText   = 0x81
	wsBinary = 0x82
	wsClose  = 0x88
	wsPing   = 0x89
	wsPong   = 0x8a
)

// First bytes of [RawSocket] frames (WAMP advanced profile, "RawSocket").
const (
	rawMessage = 0
	rawPing    = 1
	rawPong    = 2
	rawLong    = 8 // the length is 2^24, whose 24 bits are zero
	rawMagic   = 0x7f
)

// WebSocketFrame returns one [WebSocket] frame of a server, which is unmasked,
// for [Peer.SendBytes]. first is its first byte: FIN, the reserved bits and the
// opcode (RFC 6455 5.2), such as 0x01 for the first fragment of a text message.
func WebSocketFrame(first byte, payload []byte) []byte {
	return appendWebSocket(nil, first, payload)
}

func appendWebSocket(dst []byte, first byte, payload []byte) []byte {
	switch n := len(payload); {
	case n < 126:
		dst = append(dst, first, byte(n))
	case n < 1<<16:
		dst = binary.BigEndian.AppendUint16(append(dst, first, 126), uint16(n))
	default:
		dst = binary.BigEndian.AppendUint64(append(dst, first, 127), uint64(n))
	}
	return append(dst, payload...)
}

// RawSocketFrame returns one [RawSocket] frame for [Peer.SendBytes]. first is
// its first byte: 0 for a message, 1 for PING, 2 for PONG, plus 8 for a payload
// of 2^24 octets. Other values are reserved.
func RawSocketFrame(first byte, payload []byte) []byte {
	return appendRawSocket(nil, first, payload)
}

func appendRawSocket(dst []byte, first byte, payload []byte) []byte {
	n := len(payload)
	return append(append(dst, first, byte(n>>16), byte(n>>8), byte(n)), payload...)
}

// frame appends b as one message of the transport.
func (p *Peer) frame(dst, b []byte) []byte {
	switch {
	case p.kind == WebSocket && p.format.Binary():
		return appendWebSocket(dst, wsBinary, b)
	case p.kind == WebSocket:
		return appendWebSocket(dst, wsText, b)
	case len(b) == 1<<24:
		return appendRawSocket(dst, rawMessage|rawLong, b)
	}
	return appendRawSocket(dst, rawMessage, b)
}
