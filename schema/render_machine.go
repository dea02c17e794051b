package schema

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// jsonFinding is a Diagnostic as FormatJSON prints it.
type jsonFinding struct {
	File       string      `json:"file"`
	Line       int         `json:"line"`
	Column     int         `json:"column"`
	EndLine    int         `json:"end_line"`
	EndColumn  int         `json:"end_column"`
	Severity   Severity    `json:"severity"`
	Rule       Rule        `json:"rule"`
	Message    string      `json:"message"`
	Hint       string      `json:"hint,omitempty"`
	Suggestion *Suggestion `json:"suggestion,omitempty"`
	Related    []Related   `json:"related,omitempty"`
}

// renderJSON prints one object a line.
func renderJSON(w io.Writer, ds Diagnostics) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for _, d := range ds {
		if err := e.Encode(jsonFinding{d.File, d.Line, d.Col, d.Line, d.EndCol, d.Severity, d.Rule, d.Message, d.Hint, d.Suggestion, d.Related}); err != nil {
			return err
		}
	}
	return nil
}

// The characters that mean something in a workflow command.
var (
	githubText  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubValue = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// renderGitHub prints one workflow command a finding.
func renderGitHub(w io.Writer, ds Diagnostics) {
	for _, d := range ds {
		text := d.Message
		if d.Hint != "" {
			text += ": " + d.Hint
		}
		fmt.Fprintf(w, "::%s file=%s,line=%d,col=%d,endColumn=%d,title=%s::%s\n", d.Severity, githubValue.Replace(d.File),
			d.Line, d.Col, d.EndCol, githubValue.Replace(string(d.Rule)), githubText.Replace(text))
	}
}
