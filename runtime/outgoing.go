package wamp

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/dispatch"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// errSent is the error of a chunk behind the last one.
var errSent = errors.New("wamp: chunk after CloseSend")

// outgoing sends the chunks of a streaming call.
type outgoing struct {
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

// newOutgoing returns the sender of the chunks of a call.
func newOutgoing(p *Procedure) *outgoing {
	return &outgoing{
		first: p.FirstChunk, last: p.LastChunk,
		given: make(chan struct{}), encoded: make(chan struct{}), decided: make(chan struct{}), begun: make(chan struct{}),
	}
}

// send sends one chunk. The error is that of the chunk, or how the call has
// ended: io.EOF if it has a result.
func (s *streaming) send(v codec.Value) error {
	o := s.parts
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.closed:
		return errSent
	case s.over():
		return s.ending()
	case o.first && !o.opened:
		return s.open(v)
	}
	o.decide(false)
	b, err := s.encodeChunk(v)
	if err != nil {
		return err
	}
	if o.last {
		b, o.held = o.held, b
	}
	if b == nil {
		return nil
	}
	return s.queue(b, false)
}

// open gives the first chunk to the call, whose first message it is. It returns
// when that was encoded or, unless it may be the only one, sent.
func (s *streaming) open(v codec.Value) error {
	o := s.parts
	var e codec.Encoder
	e.Reset(codec.CBOR, nil) // the format is that of a session yet to come
	if e.Payload(v, s.procedure.Chunk); e.Err() != nil {
		return &operationError{"chunk of", s.procedure.URI, e.Err()}
	}
	o.opened, o.value = true, v
	close(o.given)
	sent := o.begun
	if o.last {
		sent = o.encoded
	}
	if err := s.awaitSend(sent); err != nil {
		return err
	}
	s.client.counters.chunksSent.Add(1)
	return nil
}

// awaitSend waits until the call has come so far, or for its end. The handler
// that the call belongs to, if there is one, holds no worker meanwhile.
func (s *streaming) awaitSend(far <-chan struct{}) error {
	select {
	case <-far:
		return nil
	default:
	}
	turn := dispatch.TurnOf(s.ctx)
	if s.park(turn) {
		defer turn.Unpark(s.ctx)
	}
	select {
	case <-far:
		return nil
	case <-s.done:
		return s.ending()
	}
}

// encodeChunk encodes a chunk for the session that the call is on.
func (s *streaming) encodeChunk(v codec.Value) (*session.Buffer, error) {
	o := s.parts
	if err := s.awaitSend(o.begun); err != nil {
		return nil, err
	}
	b := o.session.Buffer()
	mode := o.passthru.message(PassthruCall, s.procedure.URI)
	if err := s.client.encode(s.ctx, b, content{v, s.procedure.Chunk, nil}, mode); err != nil {
		return nil, &operationError{"chunk of", s.procedure.URI, err}
	}
	b.Marks = nil // those of the first message hold (R158)
	return b, nil
}

// queue queues a chunk, or the end of them, behind the CALL.
func (s *streaming) queue(b *session.Buffer, last bool) error {
	o := s.parts
	if turn := dispatch.TurnOf(s.ctx); turn != nil && !o.session.Roomy() && s.park(turn) {
		defer turn.Unpark(s.ctx)
	}
	size, chunk := int64(b.Size()), !last || !b.Empty() // the writer gets b
	if last {
		s.results.resume()
	}
	if s.ctx.Err() != nil { // what has stopped because of it has not come to its end
		<-s.done
		return s.ending()
	}
	queued, err := o.session.Part(s.life, o.id, last, b)
	switch {
	case queued:
		o.total.Add(size)
		if chunk {
			s.client.counters.chunksSent.Add(1)
		}
		return nil
	case errors.Is(err, ErrTooLarge):
		if last {
			s.results.pause()
		}
		return &operationError{"chunk of", s.procedure.URI, err}
	}
	<-s.done // it has ended, or is about to
	return s.ending()
}

