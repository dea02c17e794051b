package stream

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/internal/live/stage"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

type taker = func(context.Context, wamp.Payload, payloads) (wamp.Payload, error)

// taking registers a handler of chunks on a scripted router and returns the id of
// its registration.
func taking(s *stage.Stage, c *wamp.Client, p *wamptest.Peer, f taker, opts ...wamp.RegisterOption) int64 {
	s.T.Helper()
	done := stage.Begin(func() error {
		_, err := c.RegisterChunks(s.T.Context(), procedure, f, opts...)
		return err
	})
	m := p.Expect(wamptest.Register)
	p.Send(wamptest.Answer(m))
	if err := <-done; err != nil {
		s.T.Fatal(err)
	}
	return m.ID(1)
}

// invocation is a message of an invocation: the first, or a chunk.
func invocation(request int, id int64, more bool, args ...any) wamptest.Message {
	m := wamptest.Message{wamptest.Invocation, request, id, stage.Dict{"progress": more}}
	if len(args) > 0 {
		m = append(m, args)
	}
	return m
}

// gather returns the first argument of every chunk, and how the loop ended.
func gather(in payloads) (values []any, err error) {
	for chunk, e := range in {
		if e != nil {
			return values, e
		}
		values = append(values, chunk.Args...)
	}
	return values, nil
}

// all is a handler that returns its chunks.
func all(_ context.Context, in wamp.Payload, chunks payloads) (wamp.Payload, error) {
	values, err := gather(chunks)
	return wamp.Payload{Args: append(in.Args, values...)}, err
}

// R162, R163: a handler gets its input and then the chunks in order. The last message
// is a chunk if it has a payload; what an empty list or dict holds is none.
func TestInput_InOrder(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		id := taking(s, c, p, all)
		last := func(payload ...any) wamptest.Message {
			return append(wamptest.Message{wamptest.Invocation, 1, id, stage.Dict{}}, payload...)
		}
		for i, end := range []wamptest.Message{last(), last([]any{}), last([]any{}, stage.Dict{}), last([]any{"c"})} {
			end[1] = i + 1
			p.Send(invocation(i+1, id, true, "in"), invocation(i+1, id, true, "a"), invocation(i+1, id, true, "b"), end)
			want := "[in a b]"
			if i == 3 {
				want = "[in a b c]"
			}
			if y := p.Expect(wamptest.Yield); y.ID(1) != int64(i+1) || fmt.Sprint(y.List(3)) != want {
				s.T.Errorf("%v: got %v", end, y)
			}
		}
		p.Send(invocation(5, id, false, "alone")) // an ordinary call
		if y := p.Expect(wamptest.Yield); fmt.Sprint(y.List(3)) != "[alone]" {
			s.T.Error(y)
		}
		s.Works(c, p)
	})
}

// R165, K12: a handler may answer before the last chunk; the ten thousand that still
// come are dropped, and nothing is said about them.
func TestInput_AnswersEarly(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		id := taking(s, c, p, func(_ context.Context, in wamp.Payload, chunks payloads) (wamp.Payload, error) {
			for chunk, err := range chunks {
				return chunk, err
			}
			return in, nil
		})
		p.Send(invocation(1, id, true), invocation(1, id, true, "enough"))
		if y := p.Expect(wamptest.Yield); y.List(3)[0] != "enough" {
			s.T.Error(y)
		}
		for i := range 10_000 {
			p.Send(invocation(1, id, i < 9_999, i))
		}
		p.Send(invocation(1, id, true, "behind the last"))
		s.Works(c, p)
		synctest.Wait()
		if n := c.Stats(); n.InboundBytes != 0 || n.Running != 0 {
			s.T.Errorf("%d bytes wait, %d handlers run", n.InboundBytes, n.Running)
		}
	})
}

