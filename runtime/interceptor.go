package wamp

import (
	"context"
	"errors"
	"strconv"
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

// Operation is an operation of a client that an [Interceptor] wraps.
type Operation struct {
	// Kind is the kind of the operation.
	Kind OperationKind
	// URI is the procedure or topic. For a [Register] of several procedures it is
	// the first one.
	URI string
	// Template is the URI with its parameters in braces, such as
	// com.acme.order.{order_id}.updated, for metrics and policies. It is "" if the
	// schema has no parameters there, or if there is no schema.
	Template string
}

// Interceptor wraps operations, for tracing, metrics, logging or limits. It
// must call next or return an error. The user gets what it returns; the caller
// of an invocation gets it by the rules of [Handle]. After an error it may call
// next again, to retry. If an invocation ends without a result and without an
// error, its caller gets [ErrRuntime].
//
// The operation uses the ctx that is passed to next. An Interceptor may be
// called from many goroutines at a time. A panic in it counts as a panic of the
// operation.
type Interceptor func(ctx context.Context, op *Operation, next func(context.Context) error) error

// errSkipped is what a user gets instead of a registration or subscription that
// an interceptor did not let happen.
var errSkipped = errors.New("wamp: an interceptor returned no error without calling next")

// interceptors are those of a client, the first one outermost.
type interceptors []Interceptor

// run runs f inside the interceptors.
func (chain interceptors) run(ctx context.Context, op *Operation, f func(context.Context) error) error {
	for i := len(chain) - 1; i >= 0; i-- {
		wrap, inner := chain[i], f
		f = func(ctx context.Context) error { return wrap(ctx, op, inner) }
	}
	return f(ctx)
}
