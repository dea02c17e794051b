package wamptest

import (
	"errors"
	"fmt"
	"io"
	"math/bits"
	"net"

	"github.com/wampgen/wampgen/runtime/codec"
)

// errWrongFormat says that the client asked for another serializer and was
// refused so; it will come again.
var errWrongFormat = errors.New("the client asked for another serializer")

// acceptRaw answers the RawSocket handshake of a client.
func (s *Script) acceptRaw(conn net.Conn) (*Peer, error) {
	var hello [4]byte
	if _, err := io.ReadFull(conn, hello[:]); err != nil {
		return nil, err
	}
	if hello[0] != rawMagic || hello[2] != 0 || hello[3] != 0 {
		return nil, fmt.Errorf("RawSocket handshake: want 7f xx 00 00, found % x", hello)
	}
	if codec.Format(hello[1]&0xf) != s.format {
		_, err := conn.Write([]byte{rawMagic, 0x10, 0, 0})
		return nil, errors.Join(errWrongFormat, err)
	}
	limit := byte(15)
	if s.Limit > 0 {
		limit = byte(bits.Len(uint(s.Limit)) - 10) // 512, which is 2^9, is 0
	}
	if _, err := conn.Write([]byte{rawMagic, limit<<4 | hello[1]&0xf, 0, 0}); err != nil {
		return nil, err
	}
	p := s.newPeer(conn)
	p.limit = 1 << (hello[1]>>4 + 9)
	p.read = p.readRaw
	return p, nil
}

// readRaw reads one RawSocket frame.
func (p *Peer) readRaw() arrival {
	var head [4]byte
	if _, err := io.ReadFull(p.conn, head[:]); err != nil {
		return arrival{err: err}
	}
	size := int(head[1])<<16 | int(head[2])<<8 | int(head[3])
	if head[0] == rawMessage|rawLong && size == 0 {
		head[0], size = rawMessage, 1<<24
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(p.conn, body); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return arrival{err: fmt.Errorf("within a RawSocket frame: %w", err)}
	}
	switch head[0] {
	case rawMessage:
		return arrival{kind: isMessage, data: body}
	case rawPing:
		return arrival{kind: isPing, data: body}
	case rawPong:
		return arrival{kind: isPong, data: body}
	}
	return arrival{err: fmt.Errorf("RawSocket frame: want type 0, 1 or 2, found %#x", head[0])}
}
