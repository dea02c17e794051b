package otel_test

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/otel"
	"github.com/wampgen/wampgen/runtime/wamptest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// traced runs f in a bubble with a router in memory. connect connects clients
// that trace; spans returns the spans that have ended, without waiting for more.
func traced(t *testing.T, f func(t *testing.T, r *wamptest.Realm, connect func(...otel.Option) *wamp.Client, spans func() []sdk.ReadOnlySpan)) {
	synctest.Test(t, func(t *testing.T) {
		r := wamptest.NewRealm(t)
		recorder := tracetest.NewSpanRecorder()
		provider := sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder))
		connect := func(opts ...otel.Option) *wamp.Client {
			opts = append(opts, otel.WithTracerProvider(provider))
			return r.Client(t, wamp.WithInterceptors(otel.Interceptor(opts...)), wamp.WithLogger(slog.New(slog.DiscardHandler)))
		}
		f(t, r, connect, func() []sdk.ReadOnlySpan {
			synctest.Wait()
			return recorder.Ended()
		})
	})
}

// of returns the spans of a kind.
func of(spans []sdk.ReadOnlySpan, kind trace.SpanKind) (found []sdk.ReadOnlySpan) {
	for _, s := range spans {
		if s.SpanKind() == kind {
			found = append(found, s)
		}
	}
	return found
}

// attributes returns those of a span as text.
func attributes(s sdk.ReadOnlySpan) map[string]string {
	found := map[string]string{}
	for _, a := range s.Attributes() {
		found[string(a.Key)] = a.Value.String()
	}
	return found
}

// conventions are the attributes of the semantic conventions for RPC and
// messaging, version 1.43.0, that this package may use, and one of its own.
var conventions = []attribute.Key{
	"rpc.system.name", "rpc.method", "rpc.response.status_code", "error.type", "server.address", "server.port",
	"messaging.system", "messaging.operation.name", "messaging.operation.type", "messaging.destination.name",
	"messaging.destination.template", "messaging.message.id", "messaging.message.body.size",
	"wamp.attempts",
}

// seven is the parameter of a URI template.
type seven struct{}

func (seven) CodeURI(u *wamp.URICoder) {
	id := 7
	wamp.URIInt(u, &id)
}

