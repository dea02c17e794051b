package config

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
	"github.com/wampgen/wampgen/schema/internal/syntax"
	"gopkg.in/yaml.v3"
)

// reader reads one file.
type reader struct {
	src   *diag.Source
	found diag.List
}

// load returns the tree of the file, nil if there is none.
func (r *reader) load() *yaml.Node {
	doc, err := syntax.Parse(r.src)
	switch {
	case err != nil:
		r.add(r.src.Whole(err.Line), schema.RuleYAMLSyntax, "the file is not YAML: "+err.Problem)
		return nil
	case doc.Root == nil:
		r.report(nil, schema.RuleMissingKey, "the file is empty").Hint = "it begins with  version: 1"
		return nil
	case doc.Second > 0:
		r.add(r.src.Whole(doc.Second), schema.RuleYAMLDocument, "a second YAML document")
	}
	return doc.Root
}

// report adds a finding about a node, or about the first line.
func (r *reader) report(n *yaml.Node, rule diag.Rule, format string, args ...any) *diag.Diagnostic {
	at := r.src.Whole(1)
	if n != nil && n.Line > 0 {
		pos := diag.Pos{Line: n.Line, Col: n.Column}
		width := 1
		if n.Kind == yaml.ScalarNode {
			width = utf8.RuneCountInString(n.Value)
		}
		at = pos.To(min(pos.Col+width, 1+utf8.RuneCountInString(r.src.Line(pos.Line))))
	}
	return r.add(at, rule, fmt.Sprintf(format, args...))
}

// add adds a finding.
func (r *reader) add(at diag.Span, rule diag.Rule, message string) *diag.Diagnostic {
	message = strings.Map(oneLine, message)
	r.found = append(r.found, diag.Diagnostic{File: r.src.File, Line: at.Line, Col: at.Col, EndCol: at.End, Severity: diag.Error,
		Rule: rule, Message: message})
	return &r.found[len(r.found)-1]
}

// oneLine keeps text of the file from breaking a message.
func oneLine(c rune) rune {
	if c < ' ' {
		return ' '
	}
	return c
}

// mapping returns the values of a mapping by key, and reports keys that are
// none of those given. One that is misspelled stands for what it means.
func (r *reader) mapping(n *yaml.Node, what string, keys []string) map[string]*yaml.Node {
	values, meant := map[string]*yaml.Node{}, map[string]*yaml.Node{}
	if n.Kind != yaml.MappingNode {
		r.report(n, schema.RuleWrongKind, "%s must be a mapping", what)
		return values
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		switch {
		case values[key.Value] != nil:
			r.report(key, schema.RuleDuplicateKey, "duplicate key %q", key.Value)
		case keys == nil || slices.Contains(keys, key.Value):
			values[key.Value] = n.Content[i+1]
		default:
			d := r.report(key, schema.RuleUnknownKey, "unknown key %q", key.Value)
			if with := diag.Closest(key.Value, keys); with != "" {
				d.Replace(key.Value, with)
				meant[with] = n.Content[i+1]
			} else {
				d.Hint = "keys of " + what + ": " + strings.Join(keys, ", ")
			}
		}
	}
	for key, value := range meant {
		if values[key] == nil {
			values[key] = value
		}
	}
	return values
}

// text returns a string; ok is false, and reported, if a node is none.
func (r *reader) text(n *yaml.Node, what string) (s string, ok bool) {
	if n.Kind != yaml.ScalarNode || n.Value == "" {
		r.report(n, schema.RuleWrongKind, "%s must be a string that is not empty", what)
		return "", false
	}
	return n.Value, true
}

// version checks the version of a file whose root is n.
func (r *reader) version(n, v *yaml.Node, what string) {
	switch {
	case v == nil:
		r.report(n, schema.RuleMissingKey, "%s has no key \"version\"", what).Hint = "write  version: 1"
	case v.Value != "1":
		r.report(v, schema.RuleBadValue, "%q is not a version of this file that this wampgen reads", v.Value).Hint = "write  version: 1"
	}
}
