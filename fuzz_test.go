package wampgen_test

import (
	"io/fs"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// F1: what reads bytes of a peer has a fuzz target. .ci/fuzz runs every target of the
// module, and what crashed one is kept beside it.
func TestF1_FuzzTargets(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "./.ci/fuzz", "list").Output()
	if err != nil {
		t.Fatal(err)
	}
	listed, declared := strings.Fields(strings.ReplaceAll(string(out), " ", "/")), fuzzTargets(t)
	if slices.Sort(listed); !slices.Equal(listed, declared) {
		t.Errorf(".ci/fuzz runs %q, and the module has %q", listed, declared)
	}
	hasTargets(t, "runtime/codec/FuzzSplitJSON", "runtime/codec/FuzzSplitMsgpack", "runtime/codec/FuzzSplitCBOR", "runtime/codec/FuzzDecodeTyped",
		"runtime/transport/FuzzRawSocketReader", "runtime/internal/core/FuzzCoreSession")
	kept := 0
	for path := range fuzzTargetsOfCorpora(t) {
		if kept++; !slices.Contains(declared, path) {
			t.Errorf("%s has inputs that crashed it and is no target any more", path)
		}
	}
	if kept == 0 {
		t.Error("nothing that crashed a target is kept")
	}
}

// G14: so have schemas, names and comments.
func TestG14_FuzzTargets(t *testing.T) {
	hasTargets(t, "schema/FuzzParse", "schema/FuzzTypes", "generator/golang/FuzzIdent", "generator/golang/FuzzDoc")
}

func hasTargets(t *testing.T, wanted ...string) {
	t.Helper()
	declared := fuzzTargets(t)
	for _, w := range wanted {
		if !slices.Contains(declared, "./"+w) {
			t.Errorf("there is no %s", w)
		}
	}
}

// fuzzTargets returns the targets of the module, sorted.
func fuzzTargets(t *testing.T) (declared []string) {
	t.Helper()
	target := regexp.MustCompile(`(?m)^func (Fuzz\w+)\(f \*testing\.F\)`)
	for path, text := range texts(t) {
		if strings.HasSuffix(path, "_test.go") {
			for _, m := range target.FindAllStringSubmatch(text, -1) {
				declared = append(declared, "./"+filepath.ToSlash(filepath.Dir(path))+"/"+m[1])
			}
		}
	}
	slices.Sort(declared)
	return declared
}

// fuzzTargetsOfCorpora returns the targets that inputs in testdata/fuzz belong to.
func fuzzTargetsOfCorpora(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if pkg, input, ok := strings.Cut(filepath.ToSlash(path), "/testdata/fuzz/"); ok && err == nil && !d.IsDir() {
			found["./"+pkg+"/"+filepath.ToSlash(filepath.Dir(input))] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