// closeSend says that there are no more chunks. It does nothing if the call has
// ended. If the last chunk is too large it is dropped, and more may come.
func (s *streaming) closeSend() error {
	o := s.parts
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
	if err := s.awaitSend(o.begun); err != nil || o.only {
		return nil // how the call has ended is not the error of a chunk
	}
	b := o.held
	if b != nil && b.Empty() { // an empty last message would be none
		if err := s.queue(b, false); err != nil {
			return tooLarge(err)
		}
		b = nil
	}
	if b == nil {
		b = o.session.Buffer()
		_ = b.Finish(0) // always encodable
	}
	err := tooLarge(s.queue(b, true))
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

// ending is what sending a chunk returns after the end of the call.
func (s *streaming) ending() error {
	if err := s.outcome(); err != nil {
		return err
	}
	return io.EOF
}

// over reports whether the call has ended.
func (s *streaming) over() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// abort cancels the call because of a chunk, unless the call has ended already.
func (s *streaming) abort(err error) {
	if s.over() {
		return
	}
	if _, ours := err.(*operationError); !ours {
		err = &operationError{"chunks of", s.procedure.URI, err}
	}
	s.results.fail(begunError{err})
	s.cancel() // it may have yet to begin
}

// begunError is the error of a call that was sent, whatever its cause says about
// what did not leave.
type begunError struct{ error }

// SafeToRetry reports false.
func (begunError) SafeToRetry() bool { return false }

// Unwrap returns the error itself.
func (e begunError) Unwrap() error { return e.error }

// awaitFirst waits until the input of the call is known, which may be its first
// chunk.
func (s *streaming) awaitFirst(ctx context.Context) error {
	if s.parts == nil || !s.parts.first {
		return nil
	}
	return s.awaitChunk(ctx, s.parts.given, nil)
}

// awaitChunk waits until it is known what the program sends first, for ctx, or for
// the end of the client or of the session on; nil for none.
func (s *streaming) awaitChunk(ctx context.Context, known <-chan struct{}, on *session.Session) error {
	var lost <-chan struct{}
	if on != nil {
		lost = on.Done()
	}
	select {
	case <-known:
		return nil
	case <-ctx.Done():
		return session.Unsent(ctx.Err())
	case <-s.client.closing():
		return session.Unsent(s.client.endError())
	case <-lost:
		if s.client.handlers.Err() != nil { // the reason why it has ended
			return session.Unsent(s.client.endError())
		}
		return on.LostUnsent()
	}
}

// encode encodes the first message of a call into b, for the session on; s is nil
// unless it is a streaming one.
func (s *streaming) encode(ctx context.Context, c *common, cfg *callConfig, on *session.Session, b *session.Buffer, in codec.Value, p *Procedure) error {
	mode := cfg.passthru.message(PassthruCall, p.URI)
	if s == nil || s.parts == nil || !s.parts.first {
		if err := c.encode(ctx, b, content{in, p.In, cfg.operation}, mode); err != nil {
			return encodeError("arguments", p.URI, err)
		}
		s.seals(mode)
		return nil
	}
	o := s.parts
	if err := c.encode(ctx, b, content{o.value, p.Chunk, cfg.operation}, mode); err != nil {
		return encodeError("chunk", p.URI, err)
	}
	s.seals(mode)
	if err := s.awaitSecond(ctx, on); err != nil {
		return err
	}
	if o.value != nil && b.Empty() {
		o.only = false // an empty last message would be none
	}
	return nil
}

// seals notes how the first message was sealed: so are the chunks behind it
// (R258).
func (s *streaming) seals(m *PassthruMessage) {
	if s != nil && s.parts != nil && m != nil {
		s.parts.passthru = &m.Passthru
	}
}

// awaitSecond waits until it is known whether the first chunk, which is encoded,
// is the last one too.
func (s *streaming) awaitSecond(ctx context.Context, on *session.Session) error {
	o := s.parts
	if !o.last || o.value == nil {
		return nil
	}
	s.results.pause()
	defer s.results.resume()
	close(o.encoded)
	return s.awaitChunk(ctx, o.decided, on)
}

// once reports whether the call must not be sent again; false for nil.
func (o *outgoing) once() bool {
	if o == nil {
		return false
	}
	select {
	case <-o.begun:
		return true
	case <-o.encoded:
		return true
	default:
		return false
	}
}

// begin says that the CALL was queued.
func (o *outgoing) begin(on *session.Session, id uint64) {
	o.session, o.id = on, id
	close(o.begun)
}

// size returns the size of the chunks that were queued behind the CALL; 0 for nil.
func (o *outgoing) size() int64 {
	if o == nil {
		return 0
	}
	return o.total.Swap(0)
}
