package transport

import (
	"fmt"
	"io"
	"math/bits"

	"github.com/wampgen/wampgen/runtime/codec"
)

const (
	rawMagic = 0x7f
	// maxSend is one octet below the 2^24 a router may allow: a message of exactly
	// 2^24 needs the length extension bit, which nexus ignores and Twisted
	// misreads.
	maxSend = 1<<24 - 1
)

// rawLimit is the exponent nibble that announces at least limit bytes, and what
// it announces: 2^(9+nibble).
func rawLimit(limit int) (nibble byte, announced int) {
	n := max(bits.Len(uint(limit-1)), 9) - 9
	return byte(n), 1 << (9 + n)
}

// rawHandshake asks for format f and announces the receive limit as a nibble.
// It returns the largest message the router takes.
func rawHandshake(rw io.ReadWriter, f codec.Format, nibble byte) (sendLimit int, err error) {
	if _, err := rw.Write([]byte{rawMagic, nibble<<4 | byte(f), 0, 0}); err != nil {
		return 0, hangUp(err)
	}
	var reply [4]byte
	if _, err := io.ReadFull(rw, reply[:]); err != nil {
		return 0, hangUp(err)
	}
	return rawReply(reply, f)
}

// rawReply judges the router's four octets.
func rawReply(reply [4]byte, f codec.Format) (sendLimit int, err error) {
	high, low := reply[1]>>4, codec.Format(reply[1]&0x0f)
	switch {
	case reply[0] != rawMagic:
		return 0, refused(0, ErrNotRawSocket, "its answer starts with 0x%02x, want 0x7f", reply[0])
	case reply[2] != 0 || reply[3] != 0:
		return 0, refused(0, ErrReservedBits, "the answer ends with octets 0x%02x 0x%02x, want zeros", reply[2], reply[3])
	case low == 0:
		return 0, rawRefusal(int(high), f)
	case low != f:
		return 0, refused(0, ErrSerializerMismatch, "asked for %d (%v), the router answered %d", uint8(f), f, uint8(low))
	}
	return min(1<<(9+high), maxSend), nil
}

// rawRefusal names the error replies of the specification.
func rawRefusal(code int, f codec.Format) error {
	switch code {
	case 1:
		return refused(code, ErrSerializerUnsupported, "%v", f)
	case 2:
		return refused(code, ErrLengthUnacceptable, "error reply 2")
	case 3:
		return refused(code, ErrReservedRefused, "error reply 3")
	case 4:
		return refused(code, ErrTooManyConnections, "error reply 4")
	}
	return refused(code, ErrUnknownReply, "error reply %d", code)
}

// refused is a HandshakeError whose URL is filled in later.
func refused(code int, kind error, format string, a ...any) error {
	text := clean(kind.Error()) + ": " + fmt.Sprintf(format, a...)
	return &HandshakeError{Code: code, Text: text, Err: kind}
}

// hangUp marks a peer that closed the connection during the handshake.
func hangUp(err error) error {
	if hungUp(err) {
		return refused(0, ErrHungUp, "it may not speak RawSocket or not this serializer")
	}
	return err
}
