package recovery

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// H11: a call during an outage waits under its ctx, or fails at once.
func TestH11_CallsWhileDown(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		s.Play(nil)
		c := s.Connected(s.Dial())
		s.Stop()
		s.Until(c, stage.In(wamp.BackingOff))
		call := func(ctx context.Context, opts ...wamp.CallOption) (time.Duration, error) {
			begin := time.Now()
			_, err := c.Call(ctx, "com.example.alive", nil, nil, opts...)
			return time.Since(begin), err
		}
		short, cancel := context.WithTimeout(s.T.Context(), time.Second)
		defer cancel()
		if took, err := call(short); !errors.Is(err, context.DeadlineExceeded) || took != time.Second || !wamp.SafeToRetry(err) {
			s.T.Errorf("wait: %v after %v", err, took)
		}
		if took, err := call(s.T.Context(), wamp.WithCallTimeout(2*time.Second)); !errors.Is(err, context.DeadlineExceeded) || took != 2*time.Second {
			s.T.Errorf("timeout: %v after %v", err, took)
		}
		if took, err := call(s.T.Context(), wamp.WithFailFast()); !errors.Is(err, wamp.ErrNotReady) || took != 0 || !wamp.SafeToRetry(err) {
			s.T.Errorf("fail fast: %v after %v", err, took)
		}
		err := c.Publish(s.T.Context(), "com.example.t", nil, nil)
		acked := c.Publish(s.T.Context(), "com.example.t", nil, nil, wamp.WithAcknowledge())
		if !errors.Is(err, wamp.ErrNotReady) || !errors.Is(acked, wamp.ErrNotReady) || !wamp.SafeToRetry(err) {
			s.T.Errorf("publish: %v, %v", err, acked)
		}
		served := make(chan error, 3)
		go func() { _, err := call(s.T.Context()); served <- err }()
		go func() {
			_, err := c.Register(s.T.Context(), "com.example.p", stage.Echo)
			served <- err
		}()
		go func() {
			_, err := c.Subscribe(s.T.Context(), "com.example.t", func(context.Context, wamp.Payload) error { return nil })
			served <- err
		}()
		time.Sleep(time.Minute)
		s.Start()
		begin := time.Now()
		for range 3 {
			if err := <-served; err != nil {
				s.T.Error(err)
			}
		}
		if took := time.Since(begin); took > 20100*time.Millisecond {
			s.T.Errorf("served %v after the router was back", took)
		}
	})
}

// H11: WithFailFast is FailFast for every call.
func TestH11_FailFastForAll(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect(wamp.WithFailFast())
		s.Works(c, p)
		s.Stop()
		s.Until(c, stage.In(wamp.BackingOff))
		begin := time.Now()
		if _, err := c.Call(s.T.Context(), "com.example.alive", nil, nil); !errors.Is(err, wamp.ErrNotReady) || time.Since(begin) != 0 {
			s.T.Errorf("%v after %v", err, time.Since(begin))
		}
	})
}

// numbers are the first arguments of PUBLISHs.
func numbers(ms []wamptest.Message) []int64 {
	var out []int64
	for _, m := range ms {
		n, _ := m.List(4)[0].(int64)
		out = append(out, n)
	}
	return out
}

// upTo is 0 … n-1.
func upTo(n int) []int64 {
	var out []int64
	for i := range int64(n) {
		out = append(out, i)
	}
	return out
}

