package wamptest_test

import (
	"context"
	"errors"
	"fmt"
	"io"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// countTo is a handler with progressive results.
func countTo(_ context.Context, n int, out wamp.Sender[int]) (string, error) {
	for i := range n {
		if err := out.Send(i + 1); err != nil {
			return "", err
		}
	}
	return "done", nil
}

// A handler with progressive results, without a router.
func ExampleSender() {
	var out wamptest.Sender[int]
	result, err := countTo(context.Background(), 3, &out)
	fmt.Println(out.Sent(), result, err)

	out.Fail(wamp.ErrCanceled)
	_, err = countTo(context.Background(), 3, &out)
	fmt.Println(out.Sent(), errors.Is(err, wamp.ErrCanceled), out.Wanted())
	// Output:
	// [1 2 3] done <nil>
	// [1 2 3] true true
}

// sum is code of a caller.
func sum(s wamp.Stream[int, string]) (n int, result string, err error) {
	defer s.Close()
	for i, err := range s.All() {
		if err != nil {
			return n, "", err
		}
		n += i
	}
	result, err = s.Result()
	return n, result, err
}

// What consumes a stream, without a router.
func ExampleNewStream() {
	fmt.Println(sum(wamptest.NewStream([]int{1, 2, 3}, "done", nil)))
	fmt.Println(sum(wamptest.NewStream([]int{1, 2}, "", wamp.ErrLost)))
	// Output:
	// 6 done <nil>
	// 3  wamp: session lost
}

// chat says hello and returns what it hears.
func chat(s wamp.Bidi[string, string, struct{}]) (heard []string, err error) {
	defer s.Close()
	if err := errors.Join(s.Send("hello"), s.CloseSend()); err != nil {
		return nil, err
	}
	for line, err := range s.All() {
		if err != nil {
			return heard, err
		}
		heard = append(heard, line)
	}
	return heard, nil
}

// What talks through a Bidi, without a router.
func ExampleNewBidi() {
	b := wamptest.NewBidi[string]([]string{"good day"}, struct{}{}, nil)
	fmt.Println(chat(b))
	fmt.Println(b.Sent())

	b = wamptest.NewBidi[string]([]string{}, struct{}{}, nil)
	b.Fail(io.EOF)
	fmt.Println(chat(b))
	// Output:
	// [good day] <nil>
	// [hello] true
	// [] EOF
}
