//go:build unix

package crossbar

import (
	"os"
	"os/exec"
	"testing"

	"github.com/wampgen/wampgen/runtime/internal/crossbar/node"
)

// TestTool: wampgen call, listen and verify do here what they do on nexus and on
// the router for development.
func TestTool(t *testing.T) {
	n := node.Running(t)
	cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-run", "TestScripts_Routers", "./cmd/wampgen/internal/script")
	cmd.Dir = "../../.."
	cmd.Env = append(os.Environ(), "WAMPGEN_ROUTER="+n.WebSocket)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
