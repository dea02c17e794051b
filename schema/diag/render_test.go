package diag_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/schema/diag"
)

func render(t *testing.T, format diag.Format, ds diag.List, src string) string {
	t.Helper()
	var b bytes.Buffer
	if err := diag.Render(&b, format, ds, map[string][]byte{"a,b.wamp.yaml": []byte(src)}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

// findings are one with a suggestion and one that speaks of two places.
func findings() diag.List {
	l := diag.List{
		{File: "a,b.wamp.yaml", Line: 3, Col: 12, EndCol: 17, Severity: diag.Error, Rule: "unknown-type", Message: `unknown type "strng"`},
		{
			File: "a,b.wamp.yaml", Line: 4, Col: 23, EndCol: 26, Severity: diag.Warning, Rule: "clash", Message: "both become AB", Hint: "rename one",
			Related: []diag.Related{{File: "a,b.wamp.yaml", Line: 4, Col: 14, Message: "the other one"}},
		},
	}
	l[0].Replace("strng", "string")
	return l
}

func TestRender_JSON(t *testing.T) {
	equal(t, "json", render(t, diag.JSON, findings(), ""), `{"file":"a,b.wamp.yaml","line":3,"column":12,"end_line":3,"end_column":17,"severity":"error","rule":"unknown-type","message":"unknown type \"strng\"","hint":"did you mean \"string\"?","suggestion":{"replace":"strng","with":"string"}}
{"file":"a,b.wamp.yaml","line":4,"column":23,"end_line":4,"end_column":26,"severity":"warning","rule":"clash","message":"both become AB","hint":"rename one","related":[{"file":"a,b.wamp.yaml","line":4,"column":14,"message":"the other one"}]}
`)
}

func TestRender_GitHub(t *testing.T) {
	ds := findings()
	equal(t, "github", render(t, diag.GitHub, ds[:1], ""),
		"::error file=a%2Cb.wamp.yaml,line=3,col=12,endColumn=17,title=unknown-type::unknown type \"strng\": did you mean \"string\"?\n")
	ds[0].Message = "100 %\nof it"
	if got := render(t, diag.GitHub, ds[:1], ""); !strings.Contains(got, "::100 %25%0Aof it:") {
		t.Error(got)
	}
}

func TestRender_SARIF(t *testing.T) {
	var log struct {
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Results []struct {
				RuleID, Level string
				Message       struct{ Text string }
				Locations     []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, StartColumn, EndColumn int }
					}
				}
				RelatedLocations []struct{ Message struct{ Text string } }
			}
		}
	}
	ds := findings()
	ds[0].File = "a b/%.wamp.yaml"
	if err := json.Unmarshal([]byte(render(t, diag.SARIF, ds, "")), &log); err != nil {
		t.Fatal(err)
	}
	equal(t, "sarif", log, "{2.1.0 [{{{[{clash} {unknown-type}]}} ["+
		"{unknown-type error {unknown type \"strng\": did you mean \"string\"?} [{{{a%20b/%25.wamp.yaml} {3 12 17}}}] []} "+
		"{clash warning {both become AB: rename one} [{{{a,b.wamp.yaml} {4 23 26}}}] [{{the other one}}]}]}]}")
	if got := render(t, diag.SARIF, nil, ""); !strings.Contains(got, `"results": []`) {
		t.Errorf("without findings: %s", got)
	}
}

func TestRender_JUnit(t *testing.T) {
	var suite struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Cases    []struct {
			Name    string `xml:"name,attr"`
			Failure *struct {
				Type    string `xml:"type,attr"`
				Message string `xml:"message,attr"`
			} `xml:"failure"`
		} `xml:"testcase"`
	}
	if err := xml.Unmarshal([]byte(render(t, diag.JUnit, findings()[1:], "")), &suite); err != nil {
		t.Fatal(err)
	}
	c := suite.Cases[0]
	equal(t, "counts", []int{suite.Tests, suite.Failures, len(suite.Cases)}, []int{1, 1, 1})
	equal(t, "case", c.Name, "a,b.wamp.yaml:4:23 clash")
	equal(t, "failure", *c.Failure, "{warning both become AB: rename one}")
	suite.Cases = nil
	if err := xml.Unmarshal([]byte(render(t, diag.JUnit, nil, "")), &suite); err != nil {
		t.Fatal(err)
	}
	if suite.Failures != 0 || len(suite.Cases) != 1 || suite.Cases[0].Failure != nil {
		t.Errorf("without findings: %+v", suite)
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
		ds := diag.List{{File: "a,b.wamp.yaml", Line: 1, Col: 2, EndCol: 3, Severity: diag.Error, Rule: "r", Message: "m", Hint: "hint"}}
		equal(t, fmt.Sprintf("%q", test.src), render(t, diag.Text, ds, test.src), "a,b.wamp.yaml:1:2: error: m [r]\n"+test.want+"1 error in 1 file\n")
	}
}

func TestRender_Summary(t *testing.T) {
	ds := diag.List{{File: "b", Line: 2, Col: 1, Severity: diag.Warning, Rule: "r", Message: "m", Hint: "do it"}, {File: "a", Line: 1, Col: 1, Severity: diag.Error}}
	if !ds.HasErrors() || ds[:1].HasErrors() {
		t.Error("HasErrors is wrong")
	}
	equal(t, "text", render(t, diag.Text, ds, ""), "b:2:1: warning: m [r]\n      | do it\na:1:1: error:  []\n1 error and 1 warning in 2 files\n")
	ds.Sort()
	equal(t, "sorted", ds[0].File, "a")
	equal(t, "nothing", render(t, diag.Text, nil, ""), "")
	if err := diag.Render(&bytes.Buffer{}, "xml", ds, nil); err == nil {
		t.Error("an unknown format is accepted")
	}
	for _, format := range diag.Formats() {
		if err := diag.Render(brokenPipe{}, format, ds, nil); err == nil {
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
		if got := diag.Closest(word, []string{"string", "returns", "min", "list"}); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}

// Findings at any place never break a rendering.
func FuzzRender(f *testing.F) {
	f.Add([]byte("a\tb\r\nc"), 1, 2, 3)
	f.Add([]byte("\xff\xfe"), 9, 9, 1)
	f.Fuzz(func(t *testing.T, src []byte, line, col, end int) {
		ds := diag.List{{File: "x", Line: max(line, 1), Col: max(col, 1), EndCol: end, Severity: diag.Error, Message: "m", Before: true}}
		var b bytes.Buffer
		if err := diag.Render(&b, diag.Text, ds, map[string][]byte{"x": src}); err != nil {
			t.Fatal(err)
		}
		if bytes.ContainsAny(b.Bytes(), "\r\x1b\x00") {
			t.Errorf("control characters: %q", b.String())
		}
	})
}
