package wamp_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

type small struct {
	N int64
	S string
	B bool
}

func encodeSmall(e *codec.Encoder, v small) int {
	e.List(3)
	e.Int(v.N)
	e.Text(v.S)
	e.Bool(v.B)
	e.EndList()
	return 1
}

func decodeSmall(p codec.Payload) (v small, err error) {
	var d codec.Decoder
	d.Start(p.Args, "args")
	s := d.List()
	for i := 0; d.Next(&s); i++ {
		switch i {
		case 0:
			v.N = d.Int(64)
		case 1:
			v.S = d.Text()
		case 2:
			v.B = d.Bool()
		}
	}
	return v, d.Err()
}

var echo = &wamp.Procedure[small, small]{URI: "com.example.echo", EncodeIn: encodeSmall, EncodeOut: encodeSmall, DecodeIn: decodeSmall, DecodeOut: decodeSmall}
var ticks = &wamp.Topic[small]{URI: "com.example.tick", Encode: encodeSmall, Decode: decodeSmall}

var sample = small{N: 1234567, S: "hello, world", B: true}

func BenchmarkCall(b *testing.B) {
	for _, l := range links {
		b.Run(l.name, func(b *testing.B) {
			r, c := startFake(b, l)
			go r.serve()
			ctx := context.Background()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := wamp.Call(ctx, c, echo, sample); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCall64 has 64 calls in flight and reports the client's writes a message.
func BenchmarkCall64(b *testing.B) {
	for _, l := range links {
		b.Run(l.name, func(b *testing.B) {
			r, c := startFake(b, l)
			go r.serve()
			ctx := context.Background()
			b.ReportAllocs()
			before := r.writes.Load()
			b.ResetTimer()
			var next atomic.Int64
			var wg sync.WaitGroup
			for range 64 {
				wg.Go(func() {
					for next.Add(1) <= int64(b.N) {
						if _, err := wamp.Call(ctx, c, echo, sample); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(r.writes.Load()-before)/float64(b.N), "writes/msg")
		})
	}
}

func BenchmarkEvent(b *testing.B) {
	for _, l := range links {
		b.Run(l.name, func(b *testing.B) {
			r, c := startFake(b, l)
			answered := make(chan struct{})
			go func() { r.answer(r.read()); r.flush(); close(answered) }()
			got := make(chan struct{}, 512)
			_, err := wamp.Subscribe(context.Background(), c, ticks, func(context.Context, small) error {
				got <- struct{}{}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
			<-answered
			args := r.args(encodeSmall)
			b.ReportAllocs()
			b.ResetTimer()
			for sent := 0; sent < b.N; {
				batch := min(256, b.N-sent)
				for range batch {
					sent++
					r.push(r.reply(args, true, uint64(core.MsgEvent), r.subscription, uint64(sent)))
				}
				r.flush()
				for range batch {
					<-got
				}
			}
		})
	}
}

func BenchmarkInvocation(b *testing.B) {
	for _, l := range links {
		b.Run(l.name, func(b *testing.B) {
			r, c := startFake(b, l)
			answered := make(chan struct{})
			go func() { r.answer(r.read()); r.flush(); close(answered) }()
			_, err := wamp.Serve(context.Background(), c, wamp.Handle(echo, func(_ context.Context, in small) (small, error) { return in, nil }))
			if err != nil {
				b.Fatal(err)
			}
			<-answered
			args := r.args(encodeSmall)
			b.ReportAllocs()
			id := uint64(0)
			for b.Loop() {
				id++
				r.send(r.reply(args, true, uint64(core.MsgInvocation), id, r.registration))
				if code, back, _ := r.request(r.read()); code != core.MsgYield || back != id {
					b.Fatalf("want YIELD of %d, got %v of %d", id, code, back)
				}
			}
		})
	}
}

// args encodes the arguments of what the router sends, once.
func (r *fakeRouter) args(encode func(*codec.Encoder, small) int) codec.Raw {
	var e codec.Encoder
	e.Reset(r.format, nil)
	encode(&e, sample)
	return codec.Raw{Format: r.format, Data: e.Bytes()}
}
