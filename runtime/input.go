package wamp

import (
	"sync/atomic"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/dispatch"
)

// input is what the caller of an invocation sends behind its call.
type input struct {
	inlet *dispatch.Inlet[codec.Payload]
	empty bool         // the first message is the last one too, and has no payload
	began time.Time    // when the first message came
	sent  atomic.Int64 // when the handler sent its last progressive result, in nanoseconds since then
	total atomic.Int64 // the size of the chunks that came behind the first message

	// The handler's:
	first bool // the first message was taken, if it is a chunk
	took  bool // a chunk was taken
}

// newInput returns the input of an invocation whose first message is m. overflow
// is called when more waits than may.
func newInput(m *core.Message, last bool, pool *dispatch.Pool, turn *dispatch.Turn, overflow func()) *input {
	in := &input{empty: last && noPayload(m.Body()), began: time.Now()}
	in.inlet = dispatch.NewInlet[codec.Payload](pool, turn, overflow)
	if last {
		in.inlet.Finish()
	}
	return in
}

// noPayload reports whether a payload has no values. One that cannot be read has some.
func noPayload(p codec.Payload) bool {
	if p.Err != nil && p.Err != core.ErrSealed {
		return false
	}
	var d codec.Decoder
	if !p.Args.Absent() {
		d.Start(p.Args, "")
		if s := d.List(); d.Next(&s) {
			return false
		}
	}
	if !p.Kwargs.Absent() {
		d.Start(p.Kwargs, "")
		if s := d.Map(); d.Next(&s) {
			return false
		}
	}
	return true
}

// errChunkOverflow is the ErrOverflow of a handler that does not keep up.
type errChunkOverflow struct{}

// Error says what waits.
func (errChunkOverflow) Error() string { return "wamp: more chunks wait for the handler than may wait" }

// Is reports whether target is ErrOverflow.
func (errChunkOverflow) Is(target error) bool { return target == ErrOverflow }

// noteSent notes that the handler sends a progressive result.
func (in *input) noteSent() { in.sent.Store(int64(time.Since(in.began))) }

// sinceSent returns how long ago that was, or the first message came.
func (in *input) sinceSent() time.Duration {
	return time.Since(in.began) - time.Duration(in.sent.Load())
}
