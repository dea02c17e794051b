package streams

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// service gives what it takes, and sends it once on the way.
type service struct{}

var _ Callee = service{}

var lineA, lineB = Line{"a", "one"}, Line{"b", "two"}

func (service) Copy(_ context.Context, _ string, out wamp.Sender[CopyProgress]) (CopyResult, error) {
	for i := range 2 {
		if err := out.Send(CopyProgress{Done: i + 1, Total: 2}); err != nil {
			return CopyResult{}, err
		}
	}
	return CopyResult{Copied: 2}, nil
}

func (service) Count(_ context.Context, n int, out wamp.Sender[int]) (int, error) {
	return n, out.Send(n)
}

func (service) Lines(_ context.Context, out wamp.Sender[Line]) error { return out.Send(lineA) }

func (service) List(_ context.Context, out wamp.Sender[[]Line]) (Line, error) {
	return lineA, errors.Join(out.Send(nil), out.Send([]Line{lineA, lineB}))
}

func (service) Maybe(_ context.Context, out wamp.Sender[*Line]) (*Line, error) {
	return nil, errors.Join(out.Send(nil), out.Send(&lineA))
}

func (service) Mixed(_ context.Context, in MixedArgs, out wamp.Sender[MixedProgress]) error {
	return errors.Join(out.Send(MixedProgress{X: in.A}), out.Send(MixedProgress{X: in.A, Y: &in.B}))
}

func (service) Spread(_ context.Context, in Line, out wamp.Sender[Line]) (Line, error) {
	return in, out.Send(in)
}

func (service) Only(_ context.Context, n int, out wamp.Sender[int]) (int, error) {
	return n, out.Send(n)
}

// all returns the chunks in a list.
func all[T any](chunks iter.Seq2[T, error]) (list []T, err error) {
	for chunk, err := range chunks {
		if err != nil {
			return list, err
		}
		list = append(list, chunk)
	}
	return list, nil
}

func (service) Upload(_ context.Context, name string, chunks iter.Seq2[[]byte, error]) (UploadResult, error) {
	list, err := all(chunks)
	return UploadResult{Size: len(slices.Concat(list...)), Name: name}, err
}

func (service) Chat(_ context.Context, ticket string, chunks iter.Seq2[Line, error], out wamp.Sender[Line]) error {
	for line, err := range chunks {
		if err == nil {
			err = out.Send(Line{From: ticket, Text: line.Text})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (service) Add(_ context.Context, chunks iter.Seq2[int, error]) (sum int, err error) {
	list, err := all(chunks)
	for _, n := range list {
		sum += n
	}
	return sum, err
}

func (service) Join(_ context.Context, chunks iter.Seq2[string, error]) (string, error) {
	list, err := all(chunks)
	return strings.Join(list, "+"), err
}

func (service) Merge(_ context.Context, in MergeArgs, chunks iter.Seq2[MergeChunk, error]) ([]int, error) {
	out := []int{in.A, in.B}
	list, err := all(chunks)
	for _, c := range list {
		out = append(out, c.X)
		if c.Y != nil {
			out = append(out, *c.Y)
		}
	}
	return out, err
}

func (service) Spreads(_ context.Context, in Line, chunks iter.Seq2[Line, error], out wamp.Sender[Line]) (Line, error) {
	list, err := all(chunks)
	for _, line := range list {
		err = errors.Join(err, out.Send(line))
	}
	return in, err
}

func (service) Lists(_ context.Context, chunks iter.Seq2[[]Line, error]) error {
	list, err := all(chunks)
	if want := [][]Line{{}, {lineA, lineB}}; err == nil && !reflect.DeepEqual(list, want) {
		err = fmt.Errorf("got %v, want %v", list, want)
	}
	return err
}

func (service) AnyOf(_ context.Context, chunks iter.Seq2[*Line, error], out wamp.Sender[int]) (n int, err error) {
	for line, err := range chunks {
		if err != nil {
			return n, err
		}
		n++
		if line == nil {
			err = out.Send(-n)
		} else {
			err = out.Send(n)
		}
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// Every form of a progressive result travels through a router, and the unary call
// gets the result alone.
func TestStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := wamptest.NewRealm(t)
		if _, err := Register(t.Context(), r.Client(t), service{}); err != nil {
			t.Fatal(err)
		}
		c, ctx := NewCaller(r.Client(t)), t.Context()
		two := 2
		streamed(t, c.CopyStream(ctx, "from"), CopyResult{2}, CopyProgress{1, 2}, CopyProgress{2, 2})
		streamed(t, c.CountStream(ctx, 7), 7, 7)
		streamed(t, c.LinesStream(ctx), struct{}{}, lineA)
		streamed(t, c.ListStream(ctx), lineA, []Line{}, []Line{lineA, lineB})
		streamed(t, c.MaybeStream(ctx), nil, nil, &lineA)
		streamed(t, c.MixedStream(ctx, MixedArgs{1, 2}), struct{}{}, MixedProgress{X: 1}, MixedProgress{1, &two})
		streamed(t, c.SpreadStream(ctx, lineB), lineB, lineB)
		if out, err := c.Copy(ctx, "from"); err != nil || out.Copied != 2 {
			t.Error(out, err)
		}
		if err := c.Lines(ctx); err != nil {
			t.Error(err)
		}
	})
}

// streamed reads a stream to its end.
func streamed[T, R any](t *testing.T, s wamp.Stream[T, R], result R, progress ...T) {
	t.Helper()
	var found []T
	for v, err := range s.All() {
		if err != nil {
			t.Error(err)
		}
		found = append(found, v)
	}
	out, err := s.Result()
	if err != nil || !reflect.DeepEqual(out, result) || !reflect.DeepEqual(found, progress) {
		t.Errorf("found %v, %v, %v, want %v, %v", found, out, err, progress, result)
	}
}

// A handler and a caller without a router.
func TestStreams_WithoutRouter(t *testing.T) {
	var out wamptest.Sender[CopyProgress]
	result, err := service{}.Copy(t.Context(), "from", &out)
	if err != nil || result.Copied != 2 || !slices.Equal(out.Sent(), []CopyProgress{{1, 2}, {2, 2}}) {
		t.Error(result, err, out.Sent())
	}
	streamed(t, fake{}.CopyStream(t.Context(), "from"), CopyResult{2}, CopyProgress{1, 2})
}

// fake is a caller for the tests of what uses one.
type fake struct{ Caller }

func (fake) CopyStream(context.Context, string, ...wamp.CallOption) wamp.Stream[CopyProgress, CopyResult] {
	return wamptest.NewStream([]CopyProgress{{1, 2}}, CopyResult{2}, nil)
}

// Every form of a chunk travels through a router, in both directions where there are
// two.
func TestChunks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := wamptest.NewRealm(t)
		if _, err := Register(t.Context(), r.Client(t), service{}); err != nil {
			t.Fatal(err)
		}
		c, ctx, two := NewCaller(r.Client(t)), t.Context(), 2
		returned(t, UploadResult{5, "a.txt"})(c.Upload(ctx, "a.txt", chunks([]byte("abc"), nil, []byte("de"))))
		returned(t, UploadResult{200_000, "b.txt"})(c.Upload(ctx, "b.txt", parts(strings.NewReader(strings.Repeat("x", 200_000)))))
		returned(t, 0)(c.Add(ctx, nil))
		returned(t, 6)(c.Add(ctx, chunks(1, 2, 3)))
		returned(t, "")(c.Join(ctx, chunks[string]()))
		returned(t, "a")(c.Join(ctx, chunks("a")))
		returned(t, "a++b")(c.Join(ctx, chunks("a", "", "b")))
		returned(t, []int{1, 2, 3, 4, 2})(c.Merge(ctx, MergeArgs{1, 2}, chunks(MergeChunk{X: 3}, MergeChunk{4, &two})))
		if err := c.Lists(ctx, chunks(nil, []Line{lineA, lineB})); err != nil {
			t.Error(err)
		}
		streamed(t, sent(t, c.Chat(ctx, "T-1"), lineA, lineB), struct{}{}, Line{"T-1", "one"}, Line{"T-1", "two"})
		streamed(t, sent(t, c.Spreads(ctx, lineA), lineB), lineA, lineB)
		for _, lines := range [][]*Line{{}, {nil}, {&lineA}, {&lineA, nil}, {nil, &lineA}} {
			var want []int
			for i, line := range lines {
				if line == nil {
					want = append(want, -i-1)
				} else {
					want = append(want, i+1)
				}
			}
			streamed(t, sent(t, c.AnyOf(ctx), lines...), len(lines), want...)
		}
		streamed(t, c.OnlyStream(ctx, 7), 7, 7)
		mine := errors.New("disk failed")
		if _, err := c.Add(ctx, func(yield func(int, error) bool) { yield(0, mine) }); !errors.Is(err, mine) {
			t.Error(err)
		}
	})
}

