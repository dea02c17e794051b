package diag

import (
	"encoding/xml"
	"fmt"
	"io"
)

// The parts of a JUnit report that findings need.
type (
	junitSuite struct {
		XMLName  xml.Name    `xml:"testsuite"`
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		Failure *junitFailure `xml:"failure,omitempty"`
	}
	junitFailure struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// renderJUnit prints one suite with a failed test for each finding, and one
// that passed if there is none: a report without tests counts as a failure
// with some services.
func renderJUnit(w io.Writer, l List) error {
	suite := junitSuite{Name: "wampgen", Tests: len(l), Failures: len(l)}
	for i := range l {
		d := &l[i]
		suite.Cases = append(suite.Cases, junitCase{
			Name: fmt.Sprintf("%s:%d:%d %s", d.File, d.Line, d.Col, d.Rule), Class: d.File,
			Failure: &junitFailure{Type: string(d.Severity), Message: d.advice(), Text: d.Error() + "\n" + d.Hint},
		})
	}
	if len(l) == 0 {
		suite.Tests, suite.Cases = 1, []junitCase{{Name: "no findings", Class: "wampgen"}}
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(suite); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
