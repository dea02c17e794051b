package wamp

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/dispatch"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// errSent is the error of a chunk behind the last one.
var errSent = errors.New("wamp: chunk after CloseSend")

// outgoing sends the chunks of a streaming call. It is the [parts] of it.
type outgoing struct {
	call        *streaming
	first, last bool // those of Procedure.FirstChunk and LastChunk

	mu     sync.Mutex      // one chunk at a time; protects the following
	closed bool            // no more chunks come
	held   *session.Buffer // a chunk that may be the last one; nil if there is none
	opened bool            // the first chunk was given

	// given is closed when the first chunk is there, with value, or when there is
	// none; encoded when it need not be kept any more; and decided when it is known
	// whether it is the only one. They are for the first message of the call.
	given, encoded, decided chan struct{}
	value                   codec.Value
	only                    bool

	// begun is closed when the CALL was queued on session, under id.
	begun   chan struct{}
	session *session.Session
	id      uint64
	total   atomic.Int64 // the size of the chunks that were queued behind it
	// passthru is how they are sealed, nil if they are not.
	passthru *Passthru
}

// newOutgoing makes call, which has yet to begin, send chunks.
func newOutgoing(call *streaming, p *Procedure) *outgoing {
	o := &outgoing{
		call: call, first: p.FirstChunk, last: p.LastChunk,
		given: make(chan struct{}), encoded: make(chan struct{}), decided: make(chan struct{}), begun: make(chan struct{}),
	}
	call.parts = o
	return o
}

// send sends one chunk. The error is that of the chunk, or how the call has
// ended: io.EOF if it has a result.
func (o *outgoing) send(v codec.Value) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.closed:
		return errSent
	case o.call.over():
		return o.call.ending()
	case o.first && !o.opened:
		return o.open(v)
	}
	o.decide(false)
	b, err := o.encodeChunk(v)
	if err != nil {
		return err
	}
	if o.last {
		b, o.held = o.held, b
	}
	if b == nil {
		return nil
	}
	return o.queue(b, false)
}

// open gives the first chunk to the call, whose first message it is. It returns
// when that was encoded or, unless it may be the only one, sent.
func (o *outgoing) open(v codec.Value) error {
	var e codec.Encoder
	e.Reset(codec.CBOR, nil) // the format is that of a session yet to come
	if e.Payload(v, o.call.procedure.Chunk); e.Err() != nil {
		return &operationError{"chunk of", o.call.procedure.URI, e.Err()}
	}
	o.opened, o.value = true, v
	close(o.given)
	sent := o.begun
	if o.last {
		sent = o.encoded
	}
	if err := o.awaitSend(sent); err != nil {
		return err
	}
	o.call.client.counters.chunksSent.Add(1)
	return nil
}

// awaitSend waits until the call has come so far, or for its end. The handler
// that the call belongs to, if there is one, holds no worker meanwhile.
func (o *outgoing) awaitSend(far <-chan struct{}) error {
	select {
	case <-far:
		return nil
	default:
	}
	turn := dispatch.TurnOf(o.call.ctx)
	if o.call.park(turn) {
		defer turn.Unpark(o.call.ctx)
	}
	select {
	case <-far:
		return nil
	case <-o.call.done:
		return o.call.ending()
	}
}

// encodeChunk encodes a chunk for the session that the call is on.
func (o *outgoing) encodeChunk(v codec.Value) (*session.Buffer, error) {
	if err := o.awaitSend(o.begun); err != nil {
		return nil, err
	}
	b := o.session.Buffer()
	mode := o.passthru.message(PassthruCall, o.call.procedure.URI)
	if err := o.call.client.encode(o.call.ctx, b, content{v, o.call.procedure.Chunk, nil}, mode); err != nil {
		return nil, &operationError{"chunk of", o.call.procedure.URI, err}
	}
	b.Marks = nil // those of the first message hold (R158)
	return b, nil
}

// queue queues a chunk, or the end of them, behind the CALL.
func (o *outgoing) queue(b *session.Buffer, last bool) error {
	if turn := dispatch.TurnOf(o.call.ctx); turn != nil && !o.session.Roomy() && o.call.park(turn) {
		defer turn.Unpark(o.call.ctx)
	}
	size, chunk := int64(b.Size()), !last || !b.Empty() // the writer gets b
	if o.call.ctx.Err() != nil {
		// What has stopped because of it has not come to its end.
		<-o.call.done
		return o.call.ending()
	}
	queued, err := o.session.Part(o.call.life, o.id, last, b)
	switch {
	case queued:
		o.total.Add(size)
		if chunk {
			o.call.client.counters.chunksSent.Add(1)
		}
		if last {
			o.call.results.resume()
		}
		return nil
	case errors.Is(err, ErrTooLarge):
		return &operationError{"chunk of", o.call.procedure.URI, err}
	}
	<-o.call.done // it has ended, or is about to
	return o.call.ending()
}