// parts are what a reader has, in chunks.
func parts(r io.Reader) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for {
			part := make([]byte, 64<<10)
			n, err := r.Read(part)
			if n > 0 && !yield(part[:n], nil) || err == io.EOF {
				return // the callee has answered, or all was sent
			}
			if err != nil {
				yield(nil, err) // cancels the call
				return
			}
		}
	}
}

func chunks[T any](values ...T) iter.Seq2[T, error] { return wamp.Chunks(slices.Values(values)) }

// returned compares the result of a call.
func returned[R any](t *testing.T, want R) func(R, error) {
	return func(got R, err error) {
		t.Helper()
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, %v; want %v", got, err, want)
		}
	}
}

// sent sends chunks and returns the stream of what is answered.
func sent[In, Out, R any](t *testing.T, b wamp.Bidi[In, Out, R], chunks ...In) wamp.Stream[Out, R] {
	t.Helper()
	for _, chunk := range chunks {
		if err := b.Send(chunk); err != nil {
			t.Error(err)
		}
	}
	if err := b.CloseSend(); err != nil {
		t.Error(err)
	}
	return b
}

// A handler of chunks and a caller of both directions without a router.
func TestChunks_WithoutRouter(t *testing.T) {
	var out wamptest.Sender[Line]
	if err := (service{}).Chat(t.Context(), "T-1", chunks(lineA), &out); err != nil || !slices.Equal(out.Sent(), []Line{{"T-1", "one"}}) {
		t.Error(err, out.Sent())
	}
	b := wamptest.NewBidi[Line]([]Line{lineB}, struct{}{}, nil)
	streamed(t, sent(t, talker{chat: b}.Chat(t.Context(), "T-1"), lineA), struct{}{}, lineB)
	if lines, closed := b.Sent(); !slices.Equal(lines, []Line{lineA}) || !closed {
		t.Error(lines, closed)
	}
}

// talker is a caller for the tests of what talks.
type talker struct {
	Caller
	chat wamp.Bidi[Line, Line, struct{}]
}

func (c talker) Chat(context.Context, string, ...wamp.CallOption) wamp.Bidi[Line, Line, struct{}] {
	return c.chat
}
