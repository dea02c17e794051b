package event

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// window is how many events are under way at most: fewer than what a mailbox
// holds by default, so that a handler that keeps up loses none.
const window = 1000

// stream sends the events 0 to n-1, which message makes, in pieces of random
// size: what a network makes of many writes, cut anywhere. Half of the pieces have
// one byte. A credit is for window/2 events that were handled.
func stream(s *stage.Stage, p *wamptest.Peer, n int, message func(int) wamptest.Message, credits <-chan struct{}) {
	first := byte(0x82)
	if !s.Format.Binary() {
		first = 0x81
	}
	rng := rand.New(rand.NewPCG(1, 2))
	var waiting []byte
	for i := range n {
		b, err := message(i).Encode(s.Format)
		if err != nil {
			s.T.Fatal(err)
		}
		if s.Kind == wamptest.RawSocket {
			waiting = append(waiting, wamptest.RawSocketFrame(0, b)...)
		} else {
			waiting = append(waiting, wamptest.WebSocketFrame(first, b)...)
		}
		if full := (i+1)%(window/2) == 0; !full && i+1 < n {
			continue
		}
		for len(waiting) > 0 {
			piece := 1
			if rng.IntN(2) == 0 {
				piece = min(1+rng.IntN(8192), len(waiting))
			}
			p.SendBytes(waiting[:piece])
			waiting = waiting[piece:]
		}
		if i >= window/2 && i+1 < n {
			<-credits
		}
	}
}

// E1: a million numbered events in random pieces arrive once and in order.
func TestE1_EveryEventOnceAndInOrder(t *testing.T) {
	n := stage.Scale(1_000_000, 5000)
	stage.Sockets(t, func(s *stage.Stage) {
		c, p := s.Connect()
		credits, last := make(chan struct{}, n), make(chan struct{})
		var next atomic.Int64
		sub, id := s.Subscribe(c, p, "com.example.count", func(_ context.Context, ev wamp.Payload) error {
			if got, want := ev.Args[0].(int64), next.Add(1)-1; got != want {
				s.T.Errorf("event %d comes as number %d", got, want)
			} else if got == int64(n)-1 {
				close(last)
			}
			if next.Load()%(window/2) == 0 {
				credits <- struct{}{}
			}
			return nil
		})
		stream(s, p, n, func(i int) wamptest.Message {
			return wamptest.Message{wamptest.Event, id, i + 1, stage.Dict{}, []any{i}}
		}, credits)
		<-last
		s.Works(c, p)
		if got := next.Load(); got != int64(n) || sub.Dropped() != 0 {
			s.T.Errorf("%d events, %d dropped, want %d", got, sub.Dropped(), n)
		}
	})
}

// E6: the topics of one pattern are one group. Events that alternate between them
// reach its handler in the order in which the router sends them. Two subscriptions
// are two groups: the handler of one does not wait for that of the other.
func TestE6_OrderAcrossTopics(t *testing.T) {
	n := stage.Scale(100_000, 3000)
	topics := [2]string{"com.example.order.placed", "com.example.order.paid"}
	stage.Sockets(t, func(s *stage.Stage) {
		c, p := s.Connect()
		credits, last := make(chan struct{}, n), make(chan struct{})
		next := 0
		_, id := s.Subscribe(c, p, "com.example.order.", func(ctx context.Context, ev wamp.Payload) error {
			topic := wamp.EventInfoFrom(ctx).Topic
			if got := ev.Args[0].(int64); got != int64(next) || topic != topics[next%2] {
				s.T.Errorf("event %d of %s comes as number %d", got, topic, next)
			}
			if next++; next%(window/2) == 0 {
				credits <- struct{}{}
			}
			if next == n {
				close(last)
			}
			return nil
		}, wamp.WithPrefix())
		stream(s, p, n, func(i int) wamptest.Message {
			return wamptest.Message{wamptest.Event, id, i + 1, stage.Dict{"topic": topics[i%2]}, []any{i}}
		}, credits)
		<-last
	})
}

// E6: outside of a group nothing is promised: a handler that hangs holds up the
// events of its own subscription alone.
func TestE6_SubscriptionsDoNotWaitForEachOther(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		release, came := make(chan struct{}), make(chan int64, 2)
		_, slow := s.Subscribe(c, p, "com.example.placed", func(_ context.Context, ev wamp.Payload) error {
			<-release
			came <- ev.Args[0].(int64)
			return nil
		})
		_, fast := s.Subscribe(c, p, "com.example.paid", func(_ context.Context, ev wamp.Payload) error {
			came <- ev.Args[0].(int64)
			return nil
		})
		p.Send(wamptest.Message{wamptest.Event, slow, 1, stage.Dict{}, []any{1}}, wamptest.Message{wamptest.Event, fast, 2, stage.Dict{}, []any{2}})
		if got := <-came; got != 2 {
			s.T.Errorf("event %d comes first", got)
		}
		close(release)
		if got := <-came; got != 1 {
			s.T.Errorf("event %d comes last", got)
		}
	})
}
