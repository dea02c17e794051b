package stream

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/live/stage"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// bidi begins a call; its first message is a chunk if first is set, and its last one
// if last is.
func bidi(ctx context.Context, c *wamp.Client, first, last bool) wamp.Bidi[wamp.Payload, wamp.Payload, wamp.Payload] {
	self := func(p *wamp.Payload) codec.Value { return p }
	d := &wamp.Procedure{URI: procedure, Chunks: true, Stream: true, FirstChunk: first, LastChunk: last}
	return wamp.CallBidi(ctx, c, d, nil, self, self, self)
}

func text(s string) wamp.Payload { return wamp.Payload{Args: []any{s}} }

var unfit = wamp.Payload{Args: []any{make(chan int)}}

// After the end of the call Send returns how it ended, whatever the chunk is, and
// keeps none that would go with the last message.
func TestBidi_SendAfterTheEnd(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		for _, last := range []bool{false, true} {
			b := bidi(s.T.Context(), c, false, last)
			id := p.Expect(wamptest.Call).ID(1)
			p.Send(wamptest.Message{wamptest.Result, id, stage.Dict{}})
			if _, err := b.Result(); err != nil {
				s.T.Error(err)
			}
			for _, chunk := range []wamp.Payload{text("late"), unfit} {
				if err := b.Send(chunk); err != io.EOF {
					s.T.Error(err)
				}
			}
		}
		s.Works(c, p)
	})
}

// A first chunk that does not fit is refused as any other, and the call goes on: the
// next one is its first message.
func TestBidi_FirstChunkDoesNotFit(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		for _, last := range []bool{false, true} {
			b := bidi(s.T.Context(), c, true, last)
			var bad *wamp.ValueError
			if err := b.Send(unfit); !errors.As(err, &bad) {
				s.T.Error(err)
			}
			if err := errors.Join(b.Send(text("a")), b.CloseSend()); err != nil {
				s.T.Error(err)
			}
			if m := p.Expect(wamptest.Call); m.List(4)[0] != "a" {
				s.T.Error(m)
			} else if !last {
				p.Expect(wamptest.Call)
			}
			go b.Close() // joined by Close below
			p.Send(wamptest.Answer(p.Expect(wamptest.Cancel)))
			b.Close()
		}
		s.Works(c, p)
	})
}

// A last chunk that is too large is dropped, and CloseSend says so. The chunks have
// not ended: the callee would take what it got for all.
func TestBidi_LastChunkTooLarge(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect(wamp.WithWriteLimit(64 << 10))
		b := bidi(s.T.Context(), c, false, true)
		id := p.Expect(wamptest.Call).ID(1)
		if err := b.Send(text(strings.Repeat("x", 64<<10))); err != nil {
			s.T.Error(err)
		}
		if err := b.CloseSend(); !errors.Is(err, wamp.ErrTooLarge) {
			s.T.Error(err)
		}
		if err := errors.Join(b.Send(text("small")), b.CloseSend()); err != nil {
			s.T.Error(err)
		}
		if m := p.Expect(wamptest.Call); m.ID(1) != id || m.Dict(2)["progress"] == true || m.List(4)[0] != "small" {
			s.T.Error(m)
		}
		p.Send(wamptest.Message{wamptest.Result, id, stage.Dict{}})
		if _, err := b.Result(); err != nil {
			s.T.Error(err)
		}
	})
}

// A call whose first chunk waits for the second was not sent. It ends with its session.
func TestBidi_LostBeforeItWasSent(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		b := bidi(s.T.Context(), c, true, true)
		if err := b.Send(text("a")); err != nil {
			s.T.Error(err)
		}
		synctest.Wait()
		p.Reset()
		if _, err := b.Result(); !stage.IsLost(err, true) {
			s.T.Error(err)
		}
		if err := b.Send(text("b")); !stage.IsLost(err, true) {
			s.T.Error(err)
		}
		s.Works(c, s.Rejoin())
	})
}
