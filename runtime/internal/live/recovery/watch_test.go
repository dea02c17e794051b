package recovery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// Watch sees every state in turn, with what belongs to it.
func TestWatch_ThroughAnOutage(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		watched := stage.Watch(s, c)
		p.Send(wamptest.Message{wamptest.Goodbye, map[string]any{"message": "back soon"}, "wamp.close.system_shutdown"})
		s.Until(c, stage.In(wamp.BackingOff))
		s.Stop()
		s.Until(c, func(st wamp.Status) bool { return st.Attempt == 2 && st.State == wamp.BackingOff })
		s.Start()
		s.Rejoin()
		s.Until(c, stage.In(wamp.Ready))
		s.Stop() // nobody answers the GOODBYE
		s.Until(c, stage.In(wamp.BackingOff))
		if err := c.Close(s.T.Context()); err != nil {
			s.T.Error(err)
		}
		seen := watched()
		var states []string
		for _, st := range seen {
			states = append(states, st.State.String())
		}
		want := "ready backoff connecting backoff connecting joining recovering ready backoff closed"
		if got := strings.Join(states, " "); got != want {
			s.T.Fatalf("want %s\ngot %s", want, got)
		}
		check := func(i int, ok bool) {
			s.T.Helper()
			if !ok {
				s.T.Errorf("status %d: %+v", i, seen[i].Status)
			}
		}
		url := s.URL()
		check(0, seen[0].Session == 1 && seen[0].URL == url && seen[0].Err == nil && seen[0].Attempt == 0)
		check(1, seen[1].Session == 0 && strings.Contains(seen[1].Err.Error(), "back soon") && seen[1].Attempt == 1)
		check(2, seen[2].At.Equal(seen[1].Next) && seen[2].URL == url && seen[2].Next.IsZero() && seen[2].Err != nil)
		check(3, strings.Contains(seen[3].Err.Error(), "refused") && seen[3].Attempt == 2)
		check(6, seen[6].Session == 2)
		check(7, seen[7].Session == 2 && seen[7].Err == nil)
		check(9, errors.Is(seen[9].Err, wamp.ErrClosed))
	})
}

// A Watch loop that does not keep up loses the oldest, holds nobody up, and
// still sees the end.
func TestWatch_SlowLoop(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		s.Serve(func(p *wamptest.Peer) { p.Join() })
		c := s.Connected(s.Dial())
		began, release := make(chan struct{}), make(chan struct{})
		done := make(chan []wamp.Status, 1)
		go func() {
			var seen []wamp.Status
			for st := range c.Watch(s.T.Context()) {
				if len(seen) == 0 {
					close(began)
					<-release
				}
				seen = append(seen, st)
			}
			done <- seen
		}()
		<-began
		time.Sleep(30 * time.Minute)
		if err := c.Close(s.T.Context()); err != nil {
			s.T.Error(err)
		}
		close(release)
		seen := <-done
		if len(seen) > 258 || seen[len(seen)-1].State != wamp.Closed {
			s.T.Errorf("%d seen, the last %v", len(seen), seen[len(seen)-1])
		}
	})
}

// Watch ends with its ctx and with its loop.
func TestWatch_Ends(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, _ := s.Connect()
		ctx, cancel := context.WithTimeout(s.T.Context(), time.Second)
		defer cancel()
		begin, n := time.Now(), 0
		for range c.Watch(ctx) {
			n++
		}
		if took := time.Since(begin); took != time.Second || n != 1 {
			s.T.Errorf("%d in %v", n, took)
		}
		for range c.Watch(s.T.Context()) {
			break
		}
	})
}

// Connect keeps trying until its ctx ends, and then says why it could not.
func TestConnect_BeforeItsRouter(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		s.Stop()
		ctx, cancel := context.WithTimeout(s.T.Context(), time.Minute)
		defer cancel()
		begin := time.Now()
		_, err := wamp.Connect(ctx, s.URL(), "realm1", s.Options(nil)...)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "refused") || time.Since(begin) != time.Minute {
			s.T.Errorf("%v after %v", err, time.Since(begin))
		}
		done := s.Dial()
		time.Sleep(5 * time.Minute)
		s.Start()
		s.Rejoin()
		s.Connected(done)
	})
}

