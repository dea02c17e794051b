package wamp_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// authorize lets a callee be called only by the roles that its schema lists. The
// router discloses the callers if the schema has  disclose_caller: true.
func authorize(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
	if op.Kind == wamp.OperationInvocation && op.Roles != nil && !slices.Contains(op.Roles, op.Peer().AuthRole) {
		return wamp.NewError(wamp.ErrNotAuthorized.URI)
	}
	return next(ctx)
}

// Who may call a procedure stands in the schema, as in  roles: [admin]. A router
// that authorizes by itself is the better guard; this one holds behind any.
func Example_authorization() {
	ctx := context.Background()
	realm := wamptest.StartRealm(wamptest.WithTicketUser("ann", "admin", "secret"))
	defer realm.Close()
	connect := func(opts ...wamp.ConnectOption) *wamp.Client {
		client, err := realm.Connect(ctx, opts...)
		if err != nil {
			log.Fatal(err)
		}
		return client
	}
	callee := connect(wamp.WithInterceptors(authorize))
	defer callee.Close(ctx)
	reset := &wamp.Procedure{URI: "com.example.reset", Roles: []string{"admin"}, Register: []wamp.RegisterOption{wamp.WithDiscloseCaller()}}
	_, err := wamp.Register(ctx, callee, wamp.Handle(reset, nil, func(_ context.Context, x *wamp.Exchange) error {
		return x.Out(nil, nil)
	}))
	if err != nil {
		log.Fatal(err)
	}

	anybody, ann := connect(), connect(wamp.WithAuth(auth.Ticket("ann", auth.NewSecret("secret"))))
	defer anybody.Close(ctx)
	defer ann.Close(ctx)
	fmt.Println(wamp.Call(ctx, anybody, reset, nil, nil))
	fmt.Println(wamp.Call(ctx, ann, reset, nil, nil))
	// Output:
	// wamp: call com.example.reset: wamp.error.not_authorized
	// <nil>
}

// limiter admits so many invocations in each interval.
type limiter struct {
	most     int
	interval time.Duration

	mu    sync.Mutex
	begun time.Time // the interval
	n     int       // invocations since
}

// admit returns how long to wait before the next interval, 0 if there is room.
func (l *limiter) admit() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if since := time.Since(l.begun); since >= l.interval {
		l.begun, l.n = time.Now(), 0
	} else if l.n >= l.most {
		return l.interval - since
	}
	l.n++
	return 0
}

// set sets the interval, also of what has begun.
func (l *limiter) set(interval time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.interval = interval
}

// intercept refuses what is too much. It says when to call again, which callers
// of idempotent procedures then do by themselves, see [wamp.WithGrace].
func (l *limiter) intercept(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
	if op.Kind != wamp.OperationInvocation {
		return next(ctx)
	}
	if wait := l.admit(); wait > 0 {
		return &wamp.Error{URI: wamp.ErrUnavailable.URI, Kwargs: map[string]any{"retry_after_ms": wait.Milliseconds() + 1}}
	}
	return next(ctx)
}

// A callee admits two calls in a while. The third one is refused, or waits.
func Example_rateLimit() {
	ctx := context.Background()
	limit := &limiter{most: 2, interval: time.Hour}
	callee, caller := exampleClient(wamp.WithInterceptors(limit.intercept)), exampleClient()
	defer callee.Close(ctx)
	defer caller.Close(ctx)
	_, err := callee.Register(ctx, "com.example.search", func(context.Context, wamp.Payload) (wamp.Payload, error) {
		return wamp.Payload{Args: []any{"found"}}, nil
	})
	if err != nil {
		log.Fatal(err)
	}

	search := func(grace time.Duration) {
		out, err := caller.Call(ctx, "com.example.search", nil, nil, wamp.WithGrace(grace))
		fmt.Println(out.Args, errors.Is(err, wamp.ErrUnavailable))
	}
	search(0)
	search(0)
	search(0)
	limit.set(100 * time.Millisecond) // which the next call waits for
	search(time.Minute)
	// Output:
	// [found] false
	// [found] false
	// [] true
	// [found] false
}

// A callee counts what its callers get. A handler's own words stay with it.
func ExampleOperation_ErrorURI() {
	ctx := context.Background()
	count := func(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
		err := next(ctx)
		if op.Kind == wamp.OperationInvocation {
			fmt.Println(op.URI, "answers", op.ErrorURI(err))
		}
		return err
	}
	client := exampleClient(wamp.WithInterceptors(count))
	defer client.Close(ctx)
	_, err := client.Register(ctx, "com.example.save", func(context.Context, wamp.Payload) (wamp.Payload, error) {
		return wamp.Payload{}, errors.New("the disk is full")
	})
	if err != nil {
		log.Fatal(err)
	}

	_, err = client.Call(ctx, "com.example.save", nil, nil)
	fmt.Println(err)
	// Output:
	// com.example.save answers wamp.error.runtime_error
	// wamp: call com.example.save: wamp.error.runtime_error
}

// logRequests logs every operation when it has ended: where, how long and how
// much, and never a payload. The text of an error has none either.
func logRequests(to *slog.Logger) wamp.Interceptor {
	return func(ctx context.Context, op *wamp.Operation, next func(context.Context) error) error {
		begin := time.Now()
		err := next(ctx)
		level, result := slog.LevelInfo, "ok"
		if err != nil {
			level, result = slog.LevelWarn, err.Error()
		}
		to.Log(ctx, level, op.Kind.String(), "uri", op.URI, "result", result, "took", time.Since(begin),
			"attempts", op.Attempt, "sent", op.BytesOut, "received", op.BytesIn)
		return err
	}
}

// A log of all requests.
func Example_requestLog() {
	ctx := context.Background()
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "took" {
			return slog.Attr{} // for the output of this example
		}
		return a
	}}))
	client := exampleClient(wamp.WithInterceptors(logRequests(logger)))
	defer client.Close(ctx)
	_, err := client.Register(ctx, "com.example.greet", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
		return in, nil
	})
	if err != nil {
		log.Fatal(err)
	}

	_, _ = client.Call(ctx, "com.example.greet", []any{"secret"}, nil)
	_, _ = client.Call(ctx, "com.example.nobody", []any{"secret"}, nil)
	// Output:
	// level=INFO msg=register uri=com.example.greet result=ok attempts=1 sent=0 received=0
	// level=INFO msg=invocation uri=com.example.greet result=ok attempts=1 sent=8 received=8
	// level=INFO msg=call uri=com.example.greet result=ok attempts=1 sent=8 received=8
	// level=WARN msg=call uri=com.example.nobody result="wamp: call com.example.nobody: wamp.error.no_such_procedure" attempts=1 sent=8 received=0
}
