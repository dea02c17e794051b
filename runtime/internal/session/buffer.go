package session

import (
	"sync"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// Pool keeps buffers and waiters for reuse. A client has one: waiters hold
// channels, which must not leave the synctest bubble that made them. The zero
// value is ready to use.
type Pool struct {
	waiters sync.Pool // *Waiter
	buffers sync.Pool // *Buffer
}

// Buffer is one encoded payload on its way to the writer, which gives it back
// to its pool.
type Buffer struct {
	// Enc encodes the payload between Begin and Finish.
	Enc codec.Encoder
	// Marks are the entries of Options or Details that belong to the payload, see
	// [core.Body].
	Marks  core.Dict
	mem    []byte
	values int
	whole  bool // the payload is complete; until then mem holds that of an earlier user
}

// maxPooled is the largest buffer that is kept for reuse.
const maxPooled = 64 << 10

// Buffer returns a buffer that has begun a payload in format f.
func (p *Pool) Buffer(f codec.Format) *Buffer {
	b, ok := p.buffers.Get().(*Buffer)
	if !ok {
		b = new(Buffer)
	}
	b.Begin(f)
	return b
}

func (p *Pool) recycle(b *Buffer) {
	if cap(b.mem) <= maxPooled {
		p.buffers.Put(b)
	}
}

// Begin starts a payload in place of what the buffer held.
func (b *Buffer) Begin(f codec.Format) {
	b.whole, b.Marks = false, nil
	core.BeginPayload(&b.Enc, f, b.mem[:0])
}

// Finish ends the payload of n values.
func (b *Buffer) Finish(n int) error {
	core.EndPayload(&b.Enc, n)
	b.values, b.mem = n, b.Enc.Bytes()
	b.whole = b.Enc.Err() == nil
	return b.Enc.Err()
}

// Whole reports whether the payload is complete.
func (b *Buffer) Whole() bool { return b.whole }

// Size returns the size of the payload in bytes, without what JSON needs around
// it.
func (b *Buffer) Size() int {
	switch {
	case b.Enc.Format() != codec.JSON:
		return len(b.mem)
	case b.values == 0:
		return 0
	}
	return len(b.mem) - len(",]")
}

// Empty reports whether the payload has no values.
func (b *Buffer) Empty() bool { return b.values == 0 }

// Payload returns the bytes of the payload and how many values they hold.
func (b *Buffer) Payload() ([]byte, int) { return b.mem, b.values }

func (b *Buffer) body() core.Body {
	return core.Body{Bytes: b.mem, Values: b.values, Marks: b.Marks, Owner: b}
}
