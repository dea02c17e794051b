package soak

import (
	"os"
	"testing"

	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// TestMain lets this test binary be the router process of its own tests.
func TestMain(m *testing.M) {
	if router.ServeFromEnv() || sleepFromEnv() {
		return
	}
	os.Exit(m.Run())
}
