package session

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// K4: 256 goroutines ask for everything there is, and now and then for what
// cannot be sent. The router sees 1, 2, 3, … R064, R065, R067.
func TestK4_RequestIDs(t *testing.T) {
	stage.Sockets(t, func(s *stage.Stage) {
		s.Limit = 1 << 12
		const goroutines = 256
		each := stage.Scale(690, 4) // a full run makes more than 1 M requests in all
		var next int64
		c := s.Served(func(p *wamptest.Peer) {
			p.Join()
			for {
				m, err := p.Next()
				if err != nil {
					return
				}
				if m.Type() != wamptest.Goodbye && m.Type() != wamptest.Yield {
					next++
					if m.ID(1) != next {
						s.T.Errorf("want request id %d, found %v", next, m)
						return
					}
				}
				if answer := wamptest.Answer(m); answer != nil {
					p.Send(answer)
				}
			}
		})
		var all sync.WaitGroup
		for g := range goroutines {
			all.Go(func() {
				for i := range each {
					if err := operation(s, c, g, i); err != nil {
						s.T.Errorf("goroutine %d, operation %d: %v", g, i, err)
						return
					}
				}
			})
		}
		all.Wait()
		if err := c.Close(context.Background()); err != nil { // joins the peer's reading, by its answer
			s.T.Error(err)
		}
		if next < int64(goroutines*each) {
			s.T.Errorf("only %d requests for %d operations", next, goroutines*each)
		}
	})
}

// operation is one of the seven things a client asks for, and of three
// that fail before they are sent.
func operation(s *stage.Stage, c *wamp.Client, g, i int) error {
	ctx := s.T.Context()
	uri := fmt.Sprintf("com.example.g%d.n%d", g, i)
	switch (g + i) % 6 {
	case 0:
		return c.Publish(ctx, uri, []any{i}, nil)
	case 1:
		return c.Publish(ctx, uri, []any{i}, nil, wamp.WithAcknowledge())
	case 2:
		sub, err := c.Subscribe(ctx, uri, func(context.Context, wamp.Payload) error { return nil })
		if err == nil && i%2 == 0 {
			err = sub.Unsubscribe(ctx)
		}
		return err
	case 3:
		reg, err := c.Register(ctx, uri, stage.Echo)
		if err == nil && i%2 == 0 {
			err = reg.Unregister(ctx)
		}
		return err
	case 4:
		return unsendable(s, c, uri)
	}
	out, err := c.Call(ctx, uri, []any{g, i}, nil)
	if err == nil && (out.Args[0] != int64(g) || out.Args[1] != int64(i)) {
		err = fmt.Errorf("swapped result %v", out)
	}
	return err
}

// unsendable makes requests that fail before they are sent, and one that
// works, so that a gap would show.
func unsendable(s *stage.Stage, c *wamp.Client, uri string) error {
	ctx := s.T.Context()
	_, err1 := c.Call(ctx, uri, []any{make(chan int)}, nil)            // no encoding
	_, err2 := c.Call(ctx, uri, []any{"\xff"}, nil)                    // no UTF-8
	_, err3 := c.Call(ctx, "no spaces please", nil, nil)               // no URI
	err4 := c.Publish(ctx, uri, []any{map[bool]any{true: 1}}, nil)     // no dict
	err5 := c.Publish(ctx, "wamp.metaevent.own", nil, nil)             // reserved
	_, err6 := c.Call(ctx, uri, []any{strings.Repeat("x", 5000)}, nil) // too large for RawSocket
	if s.Kind == wamptest.WebSocket {
		err6 = err1 // WebSocket peers tell no limit: it was sent
	}
	for i, err := range []error{err1, err2, err3, err4, err5, err6} {
		if err == nil || !wamp.SafeToRetry(err) || wamp.IsPeer(err) {
			return fmt.Errorf("unsendable request %d: want a local error that is safe to retry, got %v", i+1, err)
		}
	}
	if s.Kind == wamptest.RawSocket && !errors.Is(err6, wamp.ErrTooLarge) {
		return fmt.Errorf("want ErrTooLarge, got %v", err6)
	}
	return c.Publish(ctx, uri, nil, nil)
}
