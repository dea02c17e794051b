// Package editor tests the JSON Schema of the language as editors use it. It is
// a package of its own, which nobody imports, so that the validator is not in the
// go.sum of users.
package editor

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
	"gopkg.in/yaml.v3"
)

const checkout = "../../.."

// validator compiles the JSON Schema.
func validator(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema.JSONSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("wampgen.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("wampgen.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// read returns the bytes of a file and its value; ok is false if it is not YAML.
func read(t *testing.T, path string) (src []byte, value any, ok bool) {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var doc yaml.Node
	if yaml.Unmarshal(src, &doc) != nil || len(doc.Content) != 1 {
		return src, nil, false
	}
	return src, valueOf(doc.Content[0]), true
}

// valueOf returns a node as an editor sees it: keys are strings.
func valueOf(n *yaml.Node) any {
	switch {
	case n.Kind == yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = valueOf(n.Content[i+1])
		}
		return m
	case n.Kind == yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			list = append(list, valueOf(item))
		}
		return list
	case n.Tag == "!!null" && n.Value != "Null": // which may be the name of a type
		return nil
	case n.Tag == "!!bool":
		return n.Value == "true"
	case n.Tag == "!!int", n.Tag == "!!float":
		return json.Number(n.Value)
	}
	return n.Value
}

// TestSchemas: every schema of the repository that can be read is fine in an
// editor.
func TestSchemas(t *testing.T) {
	s, seen := validator(t), 0
	err := filepath.WalkDir(checkout, func(path string, _ os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".wamp.yaml") {
			return err
		}
		src, value, ok := read(t, path)
		if m, _ := schema.Load(path, src, os.ReadFile); m == nil {
			return nil
		}
		seen++
		if !ok {
			t.Errorf("%s: no JSON value", path)
		} else if err := s.Validate(value); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		return nil
	})
	if err != nil || seen < 10 {
		t.Fatalf("%d schemas, %v", seen, err)
	}
}

// structural are the rules that an editor can see broken.
var structural = map[diag.Rule]bool{schema.RuleUnknownKey: true, schema.RuleMissingKey: true, schema.RuleWrongKind: true}

// TestMistakes: what is wrong with the structure of a file is underlined.
func TestMistakes(t *testing.T) {
	files, err := filepath.Glob(checkout + "/testdata/errors/*.wamp.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	s, seen := validator(t), 0
	for _, path := range files {
		src, value, ok := read(t, path)
		_, found := schema.Parse(path, src)
		for _, d := range found {
			if ok && structural[d.Rule] {
				if seen++; s.Validate(value) == nil {
					t.Errorf("%s is valid in an editor", d.Error())
				}
				break
			}
		}
	}
	if seen < 5 {
		t.Errorf("only %d files", seen)
	}
}
