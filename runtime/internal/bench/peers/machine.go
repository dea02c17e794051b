package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// machine is what figures were measured on and with.
type machine struct {
	command, commit, model, load string
	versions                     []string
}

func newMachine(rounds, ms int) *machine {
	m := &machine{command: fmt.Sprintf("make bench-peers ROUNDS=%d MS=%d", rounds, ms), load: load()}
	if out, err := exec.Command("git", "describe", "--always", "--dirty").Output(); err == nil {
		m.commit = strings.TrimSpace(string(out))
	}
	text, _ := os.ReadFile("/proc/cpuinfo")
	if _, rest, ok := strings.Cut(string(text), "model name"); ok {
		line, _, _ := strings.Cut(rest, "\n")
		m.model = strings.TrimSpace(strings.TrimLeft(line, "\t :"))
	}
	return m
}

// end notes the load of the machine once more.
func (m *machine) end() { m.load += " before and " + load() + " after" }

// load is the load average of the last minute.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Fields(string(text))[0]
}

// String describes the run in Markdown.
func (m *machine) String() string {
	return fmt.Sprintf("`%s` on %s, commit %s, %s, %s/%s, %d cores, %s. Load average: %s.\nPeers: %s.\n",
		m.command, time.Now().UTC().Format("2006-01-02"), m.commit, runtime.Version(), runtime.GOOS, runtime.GOARCH,
		runtime.NumCPU(), m.model, m.load, strings.Join(m.versions, "; "))
}
