package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestProject_NoTidy: in a module of one's own, "go get -tool" and "go generate"
// are all that is needed before the code compiles and passes go vet.
func TestProject_NoTidy(t *testing.T) {
	checkout, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	folder(t, map[string]string{
		"go.mod":              "module example.com/project\n\ngo 1.26.0\n\nrequire github.com/wampgen/wampgen v0.0.0\n\nreplace github.com/wampgen/wampgen => " + checkout + "\n",
		"shop/shop.wamp.yaml": shopSchema,
		"shop/gen.go":         "package shop\n\n//go:generate go tool wampgen generate shop.wamp.yaml\n",
	})
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
}