// Connect is bounded by its ctx wherever it hangs.
func TestConnect_EndsWithItsContext(t *testing.T) {
	hangs := map[string]func(*stage.Stage){
		"dial":      func(s *stage.Stage) { s.Net.Set(wamptest.Fault{StallDials: true}) },
		"transport": func(s *stage.Stage) { s.AcceptConn() },
		"welcome":   func(s *stage.Stage) { s.Accept().Expect(wamptest.Hello) },
	}
	for name, hang := range hangs {
		t.Run(name, func(t *testing.T) {
			stage.Transports(t, func(s *stage.Stage) {
				ctx, cancel := context.WithTimeout(s.T.Context(), 3*time.Second)
				defer cancel()
				done := make(chan error, 1)
				begin := time.Now()
				go func() {
					_, err := wamp.Connect(ctx, s.URL(), "realm1", s.Options(nil)...)
					done <- err
				}()
				hang(s)
				if err := <-done; !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != 3*time.Second {
					s.T.Errorf("%v after %v", err, time.Since(begin))
				}
			})
		})
	}
}

// The log tells an operator what happened and what comes next, and neither
// payloads nor secrets.
func TestLog_OfAnOutage(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		scheme, rest, _ := strings.Cut(s.URL(), "://")
		_, refused := wamp.Connect(s.T.Context(), scheme+"://ann:canary-userinfo@"+rest, "realm1", s.Options(nil)...)
		url := s.URL() + "?token=canary-query"
		opts := s.Options(append(ticket(auth.NewSecret("canary-ticket")), wamp.WithPublishBuffer(1000)))
		done := make(chan stage.Outcome, 1)
		go func() {
			c, err := wamp.Connect(s.T.Context(), url, "realm1", opts...)
			done <- stage.Outcome{Client: c, Err: err}
		}()
		loginTicket(s, s.Accept())
		c := s.Connected(done)
		p := func() *wamptest.Peer { // goes on with the session that is there
			s.Stop()
			s.Until(c, stage.In(wamp.BackingOff))
			if err := c.Publish(s.T.Context(), "com.example.t", []any{"canary-payload"}, nil); err != nil {
				s.T.Error(err)
			}
			s.Start()
			p := s.Accept()
			loginTicket(s, p)
			return p
		}()
		s.Until(c, stage.In(wamp.Ready))
		called := make(chan error, 1)
		go func() {
			_, err := c.Call(s.T.Context(), "com.example.p", []any{"canary-argument"}, nil)
			called <- err
		}()
		p.Expect(wamptest.Publish)
		id := p.Expect(wamptest.Call).ID(1)
		p.Send(wamptest.Message{wamptest.Error, wamptest.Call, id, map[string]any{}, "com.example.error", []any{"canary-error"}})
		err := <-called
		s.Stop()
		s.Until(c, stage.In(wamp.BackingOff))
		text := fmt.Sprint(refused, err, c.Status(), s.Log.With(""))
		if strings.Contains(text, "canary") {
			s.T.Errorf("a secret or a payload is in %s", text)
		}
		lost := s.Log.With("session lost", "reason=", "retry_in=", "attempt=1", "router="+scheme, "format=", "lived=")
		if len(lost) != 1 || !strings.Contains(lost[0], "reason=wamp: ") {
			s.T.Errorf("of the loss: %v", s.Log.With("session lost"))
		}
		ready := s.Log.With("session ready", "registrations=0", "subscriptions=0", "restored_in=", "router="+scheme+"://127.0.0.1")
		if len(ready) != 2 {
			s.T.Errorf("of the recovery: %v", s.Log.With("session ready"))
		}
		if err := c.Close(s.T.Context()); err != nil {
			s.T.Error(err)
		}
		if closed := s.Log.With("client closed"); len(closed) != 1 {
			s.T.Errorf("of the end: %v", closed)
		}
	})
}

// Several clients and Watch loops in one bubble do not disturb each other.
func TestWatch_Many(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		s.Play(nil)
		c := s.Connected(s.Dial())
		var collect []func() []stage.Seen
		for range 20 {
			collect = append(collect, stage.Watch(s, c))
		}
		for range 5 {
			s.Net.Reset()
			synctest.Wait()
			s.Until(c, stage.In(wamp.Ready))
		}
		var first []wamp.State
		for _, watched := range collect {
			var states []wamp.State
			for _, st := range watched() {
				states = append(states, st.State)
			}
			if first == nil {
				first = states
			}
			if !slices.Equal(states, first) || len(states) != 1+5*5 {
				s.T.Errorf("saw %v", states)
			}
		}
	})
}
