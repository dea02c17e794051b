package streams

import (
	"context"
	"errors"
	"reflect"
	"slices"
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