// Publishes while down: kept in order up to the bound, then refused; sent before
// anything that is published later; acknowledged ones wait.
func TestPublishBuffer_OrderAndBound(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		r := s.Play(nil)
		c := s.Connected(s.Dial(wamp.WithPublishBuffer(10_000)))
		<-r.Came
		s.Stop()
		s.Until(c, stage.In(wamp.BackingOff))
		ctx := s.T.Context()
		text := strings.Repeat("x", 180)
		kept := 0
		for {
			err := c.Publish(ctx, "com.example.t", []any{kept, text}, nil)
			if err != nil {
				if !errors.Is(err, wamp.ErrNotReady) || !wamp.SafeToRetry(err) {
					s.T.Errorf("publish: %v", err)
				}
				break
			}
			kept++
		}
		if kept < 45 || kept > 50 {
			s.T.Errorf("%d events of some 200 bytes were kept in 10 000", kept)
		}
		if err := c.Publish(ctx, "com.example.t", []any{func() {}}, nil); err == nil || errors.Is(err, wamp.ErrNotReady) {
			s.T.Errorf("an event that cannot be encoded: %v", err)
		}
		acked := make(chan error, 1)
		go func() { acked <- c.Publish(ctx, "com.example.acked", nil, nil, wamp.WithAcknowledge()) }()
		synctest.Wait()
		s.Start()
		next := <-r.Came
		s.Until(c, stage.In(wamp.Ready))
		if err := c.Publish(ctx, "com.example.t", []any{kept}, nil); err != nil {
			s.T.Error(err)
		}
		if err := <-acked; err != nil {
			s.T.Error(err)
		}
		synctest.Wait()
		var numbered []wamptest.Message
		for _, m := range next.Of(wamptest.Publish) {
			if m.Text(3) == "com.example.t" {
				numbered = append(numbered, m)
			}
		}
		if got := numbers(numbered); !slices.Equal(got, upTo(kept+1)) {
			s.T.Errorf("published %v", got)
		}
	})
}

// A publisher that never pauses sees its events leave in its order, over
// outages that hit while the kept ones are being sent. What was handed to a
// session that ended may be lost; nothing else is, and nothing is doubled.
func TestPublishBuffer_NothingOvertakes(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		var mu sync.Mutex
		var seen []int64
		s.Serve(func(p *wamptest.Peer) {
			p.Join()
			for n := 0; ; n++ {
				m, err := p.Next()
				if err != nil {
					return
				}
				if m.Type() == wamptest.Publish {
					mu.Lock()
					seen = append(seen, m.List(4)[0].(int64))
					mu.Unlock()
				}
				if n%700 == 699 {
					p.Reset()
				}
			}
		})
		c := s.Connected(s.Dial(wamp.WithPublishBuffer(1<<20), wamp.WithLimits(wamp.Limits{QueueFrames: 16})))
		published := 0
		for range 400 {
			for range 25 {
				if err := c.Publish(s.T.Context(), "com.example.t", []any{published}, nil); err != nil {
					s.T.Fatal(err)
				}
				published++
			}
			time.Sleep(10 * time.Millisecond)
		}
		s.Until(c, stage.In(wamp.Ready))
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		for i := 1; i < len(seen); i++ {
			if seen[i] <= seen[i-1] {
				s.T.Fatalf("event %d arrived after %d", seen[i], seen[i-1])
			}
		}
		if len(seen) < 700 { // a burst that was handed to a session before its end is lost
			s.T.Errorf("%d of %d arrived", len(seen), published)
		}
	})
}

