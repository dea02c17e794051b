package transport

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/gorilla/websocket"

	"github.com/wampgen/wampgen/runtime/codec"
)

// The octets that may end a message of batched JSON: the specification's, and
// the one that Autobahn and Crossbar.io use. Neither occurs in JSON.
const (
	EndRecord = 0x1e
	EndCancel = 0x18
)

// maxBatch is the size up to which messages go into one batch, in bytes, unless
// Options.BatchLimit is less. A larger message has a batch of its own, so that it is
// no larger for the router than it would be without batches.
const maxBatch = 64 << 10

// lengthSize is the size of the length in front of a message that is not JSON.
const lengthSize = 4

// batching is what a connection needs for a batched subprotocol (specification
// "Batched WebSocket Transport"). in belongs to the reader, the rest to the
// writer.
type batching struct {
	text bool // a message ends in end; otherwise its length is in front
	end  byte
	most int           // the size of a batch of several messages
	in   *bufio.Reader // of the batch that is being read
	open bool          // there is one
	some bool          // it has had a message

	w    io.WriteCloser // of the batch that is being written; nil if there is none
	size int            // of it
}

// offersBatches reports whether the batched form of f is offered.
func (o *Options) offersBatches(f codec.Format) bool {
	return o.Batched && (f != codec.JSON || o.BatchedJSON != 0)
}

// checkBatches refuses an octet that JSON may contain, or that nobody reads.
func (o *Options) checkBatches() error {
	switch o.BatchedJSON {
	case 0, EndRecord, EndCancel:
		return nil
	}
	return fmt.Errorf("wamp: the end of a message in batched JSON must be 0x1e or 0x18, not %#x", o.BatchedJSON)
}

// subprotocols are the names to offer and what each of them means, in order of
// preference.
func (o *Options) subprotocols() (names []string, means []agreed) {
	for _, f := range o.Formats {
		if o.offersBatches(f) {
			names, means = append(names, subprotocol(f)+".batched"), append(means, agreed{f, true})
		}
		names, means = append(names, subprotocol(f)), append(means, agreed{f, false})
	}
	return names, means
}

// agreed is what a subprotocol means.
type agreed struct {
	format  codec.Format
	batched bool
}

// batch switches a connection that is open to batches.
func (c *wsConn) batch(o Options) {
	c.batches = &batching{text: c.kind == websocket.TextMessage, end: o.BatchedJSON, most: maxBatch, in: bufio.NewReader(nil)}
	if o.BatchLimit > 0 {
		c.batches.most = min(maxBatch, o.BatchLimit)
	}
	c.ws.SetReadLimit(0) // that of a batch: each message in it has its own
	c.in.limit = math.MaxInt
}

// nextBatched returns the next message, of this batch or of the next one.
func (c *wsConn) nextBatched() ([]byte, error) {
	b := c.batches
	for {
		if !b.open {
			kind, r, err := c.ws.NextReader()
			if err != nil {
				return nil, err
			}
			if kind != c.kind {
				return nil, wrongKind(kind, c.kind)
			}
			b.in.Reset(r)
			b.open, b.some = true, false
		}
		m, err := c.nextOfBatch()
		switch {
		case err == nil:
			b.some = true
			return m, nil
		case err != io.EOF:
			return nil, err
		case !b.some:
			return nil, fmt.Errorf("%w: it is empty", ErrBatch)
		}
		b.open = false
	}
}

// nextOfBatch returns the next message of this batch, and io.EOF at its end.
func (c *wsConn) nextOfBatch() ([]byte, error) {
	if c.batches.text {
		return c.nextText()
	}
	var length [lengthSize]byte
	switch _, err := io.ReadFull(c.batches.in, length[:]); err {
	case nil:
	case io.ErrUnexpectedEOF:
		return nil, fmt.Errorf("%w: a length is cut off", ErrBatch)
	default:
		return nil, err
	}
	n := binary.BigEndian.Uint32(length[:])
	switch {
	case n == 0:
		return nil, fmt.Errorf("%w: a message has the length 0", ErrBatch)
	case uint64(n) > uint64(c.readLimit):
		return nil, c.oversize(uint64(n), nil)
	}
	m, err := c.chunks.readAll(c.batches.in, int(n))
	if errors.Is(err, io.ErrUnexpectedEOF) { // the batch ended, not the connection
		err = fmt.Errorf("%w: a message is cut off", ErrBatch)
	}
	return m, err
}

// nextText is nextOfBatch for JSON.
func (c *wsConn) nextText() ([]byte, error) {
	in := c.batches.in
	var m []byte
	for {
		if _, err := in.Peek(1); err != nil {
			if err == io.EOF && len(m) > 0 {
				err = fmt.Errorf("%w: a message has no end", ErrBatch)
			}
			return nil, err
		}
		part, _ := in.Peek(in.Buffered())
		end := bytes.IndexAny(part, string([]byte{EndRecord, EndCancel}))
		if end >= 0 {
			part = part[:end]
		}
		if len(m)+len(part) > c.readLimit {
			return nil, c.oversize(uint64(len(m)+len(part)), append(m, part...))
		}
		m = append(m, part...)
		_, _ = in.Discard(len(part)) // it was peeked
		if end < 0 {
			continue
		}
		_, _ = in.Discard(1)
		if len(m) == 0 {
			return nil, fmt.Errorf("%w: a message is empty", ErrBatch)
		}
		out := make([]byte, len(m)) // of exact size
		copy(out, m)
		return out, nil
	}
}

// oversize is the error of a message of at least n bytes that begins with head;
// the rest has yet to be read.
func (c *wsConn) oversize(n uint64, head []byte) error {
	head = bytes.Clone(head[:min(len(head), oversizeHead)])
	return &OversizeError{tooLarge(n, c.readLimit), func() []byte {
		c.out.hurry(oversizeGrace)
		for len(head) < oversizeHead && uint64(len(head)) < n {
			b, err := c.batches.in.ReadByte()
			if err != nil {
				break
			}
			head = append(head, b)
		}
		return head
	}}
}

// writeBatched buffers one message.
func (c *wsConn) writeBatched(head, body []byte) error {
	b := c.batches
	n := len(head) + len(body)
	if b.size > 0 && b.size+n+lengthSize > b.most {
		if err := c.endBatch(); err != nil {
			return err
		}
	}
	if b.w == nil {
		w, err := c.ws.NextWriter(c.kind)
		if err != nil {
			return c.writeError(err)
		}
		b.w = w
	}
	b.size += n + lengthSize
	var length [lengthSize]byte
	prefix, suffix := binary.BigEndian.AppendUint32(length[:0], uint32(n)), []byte(nil)
	if b.text {
		prefix, suffix = nil, append(length[:0], b.end)
	}
	for _, part := range [...][]byte{prefix, head, body, suffix} {
		if _, err := b.w.Write(part); err != nil {
			return c.writeError(err)
		}
	}
	return nil
}

// endBatch ends the batch that is being written, if there is one.
func (c *wsConn) endBatch() error {
	b := c.batches
	if b == nil || b.w == nil {
		return nil
	}
	w := b.w
	b.w, b.size = nil, 0
	return c.writeError(w.Close())
}

// wrongKind is the error of a message that is text instead of binary, or the
// reverse.
func wrongKind(got, want int) error {
	return fmt.Errorf("%w: got opcode %d, want %d (1 is text, 2 is binary)", ErrMessageType, got, want)
}
