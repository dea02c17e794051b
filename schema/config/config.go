// Package config reads wampgen.yaml, which says what commands do in a folder
// without arguments.
package config

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
	"github.com/wampgen/wampgen/schema/internal/syntax"
	"github.com/wampgen/wampgen/schema/lint"
	"gopkg.in/yaml.v3"
)

// File is the name of the file. Paths in it are relative to its folder.
const File = "wampgen.yaml"

// Config is what the file says. The zero value says nothing.
type Config struct {
	// Schemas are what commands without arguments work on; if there is none, it is
	// every schema of the folder.
	Schemas []Schema
	// Rules are the levels of rules.
	Rules lint.Levels
}

// Schema is one schema, or all of a folder.
type Schema struct {
	// File is a path as commands take it: a file, a folder, or a folder and
	// /... for all below it.
	File string
	// Out is the folder of the code; "" is that of the schema.
	Out string
}

// The keys of the mappings.
var (
	rootKeys   = []string{"version", "schemas", "rules"}
	schemaKeys = []string{"file", "out"}
)

// Parse reads the file. The Config is nil if there is any finding; all of them
// are errors. File is the path as findings show it.
func Parse(file string, src []byte) (*Config, diag.List) {
	r := &reader{src: diag.NewSource(file, src), config: &Config{Rules: lint.Levels{}}}
	if root := r.load(); root != nil {
		r.root(root)
	}
	if r.found != nil {
		r.found.Sort()
		return nil, r.found
	}
	return r.config, nil
}

// reader reads one file.
type reader struct {
	src    *diag.Source
	config *Config
	found  diag.List
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
// none of those given.
func (r *reader) mapping(n *yaml.Node, what string, keys []string) map[string]*yaml.Node {
	values := map[string]*yaml.Node{}
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
			} else {
				d.Hint = "keys of " + what + ": " + strings.Join(keys, ", ")
			}
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

// root reads the whole file.
func (r *reader) root(n *yaml.Node) {
	values := r.mapping(n, File, rootKeys)
	switch v := values["version"]; {
	case n.Kind != yaml.MappingNode:
	case v == nil:
		r.report(n, schema.RuleMissingKey, "%s has no key \"version\"", File).Hint = "write  version: 1"
	case v.Value != "1":
		r.report(v, schema.RuleBadValue, "%q is not a version of this file that this wampgen reads", v.Value).Hint = "write  version: 1"
	}
	if v := values["schemas"]; v != nil {
		r.schemas(v)
	}
	if v := values["rules"]; v != nil {
		r.rules(v)
	}
}

// schemas reads the key schemas.
func (r *reader) schemas(n *yaml.Node) {
	if n.Kind != yaml.SequenceNode {
		r.report(n, schema.RuleWrongKind, "schemas must be a list").Hint = "write  schemas: [{file: shop.wamp.yaml}]"
		return
	}
	for _, item := range n.Content {
		values := r.mapping(item, "an entry of schemas", schemaKeys)
		var s Schema
		file := values["file"]
		if file == nil {
			if item.Kind == yaml.MappingNode {
				r.report(item, schema.RuleMissingKey, "an entry of schemas has no key \"file\"")
			}
			continue
		}
		var ok bool
		if s.File, ok = r.path(file, "file"); !ok {
			continue
		}
		if out := values["out"]; out != nil {
			s.Out, _ = r.path(out, "out")
		}
		r.config.Schemas = append(r.config.Schemas, s)
	}
}

// path reads a path, which everybody who has the repository must have.
func (r *reader) path(n *yaml.Node, key string) (string, bool) {
	s, ok := r.text(n, key)
	if ok && (path.IsAbs(s) || strings.Contains(s, `\`)) {
		d := r.report(n, schema.RuleBadValue, "%s must be a path from the folder of %s, with slashes", key, File)
		d.Hint = "write it as in  api/shop.wamp.yaml"
		return "", false
	}
	return s, ok
}

// rules reads the key rules.
func (r *reader) rules(n *yaml.Node) {
	r.mapping(n, "rules", nil)
	if n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		level, ok := r.text(value, "the level of a rule")
		if !ok {
			continue
		}
		if err := r.config.Rules.Set(diag.Rule(key.Value), lint.Level(level)); err != nil {
			r.report(key, schema.RuleBadValue, "%s", err)
		}
	}
}
