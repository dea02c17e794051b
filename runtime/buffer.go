package wamp

import (
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// buffer is one encoded payload on its way to the writer, which gives it back.
type buffer struct {
	enc    codec.Encoder
	mem    []byte
	values int
	whole  bool // the payload is complete; until then mem holds that of an earlier user
}

// maxPooled is the largest buffer that is kept for reuse.
const maxPooled = 64 << 10

func (c *Client) getBuffer(f codec.Format) *buffer {
	b, ok := c.buffers.Get().(*buffer)
	if !ok {
		b = new(buffer)
	}
	b.begin(f)
	return b
}

// begin starts a payload in place of what the buffer held.
func (b *buffer) begin(f codec.Format) {
	b.whole = false
	core.BeginPayload(&b.enc, f, b.mem[:0])
}

// finish ends the payload of n values.
func (b *buffer) finish(n int) error {
	core.EndPayload(&b.enc, n)
	b.values, b.mem = n, b.enc.Bytes()
	b.whole = b.enc.Err() == nil
	return b.enc.Err()
}

func (b *buffer) body() core.Body {
	return core.Body{Bytes: b.mem, Values: b.values, Owner: b}
}

func (c *Client) recycle(b *buffer) {
	if cap(b.mem) <= maxPooled {
		c.buffers.Put(b)
	}
}
