package parity

import (
	"context"
	"errors"
	"fmt"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
)

const noIdentity = "discloses by its configuration alone"

// exercises are what a user does with the options of operations and with streams.
// Every exercise has URIs of its own: Crossbar.io has one realm for all of them.
var exercises = []exercise{
	{name: "progressive results come in order, and the result behind them", do: func(s *clients) {
		callee, caller := s.client(), s.client()
		counting(s, callee, "com.example.stream.count", 100)
		stream := caller.CallStream(s.Context(), "com.example.stream.count", nil, nil)
		n := 0
		for p, err := range stream.All() {
			s.must(err)
			if p.Args[0] != int64(n) {
				s.Fatalf("result %d is %v", n, p.Args)
			}
			n++
		}
		if result, err := stream.Result(); err != nil || n != 100 || result.Args[0] != int64(100) {
			s.Errorf("%d results, then %v, %v", n, result, err)
		}
		if result, err := caller.Call(s.Context(), "com.example.stream.count", nil, nil); err != nil || result.Args[0] != int64(100) {
			s.Errorf("without progress: %v, %v", result, err)
		}
	}},
	{name: "ten thousand progressive results wait for who takes them late", do: func(s *clients) { // K12
		callee, caller := s.client(), s.client()
		const n = 10_000
		counting(s, callee, "com.example.stream.long", n)
		stream := caller.CallStream(s.Context(), "com.example.stream.long", nil, nil)
		if result, err := stream.Result(); err != nil || result.Args[0] != int64(n) {
			s.Fatalf("got %v, %v", result, err)
		}
		next := int64(0)
		for p, err := range stream.All() {
			s.must(err)
			if p.Args[0] != next {
				s.Fatalf("result %d is %v", next, p.Args)
			}
			next++
		}
		if next != n {
			s.Errorf("%d results", next)
		}
	}},
	{name: "a thousand open streams of a callee leave its other calls alone", do: func(s *clients) {
		callee, caller := s.client(), s.client()
		s.register(callee, "com.example.stream.beside", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) { return in, nil })
		_, err := callee.RegisterStream(s.Context(), "com.example.stream.open", func(ctx context.Context, in wamp.Payload, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
			if err := out.Send(in); err != nil {
				return in, err
			}
			<-ctx.Done()
			return in, context.Cause(ctx)
		})
		s.must(err)
		ctx, cancel := context.WithCancel(s.Context())
		defer cancel()
		const n = 1000
		opened, ended := make(chan error, n), make(chan error, n)
		for range n {
			go func() { // joined by ended
				stream := caller.CallStream(ctx, "com.example.stream.open", nil, nil)
				for _, err := range stream.All() {
					if err == nil {
						opened <- nil
					}
				}
				_, err := stream.Result()
				ended <- err
			}()
		}
		for range n {
			select {
			case <-opened:
			case err := <-ended:
				s.Fatalf("a stream ended: %v", err)
			}
		}
		for i := range int64(100) {
			if out, err := caller.Call(s.Context(), "com.example.stream.beside", []any{i}, nil); err != nil || out.Args[0] != i {
				s.Fatalf("got %v, %v", out, err)
			}
		}
		cancel()
		for range n {
			if err := <-ended; !errors.Is(err, context.Canceled) {
				s.Errorf("a stream ended with %v", err)
			}
		}
	}},
	{name: "leaving a stream cancels the call", do: func(s *clients) {
		callee, caller := s.client(), s.client()
		causes := make(chan error, 1)
		_, err := callee.RegisterStream(s.Context(), "com.example.stream.endless", func(ctx context.Context, in wamp.Payload, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
			if err := out.Send(in); err != nil {
				return in, err
			}
			<-ctx.Done()
			causes <- context.Cause(ctx)
			return in, out.Send(in)
		})
		s.must(err)
		stream := caller.CallStream(s.Context(), "com.example.stream.endless", nil, nil)
		for _, err := range stream.All() {
			s.must(err)
			break
		}
		if _, err := stream.Result(); !errors.Is(err, context.Canceled) {
			s.Errorf("got %v", err)
		}
		if cause := <-causes; !errors.Is(cause, wamp.ErrCanceled) {
			s.Errorf("the cause is %v", cause)
		}
	}},
	{name: "a call ends at once with killnowait, and the callee is interrupted", do: func(s *clients) {
		causes, err := cancelled(s, "com.example.cancel.nowait", wamp.KillNoWait)
		if cause := <-causes; !errors.Is(err, context.Canceled) || !errors.Is(cause, wamp.ErrCanceled) {
			s.Errorf("got %v, the callee %v", err, cause)
		}
	}},
	{name: "kill waits for what the callee says", do: func(s *clients) {
		causes, err := cancelled(s, "com.example.cancel.kill", wamp.Kill)
		half := &wamp.Error{URI: "com.example.error.half"}
		answered := errors.Is(err, half) || errors.Is(err, wamp.ErrCanceled) // Crossbar.io says that for any error
		if cause := <-causes; !errors.Is(err, context.Canceled) || !answered || !errors.Is(cause, wamp.ErrCanceled) {
			s.Errorf("got %v, the callee %v", err, cause)
		}
	}},
	{name: "skip leaves the callee alone", do: func(s *clients) {
		causes, err := cancelled(s, "com.example.cancel.skip", wamp.Skip)
		if cause := <-causes; !errors.Is(err, context.Canceled) || cause != nil {
			s.Errorf("got %v, the callee %v", err, cause)
		}
	}},
	{name: "a place that the dealer counts is free after a cancel", do: func(s *clients) {
		callee, caller := s.client(), s.client()
		running := make(chan bool)
		s.register(callee, "com.example.cancel.counted", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			if in.Args[0] == "wait" {
				running <- true
				<-ctx.Done()
			}
			return in, nil // Crossbar.io does not begin what waits after an error
		}, wamp.WithOption("concurrency", 1))
		for range 3 {
			ctx, cancel := context.WithCancel(s.Context())
			go func() {
				<-running
				cancel()
			}()
			if _, err := caller.Call(ctx, "com.example.cancel.counted", []any{"wait"}, nil); !errors.Is(err, context.Canceled) {
				s.Errorf("got %v", err)
			}
			if _, err := caller.Call(s.Context(), "com.example.cancel.counted", []any{"go"}, nil, wamp.WithGrace(10*time.Second)); err != nil {
				s.Errorf("the next call: %v", err)
			}
		}
	}},
	{name: "a timeout ends the call, whoever keeps it", do: func(s *clients) {
		callee, caller := s.client(), s.client()
		causes := make(chan error, 100)
		s.register(callee, "com.example.timeout", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			<-ctx.Done()
			causes <- context.Cause(ctx)
			return in, ctx.Err()
		})
		for limit := 50 * time.Millisecond; ; limit *= 2 { // until the call reaches the callee in time
			_, err := caller.Call(s.Context(), "com.example.timeout", nil, nil, wamp.WithCallTimeout(limit))
			if !errors.Is(err, context.DeadlineExceeded) {
				s.Fatalf("got %v", err)
			}
			select {
			case cause := <-causes:
				if !errors.Is(cause, wamp.ErrTimeout) && !errors.Is(cause, wamp.ErrCanceled) {
					s.Errorf("the handler ended with %v", cause)
				}
				return
			case <-time.After(limit):
			}
		}
	}},
	{name: "a forwarded timeout is the callee's to keep", crossbar: "does not announce call timeouts", do: func(s *clients) {
		callee, caller := s.client(), s.client()
		s.register(callee, "com.example.forwarded", func(ctx context.Context, _ wamp.Payload) (wamp.Payload, error) {
			return wamp.Payload{Args: []any{wamp.CallInfoFrom(ctx).Timeout.Milliseconds()}}, nil
		}, wamp.WithForwardTimeout())
		out, err := caller.Call(s.Context(), "com.example.forwarded", nil, nil, wamp.WithCallTimeout(time.Minute))
		if err != nil || out.Args[0] != int64(60_000) {
			s.Errorf("got %v, %v", out, err)
		}
	}},
	{name: "an event is kept from whom it excludes, and goes to nobody else than whom it names", do: func(s *clients) {
		pub, a, b := s.client(), s.client(), s.client()
		left, _ := s.listen(a, "com.example.lists")
		right, _ := s.listen(b, "com.example.lists")
		s.publish(pub, "com.example.lists", "not left", wamp.WithExclude(a.SessionID()))
		s.publish(pub, "com.example.lists", "left", wamp.WithEligible(a.SessionID()))
		s.publish(pub, "com.example.lists", "none", wamp.WithEligible(a.SessionID(), b.SessionID()), wamp.WithExclude(a.SessionID(), b.SessionID()))
		s.publish(pub, "com.example.lists", "not this role", wamp.WithExcludeAuthRole(a.AuthRole()))
		s.publish(pub, "com.example.lists", "role", wamp.WithEligibleAuthRole(a.AuthRole()))
		for _, text := range []string{"left", "role"} {
			s.want(left, text)
		}
		for _, text := range []string{"not left", "role"} {
			s.want(right, text)
		}
	}},
	{name: "a publisher gets its own event if it wants to, and its id", do: func(s *clients) {
		c := s.client()
		events, _ := s.listen(c, "com.example.own")
		s.publish(c, "com.example.own", 1)
		var id wamp.ID
		s.publish(c, "com.example.own", 2, wamp.WithExcludeMe(false), wamp.WithPublicationTo(&id))
		s.want(events, int64(2))
		if id == 0 {
			s.Error("no publication id")
		}
	}},
	{name: "who comes later gets the retained event", nexus: notRetained, do: func(s *clients) {
		pub, sub := s.client(), s.client()
		s.publish(pub, "com.example.retained", 1, wamp.WithRetain())
		s.publish(pub, "com.example.retained", 2)
		events, _ := s.listen(sub, "com.example.retained", wamp.WithGetRetained())
		s.want(events, int64(1))
	}},
	{name: "several handlers of one topic are each served until they leave", do: func(s *clients) {
		pub, sub := s.client(), s.client()
		first, one := s.listen(sub, "com.example.several")
		second, _ := s.listen(sub, "com.example.several")
		s.publish(pub, "com.example.several", 1)
		s.want(first, int64(1))
		s.want(second, int64(1))
		s.must(one.Unsubscribe(s.Context()))
		s.publish(pub, "com.example.several", 2)
		s.want(second, int64(2))
		if len(first) > 0 {
			s.Error("the one that left is served")
		}
	}},
	{name: "patterns tell what was called and published", do: func(s *clients) {
		server, user := s.client(), s.client()
		s.register(server, "com.example.pattern..get", func(ctx context.Context, _ wamp.Payload) (wamp.Payload, error) {
			return wamp.Payload{Args: []any{wamp.CallInfoFrom(ctx).Procedure}}, nil
		}, wamp.WithWildcard())
		out, err := user.Call(s.Context(), "com.example.pattern.x7.get", nil, nil)
		if err != nil || out.Args[0] != "com.example.pattern.x7.get" {
			s.Errorf("got %v, %v", out, err)
		}
		topics := make(chan any, 1)
		_, err = server.Subscribe(s.Context(), "com.example.pattern.", func(ctx context.Context, _ wamp.Payload) error {
			topics <- wamp.EventInfoFrom(ctx).Topic
			return nil
		}, wamp.WithPrefix())
		s.must(err)
		s.publish(user, "com.example.pattern.a.b", nil)
		s.want(topics, "com.example.pattern.a.b")
	}},
	{name: "a pattern may leave any component open, the last one too", do: func(s *clients) {
		pub, sub := s.client(), s.client()
		all, _ := s.listen(sub, "com.example.rack..", wamp.WithWildcard())
		row, _ := s.listen(sub, "com.example.rack.1.", wamp.WithWildcard())
		side, _ := s.listen(sub, "com.example.rack..left", wamp.WithWildcard())
		for _, topic := range []string{"2.right", "2.left", "1.right", "1.left"} {
			s.publish(pub, "com.example.rack."+topic, topic)
		}
		for events, topics := range map[<-chan any][]string{
			all: {"2.right", "2.left", "1.right", "1.left"}, row: {"1.right", "1.left"}, side: {"2.left", "1.left"},
		} {
			for _, topic := range topics {
				s.want(events, topic)
			}
		}
	}},
	{name: "callees share a procedure in turn", do: func(s *clients) {
		for i := range 2 {
			s.register(s.client(), "com.example.shared", func(context.Context, wamp.Payload) (wamp.Payload, error) {
				return wamp.Payload{Args: []any{i}}, nil
			}, wamp.WithInvokePolicy(wamp.InvokeRoundRobin))
		}
		caller, got := s.client(), ""
		for range 4 {
			out, err := caller.Call(s.Context(), "com.example.shared", nil, nil)
			s.must(err)
			got += fmt.Sprint(out.Args[0])
		}
		if got != "0101" && got != "1010" {
			s.Errorf("answered by %s", got)
		}
	}},
	{name: "callers and publishers are disclosed where both ask for it", crossbar: noIdentity, do: func(s *clients) {
		server, user := s.client(), s.client()
		s.register(server, "com.example.who", func(ctx context.Context, _ wamp.Payload) (wamp.Payload, error) {
			info := wamp.CallInfoFrom(ctx)
			return wamp.Payload{Args: []any{uint64(info.Caller), info.AuthRole}}, nil
		})
		out, err := user.Call(s.Context(), "com.example.who", nil, nil, wamp.WithDiscloseMe())
		if err != nil || out.Args[0] != int64(user.SessionID()) || out.Args[1] != user.AuthRole() {
			s.Errorf("got %v, %v, want %d", out, err, user.SessionID())
		}
		publishers := make(chan any, 1)
		_, err = server.Subscribe(s.Context(), "com.example.who", func(ctx context.Context, _ wamp.Payload) error {
			publishers <- wamp.EventInfoFrom(ctx).Publisher
			return nil
		})
		s.must(err)
		s.publish(user, "com.example.who", nil, wamp.WithDiscloseMe())
		s.want(publishers, user.SessionID())
	}},
	{name: "keys of one's own harm nothing", do: func(s *clients) {
		c := s.client()
		own := wamp.WithOption("_trace", "4711")
		s.register(c, "com.example.custom", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) { return in, nil }, own)
		if out, err := c.Call(s.Context(), "com.example.custom", []any{7}, nil, own); err != nil || out.Args[0] != int64(7) {
			s.Errorf("got %v, %v", out, err)
		}
		events, _ := s.listen(c, "com.example.custom", own)
		s.publish(c, "com.example.custom", 7, own, wamp.WithExcludeMe(false))
		s.want(events, int64(7))
	}},
	{name: "the router says who the client is", do: func(s *clients) {
		c := s.client()
		if c.AuthID() == "" || c.AuthRole() == "" || c.AuthMethod() != "anonymous" {
			s.Errorf("%q, %q, %q", c.AuthID(), c.AuthRole(), c.AuthMethod())
		}
	}},
}

