package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// tree is one state of the project, and a module beside it that uses it.
type tree struct {
	root    string // the checkout
	module  string // the folder of the module
	wampgen string // the binary
}

// newTree builds the wampgen of root and makes the module name in temp.
func newTree(name, root, temp string) (*tree, error) {
	t := &tree{root: root, module: filepath.Join(temp, name+"-module"), wampgen: filepath.Join(temp, name+"-wampgen")}
	if _, err := run(root, "go", "build", "-o", t.wampgen, "./cmd/wampgen"); err != nil {
		return nil, err
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return nil, err
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		return nil, err
	}
	const path = "github.com/wampgen/wampgen"
	var lines []string
	for line := range strings.Lines(string(mod)) {
		if !strings.HasPrefix(line, "tool ") {
			lines = append(lines, strings.Replace(line, "module "+path, "module measure", 1))
		}
	}
	lines = append(lines, fmt.Sprintf("\nrequire %s v0.0.0\nreplace %s => %s\n", path, path, root))
	if err := t.write("go.mod", strings.Join(lines, "")); err != nil {
		return nil, err
	}
	return t, t.write("go.sum", string(sum))
}

func (t *tree) write(name, content string) error {
	path := filepath.Join(t.module, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(content), 0o644)
}

// schema writes big.wamp.yaml and removes what was generated from another.
func (t *tree) schema(content string) error {
	if err := os.RemoveAll(filepath.Join(t.module, "big")); err != nil {
		return err
	}
	return t.write("big/big.wamp.yaml", content)
}

// generate runs wampgen.
func (t *tree) generate() (cost, error) {
	return spend(filepath.Join(t.module, "big"), t.wampgen, "generate", "big.wamp.yaml")
}

// files returns the generated files.
func (t *tree) files() []string {
	files, _ := filepath.Glob(filepath.Join(t.module, "big", "*.go"))
	return files
}

// lines generates from a schema and counts.
func (t *tree) lines(content string) (n int, err error) {
	if err := t.schema(content); err != nil {
		return 0, err
	}
	if _, err := t.generate(); err != nil {
		return 0, err
	}
	for _, f := range t.files() {
		b, err := os.ReadFile(f)
		if err != nil {
			return 0, err
		}
		n += bytes.Count(b, []byte("\n"))
	}
	return n, nil
}

// compile compiles the generated package alone, from its source and not from the
// build cache.
func (t *tree) compile() (cost, error) {
	fresh := fmt.Sprintf("package big\n\nconst nonce = %d\n", time.Now().UnixNano())
	if err := t.write("big/nonce.go", fresh); err != nil {
		return cost{}, err
	}
	return spend(t.module, "go", "build", "./big")
}

// binary returns the bytes of a stripped program.
func (t *tree) binary(program string) (int64, error) {
	if err := t.write("main.go", program); err != nil {
		return 0, err
	}
	if _, err := run(t.module, "go", "build", "-ldflags=-s -w", "-o", "program", "."); err != nil {
		return 0, err
	}
	info, err := os.Stat(filepath.Join(t.module, "program"))
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// cost is what a command and its children took.
type cost struct {
	cpu float64 // seconds
	mib float64 // resident at most
}

// spend runs a command.
func spend(dir, name string, args ...string) (cost, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return cost{}, fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	s := cmd.ProcessState
	c := cost{cpu: (s.UserTime() + s.SystemTime()).Seconds()}
	if u, ok := s.SysUsage().(*syscall.Rusage); ok {
		c.mib = float64(u.Maxrss) / 1024
	}
	return c, nil
}

// least runs f on both trees by turns and returns what each takes at least.
func least(rounds int, old, now *tree, f func(*tree) (cost, error)) (a, b cost, err error) {
	for i := range rounds {
		x, err := f(old)
		if err != nil {
			return a, b, err
		}
		y, err := f(now)
		if err != nil {
			return a, b, err
		}
		if i == 0 {
			a, b = x, y
		}
		a = cost{min(a.cpu, x.cpu), max(a.mib, x.mib)}
		b = cost{min(b.cpu, y.cpu), max(b.mib, y.mib)}
	}
	return a, b, nil
}
