package stage

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// ordeals are what a proxy does to the connections of clients, by name.
var ordeals = map[string]func(*Proxy){
	"delay":     func(p *Proxy) { p.Set(wamptest.Fault{Delay: 100 * time.Millisecond}) },
	"throttle":  func(p *Proxy) { p.Set(wamptest.Fault{Rate: 5000}) },
	"bytes":     func(p *Proxy) { p.Set(wamptest.Fault{Piece: 1}) },
	"stall":     func(p *Proxy) { p.Set(wamptest.Fault{StallReads: true, StallWrites: true, StallDials: true}) },
	"cut":       func(p *Proxy) { p.Set(wamptest.Fault{CutAfter: 777}) },
	"corrupt":   func(p *Proxy) { p.Set(wamptest.Fault{CorruptAfter: 777}) },
	"reset":     (*Proxy).Reset,
	"half-open": (*Proxy).HalfOpen,
	"outage":    func(p *Proxy) { p.Set(wamptest.Fault{Refuse: true}); p.Reset() },
}

// callTime is how long a call of an ordeal may take, patience by how much a busy
// machine may be late, and recovered how long clients may take to come back.
const (
	callTime  = time.Second
	patience  = 15 * time.Second
	recovered = time.Minute
)

// ordeal is two clients behind a proxy, a third one that reaches the router without
// it, and what the first one was asked to do.
type ordeal struct {
	*testing.T
	name                    string
	corrupts                bool // what makes one call of another, or a message that is none
	service, caller, direct *wamp.Client
	ended                   chan struct{} // one for each call of the load, while somebody counts

	id   atomic.Int64
	mu   sync.Mutex
	ran  map[int64]int // executions by call, and events by number
	seen chan int64    // events
}

// Ordeals puts a proxy with faults between clients and a router, a fault in each
// subtest, all of them at the same time. Afterwards every registration and
// subscription is there once, no call has outlived its ctx, and none has run twice.
func Ordeals(t *testing.T, router string, opts ...wamp.ConnectOption) {
	patient := append(slices.Clone(opts), wamp.WithLogger(slog.New(slog.DiscardHandler)))
	opts = append(slices.Clone(patient), wamp.WithPing(time.Second, time.Second),
		wamp.WithHandshakeTimeout(3*time.Second), wamp.WithBackoff(wamp.Backoff{Max: time.Second}))
	var all sync.WaitGroup
	for name, begin := range ordeals {
		all.Go(func() {
			t.Run(name, func(t *testing.T) {
				p := NewProxy(t, router)
				o := &ordeal{T: t, name: "com.example." + name + "." + strings.ReplaceAll(p.URL, ":", "."), corrupts: name == "corrupt",
					ran: map[int64]int{}, seen: make(chan int64, 10_000), ended: make(chan struct{})}
				o.direct = Connect(t, router, patient...) // loses no session on a busy machine
				o.service, o.caller = Connect(t, p.URL, opts...), Connect(t, p.URL, opts...)
				o.endure(p, begin)
			})
		})
	}
	all.Wait()
}

func (o *ordeal) endure(p *Proxy, begin func(*Proxy)) {
	o.serve()
	ctx, stop := context.WithCancel(o.Context())
	var load sync.WaitGroup
	for range 4 {
		load.Go(func() { o.load(ctx) })
	}
	o.some(20)
	begin(p)
	o.some(12)
	p.Set(wamptest.Fault{})
	if o.corrupts {
		// What a changed byte has said holds as long as its session: a URI of a
		// registration, or the length of a RawSocket message. That takes in all that
		// follows, and a message that keeps arriving keeps its session.
		p.Reset()
	}
	o.comesBack()
	stop()
	load.Wait()
	if !o.corrupts {
		o.noneTwice()
	}
}

// some waits for so many calls of the load.
func (o *ordeal) some(n int) {
	for range n {
		<-o.ended
	}
}

func (o *ordeal) note(id int64) int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ran[id]++
	return id
}

func (o *ordeal) serve() {
	for _, kind := range []string{".first", ".second"} {
		_, err := o.service.Register(o.Context(), o.name+kind, func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
			if id, ok := in.Args[0].(int64); ok {
				o.note(id)
			}
			return in, nil
		})
		if err == nil {
			_, err = o.service.Subscribe(o.Context(), o.name+kind, func(_ context.Context, ev wamp.Payload) error {
				if id, ok := ev.Args[0].(int64); ok {
					o.seen <- o.note(id)
				}
				return nil
			})
		}
		if err != nil {
			o.Fatal(err)
		}
	}
}

// load calls until ctx ends.
func (o *ordeal) load(ctx context.Context) {
	for ctx.Err() == nil {
		o.call(o.caller, ".first")
		select {
		case o.ended <- struct{}{}:
		case <-ctx.Done():
		case <-time.After(10 * time.Millisecond): // nobody counts
		}
	}
}

// call calls once and reports whether it had a result.
func (o *ordeal) call(c *wamp.Client, kind string) bool {
	ctx, cancel := context.WithTimeout(o.Context(), callTime)
	defer cancel()
	begin, id := time.Now(), o.id.Add(1)
	out, err := c.Call(ctx, o.name+kind, []any{id, strings.Repeat("x", 100)}, nil)
	if took := time.Since(begin); took > callTime+patience {
		o.Errorf("a call of %v took %v: %v", callTime, took, err)
	}
	switch {
	case err == nil:
		return len(out.Args) > 0 && out.Args[0] == id
	case !errors.Is(err, wamp.ErrLost) && !errors.Is(err, context.DeadlineExceeded) && !wamp.IsPeer(err) && !o.corrupts:
		o.Errorf("call %d: %v", id, err)
	}
	return false
}

// comesBack waits until all that the service wants has reached the router again.
func (o *ordeal) comesBack() {
	o.Helper()
	end := time.Now().Add(recovered)
	for _, kind := range []string{".first", ".second"} {
		for !o.call(o.direct, kind) || !o.call(o.caller, kind) || !o.event(kind) {
			if time.Now().After(end) {
				o.Fatalf("%s is not back: service %+v, caller %+v", kind, o.service.Status(), o.caller.Status())
			}
		}
	}
}

// event publishes an event and reports whether it came.
func (o *ordeal) event(topic string) bool {
	id := o.id.Add(1)
	if err := o.direct.Publish(o.Context(), o.name+topic, []any{id}, nil, wamp.WithAcknowledge()); err != nil {
		o.Error(err)
	}
	for late := time.After(callTime); ; {
		select {
		case got := <-o.seen:
			if got == id {
				return true
			}
		case <-late:
			return false
		}
	}
}

func (o *ordeal) noneTwice() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for id, n := range o.ran {
		if n > 1 {
			o.Errorf("call or event %d ran %d times", id, n)
		}
	}
}
