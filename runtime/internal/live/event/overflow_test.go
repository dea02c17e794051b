package event

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// E2: an EVENT or INVOCATION in the same write as what announces it. R188, R216.
// 6 ways x 12 sessions x 140 of each are 10 080; a full run has a session each.
func TestE2_EventGluedToSubscribed(t *testing.T) {
	sessions, each := 12, 140
	if stage.Full {
		sessions, each = 1670, 1
	}
	var events, answers atomic.Int64
	stage.Sockets(t, func(s *stage.Stage) {
		answered := make(chan struct{}, each)
		s.Serve(func(p *wamptest.Peer) { glue(p, answered) })
		for range sessions {
			c := s.Connected(s.Dial())
			var all sync.WaitGroup
			for i := range each {
				all.Add(1)
				all.Go(func() {
					_, err := c.Subscribe(s.T.Context(), fmt.Sprint("com.example.topic", i), func(context.Context, wamp.Payload) error {
						events.Add(1)
						all.Done()
						return nil
					})
					if err != nil {
						s.T.Error(err)
						all.Done()
					}
					if _, err := c.Register(s.T.Context(), fmt.Sprint("com.example.procedure", i), stage.Echo); err != nil {
						s.T.Error(err)
					}
					<-answered
					answers.Add(1)
				})
			}
			all.Wait()
			if err := c.Close(context.Background()); err != nil {
				s.T.Error(err)
			}
		}
	})
	if want := int64(6 * sessions * each); events.Load() != want || answers.Load() != want {
		t.Errorf("want %d events and as many invocations, got %d and %d", want, events.Load(), answers.Load())
	}
}

// glue is a router that sends an EVENT with every SUBSCRIBED and an
// INVOCATION with every REGISTERED, and tells of every answer.
func glue(p *wamptest.Peer, answered chan<- struct{}) {
	p.Join()
	none := map[string]any{}
	for {
		m, err := p.Next()
		if err != nil {
			return
		}
		id := m.ID(1)
		switch m.Type() {
		case wamptest.Subscribe:
			p.Send(wamptest.Message{wamptest.Subscribed, id, id}, wamptest.Message{wamptest.Event, id, id, none})
		case wamptest.Register:
			p.Send(wamptest.Message{wamptest.Registered, id, id}, wamptest.Message{wamptest.Invocation, id, id, none})
		case wamptest.Yield:
			answered <- struct{}{}
		default:
			p.Send(wamptest.Answer(m))
		}
	}
}

// E3: events that come when nobody listens any more are dropped. R058, R234.
func TestE3_EventAfterUnsubscribe(t *testing.T) {
	stage.Sockets(t, func(s *stage.Stage) {
		c, p := s.Connect()
		var calls atomic.Int64
		var sub *wamp.Subscription
		subscribed := make(chan error, 1)
		go func() {
			var err error
			sub, err = c.Subscribe(s.T.Context(), "com.example.topic", func(context.Context, wamp.Payload) error {
				calls.Add(1)
				return nil
			})
			subscribed <- err
		}()
		m := p.Expect(wamptest.Subscribe)
		p.Send(wamptest.Message{wamptest.Subscribed, m.ID(1), 77})
		if err := <-subscribed; err != nil {
			s.T.Fatal(err)
		}
		event := wamptest.Message{wamptest.Event, 77, 1, map[string]any{}, []any{"late"}}
		left := make(chan error, 1)
		go func() { left <- sub.Unsubscribe(s.T.Context()) }()
		un := p.Expect(wamptest.Unsubscribe)
		if un.ID(2) != 77 {
			s.T.Errorf("UNSUBSCRIBE %v", un)
		}
		p.Send(event, event, wamptest.Message{wamptest.Unsubscribed, un.ID(1)}, event,
			wamptest.Message{wamptest.Event, 78, 1, map[string]any{}}) // never was a subscription
		if err := <-left; err != nil {
			s.T.Error(err)
		}
		s.Works(c, p)
		if n := calls.Load(); n != 0 {
			s.T.Errorf("%d handler calls after Unsubscribe", n)
		}
	})
}

// flood subscribes one slow handler and nine fast ones to a topic each, and
// sends n rounds of one event to each, pause apart.
type flood struct {
	slow *wamp.Subscription
	got  []int64 // what the slow handler saw
	fast [9]atomic.Int64
	mu   sync.Mutex
}

func (f *flood) run(s *stage.Stage, c *wamp.Client, p *wamptest.Peer, n int, pause time.Duration, opts ...wamp.SubscribeOption) {
	subscribe := func(topic string, h func(context.Context, wamp.Payload) error, opts ...wamp.SubscribeOption) *wamp.Subscription {
		go stage.Grant(p, 1)
		sub, err := c.Subscribe(s.T.Context(), topic, h, opts...)
		if err != nil {
			s.T.Fatal(err)
		}
		return sub
	}
	f.slow = subscribe("com.example.slow", func(ctx context.Context, ev wamp.Payload) error {
		f.mu.Lock()
		f.got = append(f.got, ev.Args[0].(int64))
		f.mu.Unlock()
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
		}
		return nil
	}, opts...)
	for i := range f.fast {
		subscribe(fmt.Sprint("com.example.fast", i), func(context.Context, wamp.Payload) error {
			f.fast[i].Add(1)
			return nil
		})
	}
	for i := range n {
		var round []wamptest.Message
		for id := 1; id <= 10; id++ { // Answer gives a subscription the id of its request
			round = append(round, wamptest.Message{wamptest.Event, id, i + 1, map[string]any{}, []any{i}})
		}
		p.Send(round...)
		if i == 0 {
			synctest.Wait() // the slow handler has the first
		}
		stage.Pass(pause)
	}
	synctest.Wait()
}

