package wamp

import (
	"context"
	"errors"
	"io"
	"iter"
	"sync/atomic"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/dispatch"
)

// For generated code. NewChunks returns the chunks that the caller of an
// invocation sends (specification "Progressive Call Invocations"). value returns
// the [codec.Value] that codes a chunk. See [Client.RegisterChunks] for how the
// loop ends.
func NewChunks[T any](x *Exchange, value func(*T) codec.Value) iter.Seq2[T, error] {
	r := newReceiving(x)
	return func(yield func(T, error) bool) {
		defer r.give()
		for {
			var item T
			err := r.next(value(&item))
			if err == io.EOF {
				return
			}
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			if !yield(item, nil) {
				return
			}
		}
	}
}

// RegisterChunks is like [Client.Register] for a procedure whose callers send
// chunks behind their calls (specification "Progressive Call Invocations"). The
// first message is the in of handler, and chunks are what follows; a last message
// without a payload is none. Only one loop over chunks may run at a time. Leaving
// it early does not end the invocation: the handler may answer before the last
// chunk. A later loop continues with the next chunk.
//
// If the invocation ends while handler waits for a chunk, or if a chunk does not
// fit, the last pair holds the error; it is the cause of the ctx, such as
// [ErrCanceled] or [ErrLost], or a [*ValueError]. The handler may return it. Up to
// 4 MiB of chunks wait for the handler, and half of [Limits.InboundBytes] for all
// handlers together. If there are more the invocation ends with [ErrOverflow], and
// its caller gets [ErrUnavailable]. See [WithChunkTimeout] for callers that send
// nothing.
//
// Invocations have workers of their own, see [Limits.Streams]. Safe for concurrent
// use.
func (c *Client) RegisterChunks(ctx context.Context, procedure string, handler func(ctx context.Context, in Payload, chunks iter.Seq2[Payload, error]) (Payload, error), opts ...RegisterOption) (*Registration, error) {
	self := func(p *Payload) codec.Value { return p }
	h := Handle(&Procedure{URI: procedure, Chunks: true}, opts, func(ctx context.Context, x *Exchange) error {
		var in Payload
		if err := x.In(&in); err != nil {
			return err
		}
		out, err := handler(ctx, in, NewChunks(x, self))
		return x.Out(&out, err)
	})
	return c.registerDynamic(ctx, h)
}

// defaultChunkTimeout is how long a handler waits for a chunk. A router such as
// nexus does not notify a callee whose caller is gone.
const defaultChunkTimeout = 10 * time.Minute

// WithChunkTimeout bounds how long the handler of a procedure with chunks waits
// for the next one while it sends no progressive result either. Then the
// invocation ends with [ErrTimeout], which its caller gets. It frees handlers
// whose caller is gone: some routers do not notify the callee. Default 10 minutes;
// below 0 for no bound, 0 for the default.
func WithChunkTimeout(d time.Duration) RegisterOption {
	return registerOption(func(c *intentConfig) { c.chunkTimeout = d })
}

// input is what the caller of an invocation sends behind its call.
type input struct {
	inlet *dispatch.Inlet[codec.Payload]
	empty bool         // the first message is the last one too, and has no payload
	began time.Time    // when the first message came
	sent  atomic.Int64 // when the handler sent its last progressive result, in nanoseconds since then
	total atomic.Int64 // the size of the chunks that came behind the first message

	// The handler's:
	runs  int  // of it: an interceptor may try more than once
	first bool // the first message was taken, if it is a chunk
	took  bool // a chunk was taken
}

// newInput returns the input of an invocation whose first message is m.
func newInput(inv *invocation, m *core.Message, last bool) *input {
	in := &input{empty: last && noPayload(m.Body()), began: time.Now()}
	in.inlet = dispatch.NewInlet[codec.Payload](inv.registration.common.pool, &inv.turn, func() { inv.end(errChunkOverflow{}) })
	if inv.registration.firstChunk && !in.empty {
		inv.registration.common.counters.chunks.Add(1)
	}
	if last {
		in.inlet.Finish()
	}
	return in
}

