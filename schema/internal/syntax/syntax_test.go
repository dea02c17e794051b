package syntax

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/schema/diag"
)

func parse(t *testing.T, text string) *Document {
	t.Helper()
	doc, err := Parse(diag.NewSource("", []byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// Comments are found where YAML has them: a # in a string is none.
func TestDocument_Comments(t *testing.T) {
	for text, want := range map[string]string{
		"# top\nname: 'a # b'  # who\n":                       "1:1 # top own|2:16 # who",
		"a: |\n  # text\n\n  # more\n\n# end\nb: \"#\" # é\n": "6:1 # end own apart|7:8 # é",
		"# head\n---\n# first\na: b#c\n":                      "3:1 # first own",
		"a: 'it''s # not'\n":                                  "",
		"a: \"x\n  # y\" # z\n":                               "2:8 # z",
		"# alone":                                             "1:1 # alone own",
		"":                                                    "",
	} {
		doc := parse(t, text)
		var got []string
		for _, c := range doc.Comments() {
			s := fmt.Sprintf("%d:%d %s", c.Line, c.Col, c.Text)
			if c.Own {
				s += " own"
			}
			if c.Apart {
				s += " apart"
			}
			got = append(got, s)
		}
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("%q: %s, want %s", text, s, want)
		}
	}
}

// Lines are those of the file, whatever stands above the document.
func TestParse(t *testing.T) {
	doc := parse(t, "%YAML 1.2\n# head\n---\na: 1\n")
	if doc.Head != 3 || doc.Root.Line != 4 || doc.Second != 0 {
		t.Error(doc.Head, doc.Root.Line, doc.Second)
	}
	if doc = parse(t, "a: 1\n---\nb: 2\n"); doc.Head != 0 || doc.Second != 2 {
		t.Error(doc.Head, doc.Second)
	}
	if doc = parse(t, "# nothing\n"); doc.Root != nil {
		t.Error(doc.Root)
	}
	for text, line := range map[string]int{"a: [\n": 2, "a: 1\n b: 2\n": 2, "\ta: 1\n": 1, "a: 'x\n": 2} {
		if _, err := Parse(diag.NewSource("", []byte(text))); err == nil || err.Line < 1 || err.Line > line {
			t.Errorf("%q: %+v", text, err)
		}
	}
	if doc, err := Parse(diag.NewSource("", []byte("a: 1\n---\nb: [\n"))); doc == nil || err == nil {
		t.Error("what is before an error is known")
	}
}
