//go:build unix

package crossbar

import (
	"bytes"
	"errors"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/examples/rollout/rolling"
	"github.com/wampgen/wampgen/runtime/internal/crossbar/node"
)

// restartable is a node that is killed and started again.
type restartable struct{ *node.Node }

// URL implements rolling.Router.
func (n restartable) URL() string { return n.RawSocket }

// Restart implements rolling.Router. The workers of a killed node listen for a
// moment longer than its controller.
func (n restartable) Restart() error {
	n.Kill()
	address := strings.TrimPrefix(n.RawSocket, "tcp://")
	for {
		c, err := net.Dial("tcp", address)
		if err != nil {
			break
		}
		_ = c.Close() // it was accepted, which is all
	}
	return n.Node.Restart()
}

// TestRollout is examples/rollout on Crossbar.io: short, or the whole one with
// WAMPGEN_FULL. No call fails that must not.
func TestRollout(t *testing.T) {
	n, err := node.Start(node.OneRouter) // of its own: others must not lose theirs
	if errors.Is(err, node.ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Stop(); err != nil {
			t.Error(err)
		}
	})
	plan := rolling.Plan{Replacements: 4, Restarts: 1}
	if os.Getenv("WAMPGEN_FULL") != "" {
		plan = rolling.Plan{Replacements: 20, Restarts: 5}
	}
	var got bytes.Buffer
	err = rolling.Run(t.Context(), &got, restartable{n}, plan)
	t.Logf("\n%s", got.Bytes())
	switch {
	case errors.Is(err, rolling.ErrSlowRouter):
		t.Skip(err)
	case err != nil:
		t.Error(err)
	}
}