// While the kept events are on their way publishers wait for their turn, under
// their ctx, and take it when the session ends meanwhile.
func TestPublishBuffer_WaitsForItsTurn(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, _ := s.Connect(wamp.WithPublishBuffer(4<<20), wamp.WithLimits(wamp.Limits{QueueFrames: 2}))
		s.Stop()
		s.Until(c, stage.In(wamp.BackingOff))
		big := strings.Repeat("x", 100_000)
		for i := range 30 {
			if err := c.Publish(s.T.Context(), "com.example.t", []any{i, big}, nil); err != nil {
				s.T.Fatal(err)
			}
		}
		s.Start()
		stalled := func() *wamptest.Peer {
			p := s.Accept()
			p.Expect(wamptest.Hello)
			s.Net.Set(wamptest.Fault{StallWrites: true})
			p.Send(s.Welcome())
			synctest.Wait()
			return p
		}
		stalled()
		ctx, cancel := context.WithTimeout(s.T.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		err := c.Publish(ctx, "com.example.t", []any{-1}, nil)
		if took := time.Since(begin); !errors.Is(err, context.DeadlineExceeded) || !wamp.SafeToRetry(err) || took != time.Second {
			s.T.Errorf("publish: %v after %v", err, took)
		}
		var all sync.WaitGroup
		publish := func(n int) {
			all.Go(func() {
				if err := c.Publish(s.T.Context(), "com.example.t", []any{n}, nil); err != nil {
					s.T.Error(err)
				}
			})
			synctest.Wait()
		}
		publish(30) // kept, when the session ends at its write deadline
		s.Until(c, stage.In(wamp.BackingOff))
		s.Net.Set(wamptest.Fault{})
		all.Wait()
		p := stalled()
		for i := 31; i < 40; i++ {
			publish(i)
		}
		s.Net.Set(wamptest.Fault{})
		all.Wait()
		var got []int64
		for len(got) < 10 || !slices.Contains(got[:len(got)-9], 30) {
			m, err := p.Next()
			if err != nil {
				s.T.Fatal(err)
			}
			got = append(got, m.List(4)[0].(int64))
		}
		// The first few were handed to the session that ended; the last were
		// published side by side.
		slices.Sort(got[len(got)-9:])
		if !slices.Equal(got, upTo(40)[got[0]:]) || got[0] > 4 {
			s.T.Errorf("got %v", got)
		}
	})
}

// What was published belongs to the publisher again at once, also while down.
func TestPublishBuffer_KeepsNoReference(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, _ := s.Connect(wamp.WithPublishBuffer(10_000))
		s.Stop()
		s.Until(c, stage.In(wamp.BackingOff))
		bytes, dict := []byte("before"), map[string]any{"n": 1}
		if err := c.Publish(s.T.Context(), "com.example.t", []any{bytes, 1.5, nil, uint64(1) << 63}, dict); err != nil {
			s.T.Fatal(err)
		}
		copy(bytes, "after!")
		dict["n"] = 2
		s.Start()
		m := s.Rejoin().Expect(wamptest.Publish)
		want := []any{[]byte("before"), 1.5, nil, uint64(1) << 63}
		if !reflect.DeepEqual(m.List(4), want) || m.Dict(5)["n"] != int64(1) {
			s.T.Errorf("published %v", m)
		}
	})
}

// What is still kept when the client is closed is dropped and counted.
func TestPublishBuffer_ClosedWithEvents(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, _ := s.Connect(wamp.WithPublishBuffer(10_000))
		s.Stop()
		s.Until(c, stage.In(wamp.BackingOff))
		for i := range 3 {
			if err := c.Publish(s.T.Context(), "com.example.t", []any{i}, nil); err != nil {
				s.T.Error(err)
			}
		}
		if err := c.Close(s.T.Context()); err != nil {
			s.T.Error(err)
		}
		if err := c.Publish(s.T.Context(), "com.example.t", nil, nil); !errors.Is(err, wamp.ErrClosed) {
			s.T.Errorf("after Close: %v", err)
		}
		if lines := s.Log.With("buffered events dropped", fmt.Sprint("events=", 3)); len(lines) != 1 {
			s.T.Errorf("the log says %v", s.Log.With(""))
		}
	})
}

// A drain names them.
func TestPublishBuffer_DrainedWithEvents(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, _ := s.Connect(wamp.WithPublishBuffer(10_000))
		s.Stop()
		s.Until(c, stage.In(wamp.BackingOff))
		for i := range 3 {
			if err := c.Publish(s.T.Context(), "com.example.t", []any{i}, nil); err != nil {
				s.T.Error(err)
			}
		}
		if err := c.Drain(s.T.Context()); !errors.Is(err, wamp.ErrNotReady) || !strings.Contains(err.Error(), "left 3 buffered events") {
			s.T.Errorf("Drain: %v", err)
		}
	})
}
