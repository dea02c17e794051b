package call

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// R177 to R180, R183: INTERRUPT ends the ctx of the handler, and its reason is the
// cause; with killnowait, and once it was answered, nothing is sent.
func TestInterrupt_Cause(t *testing.T) {
	odd := &wamp.Error{URI: "com.example.reason"}
	for _, row := range []struct {
		options stage.Dict
		is      []error
		answer  string // "" for none
	}{
		{stage.Dict{}, []error{wamp.ErrCanceled}, "wamp.error.canceled"}, // R179
		{stage.Dict{"mode": "kill"}, []error{wamp.ErrCanceled}, "wamp.error.canceled"},
		{stage.Dict{"mode": "kill", "reason": "wamp.error.canceled"}, []error{wamp.ErrCanceled}, "wamp.error.canceled"},
		{stage.Dict{"mode": "kill", "reason": "wamp.error.timeout"}, []error{wamp.ErrTimeout, context.DeadlineExceeded}, "wamp.error.timeout"},
		{stage.Dict{"mode": "kill", "reason": "com.example.reason"}, []error{wamp.ErrCanceled, odd}, "wamp.error.canceled"},
		{stage.Dict{"mode": "killnowait"}, []error{wamp.ErrCanceled}, ""},
		{stage.Dict{"mode": "killnowait", "reason": "wamp.error.timeout"}, []error{wamp.ErrTimeout}, ""},
	} {
		stage.Transports(t, func(s *stage.Stage) {
			c, p := s.Connect()
			running, causes := make(chan bool), make(chan error, 1)
			_, id := s.Register(c, p, "com.example.p", func(ctx context.Context, _ wamp.Payload) (wamp.Payload, error) {
				close(running)
				<-ctx.Done()
				causes <- context.Cause(ctx)
				return wamp.Payload{}, context.Cause(ctx)
			})
			p.Send(wamptest.Message{wamptest.Invocation, 1, id, stage.Dict{}})
			<-running
			p.Send(wamptest.Message{wamptest.Interrupt, 1, row.options})
			cause := <-causes
			for _, want := range row.is {
				if !errors.Is(cause, want) {
					s.T.Errorf("%v: cause %v, want %v", row.options, cause, want)
				}
			}
			if row.answer != "" {
				if m := p.Expect(wamptest.Error); m.ID(2) != 1 || m.Text(4) != row.answer || len(m) != 5 {
					s.T.Errorf("%v: answered %v", row.options, m)
				}
			}
			synctest.Wait()
			p.Send(wamptest.Message{wamptest.Interrupt, 1, row.options}, // R180
				wamptest.Message{wamptest.Invocation, 1, id, stage.Dict{}}) // R164
			s.Works(c, p) // nothing else was sent
		})
	}
}

// R182: a dealer that counts invocations awaits an answer after killnowait too.
func TestInterrupt_ConcurrencyOfTheDealer(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		running := make(chan bool)
		_, id := s.Register(c, p, "com.example.p", func(ctx context.Context, _ wamp.Payload) (wamp.Payload, error) {
			close(running)
			<-ctx.Done()
			return wamp.Payload{}, ctx.Err()
		}, wamp.WithOption("concurrency", 1))
		p.Send(wamptest.Message{wamptest.Invocation, 1, id, stage.Dict{}})
		<-running
		p.Send(wamptest.Message{wamptest.Interrupt, 1, stage.Dict{"mode": "killnowait"}})
		if m := p.Expect(wamptest.Error); m.ID(2) != 1 || m.Text(4) != "wamp.error.canceled" {
			s.T.Errorf("answered %v", m)
		}
		s.Works(c, p)
	})
}

// R208, R232: the reason of a revocation can be read, where there is one.
func TestRevocation_Reason(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		for _, reason := range []string{"", "wamp.error.unregistered"} {
			details := func(key string, id int64) stage.Dict {
				d := stage.Dict{key: id}
				if reason != "" {
					d["reason"] = reason
				}
				return d
			}
			reg, regID := s.Register(c, p, "com.example.p", stage.Echo)
			sub, subID := s.Subscribe(c, p, "com.example.t", func(context.Context, wamp.Payload) error { return nil })
			p.Send(wamptest.Message{wamptest.Unregistered, 0, details("registration", regID)},
				wamptest.Message{wamptest.Unsubscribed, 0, details("subscription", subID)})
			<-reg.Done()
			<-sub.Done()
			for _, err := range []error{reg.Err(), sub.Err()} {
				var why *wamp.Error
				if !errors.Is(err, wamp.ErrRevoked) || errors.As(err, &why) != (reason != "") || reason != "" && why.URI != reason {
					s.T.Errorf("%q: got %v", reason, err)
				}
			}
		}
		synctest.Wait() // it is logged once the subscription is done
		if lines := s.Log.With("revoked", "wamp.error.unregistered"); len(lines) != 2 {
			s.T.Errorf("logged %q", lines)
		}
		s.Works(c, p)
	})
}