// The attributes of every kind of span have the names of the conventions.
func TestAttributes(t *testing.T) {
	traced(t, func(t *testing.T, _ *wamptest.Realm, connect func(...otel.Option) *wamp.Client, spans func() []sdk.ReadOnlySpan) {
		callee, caller := connect(), connect()
		ordered := &wamp.Topic{URI: "com.example.{id}.ordered", Template: true}
		_, err := wamp.Subscribe(t.Context(), callee, ordered.At(seven{}), func(context.Context, wamp.Payload) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		answer := error(nil)
		_, err = callee.Register(t.Context(), "com.example.order", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
			return in, answer
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := wamp.Publish(t.Context(), caller, ordered.At(seven{}), &wamp.Payload{Args: []any{"tea"}}, wamp.WithAcknowledge()); err != nil {
			t.Fatal(err)
		}
		for _, answer = range []error{nil, wamp.NewError("com.example.error.empty", "secret"), errors.New("secret")} {
			_, _ = caller.Call(t.Context(), "com.example.order", []any{"tea"}, nil) // the spans are the subject
		}
		all := spans()
		for _, s := range all {
			for _, a := range s.Attributes() {
				if !slices.Contains(conventions, a.Key) {
					t.Errorf("%s: attribute %s is in no convention", s.Name(), a.Key)
				}
				if strings.Contains(a.Value.String(), "secret") || strings.Contains(a.Value.String(), "tea") {
					t.Errorf("%s: attribute %s shows a payload", s.Name(), a.Key)
				}
			}
			if strings.Contains(s.Status().Description, "secret") {
				t.Errorf("%s: status %v", s.Name(), s.Status())
			}
		}
		for kind, want := range map[trace.SpanKind]map[string]string{
			trace.SpanKindProducer: {
				"messaging.system": "wamp", "messaging.operation.name": "publish", "messaging.operation.type": "send",
				"messaging.destination.name": "com.example.7.ordered", "messaging.destination.template": "com.example.{id}.ordered",
			},
			trace.SpanKindConsumer: {
				"messaging.system": "wamp", "messaging.operation.name": "process", "messaging.operation.type": "process",
				"messaging.destination.name": "com.example.7.ordered", "messaging.destination.template": "com.example.{id}.ordered",
			},
		} {
			s := of(all, kind)
			if len(s) != 1 {
				t.Fatalf("%d spans of kind %v", len(s), kind)
			}
			got := attributes(s[0])
			for k, v := range want {
				if got[k] != v {
					t.Errorf("%v: %s is %q, want %q", kind, k, got[k], v)
				}
			}
		}
		if id := attributes(of(all, trace.SpanKindConsumer)[0])["messaging.message.id"]; id == "" {
			t.Error("the event has no id")
		}
		for _, kind := range []trace.SpanKind{trace.SpanKindClient, trace.SpanKindServer} {
			var got [3][3]string
			for i, s := range of(all, kind) {
				a := attributes(s)
				if a["rpc.system.name"] != "wamp" || a["rpc.method"] != "com.example.order" || s.Name() != "com.example.order" {
					t.Errorf("%v %s: %v", kind, s.Name(), a)
				}
				got[i] = [3]string{s.Status().Code.String(), a["rpc.response.status_code"], a["error.type"]}
			}
			want := [3][3]string{
				{codes.Unset.String(), "", ""},
				{codes.Error.String(), "com.example.error.empty", "com.example.error.empty"},
				{codes.Error.String(), "wamp.error.runtime_error", "wamp.error.runtime_error"},
			}
			if got != want {
				t.Errorf("%v: %v, want %v", kind, got, want)
			}
		}
	})
}

// The span of the callee has the error that the caller gets, however the handler
// ends, and what it panicked with is in no span.
func TestServer_HasTheErrorOfItsCaller(t *testing.T) {
	for name, row := range map[string]struct {
		handle func(ctx context.Context, c *wamp.Client, x *wamp.Exchange) error
		uri    string
	}{
		"bad input": {func(_ context.Context, _ *wamp.Client, x *wamp.Exchange) error {
			var n int
			return x.In((*codec.IntValue)(&n))
		}, "wamp.error.invalid_argument"},
		"its own error": {func(context.Context, *wamp.Client, *wamp.Exchange) error {
			return wamp.NewError("com.example.error.own", "secret")
		}, "com.example.error.own"},
		"a nested error": {func(ctx context.Context, c *wamp.Client, _ *wamp.Exchange) error {
			return wamp.Call(ctx, c, &wamp.Procedure{URI: "com.example.nobody"}, nil, nil)
		}, "wamp.error.runtime_error"},
		"a relayed error": {func(ctx context.Context, c *wamp.Client, _ *wamp.Exchange) error {
			_, err := c.Call(ctx, "wamp.session.get", []any{"secret"}, nil)
			return wamp.Relay(err)
		}, "wamp.error.invalid_argument"},
		"not a URI": {func(context.Context, *wamp.Client, *wamp.Exchange) error { return wamp.NewError("no URI") }, "wamp.error.runtime_error"},
		"a timeout": {func(ctx context.Context, _ *wamp.Client, _ *wamp.Exchange) error {
			<-ctx.Done()
			return ctx.Err()
		}, "wamp.error.timeout"},
		"a panic":              {func(context.Context, *wamp.Client, *wamp.Exchange) error { panic("secret") }, "wamp.error.runtime_error"},
		"an end of goroutines": {func(context.Context, *wamp.Client, *wamp.Exchange) error { runtime.Goexit(); return nil }, "wamp.error.runtime_error"},
	} {
		t.Run(name, func(t *testing.T) {
			traced(t, func(t *testing.T, r *wamptest.Realm, connect func(...otel.Option) *wamp.Client, spans func() []sdk.ReadOnlySpan) {
				callee := connect()
				caller := r.Client(t, wamp.WithDenyFeatures("dealer", "call_canceling")) // its CANCEL would race the timeout of the callee
				p := &wamp.Procedure{URI: "com.example.p", In: &codec.Table{Args: 1, Fields: []string{"n:int"}}, Register: []wamp.RegisterOption{wamp.WithForwardTimeout()}}
				_, err := wamp.Register(t.Context(), callee, wamp.Handle(p, nil, func(ctx context.Context, x *wamp.Exchange) error {
					return row.handle(ctx, callee, x)
				}))
				if err != nil {
					t.Fatal(err)
				}
				_, err = caller.Call(t.Context(), "com.example.p", []any{"x"}, nil, wamp.WithCallTimeout(time.Second))
				if row.uri != wamp.ErrTimeout.URI && !errors.Is(err, wamp.NewError(row.uri)) {
					t.Errorf("the caller got %v", err)
				}
				server := of(spans(), trace.SpanKindServer)[0]
				a := attributes(server)
				if got := a["rpc.response.status_code"]; got != row.uri || a["error.type"] != row.uri || server.Status().Code != codes.Error {
					t.Errorf("the span has %v, %v, want %s", server.Status(), a, row.uri)
				}
				if len(server.Events()) > 0 {
					t.Errorf("the span has events: %v", server.Events())
				}
			})
		})
	}
}

// An event whose handler panics has a span that says so, without the value.
func TestConsumer_Panics(t *testing.T) {
	traced(t, func(t *testing.T, _ *wamptest.Realm, connect func(...otel.Option) *wamp.Client, spans func() []sdk.ReadOnlySpan) {
		c, publisher := connect(), connect()
		if _, err := c.Subscribe(t.Context(), "com.example.t", func(context.Context, wamp.Payload) error { panic("secret") }); err != nil {
			t.Fatal(err)
		}
		if err := publisher.Publish(t.Context(), "com.example.t", nil, nil); err != nil {
			t.Fatal(err)
		}
		s := of(spans(), trace.SpanKindConsumer)[0]
		if s.Status().Code != codes.Error || attributes(s)["error.type"] == "" || len(s.Events()) > 0 {
			t.Errorf("the span has %v, %v, %v", s.Status(), attributes(s), s.Events())
		}
	})
}

// The method is the template of the schema, not one URI of very many.
func TestTemplates(t *testing.T) {
	traced(t, func(t *testing.T, _ *wamptest.Realm, connect func(...otel.Option) *wamp.Client, spans func() []sdk.ReadOnlySpan) {
		get := &wamp.Procedure{URI: "com.example.{id}.get", Template: true}
		callee, caller := connect(), connect()
		register(t.Context(), callee, get, func(context.Context) error { return nil })
		if err := wamp.Call(t.Context(), caller, get.At(seven{}), nil, nil); err != nil {
			t.Fatal(err)
		}
		all := spans()
		if len(all) != 2 {
			t.Fatalf("%d spans", len(all))
		}
		for _, s := range all {
			if method := attributes(s)["rpc.method"]; method != "com.example.{id}.get" || s.Name() != method {
				t.Errorf("%v %s: method %s", s.SpanKind(), s.Name(), method)
			}
		}
	})
}

// A call that is sent again has one span, and so has a whole stream.
func TestOneSpan(t *testing.T) {
	traced(t, func(t *testing.T, _ *wamptest.Realm, connect func(...otel.Option) *wamp.Client, spans func() []sdk.ReadOnlySpan) {
		callee, caller := connect(), connect()
		stream := caller.CallStream(t.Context(), "com.example.s", nil, nil, wamp.WithGrace(time.Minute))
		time.Sleep(10 * time.Second)
		_, err := callee.RegisterStream(t.Context(), "com.example.s", func(_ context.Context, in wamp.Payload, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
			for range 3 {
				time.Sleep(time.Second)
				if err := out.Send(in); err != nil {
					return in, err
				}
			}
			return in, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range stream.All() {
			if err != nil {
				t.Fatal(err)
			}
		}
		client, server := of(spans(), trace.SpanKindClient), of(spans(), trace.SpanKindServer)
		if len(client) != 1 || len(server) != 1 {
			t.Fatalf("%d spans of the caller, %d of the callee", len(client), len(server))
		}
		if took := client[0].EndTime().Sub(client[0].StartTime()); took < 13*time.Second || attributes(client[0])["wamp.attempts"] == "" {
			t.Errorf("the span lasts %v: %v", took, attributes(client[0]))
		}
	})
}

// The span of an event lasts until the loop asks for the next one.
func TestConsumer_CoversTheLoop(t *testing.T) {
	traced(t, func(t *testing.T, _ *wamptest.Realm, connect func(...otel.Option) *wamp.Client, spans func() []sdk.ReadOnlySpan) {
		c, publisher := connect(), connect()
		topic := &wamp.Topic{URI: "com.example.t", Metadata: "_meta"}
		var inside trace.SpanContext
		done := make(chan struct{})
		go func() {
			defer close(done)
			for ev, err := range wamp.Events[wamp.Payload](t.Context(), c, topic) {
				if err != nil {
					t.Error(err)
				}
				inside = trace.SpanContextFromContext(ev.Context())
				time.Sleep(time.Minute)
				break
			}
		}()
		synctest.Wait()
		if err := wamp.Publish(t.Context(), publisher, topic, new(wamp.Payload)); err != nil {
			t.Fatal(err)
		}
		<-done
		consumer, producer := of(spans(), trace.SpanKindConsumer), of(spans(), trace.SpanKindProducer)
		if len(consumer) != 1 || len(producer) != 1 {
			t.Fatalf("%d and %d spans", len(consumer), len(producer))
		}
		s := consumer[0]
		if s.SpanContext().SpanID() != inside.SpanID() || s.Parent().SpanID() != producer[0].SpanContext().SpanID() {
			t.Error("the body of the loop is not in the trace of the publish")
		}
		if took := s.EndTime().Sub(s.StartTime()); took < time.Minute {
			t.Errorf("the span lasts %v", took)
		}
	})
}

// Crossbar's option carries the trace where the schema has no place for it, in
// both directions.
func TestTransactionHash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		recorder := tracetest.NewSpanRecorder()
		provider := sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder))
		script := wamptest.NewPipeScript(t, wamptest.RawSocket, codec.CBOR)
		joined := make(chan *wamp.Client)
		go func() {
			c, err := wamp.Connect(t.Context(), script.URL(), "realm1", wamp.WithNetDial(script.NetDial), wamp.WithLogger(slog.New(slog.DiscardHandler)),
				wamp.WithInterceptors(otel.Interceptor(otel.WithTracerProvider(provider), otel.WithTransactionHash())))
			if err != nil {
				t.Error(err)
			}
			joined <- c
		}()
		peer := script.Accept()
		peer.Join()
		c := <-joined
		defer func() {
			script.Stop()
			_ = c.Close(context.Background()) // nobody answers the GOODBYE
		}()
		answer := func(of int) wamptest.Message {
			m := peer.Expect(of)
			peer.Send(wamptest.Answer(m))
			return m
		}
		registered := make(chan error)
		go func() {
			_, err := c.Register(t.Context(), "com.example.p", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) { return in, nil })
			registered <- err
		}()
		id := answer(wamptest.Register).ID(1)
		if err := <-registered; err != nil {
			t.Fatal(err)
		}

		go func() { _, _ = c.Call(t.Context(), "com.example.other", nil, nil) }() // the span is the subject
		hash, _ := answer(wamptest.Call).Dict(2)["transaction_hash"].(string)
		peer.Send(wamptest.Message{wamptest.Invocation, 1, id, map[string]any{"transaction_hash": hash}})
		peer.Expect(wamptest.Yield)
		synctest.Wait()
		client, server := of(recorder.Ended(), trace.SpanKindClient), of(recorder.Ended(), trace.SpanKindServer)
		if len(client) != 1 || len(server) != 1 || server[0].Parent().SpanID() != client[0].SpanContext().SpanID() {
			t.Errorf("the hash %q does not carry the trace", hash)
		}
	})
}

// What travels is what the propagator writes.
func TestPropagator(t *testing.T) {
	traced(t, func(t *testing.T, _ *wamptest.Realm, connect func(...otel.Option) *wamp.Client, spans func() []sdk.ReadOnlySpan) {
		none := otel.WithPropagator(propagation.NewCompositeTextMapPropagator())
		callee, caller := connect(none), connect()
		register(t.Context(), callee, order, func(context.Context) error { return nil })
		if err := wamp.Call(t.Context(), caller, order, nil, nil); err != nil {
			t.Fatal(err)
		}
		if all := spans(); all[0].SpanContext().TraceID() == all[1].SpanContext().TraceID() {
			t.Error("the context of the trace was read")
		}
	})
}
