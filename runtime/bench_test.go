package wamp_test

import (
	"context"
	"iter"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/bench"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// overLinks runs a benchmark over both links, each with a client of its own.
func overLinks(b *testing.B, f func(b *testing.B, l link)) {
	for _, l := range links {
		b.Run(l.name, func(b *testing.B) {
			b.ReportAllocs()
			f(b, l)
		})
	}
}

var sample = bench.EchoArgs{Number: 1234567, Text: "hello, world", Flag: true}

func BenchmarkCall(b *testing.B) {
	overLinks(b, func(b *testing.B, l link) {
		r, client := startFake(b, l)
		go r.serve()
		c := bench.NewCaller(client)
		for b.Loop() {
			if _, err := c.Echo(context.Background(), sample); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkCall64 has 64 calls in flight and reports the client's writes a
// message.
func BenchmarkCall64(b *testing.B) {
	overLinks(b, func(b *testing.B, l link) {
		r, client := startFake(b, l)
		go r.serve()
		c := bench.NewCaller(client)
		before := r.writes.Load()
		b.ResetTimer()
		var next atomic.Int64
		var callers sync.WaitGroup
		for range 64 {
			callers.Go(func() {
				for next.Add(1) <= int64(b.N) {
					if _, err := c.Echo(context.Background(), sample); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		callers.Wait()
		b.ReportMetric(float64(r.writes.Load()-before)/float64(b.N), "writes/msg")
	})
}

func BenchmarkEvent(b *testing.B) {
	overLinks(b, func(b *testing.B, l link) {
		r, client := startFake(b, l)
		answered := r.answerOne()
		got := make(chan struct{}, 256)
		_, err := bench.SubscribeTick(context.Background(), client, func(context.Context, bench.Tick) error {
			got <- struct{}{}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		<-answered
		args := r.arguments()
		b.ResetTimer()
		for sent := 0; sent < b.N; {
			batch := min(cap(got), b.N-sent)
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

func BenchmarkInvocation(b *testing.B) {
	overLinks(b, func(b *testing.B, l link) {
		r, client := startFake(b, l)
		answered := r.answerOne()
		_, err := wamp.Register(context.Background(), client, bench.HandleEcho(
			func(_ context.Context, in bench.EchoArgs) (bench.EchoResult, error) { return bench.EchoResult(in), nil }))
		if err != nil {
			b.Fatal(err)
		}
		<-answered
		args := r.arguments()
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

// arguments are those of what the router sends, encoded once.
func (r *fakeRouter) arguments() codec.Raw {
	var e codec.Encoder
	e.Reset(r.format, nil)
	e.Any([]any{sample.Number, sample.Text, sample.Flag})
	return codec.Raw{Format: r.format, Data: e.Bytes()}
}

var record = bench.Record{
	ID: 1234567, Name: "a record", Score: 0.75, Active: true,
	Tags: []string{"one", "two", "three", "four"}, SeenAt: time.Date(2026, 8, 22, 10, 30, 0, 0, time.UTC),
	Place: &bench.Place{Lat: 52.5, Lon: 13.4},
}

var formats = []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR}

// BenchmarkEncodeCall encodes a whole CALL with a struct of seven fields.
func BenchmarkEncodeCall(b *testing.B) {
	for _, f := range formats {
		b.Run(f.String(), func(b *testing.B) {
			b.ReportAllocs()
			var e codec.Encoder
			var head, body []byte
			for b.Loop() {
				core.BeginPayload(&e, f, body[:0])
				e.List(1)
				record.CodeWAMP(e.Coder())
				e.EndList()
				core.EndPayload(&e, 1)
				body = e.Bytes()
				m := core.Message{Type: core.MsgCall, Request: 7, URI: "com.example.bench.store"}
				var err error
				if head, err = core.AppendHead(head[:0], f, &m, 1); err != nil || e.Err() != nil {
					b.Fatal(err, e.Err())
				}
			}
			b.SetBytes(int64(len(head) + len(body)))
		})
	}
}

// BenchmarkDecode decodes the same struct.
func BenchmarkDecode(b *testing.B) {
	for _, f := range formats {
		b.Run(f.String(), func(b *testing.B) {
			b.ReportAllocs()
			var e codec.Encoder
			e.Reset(f, nil)
			record.CodeWAMP(e.Coder())
			raw := codec.Raw{Format: f, Data: e.Bytes()}
			b.SetBytes(int64(len(raw.Data)))
			for b.Loop() {
				var d codec.Decoder
				var v bench.Record
				d.Start(raw, "")
				v.CodeWAMP(d.Coder())
				if d.Err() != nil {
					b.Fatal(d.Err())
				}
			}
		})
	}
}

// streamed is the descriptor of a procedure whose progressive results are records
// of the package bench.
var streamed = &wamp.Procedure{URI: "com.example.bench.streamed", Stream: true}

func recordValue(r *bench.EchoResult) codec.Value { return r }

// TestStreamAllocations holds a progressive result to its budget: 3 allocations at
// the caller, 6 at the callee.
func TestStreamAllocations(t *testing.T) {
	for _, l := range links {
		r, client := startFake(t, l)
		s := wamp.CallStream(t.Context(), client, streamed, nil, recordValue, recordValue)
		_, id, _ := r.request(r.read())
		var e codec.Encoder
		core.BeginPayload(&e, l.format, nil)
		values := e.Payload((*bench.EchoResult)(&sample), nil)
		core.EndPayload(&e, values)
		frame, err := core.AppendHead(nil, l.format, &core.Message{
			Type: core.MsgResult, Request: id, Options: core.Dict{{Key: "progress", Value: true}}}, values)
		if err != nil {
			t.Fatal(err)
		}
		frame = append(frame, e.Bytes()...)
		next, stop := iter.Pull2(s.All())
		got := testing.AllocsPerRun(1000, func() {
			r.send(frame)
			if v, err, ok := next(); !ok || err != nil || v != bench.EchoResult(sample) {
				t.Fatal(v, err, ok)
			}
		})
		stop()
		if got > 3 {
			t.Errorf("%s: %v allocations a progressive result at the caller", l.name, got)
		}
	}
	for _, l := range links {
		r, client := startFake(t, l)
		answered := r.answerOne()
		steps := make(chan struct{})
		_, err := wamp.Register(t.Context(), client, wamp.Handle(streamed, nil, func(_ context.Context, x *wamp.Exchange) error {
			out := wamp.NewSender(x, recordValue)
			for range steps {
				if err := out.Send(bench.EchoResult(sample)); err != nil {
					return err
				}
			}
			return x.Out(nil, nil)
		}))
		if err != nil {
			t.Fatal(err)
		}
		<-answered
		frame, err := core.Append(nil, l.format, &core.Message{Type: core.MsgInvocation, Request: 1, ID: r.registration,
			Options: core.Dict{{Key: "receive_progress", Value: true}}})
		if err != nil {
			t.Fatal(err)
		}
		r.send(frame)
		got := testing.AllocsPerRun(1000, func() {
			steps <- struct{}{}
			r.read()
		})
		close(steps)
		r.read()
		if got > 6 {
			t.Errorf("%s: %v allocations a progressive result at the callee", l.name, got)
		}
	}
}
