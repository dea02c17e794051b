package parity

import (
	"os"
	"testing"

	. "github.com/wampgen/wampgen/runtime/wamptest"
)

func TestMain(m *testing.M) {
	if ServeRouterFromEnv() {
		return
	}
	os.Exit(m.Run())
}
