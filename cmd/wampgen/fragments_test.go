package main

import (
	"strings"
	"testing"
)

// schemaWith returns a schema that includes fragments.
func schemaWith(fragments string) string {
	return "wampgen: 1\napi: {name: shop, uri: com.example.shop}\ninclude: " + fragments + "\n"
}

// What is wrong with the files of a schema is found where it is, once, and no
// file is passed over.
func TestFragments_Findings(t *testing.T) {
	const typesOf = "wampgen: 1\ntypes: {A: string}\n"
	orphan := func(file string) string {
		return file + `.wamp.yaml:1:1: error: the file has no key "api", so it is a fragment, and no schema includes it [fragment]`
	}
	broken := "shop.wamp.yaml:2:1: error: not valid YAML: did not find expected ',' or '}' [yaml-syntax]"
	for _, c := range []struct {
		name  string
		files map[string]string
		args  []string
		want  string // the only finding
	}{
		{"a fragment of itself", map[string]string{"a": "wampgen: 1\ninclude: [a.wamp.yaml]\n"}, nil, orphan("a")},
		{"fragments of each other", map[string]string{"a": "wampgen: 1\ninclude: [b.wamp.yaml]\n", "b": "wampgen: 1\ninclude: [./a.wamp.yaml]\n"}, nil, orphan("b")},
		{"a schema without its API", map[string]string{"shop": "wampgen: 1\ninclude: [a.wamp.yaml]\n", "a": typesOf}, nil, orphan("shop")},
		{"a schema that is no YAML", map[string]string{"shop": strings.Replace(schemaWith("[./a.wamp.yaml]"), "}", "", 1), "a": typesOf}, nil, broken},
		{"its fragment", map[string]string{"shop": strings.Replace(schemaWith("\n  - \"a.wamp.yaml\""), "}", "", 1), "a": typesOf}, []string{"a.wamp.yaml"}, broken},
		{"a list", map[string]string{"shop": schemaWith("[a.wamp.yaml]"), "a": "- a\n"}, nil, "a.wamp.yaml:1:1: error: a fragment must be a mapping, not a list [wrong-kind]"},
		{"nothing", map[string]string{"shop": schemaWith("[a.wamp.yaml]"), "a": "# nothing\n"}, nil, "a.wamp.yaml:1:1: error: the file is empty [missing-key]"},
		{"no YAML", map[string]string{"shop": schemaWith("[a.wamp.yaml]"), "a": "types: {\n"}, nil, "a.wamp.yaml:2:1: error: not valid YAML: did not find expected node content [yaml-syntax]"},
		{"a key in quotes", map[string]string{"shop": strings.Replace(schemaWith("[a.wamp.yaml]"), "include", `"include"`, 1), "a": "wampgen: 1\ntypes: {A: strin}\n"}, nil,
			`a.wamp.yaml:2:12: error: unknown type "strin" [unknown-type]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{}
			for name, src := range c.files {
				files[name+".wamp.yaml"] = src
			}
			folder(t, files)
			r := wampgen(append([]string{"check"}, c.args...)...)
			r.want(t, 1, c.want+"\n", "")
			r.want(t, 1, "1 error in 1 file\n", "")
			wampgen(append([]string{"generate"}, c.args...)...).want(t, 1, "", c.want)
		})
	}
}
