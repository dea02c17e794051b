package otel

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"strconv"

	wamp "github.com/wampgen/wampgen/runtime"
	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

const system = "wamp"

// attemptsKey is how often a call was sent, for those that were sent again.
const attemptsKey = attribute.Key("wamp.attempts")

func isRPC(op *wamp.Operation) bool {
	return op.Kind == wamp.OperationCall || op.Kind == wamp.OperationInvocation
}

// name is the template of the schema, or the URI: names must be few.
func name(op *wamp.Operation) string { return cmp.Or(op.Template, op.URI) }

// spanName is as the conventions say: the method, or what is done where.
func spanName(op *wamp.Operation) string {
	if isRPC(op) {
		return name(op)
	}
	_, what := messaging(op)
	return what + " " + name(op)
}

// messaging returns the type of a messaging operation, and what WAMP calls it.
func messaging(op *wamp.Operation) (kind attribute.KeyValue, what string) {
	if op.Kind == wamp.OperationPublish {
		return semconv.MessagingOperationTypeSend, "publish"
	}
	return semconv.MessagingOperationTypeProcess, "process"
}

// before returns what is known of an operation when its span begins.
func before(ctx context.Context, op *wamp.Operation) []attribute.KeyValue {
	if isRPC(op) {
		return []attribute.KeyValue{semconv.RPCSystemNameKey.String(system), semconv.RPCMethod(name(op))}
	}
	kind, what := messaging(op)
	attrs := []attribute.KeyValue{
		semconv.MessagingSystemKey.String(system), kind, semconv.MessagingOperationName(what),
		semconv.MessagingDestinationName(op.URI),
	}
	if op.Template != "" {
		attrs = append(attrs, semconv.MessagingDestinationTemplate(op.Template))
	}
	if id := wamp.EventInfoFrom(ctx).Publication; op.Kind == wamp.OperationEvent && id != 0 {
		attrs = append(attrs, semconv.MessagingMessageID(strconv.FormatUint(uint64(id), 10)))
	}
	return attrs
}

// after returns what is known of an operation when it has ended.
func after(op *wamp.Operation) (attrs []attribute.KeyValue) {
	if u, err := url.Parse(op.Router); err == nil {
		if address := cmp.Or(u.Hostname(), u.Path); address != "" {
			attrs = append(attrs, semconv.ServerAddress(address))
		}
		if port, err := strconv.Atoi(u.Port()); err == nil {
			attrs = append(attrs, semconv.ServerPort(port))
		}
	}
	if op.Attempt > 1 {
		attrs = append(attrs, attemptsKey.Int(op.Attempt))
	}
	if size := op.BytesOut + op.BytesIn; !isRPC(op) && size > 0 {
		attrs = append(attrs, semconv.MessagingMessageBodySize(int(size)))
	}
	return attrs
}

// errorType returns a name for an error that is one of few, and its URI, "" if
// nobody answered with one.
func errorType(op *wamp.Operation, err error) (name, uri string) {
	if uri := op.ErrorURI(err); uri != "" {
		return uri, uri
	}
	if plain, ok := errors.AsType[*wamp.Error](err); ok { // of an interceptor, or an event's handler
		return plain.URI, ""
	}
	for _, known := range []struct {
		err  error
		name string
	}{
		{context.DeadlineExceeded, "timeout"}, {context.Canceled, "canceled"}, {wamp.ErrLost, "session_lost"},
		{wamp.ErrNotReady, "no_session"}, {wamp.ErrClosed, "client_closed"}, {wamp.ErrOverflow, "overflow"},
		{wamp.ErrTooLarge, "too_large"}, {wamp.ErrUnsupported, "unsupported"},
	} {
		if errors.Is(err, known.err) {
			return known.name, ""
		}
	}
	return semconv.ErrorTypeOther.Value.AsString(), ""
}
