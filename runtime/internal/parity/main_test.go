package parity

import (
	"os"
	"testing"

	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

func TestMain(m *testing.M) {
	if router.ServeFromEnv() {
		return
	}
	os.Exit(m.Run())
}
