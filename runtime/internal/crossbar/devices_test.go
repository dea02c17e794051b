//go:build unix

package crossbar

import (
	"os"
	"os/exec"
	"testing"

	"github.com/wampgen/wampgen/runtime/internal/crossbar/node"
)

// TestDevices: the example of 500 devices has the same output here as on nexus.
// Exact registrations get no Details.procedure from Crossbar.io.
func TestDevices(t *testing.T) {
	const example = "../../../examples/devices"
	n := node.Running(t)
	want, err := os.ReadFile(example + "/testdata/output.txt")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "run", ".", "-url", n.WebSocket)
	cmd.Dir, cmd.Stderr = example, os.Stderr
	got, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v after\n%s", err, got)
	}
	if string(got) != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