// noPayload reports whether a payload has no values.
func noPayload(p codec.Payload) bool {
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

// Continue takes a further message of the caller.
func (inv *invocation) Continue(m *core.Message, size int, last bool) {
	in := inv.input
	if in == nil {
		return // it was refused
	}
	if p := m.Body(); !last || !noPayload(p) {
		inv.registration.common.counters.chunks.Add(1)
		in.total.Add(payloadSize(p))
		in.inlet.Offer(p, size)
	}
	if last {
		in.inlet.Finish()
	}
}

// refuseParts answers a caller that wants to send chunks to a procedure without
// any. Nothing has run.
func (inv *invocation) refuseParts() {
	defer inv.end(nil)
	b := inv.session.Buffer()
	text := "the procedure takes no progressive invocations"
	_ = b.Finish(b.Enc.Payload(&Payload{Args: []any{text}}, nil)) // always encodable
	inv.registration.common.counters.invocationErrors.add(ErrFeatureNotSupported.URI)
	inv.session.Refuse(inv.request, ErrFeatureNotSupported.URI, b)
}

// errChunkOverflow is the ErrOverflow of a handler that does not keep up.
type errChunkOverflow struct{}

// Error says what waits.
func (errChunkOverflow) Error() string { return "wamp: more chunks wait for the handler than may wait" }

// Is reports whether target is ErrOverflow.
func (errChunkOverflow) Is(target error) bool { return target == ErrOverflow }

// errTaken is what a handler gets that an interceptor runs again.
var errTaken = errors.New("wamp: the chunks were taken when the handler ran before")

// receiving takes the chunks of an invocation for one run of its handler.
type receiving struct {
	inv       *invocation
	procedure *Procedure
	dec       codec.Decoder
	run       int
	ended     error // what the last chunk led to
}

func newReceiving(x *Exchange) *receiving {
	in := x.inv.input
	in.runs++
	r := &receiving{inv: x.inv, procedure: x.procedure, run: in.runs}
	if in.took {
		r.ended = errTaken
	}
	return r
}

// next decodes the next chunk into v, waiting for it. The error is io.EOF behind
// the last one.
func (r *receiving) next(v codec.Value) error {
	r.give()
	if r.ended != nil {
		return r.ended
	}
	raw, err := r.take()
	if err != nil {
		return err
	}
	if r.inv.timer != nil {
		r.inv.timer.Reset(r.inv.timeout()) // it bounds the gaps
	}
	r.inv.input.took = true
	r.inv.registration.common.limit(&r.dec)
	r.dec.Payload(raw, v, r.procedure.Chunk, codec.Input)
	if err := r.dec.Err(); err != nil {
		r.ended = &invalidArgument{err}
		return r.ended
	}
	return nil
}

// give ends the use of what was decoded.
func (r *receiving) give() { r.inv.registration.common.memory.Give(r.dec.Held()) }

// take returns the next chunk, waiting for it.
func (r *receiving) take() (codec.Payload, error) {
	inv, in := r.inv, r.inv.input
	if inv.Err() != nil {
		return codec.Payload{}, context.Cause(inv)
	}
	if r.procedure.FirstChunk && !in.first {
		in.first = true
		if !in.empty {
			return inv.payload, nil
		}
	}
	p, err := r.further()
	if err == nil {
		p = inv.open(p)
	}
	return p, err
}

// further is take for what came behind the first message.
func (r *receiving) further() (codec.Payload, error) {
	if p, ok, err := r.inv.input.inlet.Take(); ok || err == dispatch.ErrTaken {
		return p, endOf(ok)
	}
	return r.await()
}

// endOf is io.EOF if there is no chunk.
func endOf(ok bool) error {
	if ok {
		return nil
	}
	return io.EOF
}

// await is take for a chunk that has not come.
func (r *receiving) await() (codec.Payload, error) {
	inv, in := r.inv, r.inv.input
	idle := inv.registration.chunkTimeout()
	began := time.Now()
	timer := time.NewTimer(idle)
	defer timer.Stop()
	for {
		p, ok, err := in.inlet.Take()
		if ok || err == dispatch.ErrTaken {
			return p, endOf(ok)
		}
		if err != nil {
			return p, errChunkOverflow{}
		}
		select {
		case <-in.inlet.Ready():
		case <-inv.Done():
			return p, context.Cause(inv)
		case <-timer.C:
			if d := idle - min(time.Since(began), in.sinceSent()); d > 0 {
				timer.Reset(d)
				continue
			}
			inv.end(ErrTimeout)
			return p, context.Cause(inv)
		}
	}
}

// noteSent notes that the handler sends a progressive result.
func (in *input) noteSent() { in.sent.Store(int64(time.Since(in.began))) }

// sinceSent returns how long ago that was, or the first message came.
func (in *input) sinceSent() time.Duration {
	return time.Since(in.began) - time.Duration(in.sent.Load())
}

// chunkTimeout is how long a handler waits for a chunk.
func (r *Registration) chunkTimeout() time.Duration {
	switch d := r.config.chunkTimeout; {
	case d < 0:
		return 1<<63 - 1
	case d > 0:
		return d
	}
	return defaultChunkTimeout
}
