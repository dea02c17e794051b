package golang

import (
	"os"
	"runtime/debug"
	"testing"
)

// TestMain collects garbage less often: most of what these tests make is garbage, and
// they take three quarters of the time.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}
