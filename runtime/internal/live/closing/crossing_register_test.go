package closing

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// drained begins to drain c and returns what Drain will.
func drained(s *stage.Stage, c *wamp.Client) <-chan error {
	done := stage.Begin(func() error { return c.Drain(s.T.Context()) })
	synctest.Wait()
	return done
}

// servedAway grants a REGISTER that was under way when Drain began, and checks
// that what the dealer routes before it reads UNREGISTER is served.
func servedAway(s *stage.Stage, p *wamptest.Peer, register wamptest.Message, done <-chan error) {
	s.T.Helper()
	synctest.Wait()
	p.Send(wamptest.Answer(register))
	un := p.Expect(wamptest.Unregister)
	p.Send(wamptest.Message{wamptest.Invocation, 1, register.ID(1), stage.Dict{}, []any{"work"}}, wamptest.Answer(un))
	if got := s.Yields(p, 1); !slices.Equal(got, []int64{1}) {
		s.T.Errorf("answered %v", got)
	}
	p.Send(wamptest.Answer(p.Expect(wamptest.Goodbye)))
	if err := <-done; err != nil {
		s.T.Error(err)
	}
}

// A REGISTER of the user's that is under way is waited for and taken back, as if it
// had been there before.
func TestDrain_MeetsARegisterUnderWay(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		registering := stage.Begin(func() *wamp.Registration {
			reg, err := c.Register(s.T.Context(), "com.example.p", stage.Echo)
			if err != nil {
				s.T.Error(err)
			}
			return reg
		})
		m := p.Expect(wamptest.Register)
		servedAway(s, p, m, drained(s, c))
		reg := <-registering
		<-reg.Done()
		if err := reg.Err(); !errors.Is(err, wamp.ErrClosed) {
			s.T.Errorf("it ended with %v", err)
		}
	})
}

// The same for a procedure that recovery tries again.
func TestDrain_MeetsARegisterOfRecovery(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		registering := stage.Begin(func() error {
			_, err := c.Register(s.T.Context(), "com.example.p", stage.Echo)
			return err
		})
		p.Send(wamptest.Answer(p.Expect(wamptest.Register)))
		if err := <-registering; err != nil {
			s.T.Fatal(err)
		}
		p.Reset()
		p = s.Rejoin()
		m := p.Expect(wamptest.Register)
		p.Send(wamptest.Message{wamptest.Error, wamptest.Register, m.ID(1), stage.Dict{}, "wamp.error.procedure_already_exists"})
		m = p.Expect(wamptest.Register) // again, while the client is in use
		servedAway(s, p, m, drained(s, c))
	})
}

// A request that the router never answers keeps Drain for as long as a handshake
// may take, and is named.
func TestDrain_MeetsARegisterWithoutAReply(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		registering := stage.Begin(func() error {
			_, err := c.Register(s.T.Context(), "com.example.p", stage.Echo)
			return err
		})
		p.Expect(wamptest.Register)
		begin := time.Now()
		done := drained(s, c)
		p.Send(wamptest.Answer(p.Expect(wamptest.Goodbye)))
		if err := <-done; err == nil || !strings.Contains(err.Error(), "1 requests to register or subscribe") {
			s.T.Errorf("Drain returned %v", err)
		}
		if took := time.Since(begin); took != 10*time.Second {
			s.T.Errorf("given up after %v", took)
		}
		if err := <-registering; err == nil {
			s.T.Error("Register returned nil")
		}
	})
}

// Nothing new begins on a client that drains.
func TestDrain_RefusesWhatIsNew(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		release := make(chan struct{})
		c, p := s.Connect()
		registering := stage.Begin(func() error {
			_, err := c.Register(s.T.Context(), "com.example.p", func(context.Context, wamp.Payload) (wamp.Payload, error) {
				<-release
				return wamp.Payload{}, nil
			})
			return err
		})
		m := p.Expect(wamptest.Register)
		p.Send(wamptest.Answer(m), wamptest.Message{wamptest.Invocation, 1, m.ID(1), stage.Dict{}})
		if err := <-registering; err != nil {
			s.T.Fatal(err)
		}
		synctest.Wait()
		done := drained(s, c)
		p.Send(wamptest.Answer(p.Expect(wamptest.Unregister)))
		if _, err := c.Register(s.T.Context(), "com.example.q", stage.Echo); !errors.Is(err, wamp.ErrClosed) || !wamp.SafeToRetry(err) {
			s.T.Errorf("Register returned %v", err)
		}
		close(release)
		p.Expect(wamptest.Yield)
		p.Send(wamptest.Answer(p.Expect(wamptest.Goodbye)))
		if err := <-done; err != nil {
			s.T.Error(err)
		}
	})
}
