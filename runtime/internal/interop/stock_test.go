package interop

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/runtime/internal/crossbar/node"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// stockFaults are the faults that peers/stock.py and peers/stock.js can have, and what
// wampgen conform finds: the rule, and a part of the message.
var stockFaults = map[string][2]string{
	"by-position":  {"not-by-name", `"reserve": parameter "quantity" is not taken by name`},
	"crash":        {"error-undeclared", `"reserve": answers input that does not fit with wamp.error.runtime_error`},
	"long":         {"invalid-accepted", "sku: want at most 12 characters, got more"},
	"bool":         {"invalid-accepted", "quantity: want int, got bool"},
	"zero":         {"invalid-accepted", "quantity: want at least 1, got less"},
	"bound":        {"valid-refused", "refuses input with quantity = 99, which fits"},
	"silent":       {"no-answer", `no answer within 10s to input with note = ""`},
	"undeclared":   {"error-undeclared", "com.example.stock.error.too_busy, which the schema does not declare"},
	"error":        {"error-differs", "the error sold_out does not fit: left: want int, got string"},
	"enum":         {"result-differs", "state: want one of"},
	"type":         {"result-differs", "id: want int, got string"},
	"unserved":     {"not-served", "nobody serves com.example.stock.import"},
	"progress":     {"progress-differs", "a progressive result does not fit: done: want int, got string"},
	"progressless": {"progress-differs", "no progressive result comes"},
}

// TestConform_Peers: wampgen conform finds each fault of a callee in Python and in
// JavaScript and nothing else, and nothing if there is none. The command line of a
// finding makes the call again.
func TestConform_Peers(t *testing.T) {
	wampgen := builtTool(t)
	for _, peer := range []struct {
		name    string
		command func(t *testing.T) *exec.Cmd
	}{
		{"autobahn-python", func(t *testing.T) *exec.Cmd {
			python, err := node.Python()
			if missing(err) {
				t.Skip(err)
			}
			return exec.Command(python, "peers/stock.py")
		}},
		{"autobahn-js", func(t *testing.T) *exec.Cmd {
			modules := os.Getenv("WAMPGEN_NODE")
			if modules == "" {
				t.Skip(errNoNode)
			}
			cmd := exec.Command("node", "peers/stock.js")
			cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
			return cmd
		}},
	} {
		t.Run(peer.name, func(t *testing.T) {
			if found := conformed(t, wampgen, peer.command(t), "none"); len(found) > 0 {
				t.Errorf("without a fault: %v", found)
			}
			for fault, want := range stockFaults {
				found := conformed(t, wampgen, peer.command(t), fault)
				if !slices.ContainsFunc(found, func(f finding) bool { return f.Rule == want[0] && strings.Contains(f.Message, want[1]) }) {
					t.Errorf("%s: want %s, got %v", fault, want, found)
				}
				for _, f := range found {
					if f.Rule != want[0] {
						t.Errorf("%s: something else: %v", fault, f)
					}
				}
			}
		})
	}
}

// finding is a line of wampgen conform --format json.
type finding struct{ Rule, Message, Hint string }

// conformed runs wampgen conform against a callee with a fault, and the command lines of
// what it finds.
func conformed(t *testing.T, wampgen string, callee *exec.Cmd, fault string) (found []finding) {
	t.Helper()
	realm := wamptest.StartRealm()
	defer realm.Close()
	server, err := realm.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	callee.Args = append(callee.Args, server.URL(), fault)
	stop := startCallee(t, callee)
	defer stop()
	patience := "1m" // far more than an answer takes
	if fault == "silent" {
		patience = "10s"
	}
	cmd := exec.Command(wampgen, "conform", "-q", "--format", "json", "--timeout", patience, "--url", server.URL(), "testdata/stock.wamp.yaml")
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if exit, isExit := errors.AsType[*exec.ExitError](err); err != nil && (!isExit || exit.ExitCode() != 1) {
		t.Fatalf("%s: %v: %s", fault, err, said.String())
	}
	for line := range strings.Lines(string(out)) {
		var f finding
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatal(err)
		}
		found = append(found, f)
		repeated(t, wampgen, f)
	}
	return found
}

// repeated runs the command line of a finding, which makes the call: the callee
// answers, or does not.
func repeated(t *testing.T, wampgen string, f finding) {
	t.Helper()
	cmd := exec.Command("sh", "-c", f.Hint)
	cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(wampgen)+string(os.PathListSeparator)+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	exit, failed := errors.AsType[*exec.ExitError](err)
	switch answered := err == nil || failed && exit.ExitCode() == 1; {
	case !answered:
		t.Errorf("%s: %v: %s", f.Hint, err, out)
	case f.Rule == "invalid-accepted" && err != nil, f.Rule == "valid-refused" && err == nil,
		f.Rule == "no-answer" && !strings.Contains(string(out), "in time"): // by this side or the router, whose timeouts race
		t.Errorf("%s: not what was found: %s", f.Hint, out)
	}
}

// startCallee runs a peer until it serves. It returns what ends it.
func startCallee(t *testing.T, cmd *exec.Cmd) (stop func()) {
	t.Helper()
	var said strings.Builder // autobahn prints every error that a callee answers with
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	if lines := bufio.NewScanner(out); !lines.Scan() {
		stop()
		t.Fatalf("the callee does not serve: %s", said.String())
	}
	return stop
}