// A procedure without chunks refuses a call with some, before anything has run.
func TestInput_NotTaken(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		_, id := s.Register(c, p, procedure, func(context.Context, wamp.Payload) (wamp.Payload, error) {
			s.T.Error("the handler ran")
			return wamp.Payload{}, nil
		})
		p.Send(invocation(1, id, true, 1), invocation(1, id, true, 2), invocation(1, id, false))
		if m := p.Expect(wamptest.Error); m[4] != "wamp.error.feature_not_supported" || m.ID(2) != 1 {
			s.T.Error(m)
		}
		s.Works(c, p)
	})
}

// However an invocation ends, the loop over its chunks ends with the cause, and so
// does every later one: INTERRUPT, the loss of the session, a timeout that the dealer
// left to the callee, and a caller that sends nothing.
func TestInput_Ends(t *testing.T) {
	ways := map[string]struct {
		details stage.Dict
		end     func(s *stage.Stage, p *wamptest.Peer)
		want    error
		answer  string // the error that the caller gets, "" for none
	}{
		"kill": {nil, func(_ *stage.Stage, p *wamptest.Peer) {
			p.Send(wamptest.Message{wamptest.Interrupt, 1, stage.Dict{"mode": "kill"}})
		}, wamp.ErrCanceled, "wamp.error.canceled"},
		"killnowait": {nil, func(_ *stage.Stage, p *wamptest.Peer) {
			p.Send(wamptest.Message{wamptest.Interrupt, 1, stage.Dict{"mode": "killnowait"}})
		}, wamp.ErrCanceled, ""},
		"lost":              {nil, func(_ *stage.Stage, p *wamptest.Peer) { p.Reset() }, wamp.ErrLost, ""},
		"forwarded timeout": {stage.Dict{"timeout": 1000}, nil, wamp.ErrTimeout, "wamp.error.timeout"},
		"silence":           {nil, nil, wamp.ErrTimeout, "wamp.error.timeout"},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			stage.Transports(t, func(s *stage.Stage) {
				c, p := s.Connect()
				ended := make(chan [3]error, 1)
				id := taking(s, c, p, func(ctx context.Context, in wamp.Payload, chunks payloads) (wamp.Payload, error) {
					_, err := gather(chunks)
					_, again := gather(chunks)
					ended <- [3]error{err, again, context.Cause(ctx)}
					return in, err
				})
				first := invocation(1, id, true)
				maps.Copy(first.Dict(3), way.details)
				p.Send(first)
				for range 3 { // each is a sign of life
					stage.Pass(900 * time.Millisecond)
					p.Send(invocation(1, id, true, "chunk"))
				}
				synctest.Wait()
				if way.end != nil {
					way.end(s, p)
				}
				for _, err := range <-ended {
					if !errors.Is(err, way.want) {
						s.T.Errorf("got %v, want %v", err, way.want)
					}
				}
				if way.answer != "" {
					if m := p.Expect(wamptest.Error); m[4] != way.answer {
						s.T.Error(m)
					}
				}
			})
		})
	}
}

// A chunk that does not fit ends the loop and, if the handler returns it, the call:
// its caller gets the path.
func TestInput_Misfit(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		id := serving(s, c, p, uploading(false, false), func(_ context.Context, in iter.Seq2[string, error]) (string, error) {
			for range 2 {
				for _, err := range in {
					if err != nil {
						return "", err
					}
				}
			}
			return "all", nil
		})
		p.Send(invocation(1, id, true, "in"), invocation(1, id, true, "one"), invocation(1, id, true, 2), invocation(1, id, false))
		if m := p.Expect(wamptest.Error); m[4] != "wamp.error.invalid_argument" || m.Dict(6)["path"] != "text" {
			s.T.Error(m)
		}
		s.Works(c, p)
	})
}

// What is kept of the chunks after the handler yields an error and nothing more.
func TestInput_AfterTheHandler(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		kept := make(chan payloads, 1)
		id := taking(s, c, p, func(_ context.Context, in wamp.Payload, chunks payloads) (wamp.Payload, error) {
			kept <- chunks
			return in, nil
		})
		p.Send(invocation(1, id, true), invocation(1, id, true, 1))
		p.Expect(wamptest.Yield)
		synctest.Wait()
		if values, err := gather(<-kept); err == nil || len(values) > 0 {
			s.T.Error(values, err)
		}
	})
}
