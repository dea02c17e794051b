package option

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// seen is an interceptor that keeps a copy of each operation when it has ended.
type seen struct {
	before []string
	ended  chan wamp.Operation
}

func (s *seen) intercept(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
	if op.Kind < wamp.OperationInvocation { // what is known of those begins with next
		s.before = append(s.before, op.Router+fmt.Sprint(op.Attempt, op.Session, int(op.Format), op.BytesOut, op.BytesIn))
	}
	if op.URI == "com.example.twice" {
		_ = next(ctx)
	}
	err := next(ctx)
	s.ended <- *op
	return err
}

// An interceptor sees of each operation where it went, how often and how large,
// and who is on the other side.
func TestOperation_Details(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		all := &seen{ended: make(chan wamp.Operation, 10)}
		c, p := s.Connect(wamp.WithInterceptors(all.intercept))
		ctx := s.T.Context()
		size := func(payload ...any) int64 { return sizeOf(s, payload...) }
		check := func(kind wamp.OperationKind, uri string, attempt int, out, in int64, peer wamp.Peer) {
			s.T.Helper()
			op := <-all.ended
			if op.Kind != kind || op.URI != uri || op.Attempt != attempt || op.BytesOut != out || op.BytesIn != in || op.Peer() != peer ||
				op.Router != s.URL() || op.Session != c.SessionID() || op.Format != s.Format {
				s.T.Errorf("got %+v of %v, want %v %s, attempt %d, %d bytes out, %d in, %v", op, op.Peer(), kind, uri, attempt, out, in, peer)
			}
		}
		args, kwargs, result := []any{"ab", 7}, stage.Dict{"k": "v"}, []any{"result"}

		for _, row := range []struct {
			uri     string
			attempt int
		}{{"com.example.once", 1}, {"com.example.twice", 2}} {
			done := stage.Begin(func() error { _, err := c.Call(ctx, row.uri, args, kwargs); return err })
			for range row.attempt {
				p.Send(wamptest.Message{wamptest.Result, p.Expect(wamptest.Call).ID(1), stage.Dict{}, result})
			}
			if err := <-done; err != nil {
				s.T.Error(err)
			}
			check(wamp.OperationCall, row.uri, row.attempt, int64(row.attempt)*size(args, kwargs), int64(row.attempt)*size(result), wamp.Peer{})
		}
		if err := c.Publish(ctx, "com.example.t", args, nil); err != nil {
			s.T.Error(err)
		}
		p.Expect(wamptest.Publish)
		check(wamp.OperationPublish, "com.example.t", 1, size(args), 0, wamp.Peer{})

		_, id := s.Register(c, p, "com.example.", func(context.Context, wamp.Payload) (wamp.Payload, error) {
			return wamp.Payload{Args: result}, nil
		}, wamp.WithPrefix())
		check(wamp.OperationRegister, "com.example.", 1, 0, 0, wamp.Peer{})
		p.Send(wamptest.Message{wamptest.Invocation, 1, id, stage.Dict{"procedure": "com.example.p", "caller": 9, "caller_authid": "ann", "caller_authrole": "staff"}, args, kwargs})
		p.Expect(wamptest.Yield)
		check(wamp.OperationInvocation, "com.example.p", 1, size(result), size(args, kwargs), wamp.Peer{Session: 9, AuthID: "ann", AuthRole: "staff"})
		p.Send(wamptest.Message{wamptest.Invocation, 2, id, stage.Dict{}})
		p.Expect(wamptest.Yield)
		check(wamp.OperationInvocation, "com.example.", 1, size(result), 0, wamp.Peer{})

		_, id = s.Subscribe(c, p, "com..t", func(context.Context, wamp.Payload) error { return nil }, wamp.WithWildcard())
		check(wamp.OperationSubscribe, "com..t", 1, 0, 0, wamp.Peer{})
		p.Send(wamptest.Message{wamptest.Event, id, 1, stage.Dict{"topic": "com.example.t", "publisher": 9, "publisher_authid": "bob"}, args})
		check(wamp.OperationEvent, "com.example.t", 1, 0, size(args), wamp.Peer{Session: 9, AuthID: "bob"})
		for _, before := range all.before {
			if before != "0 0 0 0 0" {
				s.T.Errorf("before next: %s", before)
			}
		}
	})
}

