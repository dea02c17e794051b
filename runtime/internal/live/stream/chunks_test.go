package stream

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/internal/live/stage"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

type payloads = iter.Seq2[wamp.Payload, error]

// chunks are chunks of one argument each.
func chunks(values ...any) payloads {
	return func(yield func(wamp.Payload, error) bool) {
		for _, v := range values {
			if !yield(wamp.Payload{Args: []any{v}}, nil) {
				return
			}
		}
	}
}

// forever are chunks without an end, one a millisecond.
func forever(yield func(wamp.Payload, error) bool) {
	for i := 0; yield(wamp.Payload{Args: []any{i}}, nil); i++ {
		stage.Pass(time.Millisecond)
	}
}

type sent struct {
	out wamp.Payload
	err error
}

// sending begins a call with chunks.
func sending(ctx context.Context, c *wamp.Client, in payloads, opts ...wamp.CallOption) <-chan sent {
	return stage.Begin(func() sent {
		out, err := c.CallChunks(ctx, procedure, []any{"in"}, nil, in, opts...)
		return sent{out, err}
	})
}

// R155-R158: the arguments go with the first CALL, a chunk with each further one
// of the same id, and an empty one ends them. Other calls are between them.
func TestChunks_Messages(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		next := make(chan int)
		done := sending(s.T.Context(), c, func(yield func(wamp.Payload, error) bool) {
			for i := range next {
				if !yield(wamp.Payload{Args: []any{i}, Kwargs: map[string]any{"k": i}}, nil) {
					return
				}
			}
		}, wamp.WithOption("_trace", "x"), wamp.WithCallTimeout(time.Hour))
		m := p.Expect(wamptest.Call)
		id := m.ID(1)
		if o := m.Dict(2); len(o) != 2 || o["progress"] != true || o["_trace"] != "x" || m.List(4)[0] != "in" {
			s.T.Errorf("first %v", m)
		}
		for i := range 3 {
			next <- i
			m := p.Expect(wamptest.Call)
			if o := m.Dict(2); m.ID(1) != id || len(o) != 1 || o["progress"] != true || m[3] != procedure || m.List(4)[0] != int64(i) || m.Dict(5)["k"] != int64(i) {
				s.T.Errorf("chunk %d is %v", i, m)
			}
			s.Works(c, p)
		}
		close(next)
		if m := p.Expect(wamptest.Call); m.ID(1) != id || m.Dict(2)["progress"] == true || len(m) != 4 {
			s.T.Errorf("the last is %v", m)
		}
		p.Send(wamptest.Message{wamptest.Result, id, stage.Dict{}, []any{"out"}})
		if got := <-done; got.err != nil || got.out.Args[0] != "out" {
			s.T.Error(got)
		}
		s.Works(c, p)
	})
}

// uploading is the descriptor of a procedure with chunks of one string.
func uploading(first, last bool) *wamp.Procedure {
	text := stage.One("text", "")
	p := &wamp.Procedure{URI: procedure, Chunks: true, Chunk: text, FirstChunk: first, LastChunk: last, Out: text, Idempotent: true}
	if !first {
		p.In = text
	}
	return p
}

func texts(values ...string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, v := range values {
			if !yield(v, nil) {
				return
			}
		}
	}
}

// upload calls a procedure of uploading.
func upload(ctx context.Context, c *wamp.Client, p *wamp.Procedure, in iter.Seq2[string, error]) (string, error) {
	first, out := "in", ""
	value := stage.StringValue(&first)
	if p.FirstChunk {
		value = nil
	}
	err := wamp.CallChunks(ctx, c, p, value, in, stage.StringValue, stage.StringValue(&out))
	return out, err
}

