package wamp_test

import (
	"context"
	"net/http"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/bench"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// batch is how many events come at once.
const batch = 100

// perOperation is how many allocations one interceptor may add to an operation.
const perOperation = 4

// allocations holds f, which prepare returns and which does so many operations, to
// so many allocations over RawSocket and over WebSocket, and to some more for each
// operation if there is an interceptor.
func allocations(t *testing.T, operations, rawSocket, webSocket float64, prepare func(t *testing.T, r *fakeRouter, c *wamp.Client) (f func())) {
	if raceDetector {
		t.Skip("allocations cannot be counted under the race detector")
	}
	for _, l := range links {
		most := rawSocket
		if l.websocket {
			most = webSocket
		}
		hold := func(name string, most float64, opts ...wamp.ConnectOption) {
			t.Run(name, func(t *testing.T) {
				r, client := startFake(t, l, opts...)
				got := testing.AllocsPerRun(100, prepare(t, r, client))
				t.Logf("%v allocations, at most %v", got, most)
				if got > most {
					t.Error("too many")
				}
			})
		}
		hold(l.name, most)
		hold(l.name+" intercepted", most+perOperation*operations, wamp.WithInterceptors(
			func(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
				return next(ctx)
			}))
	}
}

// TestAllocations_Call counts what a call allocates.
func TestAllocations_Call(t *testing.T) {
	allocations(t, 1, 5, 7, func(t *testing.T, r *fakeRouter, client *wamp.Client) func() {
		go r.serve()
		c := bench.NewCaller(client)
		return func() {
			if _, err := c.Echo(context.Background(), sample); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// unheard is a ResponseWriter that costs nothing.
type unheard struct{}

func (unheard) Header() http.Header               { return nil }
func (unheard) Write(b []byte) (int, error)       { return len(b), nil }
func (unheard) WriteString(s string) (int, error) { return len(s), nil }
func (unheard) WriteHeader(int)                   {}

// TestAllocations_Stats: whoever watches a client costs it nothing.
func TestAllocations_Stats(t *testing.T) {
	allocations(t, 0, 0, 0, func(t *testing.T, r *fakeRouter, client *wamp.Client) func() {
		live, ready := wamp.LiveHandler(client), wamp.ReadyHandler(client)
		return func() {
			if client.Stats().Sessions != 1 {
				t.Error("no session")
			}
			live.ServeHTTP(unheard{}, nil)
			ready.ServeHTTP(unheard{}, nil)
		}
	})
}

// TestAllocations_Event counts in batches: the goroutine that handles them costs
// two allocations, and the queue grows.
func TestAllocations_Event(t *testing.T) {
	allocations(t, batch, 3*batch+batch/2, 4*batch+batch/2, func(t *testing.T, r *fakeRouter, client *wamp.Client) func() {
		answered := r.answerOne()
		got := make(chan struct{}, batch)
		_, err := bench.SubscribeTick(context.Background(), client, func(context.Context, bench.Tick) error {
			got <- struct{}{}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		<-answered
		args, sent := r.arguments(), uint64(0)
		return func() {
			for range batch {
				sent++
				r.push(r.reply(args, true, uint64(core.MsgEvent), r.subscription, sent))
			}
			r.flush()
			for range batch {
				<-got
			}
		}
	})
}

func TestAllocations_Invocation(t *testing.T) {
	allocations(t, 1, 10, 12, func(t *testing.T, r *fakeRouter, client *wamp.Client) func() {
		answered := r.answerOne()
		_, err := wamp.Register(context.Background(), client, bench.HandleEcho(
			func(_ context.Context, in bench.EchoArgs) (bench.EchoResult, error) { return bench.EchoResult(in), nil }))
		if err != nil {
			t.Fatal(err)
		}
		<-answered
		args, id := r.arguments(), uint64(0)
		return func() {
			id++
			r.send(r.reply(args, true, uint64(core.MsgInvocation), id, r.registration))
			if code, back, _ := r.request(r.read()); code != core.MsgYield || back != id {
				t.Fatalf("want YIELD of %d, got %v of %d", id, code, back)
			}
		}
	})
}

// TestAllocations_Codec: to encode generated code allocates nothing, and to decode
// what it returns: the record, its name, four tags, their list, and the place.
func TestAllocations_Codec(t *testing.T) {
	for _, f := range formats {
		var e codec.Encoder
		e.Reset(f, nil)
		record.CodeWAMP(e.Coder())
		raw := codec.Raw{Format: f, Data: e.Bytes()}
		buf := make([]byte, 0, 1024)
		encode := func() {
			e.Reset(f, buf)
			record.CodeWAMP(e.Coder())
		}
		var d codec.Decoder
		var v *bench.Record
		decode := func() {
			v = new(bench.Record)
			d.Start(raw, "")
			v.CodeWAMP(d.Coder())
		}
		if got := testing.AllocsPerRun(100, encode); got != 0 || e.Err() != nil {
			t.Errorf("%v: encoding allocates %v times, %v", f, got, e.Err())
		}
		if got := testing.AllocsPerRun(100, decode); got != 3 || d.Err() != nil {
			t.Errorf("%v: decoding %+v allocates %v times, want 3, %v", f, v, got, d.Err())
		}
	}
}
