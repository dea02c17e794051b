package schema

import (
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/wampgen/wampgen/schema/diag"
)

// FuzzParse: any bytes are a model or findings, every finding is about
// something in the file, and the same bytes give the same answer.
func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob(errorCases + "/*.wamp.yaml")
	for _, file := range files {
		if src, err := os.ReadFile(file); err == nil {
			f.Add(src)
		}
	}
	f.Add([]byte(header + "types:\n  A: {fields: {a: A|null, b: list<A>, c: optional int = 5}}\n  E: {enum: {x: 1}}\n" +
		"procedures: {a.b: {args: [x: int], kwargs: A, returns: {kwargs: A}, errors: [e]}}\nerrors: {e: {kwargs: A}}\ntopics: {t: {kwargs: A}}\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		m, ds := Parse("dir/file.wamp.yaml", src)
		if (m == nil) != ds.HasErrors() {
			t.Fatalf("a model: %v, findings: %v", m != nil, ds)
		}
		for i := range ds {
			checkInside(t, map[string][]byte{ds[i].File: src}, ds[i])
			if i > 0 && (ds[i].Line < ds[i-1].Line || ds[i].Line == ds[i-1].Line && ds[i].Col < ds[i-1].Col) {
				t.Errorf("not sorted: %s before %s", ds[i-1].Error(), ds[i].Error())
			}
		}
		again, ds2 := Parse("dir/file.wamp.yaml", src)
		if !reflect.DeepEqual(m, again) || !reflect.DeepEqual(ds, ds2) {
			t.Error("the second answer is another one")
		}
		for _, format := range diag.Formats() {
			if err := diag.Render(io.Discard, format, ds, map[string][]byte{"dir/file.wamp.yaml": src}); err != nil {
				t.Error(err)
			}
		}
	})
}

// FuzzTypes puts what is hard to reach by mutating a file where it belongs.
func FuzzTypes(f *testing.F) {
	f.Add("optional list<map<T|null>>|null", "key", "x.y")
	f.Add("int = 5", "@key", "wamp.a")
	f.Add("E = a", "type", "a..b")
	f.Fuzz(func(t *testing.T, expr, key, name string) {
		if len(expr)+len(key)+len(name) > 100 {
			return // yaml.v3 takes no longer keys
		}
		src := []byte(header + "types: {T: {fields: {f: " + yamlQuote(expr) + ", " + yamlQuote(key) + ": int}}, E: {enum: [a, " + yamlQuote(key) + "]}}\n" +
			"procedures: {" + yamlQuote(name) + ": {args: [" + yamlQuote(key) + ": " + yamlQuote(expr) + "], kwargs: T, returns: " + yamlQuote(expr) + "}}\n")
		_, ds := Parse("x", src)
		for _, d := range ds {
			checkInside(t, map[string][]byte{d.File: src}, d)
			if d.Rule == RuleYAMLSyntax {
				t.Fatalf("the test writes bad YAML: %s\n%s", d.Error(), src)
			}
		}
	})
}

// yamlQuote writes a text so that it comes back as it is, or as replacement
// characters where it is not valid UTF-8.
func yamlQuote(s string) string {
	const hex = "0123456789abcdef"
	b := []byte{'"'}
	for _, r := range s {
		if r < 0x10000 {
			b = append(b, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
			continue
		}
		b = append(b, '\\', 'U', '0', '0', hex[r>>20&15], hex[r>>16&15], hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
	}
	return string(append(b, '"'))
}

// FuzzTypeExpr: what can be read is written in one spelling, and read from it
// again as the same.
func FuzzTypeExpr(f *testing.F) {
	for _, text := range []string{"int", "optional string|null", "list< map<T> |null>", "int = 5", "string=a = b ", "common.Money", "T ?", "list<"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		x, err := parseType(text)
		if err != nil {
			if x != nil || err.from < 0 || err.from > err.to || err.to > len(text) || err.message == "" {
				t.Fatalf("%q: %+v", text, err)
			}
			return
		}
		again, err := parseType(x.String())
		if err != nil {
			t.Fatalf("%q is written as %q, which cannot be read: %s", text, x, err.message)
		}
		if again.String() != x.String() || !sameType(x, again) {
			t.Fatalf("%q is written as %q and read as %q", text, x, again)
		}
	})
}

// sameType compares two expressions but for their places.
func sameType(a, b *typeExpr) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.optional == b.optional && a.nullable == b.nullable && a.name == b.name && a.hasDefault == b.hasDefault &&
		a.value == b.value && sameType(a.elem, b.elem)
}
