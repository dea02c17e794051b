//go:build unix

// Package crossbar proves the client against a real Crossbar.io, the one router
// that checks what cryptosign signed, speaks SCRAM, retains events and revokes.
package crossbar

import (
	"fmt"
	"os"
	"testing"

	"github.com/wampgen/wampgen/examples/rollout/rolling"
	"github.com/wampgen/wampgen/runtime/internal/crossbar/node"
)

// TestMain lets this test binary be the callees of TestRollout.
func TestMain(m *testing.M) {
	if rolling.ServeFromEnv() {
		return
	}
	code := m.Run()
	if err := node.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}