// An interceptor sees a stream as one operation, with all that came.
func TestOperation_Stream(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		all := &seen{ended: make(chan wamp.Operation, 10)}
		c, p := s.Connect(wamp.WithInterceptors(all.intercept))
		done := stage.Begin(func() error {
			stream := c.CallStream(s.T.Context(), "com.example.p", []any{1}, nil)
			for _, err := range stream.All() {
				if err != nil {
					return err
				}
			}
			_, err := stream.Result()
			return err
		})
		id := p.Expect(wamptest.Call).ID(1)
		for range 3 {
			p.Send(wamptest.Message{wamptest.Result, id, stage.Dict{"progress": true}, []any{1}})
		}
		p.Send(wamptest.Message{wamptest.Result, id, stage.Dict{}, []any{1}})
		if err := <-done; err != nil {
			s.T.Error(err)
		}
		if op := <-all.ended; op.Attempt != 1 || op.BytesOut == 0 || op.BytesIn != 4*op.BytesOut {
			s.T.Errorf("got %+v", op)
		}
		registered := stage.Begin(func() error {
			_, err := c.RegisterStream(s.T.Context(), "com.example.p", func(_ context.Context, in wamp.Payload, out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
				return in, errors.Join(out.Send(in), out.Send(in))
			})
			return err
		})
		m := p.Expect(wamptest.Register)
		p.Send(wamptest.Answer(m))
		if err := <-registered; err != nil {
			s.T.Error(err)
		}
		<-all.ended
		p.Send(wamptest.Message{wamptest.Invocation, 1, m.ID(1), stage.Dict{"receive_progress": true}, []any{1}})
		s.Yields(p, 3)
		if op := <-all.ended; op.Kind != wamp.OperationInvocation || op.BytesIn == 0 || op.BytesOut != 3*op.BytesIn {
			s.T.Errorf("got %+v", op)
		}
	})
}

// A call that is sent again counts its attempts, and ends with the session of the
// last one.
func TestOperation_Attempts(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		all := &seen{ended: make(chan wamp.Operation, 1)}
		c, p := s.Connect(wamp.WithInterceptors(all.intercept))
		done := stage.CallProcedure(s.T.Context(), c, true)
		p.Expect(wamptest.Call)
		first := c.SessionID()
		p.Reset()
		p = s.Accept()
		p.Join()
		p.Send(wamptest.Message{wamptest.Result, p.Expect(wamptest.Call).ID(1), stage.Dict{}, []any{"in"}})
		if err := <-done; err != nil {
			s.T.Error(err)
		}
		if op := <-all.ended; op.Attempt != 2 || op.Session == first || op.Session != c.SessionID() {
			s.T.Errorf("got %+v", op)
		}
	})
}

// The payloads of all attempts count, also of those that were refused.
func TestOperation_BytesOfRefusals(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		all := &seen{ended: make(chan wamp.Operation, 1)}
		c, p := s.Connect(wamp.WithInterceptors(all.intercept))
		done := stage.CallProcedure(s.T.Context(), c, true)
		full := []any{[]any{}, stage.Dict{"retry_after_ms": 100}}
		p.Send(append(wamptest.Message{wamptest.Error, wamptest.Call, p.Expect(wamptest.Call).ID(1), stage.Dict{}, "wamp.error.unavailable"}, full...))
		p.Send(wamptest.Message{wamptest.Result, p.Expect(wamptest.Call).ID(1), stage.Dict{}, []any{"in"}})
		if err := <-done; err != nil {
			s.T.Error(err)
		}
		in := sizeOf(s, []any{"in"})
		if op := <-all.ended; op.Attempt != 2 || op.BytesOut != 2*in || op.BytesIn != sizeOf(s, full...)+in {
			s.T.Errorf("got %+v, want %d bytes out and %d in", op, 2*in, sizeOf(s, full...)+in)
		}
	})
}

