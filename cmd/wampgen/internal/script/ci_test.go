package script

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// load reads a YAML file of the repository.
func load(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(checkout, name))
	if err == nil {
		err = yaml.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// project makes a folder with a schema and what pre-commit and GitHub put on the
// path, and returns how a command ends there.
func project(t *testing.T, schema string) func(command *exec.Cmd) (code int, output string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "shop.wamp.yaml"), []byte(schema), 0o644); err != nil {
		t.Fatal(err)
	}
	return func(cmd *exec.Cmd) (int, string) {
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), append(cmd.Env, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))...)
		out, err := cmd.CombinedOutput()
		if _, ended := err.(*exec.ExitError); err != nil && !ended {
			t.Fatal(err)
		}
		return cmd.ProcessState.ExitCode(), string(out)
	}
}

// TestPreCommit runs each hook as pre-commit does: with names of files.
func TestPreCommit(t *testing.T) {
	var hooks []struct{ ID, Entry, Files string }
	load(t, ".pre-commit-hooks.yaml", &hooks)
	if len(hooks) != 2 {
		t.Fatalf("%d hooks", len(hooks))
	}
	for _, h := range hooks {
		run := project(t, "wampgen:   1\napi: {name: shop, uri: com.example.shop}\n")
		if code, out := run(exec.Command("bash", "-c", h.Entry+" shop.wamp.yaml")); code != 0 {
			t.Errorf("%s: exit code %d\n%s", h.ID, code, out)
		}
	}
}

// TestAction runs the script of the GitHub Action: everything is annotated in one
// run, and any finding fails it.
func TestAction(t *testing.T) {
	var action struct {
		Runs struct {
			Steps []struct{ Run string }
		}
	}
	load(t, "action.yml", &action)
	// The tool that go.mod names is the one of this checkout.
	script := strings.Replace(action.Runs.Steps[0].Run, "go tool wampgen", "wampgen", 1)
	run := project(t, "wampgen:   1\napi: {name: shop, uri: com.Example.shop}\nprocedures: {a: {}}\n")
	cmd := exec.Command("bash", "-eo", "pipefail", "-c", script)
	cmd.Env = []string{"VERSION=tool", "PATHS=./..."}
	code, out := run(cmd)
	for _, want := range []string{"::warning file=shop.wamp.yaml,line=2,", "the file is not formatted", "title=missing::missing"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if code != 1 {
		t.Errorf("exit code %d", code)
	}
}