func (f *flood) seen() []int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.got)
}

// E4, default policy: the newest are dropped and counted, one notice an episode;
// the others lose nothing, calls go on.
func TestE4_SlowSubscriberDropNewest(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		n := stage.Scale(60_000, 1500)
		var log stage.TextLog
		c, p := s.Connect(log.Option())
		var f flood
		f.run(s, c, p, n, time.Millisecond) // the handler takes one event a second
		for i := range f.fast {
			if got := f.fast[i].Load(); got != int64(n) {
				s.T.Errorf("fast subscriber %d got %d of %d", i, got, n)
			}
		}
		s.Works(c, p)
		stage.Pass(2000 * time.Second) // the handler works off what was kept
		synctest.Wait()
		seen := f.seen()
		if dropped := f.slow.Dropped(); int(dropped)+len(seen) != n || len(seen) < 1024 || len(seen) > 1030+n/1000 {
			s.T.Errorf("%d seen and %d dropped of %d", len(seen), dropped, n)
		}
		if !slices.IsSorted(seen) || seen[0] != 0 || seen[1023] != 1023 {
			s.T.Errorf("not the oldest in order: %d … %d", seen[0], seen[1023])
		}
		if notices := strings.Count(log.String(), "events are dropped"); notices != 1 {
			s.T.Errorf("want one notice for one episode, got %d:\n%s", notices, log.String())
		}
		f.again(s, p)
		if notices := strings.Count(log.String(), "events are dropped"); notices != 2 {
			s.T.Errorf("want a second notice for a second episode, got %d", notices)
		}
	})
}

// again makes a second episode, after the handler has caught up.
func (f *flood) again(s *stage.Stage, p *wamptest.Peer) {
	before := f.slow.Dropped()
	for i := range 1030 {
		p.Send(wamptest.Message{wamptest.Event, 1, i + 1, map[string]any{}, []any{i}})
		if i == 0 {
			synctest.Wait() // it runs
		}
	}
	synctest.Wait()
	if got := f.slow.Dropped() - before; got != 5 { // one runs, 1 024 wait
		s.T.Errorf("want 5 of 1030 dropped, got %d", got)
	}
}

// E4, drop-oldest: what is kept is the newest.
func TestE4_SlowSubscriberDropOldest(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		const n, kept = 500, 10
		c, p := s.Connect()
		var f flood
		f.run(s, c, p, n, 0, wamp.WithOverflow(wamp.DropOldest), wamp.WithMailbox(kept, 0))
		if got := f.slow.Dropped(); got != n-kept-1 {
			s.T.Errorf("want %d dropped, got %d", n-kept-1, got)
		}
		stage.Pass(time.Minute)
		synctest.Wait()
		want := []int64{0} // it was running
		for i := int64(n - kept); i < n; i++ {
			want = append(want, i)
		}
		if seen := f.seen(); !slices.Equal(seen, want) {
			s.T.Errorf("want %v, got %v", want, seen)
		}
		s.Works(c, p)
	})
}

// E4, disconnect: the session ends and is recovered, and says why.
func TestE4_SlowSubscriberDisconnect(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		var log stage.TextLog
		c, p := s.Connect(log.Option())
		var f flood
		f.run(s, c, p, 12, 0, wamp.WithOverflow(wamp.Disconnect), wamp.WithMailbox(10, 0))
		p.ExpectEnd()
		p = s.Accept()
		p.Join()
		stage.Grant(p, 10)
		s.Works(c, p)
		if got := f.slow.Dropped(); got != 1 {
			s.T.Errorf("want 1 dropped, got %d", got)
		}
		if !strings.Contains(log.String(), "does not keep up") {
			s.T.Errorf("no reason in the log:\n%s", log.String())
		}
	})
}

// The bytes of frames count too, in one mailbox and in all of them together.
func TestE4_BytesAreBounded(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect(wamp.WithLimits(wamp.Limits{InboundBytes: 64 << 10}))
		var f flood
		f.run(s, c, p, 1, 0, wamp.WithMailbox(0, 20<<10))
		big := wamptest.Message{wamptest.Event, 1, 1, map[string]any{}, []any{7, strings.Repeat("x", 10<<10)}}
		p.Send(big, big)
		synctest.Wait()
		if got := f.slow.Dropped(); got != 1 { // 2 x 10 KiB and their heads are more than 20 KiB
			s.T.Errorf("mailbox: want 1 dropped, got %d", got)
		}
	})
}
