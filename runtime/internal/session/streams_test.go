package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/core"
)

// sink is this client's end of a streaming call; it notes what happens to it.
type sink struct {
	*handle
	directions core.Streams
}

func (k *sink) Streams() core.Streams       { return k.directions }
func (k *sink) Begin(_ *Session, id uint64) { k.note("begin %d", id) }
func (k *sink) Progress(m *core.Message, size int) {
	k.note("progress %s of %d bytes", m.Body().Args.Data, size)
}

// joinStreams establishes a session with a dealer that has all directions of a
// call.
func (r *rig) joinStreams() {
	r.t.Helper()
	r.joinWith(`[2,1,{"roles":{"broker":{},"dealer":{"features":{"call_canceling":true,"progressive_call_invocations":true}}}}]`)
}

// stream begins a streaming call and returns its end here, its waiter and its
// outcome.
func (r *rig) stream(ctx context.Context, st core.Streams) (*sink, *Waiter, <-chan error) {
	k, w := &sink{newHandle(), st}, r.cfg.Pool.Waiter()
	w.Sink = k
	return k, w, begin(func() error { return r.s.Call(ctx, w, "com.example.p", nil, "killnowait", r.payload("in")) })
}

// options returns the options of a CALL or YIELD.
func options(m []any) string { return fmt.Sprint(m[2]) }

// part queues a further part of call 1, which must succeed or not.
func (r *rig) part(last, queued bool) {
	r.t.Helper()
	if got, err := r.s.Part(r.t.Context(), 1, last, r.payload("part")); got != queued || err != nil {
		r.t.Errorf("part: got %v, %v, want %v", got, err, queued)
	}
}

// Progressive results reach the call in order until its result.
func TestCall_ProgressiveResults(t *testing.T) {
	bubble(t, func(r *rig) {
		r.joinStreams()
		k, w, done := r.stream(r.t.Context(), core.Streams{Results: true})
		if m := r.expect(core.MsgCall); options(m) != "map[receive_progress:true]" {
			r.t.Errorf("got %v", m)
		}
		one, two := `[50,1,{"progress":true},["a"]]`, `[50,1,{"progress":true},["bc"]]`
		r.send(one, two, `[50,1,{},["out"]]`, `[50,1,{"progress":true},["late"]]`)
		if err := <-done; err != nil || w.Failed || string(w.Payload.Args.Data) != `["out"]` {
			r.t.Errorf("got %v, %+v", err, w.Reply)
		}
		want := fmt.Sprintf(`begin 1, progress ["a"] of %d bytes, progress ["bc"] of %d bytes`, len(one), len(two))
		if saw := k.saw(); saw != want {
			r.t.Errorf("got %s, want %s", saw, want)
		}
	})
}

// The parts of a call leave behind it until the last one.
func TestCall_Parts(t *testing.T) {
	bubble(t, func(r *rig) {
		r.joinStreams()
		k, _, done := r.stream(r.t.Context(), core.Streams{Results: true, Parts: true})
		if m := r.expect(core.MsgCall); options(m) != "map[progress:true receive_progress:true]" {
			r.t.Errorf("got %v", m)
		}
		if saw := k.saw(); saw != "begin 1" {
			r.t.Errorf("got %s", saw)
		}
		for _, last := range []bool{false, true} {
			r.part(last, true)
			if m := r.expect(core.MsgCall); fmt.Sprint(m[1:]) != fmt.Sprintf("[1 map[progress:%v] com.example.p [part]]", !last) {
				r.t.Errorf("got %v", m)
			}
		}
		r.part(false, false) // the last one has left
		r.send(`[50,1,{}]`)
		if err := <-done; err != nil {
			r.t.Error(err)
		}
		r.part(false, false)
		if err := r.publish(r.t.Context()); err != nil {
			r.t.Error(err)
		}
		r.expect(core.MsgPublish) // and nothing before it
	})
}

// A call that is cancelled or over takes no more parts.
func TestCall_PartsEnd(t *testing.T) {
	for name, end := range map[string]func(r *rig, cancel func()){
		"cancelled": func(r *rig, cancel func()) { cancel(); r.expect(core.MsgCancel) },
		"failed":    func(r *rig, _ func()) { r.send(`[8,48,1,{},"com.example.error"]`) },
	} {
		bubble(t, func(r *rig) {
			r.joinStreams()
			ctx, cancel := context.WithCancel(r.t.Context())
			defer cancel()
			_, w, done := r.stream(ctx, core.Streams{Parts: true})
			r.expect(core.MsgCall)
			end(r, cancel)
			if err := <-done; err != nil && err != context.Canceled || err == nil && !w.Failed {
				r.t.Errorf("%s: got %v, %+v", name, err, w.Reply)
			}
			r.part(true, false)
		})
	}
	bubble(t, func(r *rig) {
		r.joinStreams()
		_, _, done := r.stream(r.t.Context(), core.Streams{Parts: true})
		r.expect(core.MsgCall)
		r.s.Lose(os.ErrClosed)
		if err := <-done; !errors.Is(err, ErrLost) || safe(err) {
			r.t.Errorf("got %v", err)
		}
		if queued, err := r.s.Part(r.t.Context(), 1, true, r.payload()); queued || !Gone(err) {
			r.t.Errorf("got %v, %v", queued, err)
		}
	})
}

