//go:build linux

package script

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// G9: code of many types and as many procedures, 10 000 of each in a full run, needs
// bounded memory, and each of them makes as much code as in a small schema.
func TestG9_Scale(t *testing.T) {
	few, many := 50, 300
	if os.Getenv("WAMPGEN_FULL") != "" {
		few, many = 1000, 10_000
	}
	_, small := generateMany(t, few)
	memory, large := generateMany(t, many)
	if memory > 1<<30 {
		t.Errorf("%d types and procedures need %d MiB", many, memory>>20)
	}
	if large*int64(few) > small*int64(many)*11/10 {
		t.Errorf("%d types and procedures make %d bytes, %d make %d", few, small, many, large)
	}
	t.Logf("%d types and procedures: %d MiB, %d bytes of code", many, memory>>20, large)
}

// generateMany returns how much memory the tool had, and how much it wrote.
func generateMany(t *testing.T, n int) (memory, written int64) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "many.wamp.yaml"), []byte(manySchema(n)), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(bin, "wampgen"), "generate", "many.wamp.yaml")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "WAMPGEN_CACHE=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.wamp.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no code, %v", err)
	}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		written += info.Size()
	}
	return int64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) << 10, written
}

// manySchema has n types and n procedures. The length of a name does not depend on n.
func manySchema(n int) string {
	var b strings.Builder
	b.WriteString("wampgen: 1\napi: {name: many, uri: com.example.many}\ntypes:\n")
	for i := range n {
		fmt.Fprintf(&b, "  T%06d: {fields: {id: int, name: string, tags: list<string>, at: time, price: decimal, on: optional bool, next: optional T%06d}}\n", i, i/2)
	}
	b.WriteString("procedures:\n")
	for i := range n {
		fmt.Fprintf(&b, "  p%06d.get: {args: [id: int], kwargs: {name: optional string, limit: int = 50}, returns: T%06d}\n", i, i)
	}
	return b.String()
}