// counting registers a handler that sends n progressive results and then how many
// they were.
func counting(s *clients, c *wamp.Client, uri string, n int) {
	_, err := c.RegisterStream(s.Context(), uri, func(_ context.Context, _ wamp.Payload, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
		for i := range n {
			if err := out.Send(wamp.Payload{Args: []any{i}}); err != nil {
				return wamp.Payload{}, err
			}
		}
		return wamp.Payload{Args: []any{n}}, nil
	})
	s.must(err)
}

// cancelled makes a call and cancels it when its handler runs. It returns the error
// of the call, and why the handler was interrupted, nil if it was not. The handler
// answers with an error.
func cancelled(s *clients, uri string, mode wamp.CancelMode) (causes <-chan error, err error) {
	callee, caller := s.client(), s.client()
	ended, goOn := make(chan error, 1), make(chan bool)
	ctx, cancel := context.WithCancel(s.Context())
	defer cancel()
	s.register(callee, uri, func(ctx context.Context, _ wamp.Payload) (wamp.Payload, error) {
		cancel()
		if mode == wamp.Skip {
			<-goOn
		} else {
			<-ctx.Done()
		}
		ended <- context.Cause(ctx)
		return wamp.Payload{}, wamp.NewError("com.example.error.half")
	})
	_, err = caller.Call(ctx, uri, nil, nil, wamp.WithCancelMode(mode))
	close(goOn)
	return ended, err
}