// The first and the last message are as the schema says, for any number of chunks;
// a handler gets the same chunks whichever it is.
func TestChunks_FirstAndLast(t *testing.T) {
	for _, v := range []struct {
		first, last bool
		chunks      string // one a letter
		want        string // messages: progress + or -, and what is in them
	}{
		{false, false, "", "+in -"}, {false, false, "a", "+in +a -"}, {false, false, "abc", "+in +a +b +c -"},
		{false, true, "", "+in -"}, {false, true, "a", "+in -a"}, {false, true, "abc", "+in +a +b -c"},
		{true, false, "", "-"}, {true, false, "a", "+a -"}, {true, false, "abc", "+a +b +c -"},
		{true, true, "", "-"}, {true, true, "a", "-a"}, {true, true, "ab", "+a -b"}, {true, true, "abc", "+a +b -c"},
	} {
		t.Run(fmt.Sprint(v.first, v.last, v.chunks), func(t *testing.T) {
			stage.Transports(t, func(s *stage.Stage) {
				c, p := s.Connect()
				done := stage.Begin(func() error {
					_, err := upload(s.T.Context(), c, uploading(v.first, v.last), texts(strings.Split(v.chunks, "")[:len(v.chunks)]...))
					return err
				})
				var got []string
				for m := (wamptest.Message)(nil); m == nil || m.Dict(2)["progress"] == true; {
					m = p.Expect(wamptest.Call)
					word := "-"
					if m.Dict(2)["progress"] == true {
						word = "+"
					}
					if len(m) > 4 {
						word += m.List(4)[0].(string)
					}
					got = append(got, word)
					if word[0] == '-' {
						p.Send(wamptest.Message{wamptest.Result, m.ID(1), stage.Dict{}, []any{"out"}})
					}
				}
				if err := <-done; err != nil || strings.Join(got, " ") != v.want {
					s.T.Errorf("sent %q, %v; want %q", got, err, v.want)
				}
				received(s, c, p, uploading(v.first, v.last), got, v.chunks)
			})
		})
	}
}

// received plays the messages of a caller to a handler of ours, which must get the
// chunks.
func received(s *stage.Stage, c *wamp.Client, p *wamptest.Peer, d *wamp.Procedure, words []string, want string) {
	s.T.Helper()
	id := serving(s, c, p, d, func(_ context.Context, in iter.Seq2[string, error]) (string, error) {
		all := ""
		for chunk, err := range in {
			if err != nil {
				return "", err
			}
			all += chunk
		}
		return all, nil
	})
	for _, word := range words {
		m := wamptest.Message{wamptest.Invocation, 1, id, stage.Dict{"progress": word[0] == '+'}}
		if len(word) > 1 {
			m = append(m, []any{word[1:]})
		}
		p.Send(m)
	}
	if y := p.Expect(wamptest.Yield); y.List(3)[0] != want {
		s.T.Errorf("%q: the handler got %v, want %q", words, y.List(3)[0], want)
	}
}

// serving registers a typed handler on a scripted router and returns the id of the
// registration.
func serving(s *stage.Stage, c *wamp.Client, p *wamptest.Peer, d *wamp.Procedure, f func(context.Context, iter.Seq2[string, error]) (string, error), opts ...wamp.RegisterOption) int64 {
	s.T.Helper()
	done := stage.Begin(func() error {
		_, err := wamp.Register(s.T.Context(), c, wamp.Handle(d, opts, func(ctx context.Context, x *wamp.Exchange) error {
			var in string
			if err := x.In(stage.StringValue(&in)); err != nil {
				return err
			}
			out, err := f(ctx, wamp.NewChunks(x, stage.StringValue))
			return x.Out(stage.StringValue(&out), err)
		}))
		return err
	})
	m := p.Expect(wamptest.Register)
	p.Send(wamptest.Answer(m))
	if err := <-done; err != nil {
		s.T.Fatal(err)
	}
	return m.ID(1)
}

// R155: without the feature of the dealer the call fails before anything is sent.
func TestChunks_Unsupported(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect(wamp.WithDenyFeatures("dealer", "progressive_call_invocations"))
		if got := <-sending(s.T.Context(), c, forever); !errors.Is(got.err, wamp.ErrUnsupported) || !wamp.SafeToRetry(got.err) || !strings.Contains(got.err.Error(), "progressive call invocations") {
			s.T.Error(got.err)
		}
		b := c.CallBidi(s.T.Context(), procedure, nil, nil)
		if err := b.Send(wamp.Payload{}); !errors.Is(err, wamp.ErrUnsupported) {
			s.T.Error(err)
		}
		if _, err := c.Call(s.T.Context(), procedure, nil, nil, wamp.WithOption("progress", true)); err == nil || !wamp.SafeToRetry(err) {
			s.T.Error(err)
		}
		s.Works(c, p)
	})
}

// R159, R161: the answer ends the sending, a chunk on its way does no harm, and no
// last message follows.
func TestChunks_AnsweredEarly(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		for _, fails := range []bool{false, true} {
			done := sending(s.T.Context(), c, forever)
			id := p.Expect(wamptest.Call).ID(1)
			answer := wamptest.Message{wamptest.Result, id, stage.Dict{}, []any{"enough"}}
			if fails {
				answer = wamptest.Message{wamptest.Error, wamptest.Call, id, stage.Dict{}, "wamp.error.feature_not_supported"}
			}
			p.Send(answer)
			got := <-done
			onlyChunks(s, c, p, id)
			if fails && !errors.Is(got.err, wamp.ErrFeatureNotSupported) || !fails && (got.err != nil || got.out.Args[0] != "enough") {
				s.T.Error(got)
			}
		}
	})
}

