package otel_test

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"slices"
	"strings"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/otel"
	"github.com/wampgen/wampgen/runtime/wamptest"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// What wampgen generates from a schema with  metadata: {kwarg: _meta}.
var (
	order  = &wamp.Procedure{URI: "com.example.order", Metadata: "_meta"}
	take   = &wamp.Procedure{URI: "com.example.stock.take", Metadata: "_meta"}
	orders = &wamp.Topic{URI: "com.example.ordered", Metadata: "_meta"}
)

// One trace through four programs: a caller, a callee, another one that it calls,
// and a subscriber.
func Example() {
	ctx := context.Background()
	spans := tracetest.NewSpanRecorder()
	provider := sdk.NewTracerProvider(sdk.WithSpanProcessor(spans))
	realm := wamptest.StartRealm()
	defer realm.Close()
	connect := func() *wamp.Client {
		client, err := realm.Connect(ctx, wamp.WithInterceptors(otel.Interceptor(otel.WithTracerProvider(provider))),
			wamp.WithLogger(slog.New(slog.DiscardHandler)))
		if err != nil {
			log.Fatal(err)
		}
		return client
	}
	shop, stock, mailer, customer := connect(), connect(), connect(), connect()

	register(ctx, stock, take, func(context.Context) error { return nil })
	register(ctx, shop, order, func(ctx context.Context) error {
		if err := wamp.Call(ctx, shop, take, nil, nil); err != nil {
			return err
		}
		return wamp.Publish(ctx, shop, orders, new(wamp.Payload), wamp.WithAcknowledge())
	})
	mailed := make(chan struct{})
	_, err := wamp.Subscribe(ctx, mailer, orders, func(ctx context.Context, _ wamp.Payload) error {
		_, span := provider.Tracer("mailer").Start(ctx, "send mail")
		span.End()
		close(mailed)
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}

	if err := wamp.Call(ctx, customer, order, nil, nil); err != nil {
		log.Fatal(err)
	}
	<-mailed
	for _, c := range []*wamp.Client{mailer, customer, shop, stock} {
		if err := c.Drain(ctx); err != nil {
			log.Fatal(err)
		}
	}
	show(spans.Ended())
	// Output:
	// com.example.order client
	//   com.example.order server
	//     com.example.stock.take client
	//       com.example.stock.take server
	//     publish com.example.ordered producer
	//       process com.example.ordered consumer
	//         send mail internal
}

// register registers a procedure without arguments and result.
func register(ctx context.Context, c *wamp.Client, p *wamp.Procedure, f func(context.Context) error) {
	_, err := wamp.Register(ctx, c, wamp.Handle(p, nil, func(ctx context.Context, x *wamp.Exchange) error {
		return x.Out(nil, f(ctx))
	}))
	if err != nil {
		log.Fatal(err)
	}
}

// show prints spans as the tree that they are, in the order in which they began.
func show(spans []sdk.ReadOnlySpan) {
	slices.SortFunc(spans, func(a, b sdk.ReadOnlySpan) int { return a.StartTime().Compare(b.StartTime()) })
	var branch func(parent string, depth int)
	branch = func(parent string, depth int) {
		for _, s := range spans {
			if of := s.Parent(); of.SpanID().String() == parent {
				fmt.Println(strings.Repeat("  ", depth)+s.Name(), s.SpanKind())
				branch(s.SpanContext().SpanID().String(), depth+1)
			}
		}
	}
	branch("0000000000000000", 0)
}
