package format_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/schema/format"
)

// What the canonical form is, case by case.
func TestSource(t *testing.T) {
	for name, test := range map[string]struct{ in, want string }{
		"spaces":             {"wampgen:   1\napi: {name:  a,uri: com.a ,  }\n", "wampgen: 1\napi: {name: a, uri: com.a}\n"},
		"indentation":        {"types:\n      A:\n         fields:\n            a: int\n", "types:\n  A:\n    fields:\n      a: int\n"},
		"list under its key": {"a:\n- x\n- y: 1\n  z: 2\n", "a:\n  - x\n  - y: 1\n    z: 2\n"},
		"blank lines":        {"\n\na: 1\n\n\n\nb:\n\n  c: 2\n\n\n", "a: 1\n\nb:\n  c: 2\n"},
		"ends of lines":      {"a: 1  \r\nb: 2\r\n", "a: 1\nb: 2\n"},
		"byte order mark":    {"\ufeffa: 1", "a: 1\n"},
		"comments":           {"# top\n\na: 1 # one\n#  two\nb: 2\n# end", "# top\n\na: 1  # one\n#  two\nb: 2\n# end\n"},
		"aligned comments":   {"a: 1 # one\nbcd: 22      # two\n\ne: 3 # three\n", "a: 1     # one\nbcd: 22  # two\n\ne: 3  # three\n"},
		"comment of a block": {"a: # of a\n    b: 1\n    # in a\n# behind a\nc: 2\n", "a:  # of a\n  b: 1\n  # in a\n# behind a\nc: 2\n"},
		"comments in a list": {"a:\n- x # one\n# two\n- y\nb: 1\n", "a:\n  - x  # one\n  # two\n  - y\nb: 1\n"},
		"flow of one line":   {"a: [ x:  int,y: {b: 1} , [] , {}]\n", "a: [x: int, y: {b: 1}, [], {}]\n"},
		"flow that is broken": {
			"a: [\n   x: int, # one\n y: int\n # two\n ]\nb: 1\n", "a: [\n  x: int,  # one\n  y: int,\n  # two\n]\nb: 1\n",
		},
		"flow that was folded": {"a: [x: int,\n  y: int]\n", "a: [x: int, y: int]\n"},
		"nested broken flow":   {"a: {\n b: [\n 1], c: 2}\n", "a: {\n  b: [\n    1,\n  ],\n  c: 2,\n}\n"},
		"quotes":               {"a:   'it''s # no comment'\nb: \"\\u00e4 # neither\" # but this\nc: x#y\n", "a: 'it''s # no comment'\nb: \"\\u00e4 # neither\"  # but this\nc: x#y\n"},
		"quotes over lines":    {"a: \"one\n   two\"\nb: 1\n", "a: \"one two\"\nb: 1\n"},
		"plain over lines":     {"a: one\n   two\n\n   three\nb: 1\n", "a: \"one two\\nthree\"\nb: 1\n"},
		"literal":              {"a:\n    b: |  # why\n          # no comment\n            more\n\n          end\n    c: 1\n", "a:\n  b: |  # why\n    # no comment\n      more\n\n    end\n  c: 1\n"},
		"literal that is kept": {"a: |+\n  x\n\n\nb: 1\n", "a: |+\n  x\n\n\nb: 1\n"},
		"blank literal":        {"a: |+\n  \n    \n\nb: 1\n", "a: |+\n\n\n\nb: 1\n"},
		"folded with a digit":  {"a: >1-\n  x\n y\nb: 1\n", "a: >2-\n   x\n  y\nb: 1\n"},
		"literal in a list":    {"a:\n- |\n  x\n- b: |\n    y\n  c: 1\n", "a:\n  - |\n    x\n  - b: |\n      y\n    c: 1\n"},
		"empty values":         {"a:\nb: {c: , d}\ne: ~\n", "a:\nb: {c, d}\ne: ~\n"},
		"preamble":             {"# first\n%YAML 1.1  \n---\na:  1\n", "# first\n%YAML 1.1\n---\na: 1\n"},
		"no document":          {"---\n...\n # c\n", "---\n# c\n"},
		"lone returns":         {"a: 'x\r  y' # c\rb: 1\r", "a: \"x y\"  # c\nb: 1\n"},
		"no content":           {"\n# only this\n\n\n  # and this", "# only this\n\n# and this\n"},
		"nothing":              {"", ""},
		"of other tools":       {"x-a:   &a [1,  2] # one\n  # two\nb:   1\nx-c:\n    - !t   a\n    - *a\n    - <<: {a: 1}\n   \n# d\nd: 1\nx-e: 1\n# end\n", "x-a:   &a [1,  2] # one\n  # two\nb: 1\nx-c:\n    - !t   a\n    - *a\n    - <<: {a: 1}\n\n# d\nd: 1\nx-e: 1\n# end\n"},
		"wide characters":      {"ä: {ö:  'ü'} # é\nb: 1 # c\n", "ä: {ö: 'ü'}  # é\nb: 1         # c\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got, found := format.Source("a.wamp.yaml", []byte(test.in))
			if found != nil {
				t.Fatal(found)
			}
			if string(got) != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
			keeps(t, []byte(test.in))
		})
	}
}