// onlyChunks reads what the client has sent: chunks of a call, none of them the last
// one, and then a message of each of the types.
func onlyChunks(s *stage.Stage, c *wamp.Client, p *wamptest.Peer, id int64, types ...int) {
	s.T.Helper()
	const marker = "com.example.marker"
	done := s.Call(c, marker)
	for {
		m, err := p.Next()
		switch {
		case err != nil:
			s.T.Fatal(err)
		case m.Type() == wamptest.Call && m[3] == marker:
			p.Send(wamptest.Answer(m))
			<-done
			if len(types) > 0 {
				s.T.Errorf("messages %v did not come", types)
			}
			return
		case m.Type() == wamptest.Call && m.ID(1) == id && m.Dict(2)["progress"] == true:
		case len(types) > 0 && m.Type() == types[0]:
			types = types[1:]
		default:
			s.T.Errorf("got %v", m)
		}
	}
}

// What the chunks themselves end with cancels the call, and no last message says
// that it is whole: an error that they yield, a value that does not fit, one that is
// too large, a panic, and the end of the ctx, whether they yield an error for it or
// just stop.
func TestChunks_Broken(t *testing.T) {
	mine := errors.New("disk failed")
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect(wamp.WithWriteLimit(64 << 10))
		broken := map[string]struct {
			in   func(context.CancelFunc) payloads
			want func(error) bool
		}{
			"yields an error": {func(context.CancelFunc) payloads {
				return func(yield func(wamp.Payload, error) bool) { yield(wamp.Payload{}, mine) }
			}, func(err error) bool { return errors.Is(err, mine) }},
			"does not fit": {func(context.CancelFunc) payloads { return chunks(make(chan int)) },
				func(err error) bool { var bad *wamp.ValueError; return errors.As(err, &bad) }},
			"is too large": {func(context.CancelFunc) payloads { return chunks(strings.Repeat("x", 64<<10)) },
				func(err error) bool { return errors.Is(err, wamp.ErrTooLarge) }},
			"stops with the ctx": {func(cancel context.CancelFunc) payloads {
				return func(func(wamp.Payload, error) bool) { cancel() }
			}, func(err error) bool { return errors.Is(err, context.Canceled) }},
			"yields after the ctx": {func(cancel context.CancelFunc) payloads {
				return func(yield func(wamp.Payload, error) bool) { cancel(); yield(wamp.Payload{}, nil) }
			}, func(err error) bool { return errors.Is(err, context.Canceled) }},
			"panics": {func(context.CancelFunc) payloads {
				return func(func(wamp.Payload, error) bool) { panic(mine) }
			}, func(err error) bool { return err == mine }},
		}
		for name, b := range broken {
			ctx, cancel := context.WithCancel(s.T.Context())
			begun := make(chan struct{})
			done := stage.Begin(func() (err error) {
				defer func() {
					if r := recover(); r != nil {
						err = r.(error)
					}
				}()
				_, err = c.CallChunks(ctx, procedure, nil, nil, func(yield func(wamp.Payload, error) bool) {
					<-begun
					b.in(cancel)(yield)
				})
				return err
			})
			id := p.Expect(wamptest.Call).ID(1)
			close(begun)
			if m := p.Expect(wamptest.Cancel); m.ID(1) != id {
				s.T.Errorf("%s: %v", name, m)
			}
			if err := <-done; !b.want(err) || wamp.SafeToRetry(err) {
				s.T.Errorf("%s: %v", name, err)
			}
			cancel()
			s.Works(c, p)
		}
	})
}

// Chunks that fail before the first of them end a call that was not sent, if its first
// message is a chunk.
func TestChunks_FirstFails(t *testing.T) {
	mine := errors.New("disk failed")
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		for _, last := range []bool{false, true} {
			_, err := upload(s.T.Context(), c, uploading(true, last), func(yield func(string, error) bool) { yield("", mine) })
			if !errors.Is(err, mine) || !strings.Contains(err.Error(), procedure) {
				s.T.Error(err)
			}
		}
		s.Works(c, p)
	})
}

