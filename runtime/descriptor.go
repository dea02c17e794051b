package wamp

import (
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// For generated code. GeneratedCodeV2 is the version of the contract between
// generated code and this runtime. If the compiler does not find it, the two
// have different versions: run go get github.com/wampgen/wampgen@latest and
// generate again. The number changes only if generated code needs something
// else of the runtime.
const GeneratedCodeV2 = true

// Generated code gives the descriptors below to [Call], [Publish], [Handle],
// [Subscribe] and their like. Of these only what hands a payload to the user's
// own function has a type parameter for it: otherwise a payload is a
// [codec.Value], and a Table says how the value becomes the payload.

// ValueError is the error of a value that does not fit its type in the schema,
// or that cannot be sent. It says where the value is, which rule it breaks,
// what was expected and what was found. Its text contains no value.
type ValueError = codec.ValueError

// For generated code. Procedure describes one procedure.
type Procedure struct {
	// URI is the procedure's URI, with Template a URI template, see [URICoder].
	URI string
	// Template reports whether the URI has parameters.
	Template bool
	// Call and Register are the options that the schema sets; those of an
	// operation come behind them.
	Call     []CallOption
	Register []RegisterOption
	// Timeout bounds a call, 0 for none; [WithCallTimeout] replaces it.
	Timeout time.Duration
	// Roles are the roles that may call it, nil if all may; see [Operation.Roles].
	Roles []string
	// Metadata is the keyword argument that carries [Operation.SetMetadata], "" if
	// there is none.
	Metadata string
	// Idempotent means that a call may be sent again after a lost session.
	Idempotent bool
	// Grace is how long a call waits for a callee if there is none. If it is
	// negative the call does not wait; 0 means the default of [WithGrace].
	// [WithGrace] replaces it.
	Grace time.Duration
	// In and Out say how the values of a call and a result become payloads: nil if
	// they do that themselves, [codec.Spread], or the Table of one parameter.
	In, Out *codec.Table
	// Stream reports whether the procedure has progressive results. Progress says
	// how one becomes a payload, like In and Out.
	Stream   bool
	Progress *codec.Table
	// Chunks reports whether callers send chunks behind their calls. Chunk says how
	// one becomes a payload, like In and Out. FirstChunk means that the first message
	// is a chunk, since the procedure has no input; LastChunk that the last chunk is
	// in the last message, which is empty otherwise.
	Chunks                bool
	Chunk                 *codec.Table
	FirstChunk, LastChunk bool
	// Errors are the declared errors.
	Errors []DeclaredError

	template string // of which URI is made, "" if there is none
	bad      error  // why it has no URI
}

// For generated code. At returns the procedure whose URI has params, for [Call]
// and [CallStream]. If a parameter cannot be part of a URI, the call fails with
// a [*URIError].
func (p *Procedure) At(params URIParams) *Procedure {
	at := *p
	at.URI, _, at.bad = writeURI(p.URI, params, false)
	at.template = p.URI
	return &at
}

// For generated code. Topic describes one topic.
type Topic struct {
	// URI is the topic's URI, with Template a URI template, see [URICoder].
	URI string
	// Template reports whether the URI has parameters.
	Template bool
	// Publish and Subscribe are the options that the schema sets; those of an
	// operation come behind them.
	Publish   []PublishOption
	Subscribe []SubscribeOption
	// Roles and Metadata are those of a [Procedure].
	Roles    []string
	Metadata string
	// History reports whether the schema promises an event history.
	History bool
	// Payload says how the value of an event becomes a payload, see
	// [Procedure.In].
	Payload *codec.Table

	template string     // of which URI is made, "" if there is none
	match    core.Match // how topics match URI, "" for exactly
	bad      error      // why it has no URI
}

// For generated code. At returns the topic whose URI has params, for [Publish].
// If a parameter cannot be part of a URI, the publish fails with a [*URIError].
func (t *Topic) At(params URIParams) *Topic {
	at := *t
	at.URI, _, at.bad = writeURI(t.URI, params, false)
	at.template = t.URI
	return &at
}

// For generated code. Matching returns the topics whose URIs have those params
// that are not nil, for [Subscribe] and [Events]: one topic if none is nil, or
// else a pattern. If a parameter cannot be part of a URI, subscribing fails
// with a [*URIError].
func (t *Topic) Matching(params URIParams) *Topic {
	at := *t
	at.URI, at.match, at.bad = writeURI(t.URI, params, true)
	at.template = t.URI
	return &at
}

// For generated code. DeclaredError is a declared error of a procedure.
type DeclaredError struct {
	// URI names the error on the wire.
	URI string
	// New returns a new error of the generated type, to decode into.
	New func() TypedError
}

// For generated code. DecodeError decodes v from the payload of an ERROR
// message, such as that of an [*Error].
func DecodeError(p *Payload, v codec.Value) error {
	var e codec.Encoder
	e.Reset(codec.CBOR, nil)
	n := e.Payload(p, nil)
	if err := e.Err(); err != nil {
		return err
	}
	var parts, d codec.Decoder
	parts.Start(codec.Raw{Format: codec.CBOR, Data: e.Bytes()}, "")
	var raw codec.Payload
	if n > 0 {
		raw.Args = parts.Raw()
	}
	if n > 1 {
		raw.Kwargs = parts.Raw()
	}
	d.Payload(raw, v, nil, codec.Lenient)
	return d.Err()
}

// For generated code. Payloaded is a pointer to a payload of type T.
type Payloaded[T any] interface {
	*T
	codec.Value
}
