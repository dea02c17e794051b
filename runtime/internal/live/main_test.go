package live

import (
	"os"
	"testing"

	"github.com/wampgen/wampgen/runtime/wamptest"
)

// TestMain lets this test binary be the router process of its own tests.
func TestMain(m *testing.M) {
	if wamptest.ServeRouterFromEnv() {
		return
	}
	os.Exit(m.Run())
}
