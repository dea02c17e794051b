// Package config reads wampgen.yaml, which says what commands do in a folder
// without arguments.
package config

import (
	"path"
	"strings"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
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
	r := &configReader{reader: reader{src: diag.NewSource(file, src)}, config: &Config{Rules: lint.Levels{}}}
	if root := r.load(); root != nil {
		r.root(root)
	}
	if r.found != nil {
		r.found.Sort()
		return nil, r.found
	}
	return r.config, nil
}

// configReader reads one wampgen.yaml.
type configReader struct {
	reader
	config *Config
}

// root reads the whole file.
func (r *configReader) root(n *yaml.Node) {
	values := r.mapping(n, File, rootKeys)
	if n.Kind == yaml.MappingNode {
		r.version(n, values["version"], File)
	}
	if v := values["schemas"]; v != nil {
		r.schemas(v)
	}
	if v := values["rules"]; v != nil {
		r.rules(v)
	}
}

// schemas reads the key schemas.
func (r *configReader) schemas(n *yaml.Node) {
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
func (r *configReader) path(n *yaml.Node, key string) (string, bool) {
	s, ok := r.text(n, key)
	if ok && (path.IsAbs(s) || strings.Contains(s, `\`)) {
		d := r.report(n, schema.RuleBadValue, "%s must be a path from the folder of %s, with slashes", key, File)
		d.Hint = "write it as in  api/shop.wamp.yaml"
		return "", false
	}
	return s, ok
}

// rules reads the key rules.
func (r *configReader) rules(n *yaml.Node) {
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
