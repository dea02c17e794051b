package wamp

import (
	"context"
	"errors"
	"slices"
)

// Interceptor wraps operations, for tracing, metrics, logging or limits. It
// must call next or return an error. The user gets what it returns; the caller
// of an invocation gets it by the rules of [Handle]. After an error it may call
// next again, to retry. If it returns an error for a registration or subscription
// that next has made, that is taken back. If an invocation ends without a result
// and without an error, its caller gets [ErrRuntime].
//
// The operation uses the ctx that is passed to next. An Interceptor may be
// called from many goroutines at a time. A panic in it counts as a panic of the
// operation.
type Interceptor func(ctx context.Context, op *Operation, next func(context.Context) error) error

// errSkipped is what a user gets instead of a registration or subscription that
// an interceptor did not let happen, or whose failure it kept to itself.
var errSkipped = errors.New("wamp: an interceptor returned no error where there was no success")

// interceptors are those of a client, the first one outermost.
type interceptors []Interceptor

// run runs f inside the interceptors.
func (chain interceptors) run(ctx context.Context, op *Operation, f func(context.Context) error) error {
	for _, wrap := range slices.Backward(chain) {
		inner := f
		f = func(ctx context.Context) error { return wrap(ctx, op, inner) }
	}
	return f(ctx)
}
