package session

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// L0: no goroutine and no file descriptor is left of clients that were closed, that
// lost their connection, that were let go while a call was under way, and that no
// router ever let in. The bubbles of other tests hold each of them to its goroutines.
func TestL0_NothingIsLeft(t *testing.T) {
	before := stage.Held()
	stage.Sockets(t, func(s *stage.Stage) {
		for range 3 {
			c, p := s.Connect(wamp.WithBackoff(wamp.Backoff{Min: time.Millisecond, Base: time.Millisecond, Max: time.Millisecond}))
			s.Works(c, p)
			call := stage.Calls(s, c, 1)
			p.Expect(wamptest.Call)
			p.Reset()
			if err := <-call; !errors.Is(err, wamp.ErrLost) {
				s.T.Error(err)
			}
			p = s.Rejoin()
			call = stage.Calls(s, c, 1)
			p.Expect(wamptest.Call)
			closed := stage.Begin(func() error { return c.Close(context.Background()) })
			p.Expect(wamptest.Goodbye)
			p.Close()
			if err := <-closed; err != nil {
				s.T.Error(err)
			}
			if err := <-call; err == nil {
				s.T.Error("a call that nobody answered has a result")
			}
		}
		ctx, cancel := context.WithCancel(s.T.Context())
		refused := stage.Begin(func() error {
			_, err := wamp.Connect(ctx, s.URL(), "realm1", s.Options(nil)...)
			return err
		})
		s.Accept().Expect(wamptest.Hello)
		cancel()
		if err := <-refused; !errors.Is(err, context.Canceled) {
			s.T.Error(err)
		}
	})
	before.Left(t)
}