// What cannot be formatted is refused with its place and left alone.
func TestSource_Refused(t *testing.T) {
	for in, want := range map[string]string{
		"a: [1":                        "1:1: the file is not YAML that a schema can be: ",
		"b: 1\na: &x 1":                "2:1: the file is not YAML that a schema can be: anchors",
		"a: !t 1":                      "1:1: the file is not YAML that a schema can be: tags",
		"! ''":                         "1:1: the file is not YAML that a schema can be: tags",
		"a:\n- [! 1]":                  "2:1: the file is not YAML that a schema can be: tags",
		"a: 1\n---\nb: 2":              ": the file is not YAML that a schema can be: a schema is one document",
		"? [a]\n: b":                   "a key must be a string",
		"a:\n  # lost\n  b\n":          "2:3: there is no place for this comment",
		"a: [1,  # one\n  2]  # two":   "",
		"# \u2028\na: |\n  x\n":        "1:1: the file is not YAML that a schema can be: the line separator U+2028 must be written as an escape",
		"a: 1\nb: x\u0085# lost\n":     "2:1: the file is not YAML that a schema can be: the line separator U+0085",
		"\xff\xfea\x00:\x00 \x001\x00": "1:1: the file is not YAML that a schema can be: the file is UTF-16",
		"x-a: &a 1\nb: *a":             "2:1: the file is not YAML that a schema can be: anchors",
		"{x-a: &a 1}":                  "1:1: the file is not YAML that a schema can be: anchors",
		strings.Repeat("[", 200) + strings.Repeat("]", 200): "nested too deep",
	} {
		got, found := format.Source("a.wamp.yaml", []byte(in))
		if want == "" {
			if found != nil {
				t.Errorf("%q: %v", in, found)
			}
			continue
		}
		if got != nil || len(found) != 1 || !strings.Contains(found[0].Error(), want) {
			t.Errorf("%.40q: %q, %v; want %q", in, got, found, want)
		}
	}
}

// keeps checks the promises of Source for one file: the result is its own
// canonical form, says the same and holds every comment.
func keeps(t *testing.T, src []byte) {
	t.Helper()
	once, found := format.Source("a.wamp.yaml", src)
	if found != nil {
		return
	}
	twice, found := format.Source("a.wamp.yaml", once)
	if found != nil {
		t.Fatalf("refuses its own result: %v\n%s", found, once)
	}
	if string(once) != string(twice) {
		t.Fatalf("formatted twice:\n%s\nformatted once:\n%s", twice, once)
	}
	if !format.Same(src, once) {
		t.Fatalf("changed what the file says:\n%s\nto:\n%s", src, once)
	}
}

// Every schema of the repository can be formatted, and none loses a comment.
func TestSource_EverySchema(t *testing.T) {
	files := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".wamp.yaml") || d.IsDir() {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		got, found := format.Source(path, src)
		if found != nil {
			if !strings.Contains(path, "testdata/errors") {
				t.Errorf("%s: %v", path, found)
			}
			return nil
		}
		if before, after := strings.Count(string(src), "#"), strings.Count(string(got), "#"); before != after {
			t.Errorf("%s: %d of %d # are left", path, after, before)
		}
		keeps(t, src)
		return nil
	})
	if err != nil || files < 20 {
		t.Fatalf("%d files, %v", files, err)
	}
}

func FuzzSource(f *testing.F) {
	for _, seed := range []string{
		"a: 1 # one\nb: [x: int, {y: 1}] # two\n", "a:\n- |\n  x\n # c\n- b: >-\n    y\n  c: 1\n", "%YAML 1.1\n---\n# a\na: 'x''y'\n",
		"a: {\n b: [\n 1], # c\n c: 2}\n", "a: \"x\n  y\" # c\n", "\ufeff# only\n", "a:\n  # c\n  b: 1\n # d\nc:\n",
		"! ''", "a: \"\u2028\"\nb: |\n  x\n", "a: |+\n  \n", "---\n...\n# c\n", "x-a: &a\n - *a\n\n# b\nx-b: |+\n  c\n\nd: 1\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) { keeps(t, src) })
}
