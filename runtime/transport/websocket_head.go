package transport

import (
	"encoding/binary"
	"net"
)

// headKeeper is what the WebSocket library reads from. It follows the frames
// that come by and keeps how the first message begins that is too large: the
// library knows its length only, and reads nothing more. It belongs to the
// reader.
type headKeeper struct {
	net.Conn
	limit int

	blank  int    // how much of the blank line that ends the HTTP answer has come
	header []byte // of the next frame, as far as it has come
	left   uint64 // bytes to come of this frame
	data   bool   // it is a part of a message
	size   uint64 // of the message so far
	keep   bool   // the message goes on or is too large
	over   bool   // it is too large: no other is kept
	head   []byte
}

// Read reads from the connection and takes note of the frames.
func (k *headKeeper) Read(p []byte) (int, error) {
	n, err := k.Conn.Read(p)
	k.follow(p[:n])
	return n, err
}

// follow takes the next bytes of the connection.
func (k *headKeeper) follow(b []byte) {
	for len(b) > 0 {
		if k.blank < len(blankLine) {
			k.answer(b[0])
			b = b[1:]
			continue
		}
		if k.left == 0 {
			k.header, b = append(k.header, b[0]), b[1:]
			k.begin()
			continue
		}
		n := int(min(k.left, uint64(len(b))))
		if k.data && k.keep {
			k.head = append(k.head, b[:min(n, oversizeHead-len(k.head))]...)
		}
		k.left -= uint64(n)
		b = b[n:]
	}
}

// blankLine ends the answer to the upgrade; the frames come behind it.
const blankLine = "\r\n\r\n"

// answer takes the next byte of the answer to the upgrade.
func (k *headKeeper) answer(c byte) {
	switch c {
	case blankLine[k.blank]:
		k.blank++
	case blankLine[0]:
		k.blank = 1
	default:
		k.blank = 0
	}
}

// begin begins a frame when its header is complete (RFC 6455 section 5.2).
func (k *headKeeper) begin() {
	h := k.header
	if len(h) < 2 {
		return
	}
	final, opcode, length := h[0]&0x80 != 0, h[0]&0x0f, uint64(h[1]&0x7f)
	switch {
	case length < 126:
	case length == 126 && len(h) < 4, length == 127 && len(h) < 10:
		return
	case length == 126:
		length = uint64(binary.BigEndian.Uint16(h[2:]))
	default:
		length = binary.BigEndian.Uint64(h[2:])
	}
	k.header, k.left = h[:0], length
	k.data = opcode < 8
	if !k.data || k.over {
		return
	}
	if opcode != 0 { // the first frame of a message
		k.size, k.head = 0, k.head[:0]
	}
	k.size += length
	k.over = k.size > uint64(k.limit)
	k.keep = k.over || !final
}

// oversize returns how the message begins that was too large. What has not come
// yet is waited for briefly.
func (k *headKeeper) oversize() []byte {
	var more [oversizeHead]byte
	for k.over && len(k.head) < oversizeHead && (k.left > 0 || len(k.header) > 0) {
		n, err := k.Read(more[:])
		if err != nil || n == 0 {
			break
		}
	}
	return k.head
}