// A streaming call that is not sent does not begin.
func TestCall_StreamIsRefused(t *testing.T) {
	for want, join := range map[error]func(*rig){
		ErrUnsupported: (*rig).join,
		ErrOverflow: func(r *rig) {
			r.cfg.Limits.Pending = 1
			r.joinStreams()
			r.call(r.t.Context(), "skip")
			r.expect(core.MsgCall)
		},
		context.DeadlineExceeded: func(r *rig) {
			r.joinStreams()
			r.fill()
		},
	} {
		bubble(t, func(r *rig) {
			join(r)
			ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
			defer cancel()
			k, _, done := r.stream(ctx, core.Streams{Parts: true})
			if err := <-done; !errors.Is(err, want) || !safe(err) {
				r.t.Errorf("got %v, want %v", err, want)
			}
			if saw := k.saw(); saw != "" {
				r.t.Errorf("%v: %s", want, saw)
			}
		})
	}
}

// What an invocation and a call send between their first and last message waits
// for room as everything does.
func TestStreams_WaitForRoom(t *testing.T) {
	bubble(t, func(r *rig) {
		r.joinStreams()
		r.registered()
		r.send(`[68,1,7,{"receive_progress":true}]`)
		r.stream(r.t.Context(), core.Streams{Parts: true})
		call := r.expect(core.MsgCall)
		if !r.s.Roomy() {
			r.t.Error("there is no room in an empty queue")
		}
		r.fill()
		if r.s.Roomy() {
			r.t.Error("there is room in a full queue")
		}
		ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
		defer cancel()
		part, perr := r.s.Part(ctx, uint64(call[1].(float64)), false, r.payload())
		progress, yerr := r.s.Progress(ctx, 1, r.payload())
		for name, err := range map[string]error{"part": perr, "progressive result": yerr} {
			if part || progress || !errors.Is(err, context.DeadlineExceeded) || !safe(err) {
				r.t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// Progressive results of an invocation leave while its caller wants them and it
// has no answer.
func TestProgress(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		h := r.registered()
		r.send(`[68,1,7,{"receive_progress":true}]`, `[68,2,7,{"receive_progress":true}]`, `[68,3,7,{}]`)
		h.saw()
		progress := func(invocation uint64, want bool) {
			r.t.Helper()
			if queued, err := r.s.Progress(r.t.Context(), invocation, r.payload("a")); queued != want || err != nil {
				r.t.Errorf("got %v, %v, want %v", queued, err, want)
			}
		}
		progress(1, true)
		if m := r.expect(core.MsgYield); fmt.Sprint(m[1:]) != "[1 map[progress:true] [a]]" {
			r.t.Errorf("got %v", m)
		}
		if err := r.s.Yield(1, r.payload("out")); err != nil {
			r.t.Error(err)
		}
		if m := r.expect(core.MsgYield); options(m) != "map[]" {
			r.t.Errorf("got %v", m)
		}
		r.send(`[69,2,{}]`)
		h.saw()
		for id := range uint64(3) {
			progress(id+1, false)
		}
	})
}

// The parts of an invocation reach it in order until the last one.
func TestInvocation_Parts(t *testing.T) {
	bubble(t, func(r *rig) {
		r.join()
		h := r.registered()
		first, more, last := `[68,1,7,{"progress":true},["a"]]`, `[68,1,7,{"progress":true},["b"]]`, `[68,1,7,{},["c"]]`
		r.send(first, more, last, more)
		want := fmt.Sprintf(`invoke 1 ["a"], start %d, continue ["b"] of %d bytes, last false, continue ["c"] of %d bytes, last true`,
			len(first), len(more), len(last))
		if saw := h.saw(); saw != want {
			r.t.Errorf("got %s, want %s", saw, want)
		}
		synctest.Wait()
		if err := r.s.Cause(); err != nil {
			r.t.Errorf("a part behind the last one ended the session: %v", err)
		}
	})
}
