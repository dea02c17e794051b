//go:build unix

package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// The first interrupt ends the ctx, the second one the process, whatever it does.
func TestInterruptible(t *testing.T) {
	if os.Getenv("WAMPGEN_INTERRUPTED") != "" {
		ctx, stop := interruptible()
		defer stop()
		fmt.Println("ready")
		<-ctx.Done()
		fmt.Println("leaving")
		select {} // a router that does not answer
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestInterruptible$")
	cmd.Env = append(os.Environ(), "WAMPGEN_INTERRUPTED=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for _, want := range []string{"ready", "leaving"} {
		if !lines.Scan() || lines.Text() != want {
			t.Errorf("want %q, got %q", want, lines.Text())
		}
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
	}
	failed, ok := errors.AsType[*exec.ExitError](cmd.Wait())
	if status, unix := failed.Sys().(syscall.WaitStatus); !ok || !unix || status.Signal() != syscall.SIGINT {
		t.Errorf("want the end by an interrupt, got %v", failed)
	}
}
