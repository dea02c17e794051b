package schema

import (
	"regexp"
	"strings"

	"github.com/wampgen/wampgen/schema/diag"
)

// fields reads the entries of fields or kwargs.
func (r *reader) fields(pairs []pair) []*Field {
	fields := make([]*Field, 0, len(pairs))
	for _, p := range pairs {
		fields = append(fields, r.field(p))
	}
	r.sameName(fields)
	return fields
}

// sameName reports keys on the wire that two fields have. Two in the schema are
// reported as duplicate keys.
func (r *reader) sameName(fields []*Field) {
	seen := map[string]*Field{}
	for _, f := range fields {
		if first := seen[f.Name]; first != nil && (f.Label != "" || first.Label != "") {
			d := r.report(f.Place.Span, RuleDuplicateKey, "duplicate name %s on the wire (first at %s)", quote(f.Name), r.model.Where(first.Place.Pos, f.Place.Pos))
			r.relate(d, first.Place.Pos, "the first one")
		}
		seen[f.Name] = f
	}
}

// field reads a field or a parameter. Its Type is nil if it is not known.
func (r *reader) field(p pair) *Field {
	f := &Field{Name: p.key.text, Place: p.key.place()}
	r.wireName(p.key)
	if p.value.kind != mappingNode {
		r.fieldType(f, p.value, section{})
		return f
	}
	s, ok := r.section(p.value, "field "+quote(f.Name), fieldKeys)
	if !ok {
		return f
	}
	f.Doc, f.DocPlace = s.doc()
	f.Deprecated, f.Since = s.lifetime()
	f.Go = s.goHints(fieldGoKeys)
	if name := s.get("name"); name != nil && r.isString(name, "name") {
		r.wireName(name)
		f.Name, f.Label = name.text, f.Name
	}
	if typ := s.get("type"); typ != nil {
		r.fieldType(f, typ, s)
		r.variadic(f, s)
	} else if !s.later {
		s.need("type") // reports it
	}
	return f
}

// wireName checks a key that goes over the wire as it is.
func (r *reader) wireName(n *node) {
	if n.text == "" {
		r.report(n.token(), RuleNameStyle, "a name cannot be empty")
	} else if !printable(n.text) {
		r.report(n.token(), RuleNameStyle, "%s contains an invisible character", quote(n.text))
	}
}

// fieldType reads the type of a field and what stands beside it in the long
// form s. The default may also stand in the type expression.
func (r *reader) fieldType(f *Field, n *node, s section) {
	x, ref := r.typeOf(n)
	if x == nil {
		return
	}
	f.Optional, f.Type = x.optional, ref
	if ref != nil && s.node != nil {
		r.mapKeys(s, ref)
		r.encode(s, ref)
		r.goType(f.Go, ref)
		r.constrain(s, ref)
	}
	long := s.get("default")
	switch {
	case x.hasDefault && long != nil:
		r.report(long.token(), RuleDefaultType, "the default is given twice, here and in the type")
	case x.hasDefault && (x.value[0] == '"' || x.value[0] == '\''):
		d := r.report(n.part(x.valueAt, x.valueAt+len(x.value)), RuleDefaultType, "the quotes would be part of the default")
		d.Hint = "leave them out, or write  {type: ..., default: ...}"
	case x.hasDefault && nullWord.MatchString(x.value):
		r.nullDefault(n.part(x.valueAt, x.valueAt+len(x.value)))
	case x.hasDefault:
		r.setDefault(f, x.value, n.part(x.valueAt, x.valueAt+len(x.value)))
	case long != nil && long.null():
		r.nullDefault(long.token())
	case long != nil && ref != nil && (long.kind == listNode || long.kind == mappingNode):
		r.containerDefault(f, long)
	case long != nil && r.want(long, scalarNode, "default"):
		r.setDefault(f, long.text, long.token())
	}
}

// nullWord is how YAML spells null.
var nullWord = regexp.MustCompile(`^(~|null|Null|NULL)$`)

// nullDefault reports a default that is null. What is absent without a default
// is absent, not null.
func (r *reader) nullDefault(at diag.Span) {
	d := r.report(at, RuleDefaultType, "null cannot be a default")
	d.Hint = "leave the default out; for the string write  {type: ..., default: \"null\"}"
}

