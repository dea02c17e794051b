package soak

import (
	"bufio"
	"context"
	"log/slog"
	"os"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
)

// sleeperURL, in the environment, makes this binary the client that is suspended.
const sleeperURL = "WAMPGEN_SLEEPER_URL"

// sleepFromEnv is that client: it serves a procedure and calls one, until its
// standard input ends.
func sleepFromEnv() bool {
	url := os.Getenv(sleeperURL)
	if url == "" {
		return false
	}
	if err := sleeper(url); err != nil {
		slog.Error(err.Error())
		os.Exit(1)
	}
	return true
}

func sleeper(url string) error {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		_, _ = bufio.NewReader(os.Stdin).ReadByte()
		cancel()
	}()
	c, err := wamp.Connect(ctx, url, "realm1", wamp.WithPing(time.Second, time.Second), wamp.WithRawSocketPing(),
		wamp.WithBackoff(wamp.Backoff{Max: time.Second}), wamp.WithHandshakeTimeout(5*time.Second))
	if err != nil {
		return err
	}
	_, err = c.Register(ctx, "com.example.sleeper", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) { return in, nil })
	for n := int64(1); err == nil && ctx.Err() == nil; n++ {
		call, done := context.WithTimeout(ctx, time.Second)
		_, _ = c.Call(call, "com.example.watcher", []any{n}, nil) // lost where the connection is
		done()
	}
	if closing := c.Close(context.Background()); closing != nil {
		slog.Warn(closing.Error()) // GOODBYE may find no connection
	}
	return err
}
