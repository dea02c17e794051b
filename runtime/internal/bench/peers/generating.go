package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// size is how many types and how many procedures are generated and compiled.
const size = 200

// generating measures wampgen generate and go build of what it writes. No peer has
// anything to compare with.
func generating(rounds int) (string, error) {
	dir := filepath.Join(".cache", "big") // in the module, and hidden from ./...
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	tool := filepath.Join(dir, "wampgen")
	if out, err := exec.Command("go", "build", "-o", tool, "./cmd/wampgen").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	path := filepath.Join(dir, "big.wamp.yaml")
	if err := os.WriteFile(path, []byte(bigSchema()), 0o644); err != nil {
		return "", err
	}
	var write, again, build []float64
	for i := range rounds {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			return "", err
		}
		for _, f := range files {
			_ = os.Remove(f)
		}
		for _, step := range []struct {
			to   *[]float64
			args []string
		}{
			{&write, []string{tool, "generate", path}},
			{&again, []string{tool, "generate", path}},
			{&build, []string{"go", "build", "./" + dir}},
		} {
			if step.to == &build {
				nonce := fmt.Sprintf("package big\n\nconst nonce = %d\n", time.Now().UnixNano()+int64(i))
				if err := os.WriteFile(filepath.Join(dir, "nonce.go"), []byte(nonce), 0o644); err != nil {
					return "", err
				}
			}
			begin := time.Now()
			if out, err := exec.Command(step.args[0], step.args[1:]...).CombinedOutput(); err != nil {
				return "", fmt.Errorf("%s: %w\n%s", strings.Join(step.args, " "), err, out)
			}
			*step.to = append(*step.to, time.Since(begin).Seconds())
		}
	}
	var text strings.Builder
	fmt.Fprintf(&text, "\nSeconds for a schema of %d types of ten fields and %d procedures; nothing of a peer\ncompares with it.\n\n| | seconds |\n|---|---|\n", size, size)
	for _, row := range []struct {
		name   string
		values []float64
	}{{"`wampgen generate`", write}, {"again, nothing having changed", again}, {"`go build` of that package alone", build}} {
		fmt.Fprintf(&text, "| %s | %s |\n", row.name, spreadOf(row.values))
	}
	return text.String(), nil
}

func bigSchema() string {
	var b strings.Builder
	b.WriteString("wampgen: 1\napi: {name: big, uri: com.example.big, go: {package: big}}\ntypes:\n")
	for i := range size {
		fmt.Fprintf(&b, "  T%d:\n    fields:\n      next: optional T%d\n", i, max(i-1, 0))
		for j, typ := range []string{"int64", "string", "list<string>", "time", "float64", "bool", "optional string", "uint32 = 1", "uuid"} {
			fmt.Fprintf(&b, "      f%d: %s\n", j, typ)
		}
	}
	b.WriteString("procedures:\n")
	for i := range size {
		fmt.Fprintf(&b, "  do%d: {args: [a: T%d, b: string], kwargs: {c: optional int}, returns: list<T%d>}\n", i, i, i)
	}
	return b.String()
}
