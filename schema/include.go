package schema

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/schema/diag"
)

// Fragments returns what a file says of fragments, before it is loaded: the
// paths of those that it includes, with slashes and relative to it, and whether
// it is one itself, since it has no API. If it cannot be read as YAML, the paths
// are those of all schemas that it names.
func Fragments(src []byte) (include []string, fragment bool) {
	hasAPI := begins(src, "api:")
	if hasAPI && !strings.Contains(string(src), "include") {
		return nil, false // what is nearly always so need not be parsed
	}
	c := &collector{}
	root := c.open("", src)
	if root == nil || root.kind != mappingNode {
		for _, word := range strings.FieldsFunc(string(src), func(r rune) bool { return strings.ContainsRune(" \t\r\n,[]{}\"'", r) }) {
			if strings.HasSuffix(word, ".wamp.yaml") {
				include = append(include, path.Clean(word))
			}
		}
		return include, !hasAPI
	}
	fragment = true
	for _, p := range root.pairs {
		switch p.key.text {
		case "api":
			fragment = false
		case "include":
			for _, item := range p.value.items {
				include = append(include, path.Clean(item.text))
			}
		}
	}
	return include, fragment
}

// begins reports whether a line of a text begins with a key.
func begins(src []byte, key string) bool {
	return strings.HasPrefix(string(src[:min(len(src), len(key))]), key) || strings.Contains(string(src), "\n"+key)
}

// include reads the fragments of the schema.
func (r *reader) include(n *node) {
	if n == nil {
		return
	}
	if n.kind != listNode {
		r.partial = true
		if d := r.wrongKind(n, listNode, "include"); d != nil && n.kind == scalarNode && !n.null() {
			d.Hint = "write  include: [" + clean(n.text) + "]"
		}
		return
	}
	for _, item := range n.items {
		if r.full() {
			return
		}
		file, root := r.fragment(item)
		if root == nil {
			r.partial = true
			continue
		}
		r.model.Include = append(r.model.Include, file)
		s, ok := r.section(root, "a fragment", fragmentKeys)
		if !ok || !r.header(s) {
			r.partial = true
			continue
		}
		r.parts = append(r.parts, s)
	}
}

// fragment returns the path and the tree of a fragment; nil once it is reported.
func (r *reader) fragment(n *node) (file string, root *node) {
	if !r.isString(n, "the path of a fragment") {
		return "", nil
	}
	file = path.Clean(n.text)
	full := diag.Beside(r.file, file)
	report := func(format, hint string, args ...any) (string, *node) {
		r.report(n.token(), RuleInclude, format, args...).Hint = hint
		return "", nil
	}
	switch {
	case n.text == "" || strings.Contains(file, `\`):
		return report("%s is not the path of a fragment", "write it as in  ./orders.wamp.yaml", quote(n.text))
	case path.IsAbs(file) || filepath.IsAbs(filepath.FromSlash(file)):
		return report("the path of a fragment must be relative to this file", "write  ./"+path.Base(file))
	case file == ".." || strings.HasPrefix(file, "../"):
		return report("the fragment %s is above the folder of this file", "a fragment is in the folder of the schema or below it; an API of its own can be anywhere, see  imports", quote(n.text))
	case full == filepath.Clean(r.file):
		return report("%s includes itself", "remove it from the list", quote(n.text))
	case slices.Contains(r.model.Include, file):
		return report("%s is included twice", "remove one of the two", quote(n.text))
	case r.importer.read == nil:
		return report("%s cannot be included where no file is read", "", quote(n.text))
	}
	text, err := r.importer.read(full)
	if err != nil {
		return report("%s cannot be included: %s", "", quote(n.text), cause(err))
	}
	if root = r.open(file, text); root == nil || !r.want(root, mappingNode, "a fragment") {
		return "", nil
	}
	if at := slices.IndexFunc(root.pairs, func(p pair) bool { return p.key.text == "api" }); at >= 0 {
		d := r.report(n.token(), RuleInclude, "%s has an api of its own, so it is no fragment", quote(n.text))
		d.Hint = "import it:  imports: {name: ./" + clean(file) + "}"
		r.relate(d, root.pairs[at].key.pos, "its api")
		return "", nil
	}
	root.pairs = slices.DeleteFunc(root.pairs, r.misplaced)
	return file, root
}

// misplaced reports a key that a fragment cannot have since it is the schema's.
func (r *reader) misplaced(p pair) bool {
	if slices.Contains(fragmentKeys.built, p.key.text) || !slices.Contains(rootKeys.built, p.key.text) {
		return false
	}
	d := r.report(p.key.token(), RuleInclude, "%s cannot stand in a fragment", p.key.text)
	d.Hint = "write it into " + filepath.Base(r.file) + ", where it holds for all fragments"
	return true
}

// declared returns the declarations of a section in all files of the schema.
func (r *reader) declared(section string, keys keyTable) []pair {
	belongsBelow := func(key string) bool { return slices.Contains(keys.built, key) }
	if len(r.parts) == 1 {
		return r.indented(r.parts[0].named(section), belongsBelow)
	}
	var all []pair
	first := map[string]*node{}
	for _, part := range r.parts {
		for _, p := range r.indented(part.named(section), belongsBelow) {
			other := first[p.key.text]
			if other == nil {
				first[p.key.text] = p.key
				all = append(all, p)
				continue
			}
			d := r.report(p.key.token(), RuleDuplicateKey, "duplicate %s %s (first at %s)",
				strings.TrimSuffix(section, "s"), quote(p.key.text), r.model.Where(other.pos, p.key.pos))
			r.relate(d, other.pos, "the first one")
		}
	}
	return all
}
