package core

import (
	"slices"

	"github.com/wampgen/wampgen/runtime/codec"
)

// Body is the encoded payload of an outgoing message. Owner is handed back
// untouched with the frame, so that the shell can recycle the buffer.
type Body struct {
	// Bytes are what BeginPayload and EndPayload framed; Values is how many
	// values (0 to 2) they hold.
	Bytes  []byte
	Values int
	// Marks are the entries of Options or Details that belong to the payload: the
	// attributes of payload passthru mode. nil: none.
	Marks Dict
	Owner any
}

// Frame is one outgoing message: a head in the queue's arena and a body.
type Frame struct {
	// Request is the id of a request that waits in this frame, 0 for replies.
	Request    uint64
	start, end int
	Body       []byte
	Owner      any
}

// Out is a queue of outgoing frames. The heads share one arena, so that a
// queue that is emptied and used again allocates nothing.
type Out struct {
	arena  []byte
	Frames []Frame
	// Bytes counts heads and bodies.
	Bytes int
}

// Head returns the head of frame i, valid until Clear.
func (o *Out) Head(i int) []byte { return o.arena[o.Frames[i].start:o.Frames[i].end] }

// What a queue keeps when it is emptied: a burst must not stay with an idle
// session.
const (
	keptFrames = 512
	keptArena  = 16 << 10 // bytes
)

// Clear empties the queue and keeps its memory, within reason.
func (o *Out) Clear() {
	clear(o.Frames)
	o.Frames, o.arena, o.Bytes = o.Frames[:0], o.arena[:0], 0
	if cap(o.Frames) > keptFrames {
		o.Frames = nil
	}
	if cap(o.arena) > keptArena {
		o.arena = nil
	}
}

// push appends one frame; limit is the largest frame the peer takes, 0 for
// none. A frame that is refused leaves the queue as it was.
func (o *Out) push(f codec.Format, m *Message, request uint64, b Body, limit int) error {
	start := len(o.arena)
	if len(b.Marks) > 0 {
		m.Options = append(slices.Clip(m.Options), b.Marks...)
	}
	head, err := o.append(f, m, b)
	if err != nil {
		o.arena = o.arena[:start]
		return err
	}
	size := len(head) - start + len(b.Bytes)
	if limit > 0 && size > limit {
		o.arena = head[:start]
		return &TooLarge{Size: size, Limit: limit}
	}
	o.arena = head
	o.Frames = append(o.Frames, Frame{Request: request, start: start, end: len(head), Body: b.Bytes, Owner: b.Owner})
	o.Bytes += size
	return nil
}

// append writes the head of m, or all of m when it has no body.
func (o *Out) append(f codec.Format, m *Message, b Body) ([]byte, error) {
	if b.Bytes == nil {
		return Append(o.arena, f, m)
	}
	return AppendHead(o.arena, f, m, b.Values)
}
