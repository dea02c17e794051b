//go:build unix

package crossbar

import (
	"testing"

	"github.com/wampgen/wampgen/runtime/internal/crossbar/node"
	"github.com/wampgen/wampgen/runtime/internal/live/stage"
)

// H1, H2, H4 behind a proxy with faults, as on nexus. Over WebSocket alone: on
// RawSocket Crossbar.io answers no PING, so that nothing shows a stalled connection.
func TestH4_ProxyWithFaults(t *testing.T) {
	stage.Ordeals(t, node.Running(t).WebSocket)
}
