package golang

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
)

// customForm is the Go type that a schema can ask for.
var customForm = regexp.MustCompile(`^[a-z][A-Za-z0-9_]*\.[A-Z][A-Za-z0-9_]*$`)

// customWire is a built-in type for which the schema asks for another Go type,
// of a package that wampgen does not know.
type customWire struct {
	wire // the built-in type
	path string
	typ  string
	// name is an alias of the type, nil if there is none.
	name *jen.Statement
	form customForms
}

// customForms is what the Go type must be able to do.
type customForms struct {
	coder string // of package codec; "" for a method of its own
	pkg   string
	needs []string
	is    string
}

// customFormOf returns what a Go type for a built-in type must be able to do:
// what is text on the wire has a text form, bytes have a binary form, and
// everything else codes itself.
func customFormOf(r *schema.Ref) customForms {
	switch r.Kind() {
	case "string":
		coder := "Text"
		if r.Scalar == schema.Decimal {
			coder = "DecimalText"
		}
		return customForms{coder, "encoding", []string{"TextMarshaler", "TextUnmarshaler"}, "a text form"}
	case "bytes":
		return customForms{"Binary", "encoding", []string{"BinaryMarshaler", "BinaryUnmarshaler"}, "a binary form"}
	}
	return customForms{"", codecPath, []string{"Value"}, "a method that codes it"}
}

// custom returns how a built-in type is coded for which the schema asks for
// another Go type.
func (g *gen) custom(r *schema.Ref) customWire {
	_, name, _ := strings.Cut(r.Go.Type.Text, ".")
	return customWire{g.scalar(&schema.Ref{Scalar: r.Scalar}), r.Go.Import.Text, name, nil, customFormOf(r)}
}

func (w customWire) empty() emptiness { return never }

func (w customWire) goType() *jen.Statement {
	if w.name != nil {
		return w.name.Clone()
	}
	return external(w.path, w.typ)
}

func (w customWire) code() *jen.Statement {
	if w.form.coder == "" {
		return codeMethod(w.goType())
	}
	return codecID(w.form.coder).Types(w.goType())
}

func (w customWire) field(i int, p *jen.Statement) *jen.Statement {
	return walkBy(codecID("Field"), i, p, w.code())
}

func (w customWire) value(p *jen.Statement) *jen.Statement { return codecID("Of").Call(p, w.code()) }

// customType checks what the schema asks for at a use of a built-in type, and
// notes its package.
func (n *namer) customType(r *schema.Ref, hasDefault bool) {
	if r == nil {
		return
	}
	n.customType(r.List, false)
	n.customType(r.Map, false)
	if r.Go == nil {
		if base, _ := underlying(r); base != nil && base.Go != nil && len(r.Constraints) > 0 && base.Scalar != schema.Decimal {
			n.unknownType(r.Place, base.Go.Type.Text, "constraints")
		}
		return
	}
	ask := r.Go.Type
	typ := n.hint("type", ask, customForm, "a Go type of another package is like decimal.Decimal")
	if !r.Go.Import.Given() {
		n.report(ask.Place, schema.RuleBadValue, "%s needs the import path of its package", diag.Quote(ask.Text)).Hint = "add  import:  beside it"
		return
	}
	path := n.hint("import", r.Go.Import, importForm, "an import path is like example.com/acme/decimal")
	switch {
	case typ == "" || path == "":
		return
	case hasDefault || r.Encoding != "", len(r.Constraints) > 0 && r.Scalar != schema.Decimal:
		at, what := ask.Place, "default and no encoding"
		if len(r.Constraints) > 0 && r.Scalar != schema.Decimal {
			what = "constraints"
		}
		if n.model.Go != nil && n.model.Go.Types[r.Scalar] == r.Go {
			at = r.Place // it is asked for all of the API
		}
		n.unknownType(at, typ, what)
		return
	}
	name, _, _ := strings.Cut(typ, ".")
	for other, taken := range n.packages {
		if taken == name && other != path {
			n.report(ask.Place, RuleNameClash, "package %s is %s and %s", name, diag.Quote(other), diag.Quote(path)).Hint = "generated code imports both; use another type"
			return
		}
	}
	n.packages[path] = name
}

// unknownType reports what a type with another Go type cannot have.
func (n *namer) unknownType(at schema.Place, typ, what string) {
	d := n.report(at, schema.RuleBadValue, "a type with another Go type has no %s", what)
	d.Hint = "wampgen knows nothing of " + diag.Quote(typ)
}

// customTypes makes the compiler say what a type that the schema asks for does
// not have.
/*
	// <shop.wamp.yaml>, line <40>, asks for <decimal.Decimal>, which must have <a text form>.
	var (
		_ <encoding.TextMarshaler>   = (*<decimal.Decimal>)(nil)
		_ <encoding.TextUnmarshaler> = (*<decimal.Decimal>)(nil)
	)
*/
func (g *gen) customTypes(f *file) {
	var seen []string
	var visit func(r *schema.Ref)
	visit = func(r *schema.Ref) {
		if r == nil {
			return
		}
		visit(r.List)
		visit(r.Map)
		if r.Go == nil {
			return
		}
		w := g.custom(r)
		key := r.Go.Type.Text + w.form.is
		if slices.Contains(seen, key) {
			return
		}
		seen = append(seen, key)
		var names []string
		var defs []jen.Code
		for _, need := range w.form.needs {
			defs = append(defs, jen.Id("_").Add(external(w.form.pkg, need)).Op("=").Add(pointerTo(w.goType())).Call(jen.Nil()))
			names = append(names, "var _")
		}
		ask := r.Go.Type
		f.declare(fmt.Sprintf("%s, line %d, asks for %s, which must have %s.", cmp.Or(ask.Place.File, g.model.File), ask.Place.Line, ask.Text, w.form.is), jen.Var().Defs(defs...), names...)
	}
	for _, t := range g.model.Types {
		for _, r := range t.Uses() {
			visit(r)
		}
	}
	for _, p := range g.names.payloads(g.model) {
		for _, field := range p.params() {
			visit(field.Type)
		}
	}
}

// isCustom reports whether the schema asks for another Go type.
func isCustom(w wire) bool { _, custom := w.(customWire); return custom }
