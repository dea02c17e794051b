package transport

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"time"
)

const (
	frameMessage = 0
	framePing    = 1
	framePong    = 2

	frameExtended = 0x08 // length bit 24: the frame holds exactly 2^24 octets
	maxPing       = 64 << 10
)

// framePrefix is the prefix of a frame of n < 2^24 octets.
func framePrefix(kind byte, n int) (p [4]byte) {
	binary.BigEndian.PutUint32(p[:], uint32(kind)<<24|uint32(n))
	return p
}

// frameReader takes RawSocket frames off a stream.
type frameReader struct {
	br      *bufio.Reader
	limit   int                        // largest frame, as we announced it
	ping    func(payload []byte) error // answers a PING
	inFrame *bool                      // reports to br's source that a frame has begun
	hurry   func(time.Duration)        // bounds how long br's source waits from now on
	chunks  chunks
}

// next returns the next message, and handles PING and PONG on the way to it.
func (r *frameReader) next() ([]byte, error) {
	for {
		kind, n, err := r.prefix()
		if err != nil {
			return nil, err
		}
		switch kind {
		case frameMessage:
			return r.body(n)
		case framePing:
			if n > maxPing {
				return nil, fmt.Errorf("%w: %d bytes, limit %d", ErrPingTooLarge, n, maxPing)
			}
			payload, err := r.body(n)
			if err == nil {
				err = r.ping(payload)
			}
			if err != nil {
				return nil, err
			}
		default: // A PONG: that something was read is all it has to say.
			if _, err := r.br.Discard(n); err != nil {
				return nil, cutOff(err)
			}
		}
	}
}

// prefix reads and judges the four octets in front of a frame.
func (r *frameReader) prefix() (kind byte, n int, err error) {
	*r.inFrame = false
	if _, err := r.br.Peek(1); err != nil {
		return 0, 0, err
	}
	*r.inFrame = true
	p, err := r.br.Peek(4)
	if err != nil {
		return 0, 0, cutOff(err)
	}
	first, n := p[0], int(binary.BigEndian.Uint32(p)&0xffffff)
	if _, err := r.br.Discard(4); err != nil {
		return 0, 0, err
	}
	kind = first & 0x07
	switch {
	case first&0xf0 != 0:
		return 0, 0, fmt.Errorf("%w: first octet of a frame is 0x%02x", ErrReservedBits, first)
	case kind > framePong:
		return 0, 0, fmt.Errorf("%w: %d, want 0, 1 or 2", ErrReservedType, kind)
	case first&frameExtended != 0 && n != 0:
		return 0, 0, fmt.Errorf("%w: extension bit and %d", ErrFrameLength, n)
	case first&frameExtended != 0:
		n = 1 << 24
	}
	if n > r.limit {
		return 0, 0, r.oversize(kind, n)
	}
	return kind, n, nil
}

// oversize is the error of a frame above the limit, with what a message begins
// with.
func (r *frameReader) oversize(kind byte, n int) error {
	err := tooLarge(uint64(n), r.limit)
	if kind != frameMessage {
		return err
	}
	return &OversizeError{err, func() []byte {
		r.hurry(oversizeGrace)
		head, _ := r.br.Peek(min(n, oversizeHead)) // what is there has to do
		return bytes.Clone(head)
	}}
}

// body reads n octets, and takes memory in steps where they are many.
func (r *frameReader) body(n int) ([]byte, error) {
	if n > chunkSize {
		return r.chunks.readAll(r.br, n)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r.br, b); err != nil {
		return nil, cutOff(err)
	}
	return b, nil
}

// cutOff is err inside a frame, where an end is unexpected.
func cutOff(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
