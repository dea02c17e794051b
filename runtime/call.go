package wamp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/dispatch"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// None is the input or result of a procedure that has none. For generated code.
type None = struct{}

// Procedure describes one procedure: its URI and how its payloads are encoded
// and decoded. For generated code.
type Procedure[In, Out any] struct {
	// URI is the procedure's URI.
	URI string
	// Timeout bounds a call, 0 for none; the option Timeout replaces it.
	Timeout time.Duration
	// Idempotent tells that a call may be sent again after a lost session.
	Idempotent bool
	// EncodeIn and EncodeOut append the arguments list and the keyword dict of
	// a call or result and return how many of the two they appended.
	EncodeIn  func(*codec.Encoder, In) int
	EncodeOut func(*codec.Encoder, Out) int
	// DecodeIn and DecodeOut read them.
	DecodeIn  func(codec.Payload) (In, error)
	DecodeOut func(codec.Payload) (Out, error)
	// Errors are the declared errors.
	Errors []ErrorType
}

// Call calls a procedure and waits for its result, for ctx, or for the timeout
// (specification "Calling and Invocations"). While there is no session it waits for
// one, see FailFast. A call with Idempotent set is sent again after a lost session,
// nine times in all, since it may be what ends the sessions; but twice only where a
// message was too large for one side.
//
// Errors, to be found with errors.As and errors.Is: the generated error types that
// the procedure declares, *Error for any other answer of a peer, a *codec.ValueError for
// a payload that does not fit, ErrLost when the session ended in between,
// ErrNotReady, ErrTooLarge, ErrOverflow, ErrUnsupported, ErrClosed, and the error of
// ctx. All but the generated ones name the procedure. For generated code; use
// Client.Call without a schema. Safe for concurrent use.
func Call[In, Out any](ctx context.Context, c *Client, p *Procedure[In, Out], in In, opts ...CallOption) (Out, error) {
	if len(c.cfg.interceptors) > 0 {
		return intercepted(ctx, c, p, in, opts)
	}
	out, err := call(ctx, c, p, in, opts)
	return out, named("call", p.URI, err)
}

// intercepted is Call through the interceptors; apart, since its closure
// would cost every call an allocation.
func intercepted[In, Out any](ctx context.Context, c *Client, p *Procedure[In, Out], in In, opts []CallOption) (out Out, err error) {
	err = c.intercept(ctx, Operation{Kind: OperationCall, URI: p.URI}, func(ctx context.Context) (err error) {
		out, err = call(ctx, c, p, in, opts)
		return named("call", p.URI, err)
	})
	return out, err
}

// maxSends is how often an idempotent call is sent: one that ends every session
// that it is sent on must not go on for ever.
const maxSends = 9

func call[In, Out any](ctx context.Context, c *Client, p *Procedure[In, Out], in In, opts []CallOption) (out Out, err error) {
	cfg := callConfig{timeout: p.Timeout, failFast: c.cfg.failFast}
	if len(opts) > 0 {
		cfg = cfg.with(opts)
	}
	if err := cfg.check(); err != nil {
		return out, err
	}
	if cfg.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, cfg.timeout)
		defer cancel()
	}
	w := c.spare.Waiter()
	defer c.spare.PutWaiter(w)
	sent := 0 // by earlier tries
	for {
		s, err := c.acquire(ctx, cfg.failFast)
		if err != nil {
			return out, truthful(err, sent)
		}
		b := s.Buffer()
		if err := b.Finish(p.EncodeIn(&b.Enc, in)); err != nil {
			return out, truthful(encodeError("arguments", p.URI, err), sent)
		}
		err = c.callOn(ctx, s, w, p.URI, &cfg, b)
		if session.Gone(err) {
			continue
		}
		if p.Idempotent && c.again(ctx, w, err, sent) {
			if !SafeToRetry(err) {
				sent++
			}
			continue
		}
		if err != nil {
			return out, truthful(err, sent)
		}
		return decodeReply(c, p, w)
	}
}

// callOn queues one CALL on a session and waits for its reply. The handler that
// ctx belongs to, if there is one, holds no worker meanwhile: the call may need it.
func (c *Client) callOn(ctx context.Context, s *session.Session, w *session.Waiter, uri string, cfg *callConfig, b *session.Buffer) error {
	turn := dispatch.TurnOf(ctx)
	if !turn.Park() {
		return session.Unsent(ErrOverflow)
	}
	defer turn.Unpark(ctx)
	options := cfg.options(s.Features())
	if cfg.fetch {
		return s.Fetch(ctx, w, uri, options, b)
	}
	return s.Call(ctx, w, uri, options, string(cmp.Or(cfg.cancel, KillNoWait)), b)
}

