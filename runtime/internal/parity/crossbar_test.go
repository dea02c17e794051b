//go:build unix

package parity

import (
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/crossbar/node"
	"github.com/wampgen/wampgen/runtime/transport"
)

// TestCrossbar runs some lines of the table, and the exercises of clients, on
// Crossbar.io, if it is there.
func TestCrossbar(t *testing.T) {
	n := node.Running(t)
	t.Cleanup(func() {
		if err := node.Stop(); err != nil {
			t.Error(err)
		}
	})
	for _, e := range allExercises() {
		t.Run("clients/"+e.name, func(t *testing.T) {
			if e.crossbar != "" {
				t.Skip("Crossbar.io: " + e.crossbar)
			}
			at := func(url string) func(opts ...wamp.ConnectOption) (*wamp.Client, error) {
				return func(opts ...wamp.ConnectOption) (*wamp.Client, error) {
					return wamp.Connect(t.Context(), url, "realm1", opts...)
				}
			}
			e.do(&clients{t, at(n.RawSocket), at(n.RawLogin)})
		})
	}
	for _, b := range table() {
		if !b.crossbar {
			continue
		}
		t.Run(b.name, func(t *testing.T) {
			b.script(&stage{T: t, realm: "realm1", formats: formats,
				dial: func(f codec.Format) (*transport.Link, error) {
					return transport.Net{}.Dial(t.Context(), n.RawSocket, transport.Options{Formats: []codec.Format{f}})
				}})
		})
	}
}