// The session is lost in the middle: ErrLost, and nothing is sent again, idempotent
// or not.
func TestChunks_Lost(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		done := stage.Begin(func() error {
			_, err := upload(s.T.Context(), c, uploading(false, false), func(yield func(string, error) bool) {
				for yield("chunk", nil) {
					stage.Pass(time.Second)
				}
			})
			return err
		})
		p.Expect(wamptest.Call)
		p.Expect(wamptest.Call)
		p.Reset()
		if err := <-done; !stage.IsLost(err, false) {
			s.T.Error(err)
		}
		s.Works(c, s.Rejoin())
	})
}

// A call that found no session waits for one; once it was sent an interceptor
// cannot send it again.
func TestChunks_SentOnce(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		again := wamp.WithInterceptors(func(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
			if err := next(ctx); err == nil || op.URI != procedure {
				return err
			}
			return next(ctx)
		})
		c, p := s.Connect(again)
		p.Reset()
		synctest.Wait()
		done := sending(s.T.Context(), c, chunks(1))
		p = s.Rejoin()
		id := p.Expect(wamptest.Call).ID(1)
		p.Expect(wamptest.Call)
		p.Expect(wamptest.Call)
		p.Send(wamptest.Message{wamptest.Error, wamptest.Call, id, stage.Dict{}, "com.example.error.no"})
		if got := <-done; got.err == nil || wamp.SafeToRetry(got.err) {
			s.T.Error(got.err)
		}
		s.Works(c, p)
	})
}

// A timeout begins when the last chunk was sent, and is not sent to the router.
func TestChunks_TimeoutAfterTheLast(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect()
		begin := time.Now()
		done := sending(s.T.Context(), c, func(yield func(wamp.Payload, error) bool) {
			for range 5 {
				stage.Pass(time.Minute)
				yield(wamp.Payload{}, nil)
			}
		}, wamp.WithCallTimeout(time.Second))
		for range 7 {
			if _, sent := p.Expect(wamptest.Call).Dict(2)["timeout"]; sent {
				s.T.Error("the router was asked to keep the timeout")
			}
		}
		p.Expect(wamptest.Cancel)
		if got := <-done; !errors.Is(got.err, context.DeadlineExceeded) {
			s.T.Error(got.err)
		}
		if d := time.Since(begin); d != 5*time.Minute+time.Second {
			s.T.Error(d)
		}
	})
}

// The last chunk was not sent yet while it waits for room in the queue.
func TestChunks_TimeoutBeginsBehindTheQueue(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect(wamp.WithLimits(wamp.Limits{QueueFrames: 4}))
		done := sending(s.T.Context(), c, func(yield func(wamp.Payload, error) bool) {
			yield(wamp.Payload{}, nil)
			synctest.Wait()
			s.Net.Set(wamptest.Fault{StallWrites: true})
			for range 5 { // one for the writer, and the rest for the queue
				yield(wamp.Payload{}, nil)
				synctest.Wait()
			}
			time.AfterFunc(3*time.Second, func() { s.Net.Set(wamptest.Fault{}) })
		}, wamp.WithCallTimeout(time.Second))
		var m wamptest.Message
		for range 8 {
			m = p.Expect(wamptest.Call)
		}
		p.Send(wamptest.Message{wamptest.Result, m.ID(1), stage.Dict{}})
		if got := <-done; m.Dict(2)["progress"] != false || got.err != nil {
			s.T.Error(m, got.err)
		}
	})
}

// While nobody reads, sending waits; it holds no worker of a handler that sends, and
// ends with the call.
func TestChunks_WaitsForRoom(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		c, p := s.Connect(wamp.WithLimits(wamp.Limits{Workers: 1, QueueFrames: 4}))
		over := make(chan error, 1)
		_, nests := s.Register(c, p, "com.example.nests", func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			out, err := c.CallChunks(ctx, procedure, nil, nil, forever)
			over <- err
			return out, err
		})
		ran := make(chan bool, 1)
		_, unary := s.Register(c, p, "com.example.unary", func(context.Context, wamp.Payload) (wamp.Payload, error) {
			ran <- true
			return wamp.Payload{}, nil
		})
		p.Hang()
		p.Send(wamptest.Message{wamptest.Invocation, 1, nests, stage.Dict{}})
		synctest.Wait()
		p.Send(wamptest.Message{wamptest.Invocation, 2, unary, stage.Dict{}})
		<-ran
		p.Send(wamptest.Message{wamptest.Interrupt, 1, stage.Dict{"mode": "killnowait"}})
		if err := <-over; !errors.Is(err, context.Canceled) {
			s.T.Error(err)
		}
	})
}
