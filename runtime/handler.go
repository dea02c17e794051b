package wamp

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// For generated code. Handler is a procedure together with the function that
// implements it. [Handle] makes one and [Register] takes it. The zero value is
// not usable.
type Handler struct {
	*handling // apart, so that generated code, which passes many Handlers on, stays small
}

type handling struct {
	uri    string
	config intentConfig
	stream bool // it has progressive results, or chunks
	serve  handlerFunc
	answers
	taking
}

// For generated code. Exchange is one invocation of a procedure of this client,
// with its input and its result.
type Exchange struct {
	inv       *invocation
	procedure *Procedure
	result    *session.Buffer
	dec       codec.Decoder
	bad       error // what is wrong with the URI
}

var exchanges = sync.Pool{New: func() any { return new(Exchange) }}

// For generated code. Handle makes a [Handler]. serve decodes the input of an
// [Exchange], calls the user's function and encodes the result. Input that does
// not fit is answered with [ErrInvalidArgument].
//
// The caller gets an error of the user's function in full if it is, or wraps,
// an error type that the procedure declares or an [*Error] that the function
// made itself. It gets the error of a nested call only with [Relay], and
// [ErrRuntime] for everything else and for a panic, see [WithErrorText].
//
//go:noinline
func Handle(p *Procedure, opts []RegisterOption, serve func(context.Context, *Exchange) error) Handler {
	h := Handler{&handling{
		uri: p.URI, stream: p.Stream || p.Chunks, answers: answers{errors: p.Errors}, taking: taking{p.Chunks, p.FirstChunk},
	}}
	for _, list := range [...][]RegisterOption{p.Register, opts} {
		for _, o := range list {
			o.applyRegister(&h.config)
		}
	}
	h.config.roles, h.config.metadata = p.Roles, p.Metadata
	if p.Template {
		h.config.template = p.URI
		var match core.Match
		h.uri, match, h.config.bad = writeURI(p.URI, nil, true)
		h.config.matching(match)
	}
	h.serve = func(ctx context.Context, inv *invocation, b *session.Buffer) error {
		x := exchanges.Get().(*Exchange)
		x.inv, x.procedure, x.result = inv, p, b
		defer x.release()
		return serve(ctx, x)
	}
	return h
}

// For generated code. At returns the handler of the one procedure whose URI has
// params. If a parameter cannot be part of a URI, registering fails with a
// [*URIError].
func (h Handler) At(params URIParams) Handler {
	at := *h.handling
	at.uri, _, at.config.bad = writeURI(at.config.template, params, false)
	at.config.options = slices.Clone(at.config.options) // those of h stay
	at.config.matching("")
	return Handler{&at}
}

// In decodes the input into v, which is nil if the procedure has no input. It
// returns what was wrong in [Exchange.At] first.
//
//go:noinline
func (x *Exchange) In(v codec.Value) error {
	if x.bad != nil || x.procedure.FirstChunk {
		return x.bad
	}
	x.inv.callee.common.limit(&x.dec)
	x.dec.Payload(x.inv.payload, v, x.procedure.In, codec.Input)
	if err := x.dec.Err(); err != nil {
		return &invalidArgument{err}
	}
	return nil
}

// At reads the parameters of the URI that was called into params. They come
// from the registration or, with a pattern, from the procedure that the router
// names. [Exchange.In] returns the error if they are not valid.
func (x *Exchange) At(params URIParams) *Exchange {
	x.bad = x.locate(params)
	return x
}

func (x *Exchange) locate(params URIParams) error {
	h := x.inv.callee
	uri := h.uri
	if h.config.match != "" {
		d := core.Message{Details: x.inv.details}
		if uri = d.DetailText("procedure"); uri == "" {
			return fmt.Errorf("%w: pattern_based_registration: INVOCATION.Details has no procedure", ErrUnsupported)
		}
	}
	if err := readURI(x.procedure.URI, uri, params, codec.Input); err != nil {
		return &invalidArgument{err}
	}
	return nil
}

// Out encodes the result v, which is nil if the procedure has no result. If err
// is not nil, Out only returns it.
//
//go:noinline
func (x *Exchange) Out(v codec.Value, err error) error {
	if err != nil {
		return err
	}
	if err := x.inv.encode(x.result, content{v, x.procedure.Out, nil}, PassthruResult); err != nil {
		return fmt.Errorf("wamp: result of %s: %w", x.procedure.URI, part{err})
	}
	return nil
}

// release ends the use of what was decoded.
func (x *Exchange) release() {
	x.inv.callee.common.memory.Give(x.dec.Held())
	*x = Exchange{}
	exchanges.Put(x)
}
