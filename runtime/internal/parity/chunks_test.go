package parity

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"

	wamp "github.com/wampgen/wampgen/runtime"
)

// chunkExercises are what a user does with chunks, and with both directions at once.
var chunkExercises = []exercise{
	{name: "ten thousand chunks reach a handler in order", do: func(s *clients) { // K12
		callee, caller := s.client(), s.client()
		const n, uri = 10_000, "com.example.chunks.sum"
		if s.withoutChunks(caller, uri) {
			return
		}
		_, err := callee.RegisterChunks(s.Context(), uri, func(_ context.Context, in wamp.Payload, chunks iter.Seq2[wamp.Payload, error]) (wamp.Payload, error) {
			next := int64(0)
			for chunk, err := range chunks {
				if err != nil {
					return in, err
				}
				if chunk.Args[0] != next {
					return in, wamp.NewError("com.example.error.order", next, chunk.Args[0])
				}
				next++
			}
			return wamp.Payload{Args: []any{next}}, nil
		})
		s.must(err)
		out, err := caller.CallChunks(s.Context(), uri, []any{"in"}, nil, func(yield func(wamp.Payload, error) bool) {
			for i := range n {
				if !yield(wamp.Payload{Args: []any{i}}, nil) {
					return
				}
			}
		})
		if err != nil || out.Args[0] != int64(n) {
			s.Errorf("got %v, %v", out, err)
		}
	}},
	{name: "a thousand chats at once on one callee, and other calls beside them", do: func(s *clients) {
		callee, caller := s.client(), s.client()
		const n, uri = 1000, "com.example.chunks.chat"
		if s.withoutChunks(caller, uri) {
			return
		}
		s.register(callee, "com.example.chunks.beside", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) { return in, nil })
		_, err := callee.RegisterBidi(s.Context(), uri, func(_ context.Context, in wamp.Payload, chunks iter.Seq2[wamp.Payload, error], out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
			for line, err := range chunks {
				if err == nil {
					err = out.Send(line)
				}
				if err != nil {
					return in, err
				}
			}
			return in, nil
		})
		s.must(err)
		var opened, ended sync.WaitGroup
		answered := make(chan struct{})
		for i := range int64(n) {
			opened.Add(1)
			ended.Go(func() { s.chat(caller, uri, i, opened.Done, answered) })
		}
		opened.Wait()
		for i := range int64(100) {
			if out, err := caller.Call(s.Context(), "com.example.chunks.beside", []any{i}, nil); err != nil || out.Args[0] != i {
				s.Fatalf("got %v, %v", out, err)
			}
		}
		close(answered)
		ended.Wait()
	}},
	{name: "who leaves a chat ends it on both sides, and chunks may end early", do: func(s *clients) {
		callee, caller := s.client(), s.client()
		const uri = "com.example.chunks.ends"
		if s.withoutChunks(caller, uri) {
			return
		}
		causes := make(chan error, 1)
		_, err := callee.RegisterBidi(s.Context(), uri, func(_ context.Context, in wamp.Payload, chunks iter.Seq2[wamp.Payload, error], out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
			for line, err := range chunks {
				if err != nil {
					causes <- err
					return in, err
				}
				if line.Args[0] == "enough" {
					return line, nil
				}
				if err := out.Send(line); err != nil {
					return in, err
				}
			}
			return in, nil
		})
		s.must(err)
		b := caller.CallBidi(s.Context(), uri, nil, nil)
		s.must(b.Send(wamp.Payload{Args: []any{"hello"}}))
		for _, err := range b.All() {
			s.must(err)
			break
		}
		if err := <-causes; !errors.Is(err, wamp.ErrCanceled) {
			s.Errorf("the handler ends with %v", err)
		}
		if _, err := b.Result(); !errors.Is(err, context.Canceled) {
			s.Errorf("the caller ends with %v", err)
		}
		lines := wamp.Chunks(slices.Values([]wamp.Payload{{Args: []any{"enough"}}, {Args: []any{"late"}}, {Args: []any{"later"}}}))
		if out, err := caller.CallChunks(s.Context(), uri, nil, nil, lines); err != nil || out.Args[0] != "enough" {
			s.Errorf("got %v, %v", out, err)
		}
		s.register(callee, "com.example.chunks.none", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) { return in, nil })
		if _, err := caller.CallChunks(s.Context(), "com.example.chunks.none", nil, nil, lines); !errors.Is(err, wamp.ErrFeatureNotSupported) {
			s.Errorf("a procedure without chunks answers %v", err)
		}
	}},
}

// chat opens a chat, and ends it after three lines when others were answered.
func (s *clients) chat(c *wamp.Client, uri string, id int64, opened func(), others <-chan struct{}) {
	b := c.CallBidi(s.Context(), uri, []any{id}, nil)
	defer b.Close()
	if err := b.Send(wamp.Payload{Args: []any{id}}); err != nil {
		s.Error(err)
	}
	lines := 0
	for line, err := range b.All() {
		if err != nil || line.Args[0] != id {
			s.Errorf("line %d of chat %d is %v, %v", lines, id, line, err)
			break
		}
		if lines++; lines == 1 {
			opened()
			<-others
		}
		if lines < 3 {
			err = b.Send(line)
		} else {
			err = b.CloseSend()
		}
		if err != nil {
			s.Error(err)
		}
	}
	if out, err := b.Result(); err != nil || lines != 3 || out.Args[0] != id {
		s.Errorf("chat %d ends after %d lines with %v, %v", id, lines, out, err)
	}
}

// withoutChunks reports whether the router has no chunks, and what comes of a call
// with some then: a clear error, before anything is sent.
func (s *clients) withoutChunks(c *wamp.Client, uri string) bool {
	s.Helper()
	if c.HasFeature("dealer", "progressive_call_invocations") {
		return false
	}
	_, err := c.CallChunks(s.Context(), uri, nil, nil, nil)
	if !errors.Is(err, wamp.ErrUnsupported) || !wamp.SafeToRetry(err) {
		s.Errorf("got %v", err)
	}
	if err := c.CallBidi(s.Context(), uri, nil, nil).Send(wamp.Payload{}); !errors.Is(err, wamp.ErrUnsupported) {
		s.Errorf("got %v", err)
	}
	return true
}
