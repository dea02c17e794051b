// Package otel traces WAMP operations with OpenTelemetry: an interceptor makes a
// span of each call, invocation, publish and event, by the semantic conventions
// for RPC and messaging.
//
//	tracing := otel.Interceptor()
//	client, err := wamp.Connect(ctx, url, "realm1", wamp.WithInterceptors(tracing))
//
// A call has one span, however often it is sent again, and so has a stream. The
// span of an event covers its handler, or the body of the loop over it: use
// [wamp.Event.Context] there.
//
// The context of a trace travels in the keyword argument that the schema names,
// as in metadata: {kwarg: _meta}, with any router and any peer. Where the schema
// names none, Crossbar.io's option transaction_hash can carry it, see
// [WithTransactionHash].
//
// The package is a module of its own: a program that does not import it has no
// line of OpenTelemetry in go.sum. Spans contain URIs and no payload.
package otel

import (
	"context"

	wamp "github.com/wampgen/wampgen/runtime"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// scope names this package in what it emits.
const scope = "github.com/wampgen/wampgen/runtime/otel"

// Option configures [Interceptor].
type Option interface{ apply(*tracing) }

type option func(*tracing)

func (f option) apply(t *tracing) { f(t) }

// WithTracerProvider sets what makes the spans. Default:
// [otel.GetTracerProvider].
func WithTracerProvider(p trace.TracerProvider) Option {
	return option(func(t *tracing) { t.provider = p })
}

// WithPropagator sets how the context of a trace is written. Default: that of
// W3C, [propagation.TraceContext], and [propagation.Baggage].
func WithPropagator(p propagation.TextMapPropagator) Option {
	return option(func(t *tracing) { t.propagator = p })
}

// WithTransactionHash lets calls and events without metadata in their schema
// carry the context of the trace in the option transaction_hash, which
// Crossbar.io passes on. Other routers ignore it. Only the field traceparent
// travels. Default: off.
func WithTransactionHash() Option {
	return option(func(t *tracing) { t.hash = true })
}

// Interceptor returns an interceptor that traces. It belongs in front of others,
// so that its spans cover them. Registering and subscribing are not traced.
func Interceptor(opts ...Option) wamp.Interceptor {
	t := &tracing{
		provider:   otel.GetTracerProvider(),
		propagator: propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}),
	}
	for _, o := range opts {
		o.apply(t)
	}
	t.tracer = t.provider.Tracer(scope, trace.WithSchemaURL(semconv.SchemaURL))
	return t.intercept
}

// tracing is what the options set.
type tracing struct {
	provider   trace.TracerProvider
	tracer     trace.Tracer
	propagator propagation.TextMapPropagator
	hash       bool
}

// intercept makes one span of one operation.
func (t *tracing) intercept(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
	kind, traced := kinds[op.Kind]
	if !traced {
		return next(ctx)
	}
	if kind.receives {
		ctx = t.extract(ctx, op)
	}
	ctx, span := t.tracer.Start(ctx, spanName(op), trace.WithSpanKind(kind.span), trace.WithAttributes(before(ctx, op)...))
	if !kind.receives {
		t.inject(ctx, op)
	}
	returned := false
	defer func() {
		if !returned {
			crashed(span, op)
		}
		span.SetAttributes(after(op)...)
		span.End() // not deferred itself: it would record the value of a panic
	}()
	err := next(ctx)
	returned = true
	if err != nil {
		failed(span, op, err)
	}
	return err
}

// failed notes the error of an operation.
func failed(span trace.Span, op *wamp.Operation, err error) {
	name, uri := errorType(op, err)
	span.SetAttributes(semconv.ErrorTypeKey.String(name))
	if uri != "" && isRPC(op) {
		span.SetAttributes(semconv.RPCResponseStatusCode(uri))
	}
	span.SetStatus(codes.Error, name)
}

// crashed notes that a handler panicked or ended its goroutine.
func crashed(span trace.Span, op *wamp.Operation) {
	if op.Kind == wamp.OperationInvocation {
		failed(span, op, wamp.ErrRuntime) // which its caller gets
		return
	}
	span.SetAttributes(semconv.ErrorTypeOther)
	span.SetStatus(codes.Error, semconv.ErrorTypeOther.Value.AsString())
}

// kinds are the operations that are traced.
var kinds = map[wamp.OperationKind]struct {
	span     trace.SpanKind
	receives bool
}{
	wamp.OperationCall:       {trace.SpanKindClient, false},
	wamp.OperationInvocation: {trace.SpanKindServer, true},
	wamp.OperationPublish:    {trace.SpanKindProducer, false},
	wamp.OperationEvent:      {trace.SpanKindConsumer, true},
}
