package diag

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Format is a form in which findings are shown.
type Format string

// The formats.
const (
	// Text is one line a finding, as compilers print it, with the source line, a
	// caret and a hint below it, and a count at the end.
	Text Format = "text"
	// JSON is one JSON object a line.
	JSON Format = "json"
	// GitHub is the workflow commands that GitHub shows beside the code.
	GitHub Format = "github"
	// SARIF is a SARIF 2.1.0 log, which code scanning services read.
	SARIF Format = "sarif"
	// JUnit is a JUnit XML report with a failed test for each finding.
	JUnit Format = "junit"
)

// Formats returns all formats, the default first.
func Formats() []Format { return []Format{Text, JSON, GitHub, SARIF, JUnit} }

// Check returns an error that lists the formats unless f is one of them.
func (f Format) Check() error {
	if slices.Contains(Formats(), f) {
		return nil
	}
	return fmt.Errorf("unknown format %q: must be text, json, github, sarif or junit", string(f))
}

// Render prints findings in their order. If there are none, [Text], [JSON] and
// [GitHub] print nothing; [SARIF] and [JUnit] print a report without findings.
// sources are the texts by [Diagnostic.File], for the source lines that Text
// shows; a file that is not in it is shown without. An unknown format is an
// error.
func Render(w io.Writer, format Format, l List, sources map[string][]byte) error {
	if err := format.Check(); err != nil {
		return err
	}
	b := bufio.NewWriter(w)
	var err error
	switch format {
	case Text:
		renderText(b, l, sources, palette{})
	case JSON:
		err = renderJSON(b, l)
	case GitHub:
		renderGitHub(b, l)
	case SARIF:
		err = renderSARIF(b, l)
	case JUnit:
		err = renderJUnit(b, l)
	}
	if err != nil {
		return err
	}
	return b.Flush()
}

// RenderColor prints findings as [Text] for a terminal, with ANSI colors.
func RenderColor(w io.Writer, l List, sources map[string][]byte) error {
	b := bufio.NewWriter(w)
	renderText(b, l, sources, ansi)
	return b.Flush()
}

// The characters that mean something in a workflow command.
var (
	githubText  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubValue = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// renderGitHub prints one workflow command a finding.
func renderGitHub(w io.Writer, l List) {
	for i := range l {
		d := &l[i]
		fmt.Fprintf(w, "::%s file=%s,line=%d,col=%d,endColumn=%d,title=%s::%s\n", d.Severity, githubValue.Replace(d.File),
			d.Line, d.Col, d.EndCol, githubValue.Replace(string(d.Rule)), githubText.Replace(d.advice()))
	}
}

// advice is the message with the hint behind it.
func (d *Diagnostic) advice() string {
	if d.Hint == "" {
		return d.Message
	}
	return d.Message + ": " + d.Hint
}
