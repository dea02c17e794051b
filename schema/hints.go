package schema

// Hint is a text that one generator is given, and that nothing has checked. The
// zero value means that there is none.
type Hint struct {
	Text  string `json:"text"`
	Place Place  `json:"place,omitzero"`
}

// Given reports whether the schema has the hint.
func (h Hint) Given() bool { return h.Place.Line > 0 }

// GoHints are the keys below go, with which a schema asks for something in Go.
// Generators for other languages ignore them.
type GoHints struct {
	// Name is the identifier of a declaration.
	Name Hint `json:"name,omitzero"`
	// Params is what holds the input of a procedure: struct, also for none or one
	// parameter.
	Params Hint `json:"params,omitzero"`
	// Type is the Go type of a field, or of what a named type is, such as
	// decimal.Decimal. Import is the path of its package.
	Type Hint `json:"type,omitzero"`
	// Tags are further tags of the field of a struct, by key.
	Tags map[string]Hint `json:"tags,omitempty"`
	// Types are the Go types of built-in types in the whole API, each with its Type and
	// Import.
	Types map[Scalar]*GoHints `json:"types,omitempty"`
	// Package and Import are the name and the import path of the package of an
	// API.
	Package Hint `json:"package,omitzero"`
	Import  Hint `json:"import,omitzero"`
}

// goHints returns what stands below the key go; nil if nothing does.
func (s section) goHints(t keyTable) *GoHints {
	n := s.get("go")
	if n == nil {
		return nil
	}
	g, ok := s.section(n, "go", t)
	if !ok {
		return nil
	}
	return &GoHints{Name: g.hint("name"), Params: g.hint("params"), Type: g.hint("type"), Package: g.hint("package"),
		Import: g.hint("import"), Tags: g.tags(), Types: g.types()}
}

// typeOf returns what is asked for a built-in type in the whole API; nil if
// nothing is.
func (g *GoHints) typeOf(s Scalar) *GoHints {
	if g == nil {
		return nil
	}
	return g.Types[s]
}

// types reads the Go types of built-in types.
func (s section) types() map[Scalar]*GoHints {
	var all map[Scalar]*GoHints
	for _, p := range s.named("types") {
		scalar := Scalar(p.key.text)
		if scalars[scalar].parse == nil || scalar == Any {
			d := s.report(p.key.token(), RuleBadValue, "%s cannot have another Go type", quote(p.key.text))
			d.Hint = "built-in types but any can, as in  types: {decimal: {type: decimal.Decimal, import: github.com/shopspring/decimal}}"
			continue
		}
		g, ok := s.section(p.value, "the Go type of "+p.key.text, scalarGoKeys)
		if !ok || g.need("type") == nil || g.need("import") == nil {
			continue
		}
		if all == nil {
			all = map[Scalar]*GoHints{}
		}
		all[scalar] = &GoHints{Type: g.hint("type"), Import: g.hint("import")}
	}
	return all
}

// tags reads further tags of the field of a struct.
func (s section) tags() map[string]Hint {
	var all map[string]Hint
	for _, p := range s.named("tags") {
		if !s.isString(p.value, "a tag") {
			continue
		}
		if all == nil {
			all = map[string]Hint{}
		}
		all[p.key.text] = Hint{p.value.text, p.value.place()}
	}
	return all
}

// ownGo removes Go types that the API asks for from a type that is not part of a
// payload.
func (r *reader) ownGo(ref *Ref) {
	for ; ref != nil; ref = ref.List {
		r.ownGo(ref.Map)
		if ref.Go == r.model.Go.typeOf(ref.Scalar) {
			ref.Go = nil
		}
	}
}

// hint returns the text of a key that only a generator understands.
func (s section) hint(key string) Hint {
	n := s.get(key)
	if n == nil || !s.isString(n, key) {
		return Hint{}
	}
	return Hint{n.text, n.place()}
}
