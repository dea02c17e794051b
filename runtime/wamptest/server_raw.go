package wamptest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/transport"
)

// rawConn is the router's end of a RawSocket connection.
type rawConn struct {
	bufferedConn
	most int   // bytes of a message that the client accepts
	err  error // of reading

	writing sync.Mutex // the reader answers pings
}

// acceptRawConn answers the handshake of a client.
func acceptRawConn(conn bufferedConn) (*rawConn, codec.Format, error) {
	var hello [4]byte
	if _, err := io.ReadFull(conn, hello[:]); err != nil {
		return nil, 0, err
	}
	f := codec.Format(hello[1] & 0xf)
	refusal := byte(0)
	switch {
	case hello[2] != 0 || hello[3] != 0:
		refusal = 3 // use of reserved bits
	case f != codec.JSON && f != codec.MessagePack && f != codec.CBOR:
		refusal = 1 // serializer unsupported
	}
	_ = conn.SetWriteDeadline(time.Now().Add(serverWrite))
	if refusal != 0 {
		_, err := conn.Write([]byte{rawMagic, refusal << 4, 0, 0})
		return nil, 0, errors.Join(fmt.Errorf("wamptest: RawSocket handshake % x refused", hello), err)
	}
	if _, err := conn.Write([]byte{rawMagic, 15<<4 | hello[1]&0xf, 0, 0}); err != nil {
		return nil, 0, err
	}
	_ = conn.SetReadDeadline(time.Time{})
	return &rawConn{bufferedConn: conn, most: 1 << (hello[1]>>4 + 9)}, f, nil
}

// Flush implements transport.Conn: WriteFrame has written everything.
func (c *rawConn) Flush() error { return nil }

// ReadFrame implements transport.Conn.
func (c *rawConn) ReadFrame() ([]byte, error) {
	for c.err == nil {
		kind, body, err := c.frame()
		switch {
		case err != nil:
			c.err = err
		case kind == rawMessage:
			return body, nil
		case kind == rawPing:
			c.err = c.put(rawPong, body, nil)
		case kind != rawPong:
			c.err = fmt.Errorf("wamptest: RawSocket frame of unknown type %d", kind)
		}
	}
	return nil, c.err
}

// frame reads one frame.
func (c *rawConn) frame() (kind byte, body []byte, err error) {
	var head [4]byte
	if _, err := io.ReadFull(c, head[:]); err != nil {
		return 0, nil, err
	}
	kind = head[0]
	head[0] = 0
	size := int64(binary.BigEndian.Uint32(head[:]))
	// It grows with what arrives, whatever the head promises.
	body, err = io.ReadAll(io.LimitReader(c, size))
	if err == nil && int64(len(body)) < size {
		err = io.ErrUnexpectedEOF
	}
	return kind, body, err
}

// WriteFrame implements transport.Conn.
func (c *rawConn) WriteFrame(head, body []byte) error {
	if size := len(head) + len(body); size > c.most || size >= 1<<24 {
		return transport.ErrTooLarge
	}
	return c.put(rawMessage, head, body)
}

// put writes one frame.
func (c *rawConn) put(kind byte, head, body []byte) error {
	frame := binary.BigEndian.AppendUint32(nil, uint32(len(head)+len(body)))
	frame[0] = kind
	frame = append(append(frame, head...), body...)
	c.writing.Lock()
	defer c.writing.Unlock()
	_ = c.SetWriteDeadline(time.Now().Add(serverWrite))
	_, err := c.Write(frame)
	return err
}
