package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// Watch sees every state in turn, with what belongs to it.
func TestWatch_ThroughAnOutage(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		c, p := s.join()
		watched := recWatch(s, c)
		p.Send(wamptest.Message{wamptest.Goodbye, map[string]any{"message": "back soon"}, "wamp.close.system_shutdown"})
		s.until(c, recIn(wamp.BackingOff))
		s.Stop()
		s.until(c, func(st wamp.Status) bool { return st.Attempt == 2 && st.State == wamp.BackingOff })
		s.Start()
		s.again()
		s.until(c, recIn(wamp.Ready))
		s.Stop() // nobody answers the GOODBYE
		s.until(c, recIn(wamp.BackingOff))
		if err := c.Close(s.t.Context()); err != nil {
			s.t.Error(err)
		}
		seen := watched()
		var states []string
		for _, st := range seen {
			states = append(states, st.State.String())
		}
		want := "ready backoff connecting backoff connecting joining recovering ready backoff closed"
		if got := strings.Join(states, " "); got != want {
			s.t.Fatalf("want %s\ngot %s", want, got)
		}
		check := func(i int, ok bool) {
			s.t.Helper()
			if !ok {
				s.t.Errorf("status %d: %+v", i, seen[i].Status)
			}
		}
		url := s.URL()
		check(0, seen[0].Session == 1 && seen[0].URL == url && seen[0].Err == nil && seen[0].Attempt == 0)
		check(1, seen[1].Session == 0 && strings.Contains(seen[1].Err.Error(), "back soon") && seen[1].Attempt == 1)
		check(2, seen[2].at.Equal(seen[1].Next) && seen[2].URL == url && seen[2].Next.IsZero() && seen[2].Err != nil)
		check(3, strings.Contains(seen[3].Err.Error(), "refused") && seen[3].Attempt == 2)
		check(6, seen[6].Session == 2)
		check(7, seen[7].Session == 2 && seen[7].Err == nil)
		check(9, errors.Is(seen[9].Err, wamp.ErrClosed))
	})
}

// A Watch loop that does not keep up loses the oldest, holds nobody up, and
// still sees the end.
func TestWatch_SlowLoop(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		s.Serve(func(p *wamptest.Peer) { p.Join() })
		c := s.connected(s.dial())
		began, release := make(chan struct{}), make(chan struct{})
		done := make(chan []wamp.Status, 1)
		go func() {
			var seen []wamp.Status
			for st := range c.Watch(s.t.Context()) {
				if len(seen) == 0 {
					close(began)
					<-release
				}
				seen = append(seen, st)
			}
			done <- seen
		}()
		<-began
		time.Sleep(time.Hour)
		if err := c.Close(s.t.Context()); err != nil {
			s.t.Error(err)
		}
		close(release)
		seen := <-done
		if len(seen) > 258 || seen[len(seen)-1].State != wamp.Closed {
			s.t.Errorf("%d seen, the last %v", len(seen), seen[len(seen)-1])
		}
	})
}

// Watch ends with its ctx and with its loop.
func TestWatch_Ends(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		c, _ := s.join()
		ctx, cancel := context.WithTimeout(s.t.Context(), time.Second)
		defer cancel()
		begin, n := time.Now(), 0
		for range c.Watch(ctx) {
			n++
		}
		if took := time.Since(begin); took != time.Second || n != 1 {
			s.t.Errorf("%d in %v", n, took)
		}
		for range c.Watch(s.t.Context()) {
			break
		}
	})
}

// Connect keeps trying until its ctx ends, and then says why it could not.
func TestConnect_BeforeItsRouter(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		s.Stop()
		ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
		defer cancel()
		begin := time.Now()
		_, err := wamp.Connect(ctx, s.URL(), "realm1", s.options(nil)...)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "refused") || time.Since(begin) != time.Minute {
			s.t.Errorf("%v after %v", err, time.Since(begin))
		}
		done := s.dial()
		time.Sleep(5 * time.Minute)
		s.Start()
		s.again()
		s.connected(done)
	})
}

