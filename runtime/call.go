package wamp

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/dispatch"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// For generated code. Call calls a procedure and waits for its result, for ctx,
// or for the timeout (specification "Calling and Invocations"). If there is no
// session it waits for one, see [WithFailFast]. in is nil if the procedure has
// no input, out if it has no result; out is set if the call succeeds.
//
// A call of an idempotent procedure is sent again after a lost session, nine
// times in all: the call itself may be what ends the sessions. If the session
// ended because a message was too large, the call is sent twice in all. A call
// that finds no callee may wait for one, see [WithGrace].
//
// Errors, for [errors.As] and [errors.Is]: the generated error types that the
// procedure declares, an [*Error] for any other answer of a peer, a
// [*ValueError] for a payload that does not fit, [ErrLost], [ErrNotReady],
// [ErrTooLarge], [ErrOverflow], [ErrUnsupported], [ErrClosed], and the error of
// ctx. All but the generated ones name the procedure. Without a schema, use
// [Client.Call]. Safe for concurrent use.
func Call(ctx context.Context, c *Client, p *Procedure, in, out codec.Value, opts ...CallOption) error {
	if len(c.cfg.interceptors) == 0 {
		return named("call", p.URI, c.call(ctx, p, in, out, opts, nil))
	}
	op := &Operation{Kind: OperationCall, URI: p.URI, Template: p.template, Roles: p.Roles, keyword: p.Metadata}
	return c.cfg.interceptors.run(ctx, op, func(ctx context.Context) error {
		return named("call", p.URI, c.call(ctx, p, in, out, opts, op))
	})
}

// call is Call inside the interceptors; op is nil if there are none.
func (c *Client) call(ctx context.Context, p *Procedure, in, out codec.Value, opts []CallOption, op *Operation) error {
	cfg := callConfig{timeout: p.Timeout, failFast: c.cfg.failFast, operation: op}
	if len(p.Call)+len(opts) > 0 {
		cfg = cfg.with(p.Call).with(opts)
	}
	cfg.custom = op.extend(cfg.custom)
	if err := c.checkCall(&cfg); err != nil {
		return err
	}
	if cfg.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, cfg.timeout)
		defer cancel()
	}
	return c.exchange(ctx, p, in, out, &cfg, nil)
}

// progressive is a call that has progressive results, or sends chunks.
type progressive interface {
	session.Sink
	// encode encodes the first message of the call into b, for the session on. in
	// are the arguments, mode says how they are sealed.
	encode(ctx context.Context, on *session.Session, b *session.Buffer, in content, mode *PassthruMessage) error
	// begun reports whether the call must not be sent again.
	begun() bool
}

// exchange carries out a call and counts it. sink is nil unless it is a
// progressive one.
func (c *Client) exchange(ctx context.Context, p *Procedure, in, out codec.Value, cfg *callConfig, sink progressive) error {
	c.counters.calls.Add(1)
	err := c.sendCall(ctx, p, in, out, cfg, sink)
	c.counters.called(err)
	return err
}

// sendCall sends a call, again where that is safe, and reads the answer.
func (c *Client) sendCall(ctx context.Context, p *Procedure, in, out codec.Value, cfg *callConfig, sink progressive) error {
	if p.bad != nil {
		return p.bad
	}
	w := c.spare.Waiter()
	defer c.spare.PutWaiter(w)
	if sink != nil {
		w.Sink = sink
	}
	g := newGrace(c.common, p, cfg, sink == nil)
	defer g.leave()
	sent := 0 // by earlier tries
	for again := false; ; {
		if err := g.hold(ctx); err != nil {
			return afterSends(err, sent)
		}
		s, err := c.acquire(ctx, cfg.failFast)
		if err != nil {
			return afterSends(g.explain(err), sent)
		}
		b := s.Buffer()
		if err := c.encodeCall(ctx, p, in, cfg, s, b, sink); err != nil {
			return afterSends(err, sent)
		}
		if again {
			c.counters.resent.Add(1)
		}
		g.begin()
		size := b.Size() // the writer gets b
		err = c.callOn(ctx, s, w, p.URI, cfg, b)
		if again = left(err); again {
			cfg.operation.sent(s, size)
		}
		if err == nil {
			cfg.operation.got(w.Payload)
		}
		g.stopTimer() // also if the session was lost, which shows no callee
		begun := sink != nil && sink.begun()
		if !begun && (session.Gone(err) || err == nil && g.again(w)) {
			continue
		}
		if p.Idempotent && !begun && c.resend(ctx, w, err, sent) {
			if !SafeToRetry(err) {
				sent++
			}
			continue
		}
		if session.Gone(err) { // its first chunk is not encoded again
			err = s.LostUnsent()
		}
		if err != nil {
			return afterSends(g.explain(err), sent)
		}
		c.openReply(ctx, p, w, cfg)
		return c.decodeReply(p, w, out)
	}
}

