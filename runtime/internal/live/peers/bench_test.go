package peers

import (
	"context"
	"testing"

	"github.com/gammazero/nexus/v3/client"
	nexus "github.com/gammazero/nexus/v3/wamp"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// BenchmarkPeersCall calls the same callee through the same router with this
// client and with that of nexus, both untyped, over RawSocket and CBOR.
func BenchmarkPeersCall(b *testing.B) {
	r := router.New(b, router.Config{})
	callee, err := wamp.Connect(b.Context(), r.RawSocketURL(), "realm1")
	if err != nil {
		b.Fatal(err)
	}
	defer callee.Close(context.Background())
	_, err = callee.Register(b.Context(), "com.bench.echo", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
		return in, nil
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("wampgen", func(b *testing.B) {
		c, err := wamp.Connect(b.Context(), r.RawSocketURL(), "realm1", wamp.WithSerializers(codec.CBOR))
		if err != nil {
			b.Fatal(err)
		}
		defer c.Close(context.Background())
		b.ReportAllocs()
		for b.Loop() {
			if _, err := c.Call(b.Context(), "com.bench.echo", []any{int64(1), "hello", true}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("nexus", func(b *testing.B) {
		c, err := client.ConnectNet(b.Context(), r.RawSocketURL(), client.Config{Realm: "realm1", Serialization: client.CBOR})
		if err != nil {
			b.Fatal(err)
		}
		defer c.Close()
		b.ReportAllocs()
		for b.Loop() {
			if _, err := c.Call(b.Context(), "com.bench.echo", nil, nexus.List{int64(1), "hello", true}, nil, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