// setDefault checks a default against the type of its field.
func (r *reader) setDefault(f *Field, text string, at diag.Span) {
	if f.Type == nil {
		return
	}
	if f.Type.Nullable {
		d := r.report(at, RuleDefaultType, "a type with |null has no default: its zero value is null")
		d.Hint = "write  optional T = default  or leave one of the two out"
		return
	}
	v, problem := literal(f.Type, text)
	switch {
	case problem != "":
		r.report(at, RuleDefaultType, "%s %s", quote(text), problem)
	case v != nil && !f.Optional && hiddenByZero(f.Type, v) != "":
		written := typeName(f.Type) + " = " + clean(text)
		d := r.report(at, RuleDefaultType, "%s could never be sent as %s", written, hiddenByZero(f.Type, v))
		d.Hint = "write  optional " + written
	case v != nil && inexact(f.Type, v) != "":
		r.report(at, RuleDefaultType, "the default %s %s", quote(text), inexact(f.Type, v))
	case v != nil && unmet(f.Type, v) != nil:
		r.report(at, RuleDefaultType, "the default %s does not meet %s", quote(text), clean(unmet(f.Type, v).String()))
	case v != nil:
		v.Literal, v.Place = text, Place{Span: at}
		f.Default = v
	}
}

// typeOf reads a type expression. The expression is nil if it cannot be read,
// the Ref if it names a type that is not known.
func (r *reader) typeOf(n *node) (*typeExpr, *Ref) {
	if (n.kind != scalarNode || n.null()) && !(n.kind == scalarNode && r.types[n.text] != nil) { // a type may be called Null
		r.noType(n)
		return nil, nil
	}
	x, err := parseType(n.text)
	if err != nil {
		d := r.report(n.part(err.from, err.to), RuleTypeSyntax, "%s", err.message)
		d.Hint = err.hint
		return nil, nil
	}
	return x, r.ref(n, x)
}

// noType reports what stands in the place of a type expression.
func (r *reader) noType(n *node) {
	if n.kind == brokenNode {
		return
	}
	d := r.report(n.token(), RuleWrongKind, "a type must be a string, not %s", n.describe())
	switch {
	case n.kind == listNode && len(n.items) == 1 && n.items[0].kind == scalarNode:
		d.Hint = "write  list<" + clean(n.items[0].text) + ">"
	case n.kind == listNode:
		d.Hint = "write  list<T>  for a list; a value has one type"
	case n.kind == mappingNode:
		d.Hint = namedType
	default:
		d.Hint = "write  T|null  for a value that may be null"
	}
}

// ref finds what a type expression means; nil once it is reported.
func (r *reader) ref(n *node, x *typeExpr) *Ref {
	ref := &Ref{Nullable: x.nullable, Place: Place{Span: n.part(x.from, x.end)}}
	switch {
	case x.elem != nil:
		elem := r.ref(n, x.elem)
		if elem == nil {
			return nil
		}
		if x.name == "list" {
			ref.List = elem
		} else {
			ref.Map = elem
		}
		return ref
	case scalars[Scalar(x.name)].parse != nil:
		ref.Scalar = Scalar(x.name)
		ref.Go = r.model.Go.typeOf(ref.Scalar)
	case r.types[x.name] != nil:
		ref.Named = r.types[x.name]
	case imported.MatchString(x.name):
		if ref.Named, ref.Import = r.importedType(n, x); ref.Named == nil {
			return nil
		}
	default:
		r.unknownType(n, x)
		return nil
	}
	return ref
}

// unknownType reports a name that no type has.
func (r *reader) unknownType(n *node, x *typeExpr) {
	at := n.part(x.from, x.to)
	if r.full() || r.partial {
		return
	}
	d := r.report(at, RuleUnknownType, "unknown type %s", quote(x.name))
	if nothing[strings.ToLower(x.name)] {
		d.Hint = "write  T|null  for a value that may be null,  optional T  for one that may be absent"
		return
	}
	if with := typeAliases[x.name]; with != "" {
		d.Replace(x.name, with)
		return
	}
	const otherwise = "no type of that name here; define it or import the file that has it"
	if pascalCase.MatchString(x.name) {
		r.suggestDeclared(d, x.name, otherwise, typeWords, r.typeNames)
	} else {
		r.suggest(d, x.name, otherwise, typeWords, r.typeNames)
	}
}