// sizeOf is the size of a payload in a message.
func sizeOf(s *stage.Stage, payload ...any) int64 {
	s.T.Helper()
	m := wamptest.Message{wamptest.Yield, 1, stage.Dict{}}
	empty, err1 := m.Encode(s.Format)
	full, err2 := append(m, payload...).Encode(s.Format)
	if err := errors.Join(err1, err2); err != nil {
		s.T.Fatal(err)
	}
	n := len(full) - len(empty)
	if s.Format.String() == "json" {
		n-- // the comma
	}
	return int64(n)
}

// What package fmt prints of an operation, in a line of a log, has no payload.
func TestOperation_PrintsNoPayload(t *testing.T) {
	printed := make(chan string, 2)
	c := wamptest.NewRealm(t).Client(t, wamp.WithInterceptors(func(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
		if op.Kind >= wamp.OperationInvocation {
			var text string
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
				text += fmt.Sprintf(verb, op) + fmt.Sprintf(verb, *op)
			}
			printed <- text
		}
		return next(ctx)
	}))
	if _, err := c.Register(t.Context(), "com.example.p", stage.Echo); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Subscribe(t.Context(), "com.example.t", func(context.Context, wamp.Payload) error { return nil }); err != nil {
		t.Fatal(err)
	}
	kwargs := map[string]any{"password": "sesame"}
	_, err := c.Call(t.Context(), "com.example.p", nil, kwargs)
	if err = errors.Join(err, c.Publish(t.Context(), "com.example.t", nil, kwargs, wamp.WithExcludeMe(false))); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		text := <-printed
		for _, form := range []string{"sesame", "115 101 115 97 109 101", "0x73, 0x65, 0x73", "736573616d65"} {
			if strings.Contains(text, form) {
				t.Errorf("fmt prints the payload as %s: %s", form, text)
			}
		}
	}
}

// An interceptor adds options to what leaves, also to what is restored later.
func TestOperation_SetOption(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		n := 0
		trace := func(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
			n++
			for _, err := range []error{op.SetOption("_trace", "lost"), op.SetOption("_trace", n)} {
				if refused := op.Kind >= wamp.OperationInvocation; (err != nil) != refused {
					s.T.Errorf("%v: %v", op.Kind, err)
				}
			}
			for _, key := range []string{"", "timeout", "match", "acknowledge", "ppt_scheme"} {
				if err := op.SetOption(key, 1); err != nil && strings.Contains(err.Error(), key) {
					continue
				} else if key == "timeout" && op.Kind != wamp.OperationCall || key == "match" || key == "acknowledge" {
					continue
				}
				s.T.Errorf("%v took the option %q", op.Kind, key)
			}
			return next(ctx)
		}
		c, p := s.Connect(wamp.WithInterceptors(trace))
		for i, row := range []sends{
			{"call", calls(wamp.Procedure{}, wamp.WithOption("_own", true)), wamptest.Call, nil},
			{"publish", publishes(wamp.Topic{}, wamp.WithOption("_trace", "mine")), wamptest.Publish, nil},
			{"register", registers(wamp.Procedure{}), wamptest.Register, nil},
			{"subscribe", subscribes(wamp.Topic{}), wamptest.Subscribe, nil},
		} {
			done := stage.Begin(func() error { return row.do(c, s.T.Context()) })
			m := p.Expect(row.kind)
			if got := m.Dict(2)["_trace"]; got != int64(i+1) || (m.Dict(2)["_own"] == true) != (i == 0) {
				s.T.Errorf("%s: sent %v", row.name, m.Dict(2))
			}
			if answer := wamptest.Answer(m); answer != nil {
				p.Send(answer)
			}
			if err := <-done; err != nil {
				s.T.Errorf("%s: %v", row.name, err)
			}
		}
		p.Reset()
		p = s.Accept()
		p.Join()
		for i, kind := range []int{wamptest.Register, wamptest.Subscribe} {
			m := p.Expect(kind)
			if m.Dict(2)["_trace"] != int64(i+3) {
				s.T.Errorf("restored with %v", m.Dict(2))
			}
			p.Send(wamptest.Answer(m))
		}
		synctest.Wait()
	})
}