// encodeCall encodes the first message of a call into b, for the session on.
func (c *Client) encodeCall(ctx context.Context, p *Procedure, in codec.Value, cfg *callConfig, on *session.Session, b *session.Buffer, sink progressive) error {
	v, mode := content{in, p.In, cfg.operation}, cfg.passthru.message(PassthruCall, p.URI)
	if sink != nil {
		return sink.encode(ctx, on, b, v, mode)
	}
	return c.encodeArguments(ctx, p, b, v, mode)
}

// encodeArguments encodes the arguments of a call into b.
func (c *Client) encodeArguments(ctx context.Context, p *Procedure, b *session.Buffer, in content, mode *PassthruMessage) error {
	if err := c.encode(ctx, b, in, mode); err != nil {
		return encodeError("arguments", p.URI, err)
	}
	return nil
}

// resend reports whether an idempotent call, which was sent before so many
// times, is to be sent once more: its session was lost, or the router says the
// network failed; then after a pause, in which the handler that ctx belongs to
// holds no worker.
func (c *Client) resend(ctx context.Context, w *session.Waiter, err error, sent int) bool {
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
	if w.Sink == nil { // a stream waits for itself
		turn := dispatch.TurnOf(ctx)
		if !turn.Park() {
			return false
		}
		defer turn.Unpark(ctx)
	}
	return pause(c.cfg.backoff.pause(sent), ctx.Done(), c.closing())
}

// afterSends is err as SafeToRetry must judge it when earlier tries were sent.
// It says how often, since each of them may have had an effect.
func afterSends(err error, sent int) error {
	switch {
	case sent == 0:
		return err
	case SafeToRetry(err):
		return session.Lost(err)
	}
	return fmt.Errorf("%w (sent %d times)", err, sent+1)
}

// openReply opens the payload of a reply that came in passthru mode.
func (c *Client) openReply(ctx context.Context, p *Procedure, w *session.Waiter, cfg *callConfig) {
	kind := PassthruResult
	if w.Failed {
		kind = PassthruError
	}
	w.Payload = c.open(ctx, w.Payload, w.Details, kind, p.URI, cfg.passthruOnly)
}

// decodeReply reads the result, or the error as the type that declares it.
func (c *Client) decodeReply(p *Procedure, w *session.Waiter, out codec.Value) error {
	if w.Failed {
		return cancelled(c.typedError(p.URI, p.Errors, w), w.Stopped)
	}
	c.limit(&w.Dec)
	w.Dec.Payload(w.Payload, out, p.Out, c.strictness())
	c.memory.Give(w.Dec.Held()) // what was decoded is the caller's
	if err := cmp.Or(w.Dec.Err(), unread(w.Payload, out)); err != nil {
		return &operationError{"result of", p.URI, err}
	}
	return nil
}

// cancelled is the answer to a call that was cancelled with Kill because its
// ctx ended: the error of ctx too. stopped is nil for any other call.
func cancelled(answer, stopped error) error {
	if stopped == nil {
		return answer
	}
	return fmt.Errorf("%w: %w", stopped, answer)
}

// Call calls a procedure with dynamic values and waits for its result. Waiting
// and errors are those of the function [Call]; a peer's error is an [*Error].
// If procedure is not a valid URI the error is [ErrInvalidURI]. Safe for
// concurrent use.
func (c *Client) Call(ctx context.Context, procedure string, args []any, kwargs map[string]any, opts ...CallOption) (Payload, error) {
	if err := core.CheckURI(procedure, core.MatchExact, false); err != nil {
		return Payload{}, named("call", procedure, invalidURI{err})
	}
	var out Payload
	err := Call(ctx, c, &Procedure{URI: procedure}, &Payload{Args: args, Kwargs: kwargs}, &out, opts...)
	return out, err
}

// checkCall refuses what must not be sent, or what the client has no codec for.
func (c *common) checkCall(cfg *callConfig) error {
	if err := cfg.check(); err != nil {
		return err
	}
	if cfg.operation != nil && cfg.passthru != nil {
		cfg.operation.Passthru = *cfg.passthru
	}
	return c.cfg.payloadCodecs.supports(cfg.passthru)
}