// closeSend says that there are no more chunks. It does nothing if the call has
// ended. If the last chunk is too large it is dropped, and more may come.
func (o *outgoing) closeSend() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return nil
	}
	o.closed = true
	o.decide(true)
	if !o.opened && o.first {
		o.opened = true
		close(o.given)
	}
	if err := o.awaitSend(o.begun); err != nil || o.only {
		return nil // how the call has ended is not the error of a chunk
	}
	b := o.held
	if b != nil && b.Empty() { // an empty last message would be none
		if err := o.queue(b, false); err != nil {
			return tooLarge(err)
		}
		b = nil
	}
	if b == nil {
		b = o.session.Buffer()
		_ = b.Finish(0) // always encodable
	}
	err := tooLarge(o.queue(b, true))
	if err != nil {
		o.closed, o.held = false, nil
	}
	return err
}

// tooLarge is err if the last chunk is too large; otherwise the call has ended.
func tooLarge(err error) error {
	if errors.Is(err, ErrTooLarge) {
		return err
	}
	return nil
}

// decide says whether the first message of the call is the only one, once.
func (o *outgoing) decide(only bool) {
	select {
	case <-o.decided:
		return
	default:
	}
	if only && o.first && (o.last || !o.opened) {
		o.only = true
	}
	close(o.decided)
}

// ready implements [parts].
func (o *outgoing) ready(ctx context.Context) error {
	if !o.first {
		return nil
	}
	return o.awaitChunk(ctx, o.given, nil)
}

// awaitChunk waits until it is known what the program sends first, for ctx, or for
// the end of the client or of the session on; nil for none.
func (o *outgoing) awaitChunk(ctx context.Context, known <-chan struct{}, on *session.Session) error {
	var lost <-chan struct{}
	if on != nil {
		lost = on.Done()
	}
	select {
	case <-known:
		return nil
	case <-ctx.Done():
		return session.Unsent(ctx.Err())
	case <-o.call.client.closing():
		return session.Unsent(o.call.client.endError())
	case <-lost:
		if o.call.client.handlers.Err() != nil { // the reason why it has ended
			return session.Unsent(o.call.client.endError())
		}
		return on.LostUnsent()
	}
}

// encode implements [parts]. The first message is the first chunk if the
// procedure has no input.
func (o *outgoing) encode(ctx context.Context, on *session.Session, b *session.Buffer, in content, mode *PassthruMessage) error {
	c, p := o.call.client, o.call.procedure
	if mode != nil {
		o.passthru = &mode.Passthru // the chunks behind it are sealed as it is (R258)
	}
	if !o.first {
		return c.encodeArguments(ctx, p, b, in, mode)
	}
	if err := c.encode(ctx, b, content{o.value, p.Chunk, in.op}, mode); err != nil {
		return encodeError("chunk", p.URI, err)
	}
	if err := o.awaitSecond(ctx, on); err != nil {
		return err
	}
	if o.value != nil && b.Empty() {
		o.only = false // an empty last message would be none
	}
	return nil
}

// awaitSecond waits until it is known whether the first chunk, which is encoded,
// is the last one too.
func (o *outgoing) awaitSecond(ctx context.Context, on *session.Session) error {
	if !o.last || o.value == nil {
		return nil
	}
	o.call.results.pause()
	defer o.call.results.resume()
	close(o.encoded)
	return o.awaitChunk(ctx, o.decided, on)
}

// once implements [parts].
func (o *outgoing) once() bool {
	select {
	case <-o.begun:
		return true
	case <-o.encoded:
		return true
	default:
		return false
	}
}

// alone implements [parts].
func (o *outgoing) alone() bool { return o.only }

// begin implements [parts].
func (o *outgoing) begin(on *session.Session, id uint64) {
	o.session, o.id = on, id
	close(o.begun)
}

// size implements [parts].
func (o *outgoing) size() int64 { return o.total.Swap(0) }
