package config

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// Each mistake is a finding of its own, with its place.
func TestParse_Findings(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"empty", "", "1:1: the file is empty [missing-key]"},
		{"only a comment", "# nothing\n", "1:1: the file is empty [missing-key]"},
		{"no YAML", "version: [1", "1:1: the file is not YAML: did not find expected ',' or ']' [yaml-syntax]"},
		{"no mapping", "- 1", "1:1: wampgen.yaml must be a mapping [wrong-kind]"},
		{"no version", "rules: {}", `1:1: wampgen.yaml has no key "version" [missing-key]`},
		{"another version", "version: 2", `1:10: "2" is not a version of this file that this wampgen reads [bad-value]`},
		{"duplicate", "version: 1\nversion: 1", `2:1: duplicate key "version" [duplicate-key]`},
		{"line separator", "version: 1\nrules: \u2028\n", `2:1: the file is not YAML: the line separator U+2028 must be written as an escape ("\u2028") [yaml-syntax]`},
		{"UTF-16", "\xff\xfev\x00", "1:1: the file is not YAML: the file is UTF-16; it must be UTF-8 [yaml-syntax]"},
		{"two documents", "version: 1\n---\nversion: 1", "2:1: a second YAML document [yaml-document]"},
		{"key", "version: 1\nschema: []", `2:1: unknown key "schema" [unknown-key]`},
		{"schemas", "version: 1\nschemas: {a: b}", "2:10: schemas must be a list [wrong-kind]"},
		{"entry", "version: 1\nschemas: [a.wamp.yaml]", "2:11: an entry of schemas must be a mapping [wrong-kind]"},
		{"a misspelled file", "version: 1\nschemas: [{fil: a.wamp.yaml}]", `2:12: unknown key "fil" [unknown-key]`},
		{"two files", "version: 1\nschemas: [{fil: c, file: b.wamp.yaml}]", `2:12: unknown key "fil" [unknown-key]`},
		{"no file", "version: 1\nschemas: [{out: a}]", `2:11: an entry of schemas has no key "file" [missing-key]`},
		{"file", "version: 1\nschemas: [{file: []}]", "2:18: file must be a string that is not empty [wrong-kind]"},
		{"elsewhere", "version: 1\nschemas: [{file: /etc/a}]", "2:18: file must be a path from the folder of wampgen.yaml, with slashes [bad-value]"},
		{"rules", "version: 1\nrules: [a]", "2:8: rules must be a mapping [wrong-kind]"},
		{"rule", "version: 1\nrules: {uri-styles: off}", `2:9: unknown rule "uri-styles": did you mean "uri-style"? [bad-value]`},
		{"level", "version: 1\nrules: {uri-style: loud}", `2:9: unknown level "loud" of rule uri-style: must be off, warning or error [bad-value]`},
		{"level that is none", "version: 1\nrules: {uri-style: [1]}", "2:20: the level of a rule must be a string that is not empty [wrong-kind]"},
		{"alias", "version: 1\nrules: &a {uri-style: *a}", "2:23: the level of a rule must be a string that is not empty [wrong-kind]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			config, found := Parse("wampgen.yaml", []byte(c.src))
			var got []string
			for _, d := range found {
				got = append(got, strings.TrimPrefix(d.Error(), "wampgen.yaml:")+" ["+string(d.Rule)+"]")
			}
			if config != nil || !slices.Equal(got, []string{c.want}) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestJSONSchema_Keys: what an editor offers is what Parse reads.
func TestJSONSchema_Keys(t *testing.T) {
	type object struct {
		Properties  map[string]any
		Definitions map[string]object
	}
	var root struct {
		object
		Definitions map[string]object
	}
	if err := json.Unmarshal(JSONSchema(), &root); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		has  map[string]any
		keys []string
	}{"root": {root.Properties, rootKeys}, "schema": {root.Definitions["schema"].Properties, schemaKeys}} {
		if got, want := slices.Sorted(maps.Keys(c.has)), slices.Sorted(slices.Values(c.keys)); !slices.Equal(got, want) {
			t.Errorf("%s: the JSON Schema has %v, Parse reads %v", name, got, want)
		}
	}
}

// Whatever the file holds, findings are inside of it and no panic comes out.
func FuzzParse(f *testing.F) {
	f.Add([]byte("version: 1\nschemas: [{file: a, out: b}]\nrules: {uri-style: off}\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		config, found := Parse("wampgen.yaml", src)
		if (config == nil) != (len(found) > 0) {
			t.Errorf("a Config %v with findings %v", config, found)
		}
		for _, d := range found {
			if d.Line < 1 || d.Col < 1 || d.EndCol < d.Col || strings.ContainsAny(d.Message, "\n\r") {
				t.Errorf("%+v", d)
			}
		}
	})
}

// TestDocs_Files: the files that the documentation of the tool shows have no
// findings, and say what they look like.
func TestDocs_Files(t *testing.T) {
	page, err := os.ReadFile("../../docs/tool.md")
	if err != nil {
		t.Fatal(err)
	}
	block := func(begin string) []byte {
		_, text, _ := strings.Cut(string(page), "```yaml\nversion: 1\n"+begin)
		text, _, _ = strings.Cut(text, "```")
		return []byte("version: 1\n" + begin + text)
	}
	c, found := Parse("wampgen.yaml", block("schemas:"))
	if len(found) > 0 || len(c.Schemas) != 2 || len(c.Rules) != 2 {
		t.Errorf("%+v, %v", c, found)
	}
	p, found := ParseProfiles("profiles.yaml", block("default: local"))
	if len(found) > 0 || len(p.Named) != 2 || p.Named[p.Default] == nil || len(p.Named["production"].URLs) != 2 {
		t.Errorf("%+v, %v", p, found)
	}
}
