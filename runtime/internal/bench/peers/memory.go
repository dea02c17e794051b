package main

import (
	"fmt"
	"strings"

	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// idling measures the memory of sessions that do nothing, in new processes.
func idling(r *router.Process, rounds int) (string, error) {
	memory := map[string][]float64{}
	var last []*peer
	for range rounds {
		r.Stop() // it may not have seen yet that the last ones have gone
		if err := r.Start(); err != nil {
			return "", err
		}
		peers, err := start(r.WebSocketURL())
		if err != nil {
			return "", err
		}
		for _, p := range peers {
			a, err := p.do(task{Do: "idle", Sessions: 200})
			p.stop()
			if err != nil {
				return "", fmt.Errorf("%s: %w", p.name, err)
			}
			memory[p.name] = append(memory[p.name], a.Bytes/1024)
		}
		last = peers
	}
	var b strings.Builder
	b.WriteString("\nKiB of resident memory that a session takes which does nothing, of 200 in a new\nprocess.\n\n")
	header(&b, last)
	b.WriteString("| idle session |")
	for _, p := range last {
		fmt.Fprintf(&b, " %s |", entry(p.name, memory[p.name], memory["wampgen"]))
	}
	b.WriteString("\n")
	return b.String(), nil
}
