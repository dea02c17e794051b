package otel

import (
	"context"
	"maps"
	"slices"

	wamp "github.com/wampgen/wampgen/runtime"
	"go.opentelemetry.io/otel/propagation"
)

// metadata carries the context of a trace in the metadata of an operation.
type metadata struct {
	op       *wamp.Operation
	received map[string]string
	refused  bool // there is no place for it
}

// Get returns what was received.
func (m *metadata) Get(key string) string { return m.received[key] }

// Set sends a value along.
func (m *metadata) Set(key, value string) { m.refused = !m.op.SetMetadata(key, value) }

// Keys returns what was received.
func (m *metadata) Keys() []string { return slices.Collect(maps.Keys(m.received)) }

// The option of Crossbar.io that reaches the other side, and the field of the
// context that it carries.
const (
	hashOption  = "transaction_hash"
	traceparent = "traceparent"
)

// inject sends the context of the trace along, if there is a place for it.
func (t *tracing) inject(ctx context.Context, op *wamp.Operation) {
	m := &metadata{op: op}
	t.propagator.Inject(ctx, m)
	if !m.refused || !t.hash {
		return
	}
	fields := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, fields)
	if v := fields[traceparent]; v != "" {
		_ = op.SetOption(hashOption, v) // without it the trace ends here, and nothing else
	}
}

// extract returns ctx with the context of the trace that was received.
func (t *tracing) extract(ctx context.Context, op *wamp.Operation) context.Context {
	if m := op.Metadata(); m != nil || !t.hash {
		return t.propagator.Extract(ctx, &metadata{op: op, received: m})
	}
	details := wamp.CallInfoFrom(ctx).Details()
	if op.Kind == wamp.OperationEvent {
		details = wamp.EventInfoFrom(ctx).Details()
	}
	hash, _ := details[hashOption].(string)
	return propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{traceparent: hash})
}
