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
		Import: g.hint("import")}
}

// hint returns the text of a key that only a generator understands.
func (s section) hint(key string) Hint {
	n := s.get(key)
	if n == nil || !s.isString(n, key) {
		return Hint{}
	}
	return Hint{n.text, n.place()}
}
