package schema

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// readTypes declares all types, so that they can name each other, then reads
// what they are: enums and newtypes first, since defaults of fields need them.
func (r *reader) readTypes(pairs []pair) {
	for _, p := range pairs {
		if r.full() {
			return
		}
		if !pascalCase.MatchString(p.key.text) {
			d := r.report(p.key.token(), RuleNameStyle, "%s cannot name a type", quote(p.key.text))
			d.Hint = "types are PascalCase, as in OrderState"
		}
		t := &Type{Name: p.key.text, Place: p.key.place()}
		r.types[t.Name], r.refused[t] = t, !pascalCase.MatchString(t.Name)
		r.model.Types = append(r.model.Types, t)
		r.typeNames = append(r.typeNames, t.Name)
	}
	bodies := make([]*node, len(pairs))
	for i, p := range pairs {
		if r.full() {
			return
		}
		bodies[i] = r.typeBody(r.model.Types[i], p.value)
	}
	r.newtypeCycles()
	for _, constrain := range r.pending {
		constrain()
	}
	for i, n := range bodies {
		if r.full() {
			return
		}
		r.typeFields(r.model.Types[i], n)
	}
	for _, t := range r.model.Types {
		r.union(t)
	}
}

// typeFields reads the fields of a struct or tuple.
func (r *reader) typeFields(t *Type, n *node) {
	switch {
	case n == nil:
	case t.Kind == Tuple:
		t.Fields = r.tuple(n, quote(t.Name))
	case r.want(n, mappingNode, "fields"):
		t.Fields = r.fields(n.pairs)
	}
	r.nowhere(t.Fields)
}

// typeForms are the keys that say what a type is.
var typeForms = []string{"type", "fields", "enum", "tuple", "union"}

// typeBody reads what a type is and returns its fields if it has any.
func (r *reader) typeBody(t *Type, n *node) *node {
	if n.kind == scalarNode && !n.empty() {
		t.Short = true
		r.newtype(t, n, section{})
		return nil
	}
	if n.empty() {
		r.report(n.token(), RuleMissingKey, "type %s has no definition", quote(t.Name)).Hint = "write a type after it, or  fields:  or  enum:  below it"
		return nil
	}
	s, ok := r.section(n, "type "+quote(t.Name), typeKeys)
	if !ok {
		return nil
	}
	t.Doc, t.DocPlace = s.doc()
	t.Deprecated, t.Since = s.lifetime()
	t.Examples = r.typeExamples(s)
	t.Go = s.goHints(typeGoKeys)
	form, ok := r.typeForm(t, s)
	if !ok {
		return nil
	}
	body := s.get(form)
	r.belongs(t, s, form)
	switch form {
	case "type":
		t.Alias = s.flag("alias")
		r.newtype(t, body, s)
	case "enum":
		t.Kind, t.Open = Enum, s.flag("open")
		r.enum(t, body)
	case "fields":
		t.Kind, t.Unknown = Struct, r.unknown(s)
		return body
	case "tuple":
		t.Kind = Tuple
		return body
	case "union":
		t.Kind, t.Open = Union, s.flag("open")
		r.variants(t, body, s)
	}
	return nil
}

// typeForm returns which of the forms a type has. It has one.
func (r *reader) typeForm(t *Type, s section) (form string, ok bool) {
	for _, key := range typeForms {
		switch {
		case s.get(key) == nil:
		case form != "":
			r.report(t.Place.Span, RuleBadValue, "type %s has both %s and %s", quote(t.Name), form, key)
			return "", false
		default:
			form = key
		}
	}
	if form == "" && !s.later {
		d := r.report(t.Place.Span, RuleMissingKey, "type %s has none of %s", quote(t.Name), strings.Join(typeForms, ", "))
		d.Hint = "say what it is"
	}
	return form, form != ""
}

// beside are the keys that belong to some forms of types only.
var beside = []struct {
	key   string
	forms []string
	hint  string
}{
	{"open", []string{"enum", "union"}, "only an enum or a union can be open"},
	{"alias", []string{"type"}, "only another name for a type is an alias"},
	{"keys", []string{"type"}, "it stands beside  type: map<T>"},
	{"encoding", []string{"type"}, "it stands beside  type:"},
	{"unknown", []string{"fields"}, "only a struct has keys that it does not know"},
	{"tag", []string{"union"}, "only a union has a tag"},
}

// belongs reports keys that a type of this form does not have.
func (r *reader) belongs(t *Type, s section, form string) {
	for _, b := range beside {
		if key := s.entries[b.key].key; key != nil && !slices.Contains(b.forms, form) {
			r.report(key.token(), RuleBadValue, "%s does not apply to %s", b.key, s.what).Hint = b.hint
		}
	}
	if form != "type" {
		r.withoutType(s)
		if t.Go != nil && t.Go.Type.Given() {
			r.report(t.Go.Type.Place.Span, RuleBadValue, "go.type does not apply to %s", s.what).Hint = "it stands beside  type:"
		}
	}
}

// unknown reads what becomes of keys that a struct does not have.
func (r *reader) unknown(s section) Unknown {
	n := s.get("unknown")
	if n == nil || !r.isString(n, "unknown") {
		return ""
	}
	switch u := Unknown(n.text); u {
	case Ignore:
		return ""
	case Keep, Reject:
		return u
	}
	d := r.report(n.token(), RuleBadValue, "unknown cannot be %s", quote(n.text))
	d.Hint = "write  ignore,  keep  or  reject"
	return ""
}