// Connect is bounded by its ctx wherever it hangs.
func TestConnect_EndsWithItsContext(t *testing.T) {
	hangs := map[string]func(*faultStage){
		"dial":      func(s *faultStage) { s.net.Set(wamptest.Fault{StallDials: true}) },
		"transport": func(s *faultStage) { s.AcceptConn() },
		"welcome":   func(s *faultStage) { s.Accept().Expect(wamptest.Hello) },
	}
	for name, hang := range hangs {
		t.Run(name, func(t *testing.T) {
			recTransports(t, func(s *faultStage) {
				ctx, cancel := context.WithTimeout(s.t.Context(), 3*time.Second)
				defer cancel()
				done := make(chan error, 1)
				begin := time.Now()
				go func() {
					_, err := wamp.Connect(ctx, s.URL(), "realm1", s.options(nil)...)
					done <- err
				}()
				hang(s)
				if err := <-done; !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != 3*time.Second {
					s.t.Errorf("%v after %v", err, time.Since(begin))
				}
			})
		})
	}
}

// The log tells an operator what happened and what comes next, and neither
// payloads nor secrets.
func TestLog_OfAnOutage(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		scheme, rest, _ := strings.Cut(s.URL(), "://")
		_, refused := wamp.Connect(s.t.Context(), scheme+"://ann:canary-userinfo@"+rest, "realm1", s.options(nil)...)
		url := s.URL() + "?token=canary-query"
		opts := s.options(append(recTicket(auth.NewSecret("canary-ticket")), wamp.WithPublishBuffer(1000)))
		done := make(chan recOutcome, 1)
		go func() {
			c, err := wamp.Connect(s.t.Context(), url, "realm1", opts...)
			done <- recOutcome{c, err}
		}()
		recLogin(s, s.Accept())
		c := s.connected(done)
		p := func() *wamptest.Peer { // goes on with the session that is there
			s.Stop()
			s.until(c, recIn(wamp.BackingOff))
			if err := c.Publish(s.t.Context(), "com.example.t", []any{"canary-payload"}, nil); err != nil {
				s.t.Error(err)
			}
			s.Start()
			p := s.Accept()
			recLogin(s, p)
			return p
		}()
		s.until(c, recIn(wamp.Ready))
		called := make(chan error, 1)
		go func() {
			_, err := c.Call(s.t.Context(), "com.example.p", []any{"canary-argument"}, nil)
			called <- err
		}()
		p.Expect(wamptest.Publish)
		id := p.Expect(wamptest.Call).ID(1)
		p.Send(wamptest.Message{wamptest.Error, wamptest.Call, id, map[string]any{}, "com.example.error", []any{"canary-error"}})
		err := <-called
		s.Stop()
		s.until(c, recIn(wamp.BackingOff))
		text := fmt.Sprint(refused, err, c.Status(), s.log.with(""))
		if strings.Contains(text, "canary") {
			s.t.Errorf("a secret or a payload is in %s", text)
		}
		lost := s.log.with("session lost", "reason=", "next=", "attempt=1", "router="+scheme, "format=", "lived=")
		if len(lost) != 1 || !strings.Contains(lost[0], "reason=wamp: ") {
			s.t.Errorf("of the loss: %v", s.log.with("session lost"))
		}
		ready := s.log.with("session ready", "restored=0", "took=", "router="+scheme+"://127.0.0.1")
		if len(ready) != 2 {
			s.t.Errorf("of the recovery: %v", s.log.with("session ready"))
		}
		if err := c.Close(s.t.Context()); err != nil {
			s.t.Error(err)
		}
		if closed := s.log.with("client closed"); len(closed) != 1 {
			s.t.Errorf("of the end: %v", closed)
		}
	})
}

// Several clients and Watch loops in one bubble do not disturb each other.
func TestWatch_Many(t *testing.T) {
	recTransports(t, func(s *faultStage) {
		s.serve(nil)
		c := s.connected(s.dial())
		var collect []func() []recSeen
		for range 20 {
			collect = append(collect, recWatch(s, c))
		}
		for range 5 {
			s.net.Reset()
			synctest.Wait()
			s.until(c, recIn(wamp.Ready))
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
				s.t.Errorf("saw %v", states)
			}
		}
	})
}
