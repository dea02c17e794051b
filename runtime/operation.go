package wamp

import (
	"cmp"
	"fmt"
	"strconv"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// OperationKind is the kind of an [Operation]. The zero value is not a kind.
type OperationKind int

// The kinds of operations.
const (
	// OperationCall, [OperationPublish], [OperationRegister] and
	// [OperationSubscribe] are operations that this program began. They run on its
	// goroutine.
	OperationCall OperationKind = iota + 1
	OperationPublish
	OperationRegister
	OperationSubscribe
	// OperationInvocation and [OperationEvent] run a handler of this client.
	OperationInvocation
	OperationEvent
)

// String returns the name of the kind in lower case, such as "call".
func (k OperationKind) String() string {
	switch k {
	case OperationCall:
		return "call"
	case OperationPublish:
		return "publish"
	case OperationRegister:
		return "register"
	case OperationSubscribe:
		return "subscribe"
	case OperationInvocation:
		return "invocation"
	case OperationEvent:
		return "event"
	}
	return "OperationKind(" + strconv.Itoa(int(k)) + ")"
}

// messages are what the kinds that this program begins send.
var messages = map[OperationKind]core.Type{
	OperationCall: core.MsgCall, OperationPublish: core.MsgPublish,
	OperationRegister: core.MsgRegister, OperationSubscribe: core.MsgSubscribe,
}

// Operation is an operation of a client that an [Interceptor] wraps. What is
// known only once the operation is under way is set when next has returned;
// Router, Session and Format are then those of the last session that the
// operation was sent on. It must not be used by other goroutines than that of
// the interceptor, nor after the interceptor has returned. New fields and
// methods may be added.
type Operation struct {
	// Kind is the kind of the operation.
	Kind OperationKind
	// URI is the procedure or topic. For a [Register] of several procedures it is
	// the first one. For an invocation or event of a pattern it is the concrete
	// URI, or the pattern if the router does not send it.
	URI string
	// Template is the URI with its parameters in braces, such as
	// com.acme.order.{order_id}.updated, for metrics and policies. It is "" if the
	// schema has no parameters there, or if there is no schema.
	Template string
	// Roles are the roles that may perform the operation according to the schema,
	// for an interceptor that authorizes; nil if the schema has none. Do not change
	// them.
	Roles []string
	// Attempt counts how often the operation was sent. It is 0 for one that was
	// not sent yet, and 1 for an invocation or event. Sending a call again, after a
	// lost session or by an interceptor, adds 1.
	Attempt int
	// Router is the URL of the router without credentials, Session the router's id
	// of the session, and Format its serializer. They are zero before the
	// operation was sent.
	Router  string
	Session ID
	Format  codec.Format
	// BytesOut and BytesIn are the sizes of the encoded payloads that were sent
	// and received, those of all attempts and of progressive results included. An
	// error that a handler returns has none.
	BytesOut, BytesIn int64
	// Passthru is how the payload of an invocation or event came, and how that of
	// a call or publish is sent, see [WithPassthru]. Setting it changes nothing.
	Passthru Passthru

	keyword  string            // the argument with the metadata, "" if there is none
	metadata map[string]string // that interceptors have set
	options  core.Dict         // that interceptors have set

	// received returns what came with an invocation or event, and errorURI what the
	// caller of an invocation gets; they are nil for the other kinds. They are
	// functions, so that package fmt does not find the payload behind them.
	received func() (kwargs, details codec.Raw)
	errorURI func(err error) string
}

// Peer identifies the caller of an invocation or the publisher of an event
// (specification "Caller Identification", "Publisher Identification"). It is
// zero if the router does not disclose it.
type Peer struct {
	Session          ID
	AuthID, AuthRole string
}

// Peer returns the caller of an invocation or the publisher of an event. It is
// zero for the other kinds.
func (op *Operation) Peer() Peer {
	if op.received == nil {
		return Peer{}
	}
	_, details := op.received()
	m, key := core.Message{Details: details}, "caller"
	if op.Kind == OperationEvent {
		key = "publisher"
	}
	return Peer{ID(m.DetailUint(key)), m.DetailText(key + "_authid"), m.DetailText(key + "_authrole")}
}

// ErrorURI returns the URI that err has on the wire, for logs, metrics and
// policies. For an invocation it is the one that the caller gets if the
// interceptor returns err, by the rules of [Handle]. For the other operations it
// is the one with which a peer has answered, "" if none has. It is "" if err is
// nil.
func (op *Operation) ErrorURI(err error) string {
	if err == nil {
		return ""
	}
	if op.errorURI != nil {
		return op.errorURI(err)
	}
	uri, _ := peerURI(err)
	return uri
}

// SetMetadata sends a value with a call or publish, such as the context of a
// trace. It travels in the keyword argument that the schema names, as in
// metadata: {kwarg: _meta}, where peers that do not know it ignore it. It reports
// false, and does nothing, if the schema names none, and for other kinds. Called
// after next it counts for the next attempt.
func (op *Operation) SetMetadata(key, value string) bool {
	if op.keyword == "" || op.Kind != OperationCall && op.Kind != OperationPublish {
		return false
	}
	if op.metadata == nil {
		op.metadata = make(map[string]string)
	}
	op.metadata[key] = value
	return true
}

// Metadata returns what the caller of an invocation or the publisher of an event
// has sent with [Operation.SetMetadata]: at most 64 values and 8 KiB. It is nil if
// there is nothing, and for other kinds.
func (op *Operation) Metadata() map[string]string {
	if op.keyword == "" || op.received == nil {
		return nil
	}
	kwargs, _ := op.received()
	if kwargs.Absent() {
		return nil
	}
	return kwargs.Lookup(op.keyword).Texts()
}

// SetOption is [WithOption] for the operation. It replaces an option of that key.
// Called after next it counts for the next attempt. It returns an error for a key
// that WithOption refuses, and for an invocation or event.
func (op *Operation) SetOption(key string, value any) error {
	t, sends := messages[op.Kind]
	if !sends {
		return fmt.Errorf("wamp: option %q of %s: want a call, publish, register or subscribe", key, op.Kind)
	}
	if err := checkOption(t, core.Field{Key: key, Value: value}); err != nil {
		return err
	}
	op.options = set(op.options, key, value)
	return nil
}

// extend returns options with those that interceptors have set. op may be nil.
func (op *Operation) extend(options core.Dict) core.Dict {
	if op == nil {
		return options
	}
	for _, o := range op.options {
		options = set(options, o.Key, o.Value)
	}
	return options
}

// sent notes that the operation was sent on s with a payload of so many bytes. op
// may be nil.
func (op *Operation) sent(s *session.Session, size int) {
	if op == nil {
		return
	}
	op.Attempt++
	op.onSession(s)
	op.BytesOut += int64(size)
}

// onSession notes the session.
func (op *Operation) onSession(s *session.Session) {
	op.Router, op.Session, op.Format = s.URL(), ID(s.ID()), s.Format()
}

// got notes a payload that was received. op may be nil.
func (op *Operation) got(p codec.Payload) {
	if op != nil {
		op.BytesIn += payloadSize(p)
	}
}

// payloadSize is the size of an encoded payload.
func payloadSize(p codec.Payload) int64 {
	n := len(p.Args.Data) + len(p.Kwargs.Data)
	if len(p.Kwargs.Data) > 0 && p.Kwargs.Format == codec.JSON {
		n += len(",")
	}
	return int64(n)
}

// concrete sets the URI of an invocation or event of a pattern to the concrete
// one, if the router sends it as the detail key.
func (op *Operation) concrete(key string, match core.Match) {
	if match == "" {
		return
	}
	_, details := op.received()
	op.URI = concrete(details, key, op.URI)
}

// concrete is the URI that the router sends as the detail key, or else uri.
func concrete(details codec.Raw, key, uri string) string {
	m := core.Message{Details: details}
	return cmp.Or(m.DetailText(key), uri)
}
