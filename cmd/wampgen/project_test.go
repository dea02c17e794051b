package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestProject_NoTidy: in a module of one's own, "go get -tool" and "go generate"
// are all that is needed before the code compiles and passes go vet. It prints how many
// lines that adds to the go.mod of a fresh module, which has a replace line for lack of a
// release.
func TestProject_NoTidy(t *testing.T) {
	checkout, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	folder(t, map[string]string{
		"go.mod":              "module example.com/project\n\ngo 1.26.0\n\nreplace github.com/wampgen/wampgen => " + checkout + "\n",
		"shop/shop.wamp.yaml": shopSchema,
		"shop/gen.go":         "package shop\n\n//go:generate go tool wampgen generate shop.wamp.yaml\n",
	})
	before := lines(t, "go.mod")
	for _, args := range [][]string{
		{"get", "-tool", "github.com/wampgen/wampgen/cmd/wampgen"}, {"generate", "./..."}, {"build", "-mod=readonly", "./..."}, {"vet", "-mod=readonly", "./..."},
	} {
		cmd := exec.Command("go", args...)
		// All that is needed is here: the checkout, and what it depends on in the cache.
		cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "GOSUMDB=off", "GOPROXY=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %v: %v\n%s", args, err, out)
		}
	}
	wantFiles(t, "shop", append([]string{"gen.go"}, made...))

	const most = 12
	if added := lines(t, "go.mod") - before; added > most {
		t.Errorf("go get -tool adds %d lines to go.mod, at most %d", added, most)
	} else {
		t.Logf("go get -tool adds %d lines to go.mod", added)
	}
}

// lines counts the lines of a file that are not blank.
func lines(t *testing.T, name string) int {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		if strings.TrimSpace(line) != "" {
			n++
		}
	}
	return n
}
