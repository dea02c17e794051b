package diag

import (
	"encoding/json"
	"io"
)

// jsonFinding is a [Diagnostic] as [JSON] prints it.
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
func renderJSON(w io.Writer, l List) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for _, d := range l {
		err := e.Encode(jsonFinding{
			d.File, d.Line, d.Col, d.Line, d.EndCol, d.Severity, d.Rule, d.Message, d.Hint, d.Suggestion, d.Related,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
