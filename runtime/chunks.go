package wamp

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/dispatch"
)

// Chunks returns the values of seq as chunks, none of them with an error, for a call
// or for the test of a handler: Chunks(slices.Values(lines)).
func Chunks[T any](seq iter.Seq[T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for v := range seq {
			if !yield(v, nil) {
				return
			}
		}
	}
}

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

// errTaken is what a handler gets that an interceptor runs again.
var errTaken = errors.New("wamp: the chunks were taken when the handler ran before")

// receiving takes the chunks of an invocation for one run of its handler.
type receiving struct {
	inv       *invocation
	procedure *Procedure
	dec       codec.Decoder
	ended     error // what the last chunk led to
}

func newReceiving(x *Exchange) *receiving {
	in := x.inv.input
	r := &receiving{inv: x.inv, procedure: x.procedure}
	if in.took { // an interceptor tries more than once
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
	r.inv.callee.common.limit(&r.dec)
	r.dec.Payload(raw, v, r.procedure.Chunk, codec.Input)
	if err := r.dec.Err(); err != nil {
		r.ended = &invalidArgument{err}
		return r.ended
	}
	return nil
}

// give ends the use of what was decoded.
func (r *receiving) give() { r.inv.callee.common.memory.Give(r.dec.Held()) }

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
	idle := inv.callee.config.idle()
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
