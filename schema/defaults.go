package schema

import (
	"fmt"

	"github.com/wampgen/wampgen/schema/diag"
)

// literal reads a value of a type from its text. The problem continues a
// sentence that begins with the text.
func literal(ref *Ref, text string) (v *Value, problem string) {
	if t := ref.Named; t != nil {
		switch {
		case t.Kind == Enum:
			return enumLiteral(t, text)
		case t.Kind == Newtype && t.Base != nil:
			return literal(t.Base, text)
		case t.Kind == Struct || t.Kind == Tuple || t.Kind == Union:
			return nil, "cannot be a default: a " + t.Kind.String() + " has none"
		}
		return nil, "" // the type itself is reported
	}
	if ref.List != nil || ref.Map != nil {
		return nil, "cannot be a default of a list or map; write  {type: ..., default: [a, b]}  or  {a: 1}"
	}
	return ref.Scalar.literal(text)
}

// enumLiteral finds a value of an enum by its name.
func enumLiteral(t *Type, text string) (*Value, string) {
	for i := range t.Values {
		if t.Values[i].Name == text {
			return &Value{Enum: &t.Values[i]}, ""
		}
	}
	names := make([]string, len(t.Values))
	for i, v := range t.Values {
		names[i] = v.Name
	}
	if with := diag.Closest(text, names); with != "" {
		return nil, fmt.Sprintf("is not a value of %s; did you mean %s?", t.Name, quote(with))
	}
	return nil, fmt.Sprintf("is not a value of %s", t.Name)
}

// hiddenByZero names the value of a type that a field with the default v could
// never be sent as, because Go's zero value stands for the default; "" if there
// is none.
func hiddenByZero(ref *Ref, v *Value) string {
	if v.Bool {
		return "false"
	}
	if v.Enum == nil || v.Enum.isZero() {
		return ""
	}
	t := ref.Named
	for t.Kind == Newtype {
		t = t.Base.Named
	}
	for _, other := range t.Values {
		if other.isZero() {
			return other.Name
		}
	}
	return ""
}

// isZero reports whether the wire value is Go's zero value.
func (v *EnumValue) isZero() bool { return v.Text == "" && v.Int == 0 }

// typeName spells a type that can have a default.
func typeName(ref *Ref) string {
	if ref.Named != nil {
		return ref.Import.qualified(ref.Named.Name)
	}
	return string(ref.Scalar)
}

// MapEntry is one entry of a literal of a map.
type MapEntry struct {
	Key   string `json:"-"`
	Value *Value `json:"-"`
}
