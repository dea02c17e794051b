package diag

import (
	"encoding/json"
	"io"
	"net/url"
	"path/filepath"
	"slices"
)

// The parts of a SARIF 2.1.0 log that findings need.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name  string      `json:"name"`
		URI   string      `json:"informationUri"`
		Rules []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID string `json:"id"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		Level     Severity        `json:"level"`
		Message   sarifMessage    `json:"message"`
		Locations []sarifLocation `json:"locations"`
		Related   []sarifLocation `json:"relatedLocations,omitempty"`
	}
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifLocation struct {
		ID       int           `json:"id,omitempty"`
		Physical sarifPhysical `json:"physicalLocation"`
		Message  *sarifMessage `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndColumn   int `json:"endColumn,omitempty"`
	}
)

// renderSARIF prints one log with one run.
func renderSARIF(w io.Writer, l List) error {
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "wampgen", URI: "https://github.com/wampgen/wampgen", Rules: sarifRules(l)}},
		ColumnKind: "unicodeCodePoints",
		Results:    []sarifResult{},
	}
	for i := range l {
		run.Results = append(run.Results, sarifResultOf(&l[i]))
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run},
	})
}

// sarifRules are the rules that findings have, each once, in order.
func sarifRules(l List) []sarifRule {
	names := []Rule{}
	for i := range l {
		names = append(names, l[i].Rule)
	}
	slices.Sort(names)
	rules := []sarifRule{}
	for _, name := range slices.Compact(names) {
		rules = append(rules, sarifRule{string(name)})
	}
	return rules
}

func sarifResultOf(d *Diagnostic) sarifResult {
	r := sarifResult{
		RuleID: string(d.Rule), Level: d.Severity, Message: sarifMessage{d.advice()},
		Locations: []sarifLocation{{Physical: sarifPlace(d.File, d.Line, d.Col, d.EndCol)}},
	}
	for i, other := range d.Related {
		r.Related = append(r.Related, sarifLocation{
			ID: i + 1, Physical: sarifPlace(other.File, other.Line, other.Col, 0), Message: &sarifMessage{other.Message},
		})
	}
	return r
}

func sarifPlace(file string, line, col, end int) sarifPhysical {
	uri := url.URL{Path: filepath.ToSlash(file)}
	return sarifPhysical{sarifArtifact{uri.String()}, sarifRegion{max(line, 1), max(col, 1), end}}
}
