package schema

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// below says what stands below the keys of a definition: X is a mapping of the
// definition X, *X one of names to X, and each [ before it a list.
var below = map[string]map[string]string{
	"":         {"api": "api", "defaults": "defaults", "types": "*type", "errors": "*error", "procedures": "*procedure", "topics": "*topic"},
	"fragment": {"types": "*type", "errors": "*error", "procedures": "*procedure", "topics": "*topic"},
	"api":      {"go": "apiGo"},
	"apiGo":    {"types": "*scalarGo"},
	"defaults": {"procedure": "policy", "topic": "topicPolicy"},
	"policy":   {"metadata": "metadata"}, "topicPolicy": {"metadata": "metadata"},
	"type":  {"fields": "*field", "tuple": "[*field", "enum": "*enumValue", "tag": "tag", "go": "typeGo"},
	"field": {"go": "fieldGo"},
	"error": {"args": "[*field", "kwargs": "*field", "go": "go", "examples": "[errorExample"},
	"procedure": {"args": "[*field", "kwargs": "*field", "params": "*field", "options": "*field", "returns": "payload", "stream": "stream",
		"metadata": "metadata", "go": "procedureGo", "examples": "[procedureExample"},
	"topic":   {"args": "[*field", "kwargs": "*field", "params": "*field", "options": "*field", "metadata": "metadata", "go": "go", "examples": "[topicExample"},
	"stream":  {"in": "payload", "out": "payload"},
	"payload": {"args": "[*field", "kwargs": "*field"},
}

// TestKeys_AreGolden: every key that is read stands in a golden case, wherever it
// may stand: its code is generated, compiled, round-tripped and called.
func TestKeys_AreGolden(t *testing.T) {
	seen := map[string]bool{}
	var files []string
	for _, pattern := range []string{"*/*.wamp.yaml", "*/*/*.wamp.yaml"} {
		found, err := filepath.Glob(filepath.Join("../testdata/golden", pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) < 30 {
		t.Fatalf("only %d golden schemas", len(files))
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c := &collector{file: file}
		root := c.open("", src)
		if root == nil {
			t.Fatal(c.all)
		}
		of := "fragment"
		if slices.ContainsFunc(root.pairs, func(p pair) bool { return p.key.text == "api" }) {
			of = ""
		}
		note(root, of, seen)
	}
	for of, table := range definitions {
		for _, key := range table.built {
			if !seen[of+"."+key] {
				t.Errorf("no golden case has the key %q of %q: add it to one, with a value that is sent", key, of)
			}
		}
	}
}

// note notes the keys of a mapping and of those below it.
func note(n *node, of string, seen map[string]bool) {
	switch list, isList := strings.CutPrefix(of, "["); {
	case of == "" && n.pairs == nil:
	case isList:
		for _, item := range n.items {
			note(item, list, seen)
		}
	case strings.HasPrefix(of, "*"):
		for _, p := range n.pairs {
			note(p.value, of[1:], seen)
		}
	default:
		for _, p := range n.pairs {
			seen[of+"."+p.key.text] = true
			if next, ok := below[of][p.key.text]; ok {
				note(p.value, next, seen)
			}
		}
	}
}
