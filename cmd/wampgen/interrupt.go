package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// interruptible returns a ctx that an interrupt ends. The next one ends the process:
// leaving in good order may take a while where the router does not answer.
func interruptible() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() { // ends with the ctx
		select {
		case <-signals:
		case <-ctx.Done():
		}
		signal.Stop(signals)
		cancel()
	}()
	return ctx, cancel
}
