package wamp_test

import (
	"context"
	"fmt"
	"iter"
	"log"
	"slices"
	"strings"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
)

// length returns how long a text is that comes in chunks.
func length(_ context.Context, in wamp.Payload, chunks iter.Seq2[wamp.Payload, error]) (wamp.Payload, error) {
	n := 0
	for chunk, err := range chunks {
		if err != nil {
			return wamp.Payload{}, err // the caller has cancelled, or is gone
		}
		n += len(chunk.Args[0].(string))
	}
	return wamp.Payload{Args: []any{in.Args[0], n}}, nil
}

// Chunks without a schema: the arguments first, then the chunks.
func ExampleClient_CallChunks() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)
	if _, err := client.RegisterChunks(ctx, "com.example.length", length); err != nil {
		log.Fatal(err)
	}

	out, err := client.CallChunks(ctx, "com.example.length", []any{"a.txt"}, nil, func(yield func(wamp.Payload, error) bool) {
		for line := range strings.Lines("one\ntwo\n") {
			if !yield(wamp.Payload{Args: []any{line}}, nil) {
				return // the callee has answered
			}
		}
	})
	fmt.Println(out.Args, err)
	// Output: [a.txt 8] <nil>
}

// A handler without a router.
func ExampleClient_RegisterChunks() {
	chunks := wamp.Chunks(slices.Values([]wamp.Payload{{Args: []any{"one"}}, {Args: []any{"two"}}}))
	out, err := length(context.Background(), wamp.Payload{Args: []any{"a.txt"}}, chunks)
	fmt.Println(out.Args, err)
	// Output: [a.txt 6] <nil>
}

// A list as chunks.
func ExampleChunks() {
	for line, err := range wamp.Chunks(slices.Values([]string{"one", "two"})) {
		fmt.Println(line, err)
	}
	// Output:
	// one <nil>
	// two <nil>
}

// echo answers every chunk.
func echo(_ context.Context, in wamp.Payload, chunks iter.Seq2[wamp.Payload, error], out wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
	for chunk, err := range chunks {
		if err != nil {
			return wamp.Payload{}, err
		}
		if err := out.Send(chunk); err != nil {
			return wamp.Payload{}, err
		}
	}
	return in, nil
}

// Both sides send until one of them has no more to say.
func ExampleClient_CallBidi() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)
	if _, err := client.RegisterBidi(ctx, "com.example.chat", echo); err != nil {
		log.Fatal(err)
	}

	chat := client.CallBidi(ctx, "com.example.chat", []any{"T-1"}, nil)
	defer chat.Close()
	if err := chat.Send(wamp.Payload{Args: []any{"hello"}}); err != nil {
		log.Fatal(err)
	}
	for line, err := range chat.All() {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(line.Args)
		if err := chat.CloseSend(); err != nil {
			log.Fatal(err)
		}
	}
	out, err := chat.Result()
	fmt.Println(out.Args, err)
	// Output:
	// [hello]
	// [T-1] <nil>
}

// A caller that asks for no progressive results gets the result alone.
func ExampleClient_RegisterBidi() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)
	if _, err := client.RegisterBidi(ctx, "com.example.chat", echo); err != nil {
		log.Fatal(err)
	}

	out, err := client.Call(ctx, "com.example.chat", []any{"T-1"}, nil)
	fmt.Println(out.Args, err)
	// Output: [T-1] <nil>
}

// What generated code makes of a procedure that adds numbers.
func ExampleCallChunks() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)
	number := &codec.Table{Args: 1, Fields: []string{"n:"}}
	add := &wamp.Procedure{URI: "com.example.add", Chunks: true, FirstChunk: true, Chunk: number, Out: number}
	value := func(n *int64) codec.Value { return codec.Of(n, codec.Int64) }
	_, err := wamp.Register(ctx, client, wamp.Handle(add, nil, func(_ context.Context, x *wamp.Exchange) error {
		if err := x.In(nil); err != nil {
			return err
		}
		var sum int64
		for n, err := range wamp.NewChunks(x, value) {
			if err != nil {
				return err
			}
			sum += n
		}
		return x.Out(value(&sum), nil)
	}))
	if err != nil {
		log.Fatal(err)
	}

	var sum int64
	err = wamp.CallChunks(ctx, client, add, nil, wamp.Chunks(slices.Values([]int64{1, 2, 3})), value, value(&sum))
	fmt.Println(sum, err)
	// Output: 6 <nil>
}

// What generated code makes of a procedure that doubles numbers.
func ExampleCallBidi() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)
	number := &codec.Table{Args: 1, Fields: []string{"n:"}}
	double := &wamp.Procedure{URI: "com.example.double", Chunks: true, FirstChunk: true, Stream: true, Chunk: number, Progress: number}
	value := func(n *int64) codec.Value { return codec.Of(n, codec.Int64) }
	_, err := wamp.Register(ctx, client, wamp.Handle(double, nil, func(_ context.Context, x *wamp.Exchange) error {
		out := wamp.NewSender(x, value)
		for n, err := range wamp.NewChunks(x, value) {
			if err != nil {
				return err
			}
			if err := out.Send(2 * n); err != nil {
				return err
			}
		}
		return x.Out(nil, nil)
	}))
	if err != nil {
		log.Fatal(err)
	}

	b := wamp.CallBidi[int64, int64, struct{}](ctx, client, double, nil, value, value, nil)
	defer b.Close()
	fmt.Println(b.Send(21), b.CloseSend())
	for n, err := range b.All() {
		fmt.Println(n, err)
	}
	// Output:
	// <nil> <nil>
	// 42 <nil>
}

// A caller that says nothing for a minute is taken for gone.
func ExampleWithChunkTimeout() {
	ctx := context.Background()
	client := exampleClient()
	defer client.Close(ctx)
	_, err := client.RegisterChunks(ctx, "com.example.length", length, wamp.WithChunkTimeout(time.Minute))
	fmt.Println(err)
	// Output: <nil>
}
