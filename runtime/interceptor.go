package wamp

import (
	"context"
	"errors"
	"strconv"
)

// OperationKind tells what an interceptor sees. The zero value is none of them.
type OperationKind int

// The operations that pass the interceptors.
const (
	// OperationCall, OperationPublish, OperationRegister and
	// OperationSubscribe are this client's own, on the goroutine of the user.
	OperationCall OperationKind = iota + 1
	OperationPublish
	OperationRegister
	OperationSubscribe
	// OperationInvocation and OperationEvent run a handler of this client.
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

// Operation is what an interceptor wraps.
type Operation struct {
	// Kind tells which operation it is.
	Kind OperationKind
	// URI is the procedure or topic; of a Serve with several, the first.
	URI string
}

// Interceptor wraps operations, for tracing, metrics, logging or limits. It must
// call next, or return an error instead; what it returns is what the user gets, or
// the peer by the rules of Handle. It may call next again after an error, to try again; a caller whose
// invocation ends without a result and without an error gets ErrRuntime. The ctx
// given to next goes on to the handler. It may be called from many goroutines at a
// time; a panic in it is one of the operation.
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
