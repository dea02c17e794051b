package examples

import (
	"context"
	"errors"
	"iter"
	"reflect"
	"slices"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

// TestValues: examples are values of Go, with the defaults of the schema, that go
// through all formats.
func TestValues(t *testing.T) {
	roundtrip.Values(t, LineExamples()...)
	roundtrip.Values(t, OddExamples()...)
	roundtrip.Values(t, WaitExamples()...)
	roundtrip.Same(t, "structs", LineExamples(), []Line{{Sku: "AB-1", Quantity: 2}, {Sku: "CD-2", Quantity: 1}})
	roundtrip.Same(t, "strings", SkuExamples(), []Sku{"AB-1", "CD-2"})
	roundtrip.Same(t, "enums", SideExamples(), []Side{SideRight})
	roundtrip.Same(t, "open enums", LevelExamples(), []Level{LevelHigh})
	roundtrip.Same(t, "tuples", PairExamples(), []Pair{{1, 2.5}})
	roundtrip.Same(t, "unions", ShapeExamples(), []Shape{&Circle{Radius: 2}, &Square{Side: 3}})
	roundtrip.Same(t, "durations", WaitExamples(), []Wait{Wait(90 * time.Second), Wait(7 * time.Second)})
	roundtrip.Same(t, "aliases", SidesExamples(), []Sides{{SideLeft, SideRight}})
	odd := OddExamples()[0]
	roundtrip.Same(t, "bytes and unknown keys", []any{odd.Text, odd.Blob, odd.More, odd.Extra}, []any{"`\u202E\n", []byte{1, 2}, []any{int64(1), nil}, map[string]any{"extra": true}})
}

// TestPayloads: so are those of events and errors, and the parameters of URIs.
func TestPayloads(t *testing.T) {
	roundtrip.Events(t, rackMoved, RackMovedExamples()...)
	roundtrip.Events(t, lineChanged, LineChangedExamples()...)
	roundtrip.Same(t, "events", RackMovedExamples(), []RackMoved{{Row: 1, Side: new(SideRight)}, {Row: 2}})
	roundtrip.Same(t, "parameters of a URI", DeviceStateExamples(), []DeviceState{{ID: "AB-1", On: true}})
	roundtrip.Same(t, "empty events", PingExamples(), []Ping{{}})
	for _, e := range SoldOutErrorExamples() {
		roundtrip.Errors(t, soldOutError, e)
	}
	roundtrip.Same(t, "errors", SoldOutErrorExamples(), []*SoldOutError{{"none left", 0}, {"few left", 2}})
	roundtrip.Same(t, "empty errors", ClosedErrorExamples(), []*ClosedError{{}})
}

// TestCalls: those of procedures have all that is sent, in its order. What an
// example does not have is nil.
func TestCalls(t *testing.T) {
	roundtrip.Same(t, "records", OrderPlaceExampleCalls(), []OrderPlaceExampleCall{
		{
			Doc: "With a deadline.",
			In:  OrderPlaceArgs{Lines: []Line{{Sku: "AB-1", Quantity: 1}}, Wait: new(90 * time.Second)},
			Out: &OrderPlaceResult{ID: 7, At: time.Date(2026, 8, 22, 15, 4, 5, 0, time.UTC)},
		},
		{In: OrderPlaceArgs{Lines: []Line{}}},
	})
	roundtrip.Same(t, "nothing", PingExampleCalls(), []PingExampleCall{{Doc: "Nothing to say."}})
	roundtrip.Same(t, "values", DoubleExampleCalls(), []DoubleExampleCall{{In: 2, Out: new(4)}, {In: -3, Out: new(-6)}})
	roundtrip.Same(t, "structs", LineExampleCalls(), []LineExampleCall{{In: Line{Sku: "AB-1", Quantity: 1}, Out: &Line{Sku: "CD-2", Quantity: 3}}})
	roundtrip.Same(t, "absent results", FindExampleCalls(), []FindExampleCall{{In: "AB-1", Out: &Line{Sku: "AB-1", Quantity: 1}}, {In: "CD-2"}})
	roundtrip.Same(t, "null", ChooseExampleCalls(), []ChooseExampleCall{{In: &Circle{Radius: 1}, Out: new(SideLeft)}, {}})
	roundtrip.Same(t, "variadic", SumExampleCalls(), []SumExampleCall{
		{In: SumArgs{First: 1, Rest: []int{2, 3}, Opts: map[string]string{"unit": "m"}}, Out: new(6)},
	})
	roundtrip.Same(t, "progress", CountExampleCalls(), []CountExampleCall{{In: 2, Progress: []int{1, 2}, Out: new(2)}})
	roundtrip.Same(t, "progress alone", OnlyExampleCalls(), []OnlyExampleCall{{In: 1, Progress: []string{"one"}}})
	roundtrip.Same(t, "chunks", AddExampleCalls(), []AddExampleCall{{Chunks: []int{1, 2, 3}, Out: new(6)}})
	roundtrip.Same(t, "one parameter of a URI", DeviceGetExampleCalls(), []DeviceGetExampleCall{{Params: "AB-1", Out: new(true)}})
	roundtrip.Same(t, "several", RackLoadExampleCalls(), []RackLoadExampleCall{{Params: RackParams{Row: 2, Side: SideLeft}, In: 1, Out: new(5)}})
	roundtrip.Same(t, "an open end", FilesExampleCalls(), []FilesExampleCall{{Params: "a.b", Out: new("text")}})
	roundtrip.Same(t, "called as a type", LevelExampleCalls(), []LevelExampleCall{{Out: new(LevelLow)}})
}

// TestFresh: examples are new each time, so a test may change them.
func TestFresh(t *testing.T) {
	OrderPlaceExampleCalls()[0].In.Lines[0].Sku = "changed"
	roundtrip.Same(t, "again", OrderPlaceExampleCalls()[0].In.Lines[0].Sku, Sku("AB-1"))
}

// service answers as the examples do.
type service struct{ Callee }

func (service) OrderPlace(_ context.Context, in OrderPlaceArgs) (OrderPlaceResult, error) {
	for _, x := range OrderPlaceExampleCalls() {
		if x.Out != nil && reflect.DeepEqual(x.In, in) {
			return *x.Out, nil
		}
	}
	return OrderPlaceResult{}, SoldOutErrorExamples()[0]
}

func (service) Upload(_ context.Context, name string, chunks iter.Seq2[UploadChunk, error]) (UploadResult, error) {
	out := UploadResult{Name: name}
	for c, err := range chunks {
		if err != nil {
			return out, err
		}
		out.Size += len(c.Chunk)
	}
	return out, nil
}

func (service) Chat(_ context.Context, _ string, chunks iter.Seq2[Line, error], out wamp.Sender[Line]) error {
	for _, err := range chunks {
		if err != nil {
			return err
		}
	}
	for _, line := range ChatExampleCalls()[0].Progress {
		if err := out.Send(line); err != nil {
			return err
		}
	}
	return nil
}

func (service) DeviceGet(_ context.Context, id Sku) (bool, error) {
	return id == DeviceGetExampleCalls()[0].Params, nil
}

// TestLive calls and publishes what the examples say.
func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		_, err := wamp.Register(ctx, callee, HandleOrderPlace(service{}.OrderPlace), HandleUpload(service{}.Upload),
			HandleChat(service{}.Chat), HandleDeviceGet(service{}.DeviceGet))
		if err != nil {
			t.Fatal(err)
		}
		c := NewCaller(caller)
		orders := OrderPlaceExampleCalls()
		placed, err := c.OrderPlace(ctx, orders[0].In)
		roundtrip.Same(t, err, placed, *orders[0].Out)
		_, err = c.OrderPlace(ctx, orders[1].In)
		soldOut, _ := errors.AsType[*SoldOutError](err)
		roundtrip.Same(t, err, soldOut, SoldOutErrorExamples()[0])
		for _, x := range DeviceGetExampleCalls() {
			got, err := c.DeviceGet(ctx, x.Params)
			roundtrip.Same(t, err, &got, x.Out)
		}
		for _, x := range UploadExampleCalls() {
			got, err := c.Upload(ctx, x.In, sequence(x.Chunks))
			roundtrip.Same(t, err, &got, x.Out)
		}
		for _, x := range ChatExampleCalls() {
			roundtrip.Same(t, x.In, talk(ctx, t, c, x), x.Progress)
		}
		events := make(chan DeviceState, 1)
		_, err = SubscribeDeviceState(ctx, callee, DeviceStateMatch{}, func(_ context.Context, ev DeviceState) error {
			events <- ev
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, ev := range DeviceStateExamples() {
			if err := PublishDeviceState(ctx, caller, ev, wamp.WithAcknowledge()); err != nil {
				t.Fatal(err)
			}
			roundtrip.Same(t, "event", roundtrip.Receive(ctx, t, events), ev)
		}
	})
}

// talk sends the chunks of an example and returns the progressive results.
func talk(ctx context.Context, t *testing.T, c Caller, x ChatExampleCall) (got []Line) {
	t.Helper()
	call := c.Chat(ctx, x.In)
	for _, line := range x.Chunks {
		if err := call.Send(line); err != nil {
			t.Fatal(err)
		}
	}
	if err := call.CloseSend(); err != nil {
		t.Fatal(err)
	}
	for line, err := range call.All() {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, line)
	}
	return got
}

// sequence is a list as what a caller sends.
func sequence[T any](all []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for v := range slices.Values(all) {
			if !yield(v, nil) {
				return
			}
		}
	}
}