// newtype reads a type that is another one under a new name.
func (r *reader) newtype(t *Type, n *node, s section) {
	t.Kind = Newtype
	x, ref := r.typeOf(n)
	if x == nil || ref == nil {
		return
	}
	if x.optional || x.nullable || x.hasDefault {
		d := r.report(n.token(), RuleTypeSyntax, "a named type must not be optional, nullable or defaulted")
		d.Hint = "say so where it is used"
		return
	}
	t.Base = ref
	if s.node != nil { // once it is known what the base is
		r.pending = append(r.pending, func() {
			if t.Base != nil {
				r.mapKeys(s, t.Base)
				r.encode(s, t.Base)
				r.goType(t.Go, t.Base)
				r.constrain(s, t.Base)
			}
		})
	}
}

// enum reads the values of an enum: a list of strings, or names with their
// values.
func (r *reader) enum(t *Type, n *node) {
	switch n.kind {
	case listNode:
		for _, item := range n.items {
			if canonicalInt(item) {
				d := r.report(item.token(), RuleEnumValue, "the number %s has no name", item.text)
				d.Hint = "write  enum: {name: " + item.text + "}  for the number, or quotes for the string"
			} else if r.enumScalar(item) {
				r.enumValue(t, item, item, EnumValue{})
			}
		}
	case mappingNode:
		t.IntEnum = true
		for _, p := range n.pairs {
			value, v := p.value, EnumValue{}
			if value.kind == mappingNode {
				s, ok := r.section(value, "value "+quote(p.key.text), enumValueKeys)
				v.Doc, _ = s.doc()
				if v.Deprecated, v.Since = s.lifetime(); !ok || s.later {
					continue
				}
				if value = s.get("value"); value == nil {
					value = p.key
				}
			}
			if r.enumScalar(value) {
				r.enumValue(t, p.key, value, v)
			}
		}
	default:
		r.report(n.token(), RuleWrongKind, "enum must be a list of strings or a mapping of names to values, not %s", n.describe())
		return
	}
	if len(n.items)+len(n.pairs) == 0 {
		r.report(n.token(), RuleEnumValue, "an enum must have at least one value")
	}
}

// canonicalInt reports whether a node is a whole number of 64 bits as JSON
// spells it.
func canonicalInt(n *node) bool {
	number, err := strconv.ParseInt(n.text, 10, 64)
	return err == nil && n.plain && n.text == strconv.FormatInt(number, 10)
}

// enumScalar refuses a value without quotes that YAML, or a reader, takes for
// something other than a string or a whole number in plain digits.
func (r *reader) enumScalar(n *node) bool {
	if n.kind != scalarNode || n.empty() {
		return r.want(n, scalarNode, "a value of an enum")
	}
	if !n.plain || n.tag == "!!str" || canonicalInt(n) {
		return true
	}
	what, number := readAs(n)
	d := r.report(n.token(), RuleEnumValue, "%s is read as %s", clean(n.text), what)
	if number == "" {
		number = "a whole number such as  1"
	} else {
		number = " " + number + "  for the number"
	}
	d.Hint = "write  " + quote(n.text) + "  for the string, or " + number
	return false
}

// readAs says what YAML reads a node as, and how to write that as a whole
// number; "" if it is none.
func readAs(n *node) (what, number string) {
	digits := strings.ReplaceAll(n.text, "_", "")
	switch n.tag {
	case "!!int":
		if i, err := strconv.ParseInt(digits, 0, 64); err == nil {
			number = strconv.FormatInt(i, 10)
			return "the number " + number, number
		}
		return "a number that does not fit into 64 bits", ""
	case "!!float":
		f, err := strconv.ParseFloat(digits, 64)
		switch {
		case err == nil && f == math.Trunc(f) && math.Abs(f) < 1<<53:
			return "a floating-point number", strconv.FormatInt(int64(f), 10)
		case intForm.MatchString(digits):
			return "a number that does not fit into 64 bits", ""
		}
		return "a floating-point number", ""
	case "!!bool":
		return "a boolean", ""
	case "!!null":
		return "null", ""
	case "!!timestamp":
		return "a time", ""
	}
	return "something other than a string", ""
}

// enumValue adds a value of which the long form has been read; the first of a
// mapping decides whether all are numbers.
func (r *reader) enumValue(t *Type, key, value *node, v EnumValue) {
	v.Name, v.Text, v.Place, v.ValuePlace = key.text, value.text, key.place(), value.place()
	if key == value {
		v.Place = v.Place.derived()
	}
	number, _ := strconv.ParseInt(value.text, 10, 64)
	isInt := canonicalInt(value)
	if len(t.Values) == 0 {
		t.IntEnum = t.IntEnum && isInt
	}
	switch {
	case t.IntEnum && !isInt:
		d := r.report(value.token(), RuleEnumValue, "%s is not a whole number, but the first value is", quote(value.text))
		d.Hint = "the values must be all numbers or all strings; quotes make a number a string"
		return
	case !t.IntEnum && isInt && key != value:
		d := r.report(value.token(), RuleEnumValue, "%s is a number, but the first value is a string", value.text)
		d.Hint = "the values must be all numbers or all strings; quotes make a number a string"
		return
	case t.IntEnum:
		v.Int, v.Text = number, ""
	}
	for i := range t.Values {
		if o := &t.Values[i]; o.Text == v.Text && o.Int == v.Int {
			what, as := quote(value.text), ""
			if t.IntEnum {
				what = value.text
			}
			if o.Name != v.Name {
				as = ", as " + quote(o.Name)
			}
			d := r.report(value.token(), RuleEnumValue, "duplicate value %s (first at %s%s)", what, r.model.Where(o.Place.Pos, value.pos), as)
			r.relate(d, o.Place.Pos, "the first one")
			return
		}
	}
	t.Values = append(t.Values, v)
}