// again tells whether an idempotent call, which was sent before so many times, is
// to be sent once more: its session was lost, or the router says the network
// failed; then after a pause.
func (c *Client) again(ctx context.Context, w *session.Waiter, err error, sent int) bool {
	switch {
	case errors.Is(err, ErrLost) && SafeToRetry(err):
		return ctx.Err() == nil
	case sent+1 >= maxSends:
		return false
	case errors.Is(err, ErrLost):
		return ctx.Err() == nil && !(sent > 0 && session.Oversize(err))
	case err != nil || !w.Failed || w.URI != ErrNetworkFailure.URI:
		return false
	}
	return pause(c.cfg.backoff.pause(sent), ctx.Done(), c.closing())
}

// truthful is err as SafeToRetry must judge it when earlier tries were sent. It
// says how often, since each of them may have had an effect.
func truthful(err error, sent int) error {
	switch {
	case sent == 0:
		return err
	case SafeToRetry(err):
		return session.Lost(err)
	}
	return fmt.Errorf("%w (sent %d times)", err, sent+1)
}

// decodeReply reads the result, or the error as the type that declares it.
func decodeReply[In, Out any](c *Client, p *Procedure[In, Out], w *session.Waiter) (out Out, err error) {
	if w.Failed {
		return out, cancelled(c.typedError(p.URI, p.Errors, w), w.Stopped)
	}
	out, err = receive(c, w.Payload, p.DecodeOut)
	if err != nil {
		return out, &operationError{"result of", p.URI, err}
	}
	return out, nil
}

// cancelled is the answer to a call that was cancelled with Kill because its ctx
// ended: the error of ctx too. stopped is nil for any other call.
func cancelled(answer, stopped error) error {
	if stopped == nil {
		return answer
	}
	return fmt.Errorf("%w: %w", stopped, answer)
}

// readPayload decodes a payload unless it is known that it cannot be read.
func readPayload[T any](raw codec.Payload, decode func(codec.Payload) (T, error)) (v T, err error) {
	if raw.Err != nil {
		return v, raw.Err
	}
	return decode(raw)
}

// Payload is the dynamic payload of a message: Arguments|list and
// ArgumentsKw|dict. Received values are nil, bool, int64 (uint64 where it does not
// fit), float64, string, []byte, []any and map[string]any; any Go value that these
// can hold may be sent. The zero value is an empty payload.
type Payload struct {
	// Args are the positional values, Kwargs the ones by keyword; nil where
	// there are none.
	Args   []any
	Kwargs map[string]any
}

// encode appends the payload; empty parts are left out (R100-R102).
func (p Payload) encode(e *codec.Encoder) int {
	n := 0
	if len(p.Args) > 0 || len(p.Kwargs) > 0 {
		e.List(len(p.Args))
		for _, v := range p.Args {
			e.Any(v)
		}
		e.EndList()
		n++
	}
	if len(p.Kwargs) > 0 {
		e.Any(p.Kwargs)
		n++
	}
	return n
}

// decodePayload reads any payload as dynamic values.
func decodePayload(raw codec.Payload) (p Payload, err error) {
	if raw.Err != nil {
		return p, raw.Err
	}
	var d codec.Decoder
	if !raw.Args.Absent() {
		d.Start(raw.Args, "args")
		p.Args, _ = d.Any().([]any)
	}
	if !raw.Kwargs.Absent() {
		d.Start(raw.Kwargs, "kwargs")
		p.Kwargs, _ = d.Any().(map[string]any)
	}
	return p, d.Err()
}

// dynamic is the Procedure of an URI without a schema.
func dynamic(uri string) *Procedure[Payload, Payload] {
	encode := func(e *codec.Encoder, p Payload) int { return p.encode(e) }
	return &Procedure[Payload, Payload]{
		URI: uri, EncodeIn: encode, EncodeOut: encode, DecodeIn: decodePayload, DecodeOut: decodePayload,
	}
}

// Call calls a procedure with dynamic values and waits for its result; see the
// function Call. A peer's error is an *Error. ErrInvalidURI tells that procedure is
// no URI. Safe for concurrent use.
func (c *Client) Call(ctx context.Context, procedure string, args []any, kwargs map[string]any, opts ...CallOption) (Payload, error) {
	if err := core.CheckURI(procedure, core.MatchExact, false); err != nil {
		return Payload{}, named("call", procedure, invalidURI{err})
	}
	return Call(ctx, c, dynamic(procedure), Payload{Args: args, Kwargs: kwargs}, opts...)
}
