package schema

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func render(t *testing.T, format Format, ds Diagnostics, src string) string {
	t.Helper()
	var b bytes.Buffer
	if err := Render(&b, format, ds, map[string][]byte{"a,b.wamp.yaml": []byte(src)}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const misspelled = header + "types: {A: strng}\nprocedures: {a.b: {}, a_b: {}}\n"

func TestRender_JSON(t *testing.T) {
	_, ds := Parse("a,b.wamp.yaml", []byte(misspelled))
	equal(t, "json", render(t, FormatJSON, ds, misspelled), `{"file":"a,b.wamp.yaml","line":3,"column":12,"end_line":3,"end_column":17,"severity":"error","rule":"unknown-type","message":"unknown type \"strng\"","hint":"did you mean \"string\"?","suggestion":{"replace":"strng","with":"string"}}
{"file":"a,b.wamp.yaml","line":4,"column":23,"end_line":4,"end_column":26,"severity":"error","rule":"go-name-clash","message":"\"a_b\" and \"a.b\" (line 4) both become Go name AB","hint":"add  go: {name: ...}  to one of them","related":[{"file":"a,b.wamp.yaml","line":4,"column":14,"message":"the other one"}]}
`)
}

func TestRender_GitHub(t *testing.T) {
	_, ds := Parse("a,b.wamp.yaml", []byte(misspelled))
	equal(t, "github", render(t, FormatGitHub, ds[:1], misspelled),
		"::error file=a%2Cb.wamp.yaml,line=3,col=12,endColumn=17,title=unknown-type::unknown type \"strng\": did you mean \"string\"?\n")
	ds[0].Message = "100 %\nof it"
	if got := render(t, FormatGitHub, ds[:1], misspelled); !strings.Contains(got, "::100 %25%0Aof it:") {
		t.Error(got)
	}
}

// What a finding looks like where its line is hard to show.
func TestRender_Lines(t *testing.T) {
	long := strings.Repeat("x", 300)
	for _, test := range []struct{ src, want string }{
		{"\tab", "    1 | \tab\n      | \t^ hint\n"},
		{"\ufeffaé", "    1 | aé\n      |  ^ hint\n"},
		{"ab\r\n", "    1 | ab\n      |  ^ hint\n"},
		{"a", "    1 | a\n      |  ^ hint\n"},
		{"a\x1b[31m", "    1 | a\ufffd[31m\n      |  ^ hint\n"},
		{"a" + long, "    1 | a" + long[:159] + "…\n      |  ^ hint\n"},
	} {
		ds := Diagnostics{{File: "a,b.wamp.yaml", Line: 1, Col: 2, EndCol: 3, Severity: SeverityError, Rule: "r", Message: "m", Hint: "hint"}}
		equal(t, fmt.Sprintf("%q", test.src), render(t, FormatText, ds, test.src), "a,b.wamp.yaml:1:2: error: m [r]\n"+test.want+"1 error in 1 file\n")
	}
}

func TestRender_Summary(t *testing.T) {
	ds := Diagnostics{{File: "b", Line: 2, Col: 1, Severity: SeverityWarning, Rule: "r", Message: "m", Hint: "do it"}, {File: "a", Line: 1, Col: 1, Severity: SeverityError}}
	if !ds.HasErrors() || ds[:1].HasErrors() {
		t.Error("HasErrors is wrong")
	}
	equal(t, "text", render(t, FormatText, ds, ""), "b:2:1: warning: m [r]\n      | do it\na:1:1: error:  []\n1 error and 1 warning in 2 files\n")
	ds.Sort()
	equal(t, "sorted", ds[0].File, "a")
	equal(t, "nothing", render(t, FormatText, nil, ""), "")
	if err := Render(&bytes.Buffer{}, "xml", ds, nil); err == nil {
		t.Error("an unknown format is accepted")
	}
	for _, format := range []Format{FormatText, FormatJSON, FormatGitHub} {
		if err := Render(brokenPipe{}, format, ds, nil); err == nil {
			t.Errorf("%s: a write error is lost", format)
		}
	}
	var err error = &ds[1]
	equal(t, "error", err.Error(), "b:2:1: m")
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestClosest(t *testing.T) {
	for word, want := range map[string]string{
		"mni": "min", "retruns": "returns", "STRING": "string", "strng": "string", "xyz": "", "i": "", "lst": "list", "in": "min", "": "",
	} {
		if got := closest(word, []string{"string", "returns", "min", "list"}); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}
