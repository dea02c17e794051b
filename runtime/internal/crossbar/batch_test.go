//go:build unix

package crossbar

import (
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/crossbar/node"
	"github.com/wampgen/wampgen/runtime/transport"
)

// noting is a dialer that notes whether the last link is batched.
type noting struct{ batched atomic.Bool }

func (d *noting) Dial(ctx context.Context, url string, o transport.Options) (*transport.Link, error) {
	l, err := transport.Net{}.Dial(ctx, url, o)
	if err == nil {
		d.batched.Store(l.Batched)
	}
	return l, err
}

// R113, R114, R115, R117: Crossbar.io takes the batched form of every format, JSON
// with its own octet, and many calls and events at once come through it.
func TestBatched(t *testing.T) {
	n := node.Running(t)
	for _, format := range formats {
		t.Run(format.String(), func(t *testing.T) {
			var dialer noting
			opts := []wamp.ConnectOption{
				wamp.WithSerializers(format), wamp.WithBatchedJSON(transport.EndCancel), wamp.WithDialer(&dialer),
			}
			callee, caller := join(t, n.WebSocket, opts...), join(t, n.WebSocket, opts...)
			if !dialer.batched.Load() {
				t.Fatal("Crossbar.io did not take the batched form")
			}
			uri := "com.example.batched." + format.String()
			echo := func(_ context.Context, in wamp.Payload) (wamp.Payload, error) { return in, nil }
			if _, err := callee.Register(t.Context(), uri, echo); err != nil {
				t.Fatal(err)
			}
			events := make(chan any, 1000)
			_, err := callee.Subscribe(t.Context(), uri, func(_ context.Context, in wamp.Payload) error {
				events <- in.Args[0]
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			for i := range 1000 {
				if err := caller.Publish(t.Context(), uri, []any{i}, nil); err != nil {
					t.Fatal(err)
				}
			}
			var calls sync.WaitGroup
			for i := range 200 {
				calls.Go(func() {
					text := fmt.Sprint("call ", i)
					if out, err := caller.Call(t.Context(), uri, []any{text, make([]byte, i*10)}, nil); err != nil || out.Args[0] != text || len(out.Args[1].([]byte)) != i*10 {
						t.Errorf("call %d: %v", i, err)
					}
				})
			}
			calls.Wait()
			for i := range 1000 {
				if got := <-events; got != int64(i) {
					t.Fatalf("event %d: got %v", i, got)
				}
			}
		})
	}
}

// counting is a connection that counts what is written.
type counting struct {
	net.Conn
	writes *atomic.Int64
}

func (c counting) Write(b []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(b)
}

// processor returns the processor time of this process.
func processor() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // it cannot fail
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkBatching publishes bursts of events, the last of each acknowledged, in
// the plain form of WebSocket and in the batched one, and says what a message costs:
// writes and processor time here, and processor time of Crossbar.io.
func BenchmarkBatching(b *testing.B) {
	n := node.Running(b)
	for _, format := range []codec.Format{codec.JSON, codec.CBOR} {
		for _, burst := range []int{1, 16, 256} {
			for _, form := range []string{"plain", "batched"} {
				b.Run(fmt.Sprintf("%v/%d/%s", format, burst, form), func(b *testing.B) {
					var writes atomic.Int64
					opts := []wamp.ConnectOption{wamp.WithSerializers(format), wamp.WithNetDial(func(ctx context.Context, network, addr string) (net.Conn, error) {
						c, err := new(net.Dialer).DialContext(ctx, network, addr)
						return counting{c, &writes}, err
					})}
					if form == "batched" {
						opts = append(opts, wamp.WithBatchedJSON(transport.EndCancel))
					}
					publishBursts(b, n, join(b, n.WebSocket, opts...), burst, &writes)
				})
			}
		}
	}
}

func publishBursts(b *testing.B, n *node.Node, c *wamp.Client, burst int, writes *atomic.Int64) {
	args := []any{"an event as many are", 20.5, true}
	before, here, there := writes.Load(), processor(), n.Processor()
	sent := 0
	for b.Loop() {
		for i := range burst {
			var opts []wamp.PublishOption
			if i == burst-1 {
				opts = append(opts, wamp.WithAcknowledge())
			}
			if err := c.Publish(b.Context(), "com.example.bench", args, nil, opts...); err != nil {
				b.Fatal(err)
			}
			sent++
		}
	}
	b.ReportMetric(float64(writes.Load()-before)/float64(sent), "writes/msg")
	b.ReportMetric(float64(processor()-here)/float64(sent), "client-ns/msg")
	b.ReportMetric(float64(n.Processor()-there)/float64(sent), "router-ns/msg")
}
