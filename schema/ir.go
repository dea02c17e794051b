package schema

import (
	"encoding/json"
	"fmt"
)

// irVersion is the version of the JSON form of a Model. It changes when a key
// goes or gets another meaning, not when there are more keys.
const irVersion = 1

// MarshalJSON returns the intermediate representation that docs/ir.md
// describes: the Model with references by name, so that types may be recursive.
func (m *Model) MarshalJSON() ([]byte, error) {
	type model Model
	all := model(*m)
	all.Types, all.Errors = orEmpty(m.Types), orEmpty(m.Errors)
	all.Procedures, all.Topics = orEmpty(m.Procedures), orEmpty(m.Topics)
	return json.Marshal(struct {
		IR int `json:"ir"`
		*model
	}{irVersion, &all})
}

// orEmpty makes a list that is nil an empty one, which is not null in JSON.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// MarshalJSON returns the file, if it is not that of the Model, the line, the first column and the column behind the last
// one, counted from 1.
func (p Place) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		File    string `json:"file,omitempty"`
		Line    int    `json:"line"`
		Col     int    `json:"column"`
		End     int    `json:"end"`
		Derived bool   `json:"derived,omitempty"`
	}{p.File, p.Line, p.Col, p.End, p.Derived})
}

// MarshalJSON returns the type with the values of an enum as they are on the
// wire.
func (t *Type) MarshalJSON() ([]byte, error) {
	type plainType Type
	type plainValue EnumValue
	type value struct {
		*plainValue
		Value any `json:"value"`
	}
	values := make([]value, len(t.Values))
	for i := range t.Values {
		v := &t.Values[i]
		values[i] = value{(*plainValue)(v), v.OnWire(t)}
	}
	return json.Marshal(struct {
		*plainType
		Values []value `json:"values,omitempty"`
	}{(*plainType)(t), values})
}

// OnWire returns a value of an enum as it is on the wire, an int64 or a string.
func (v *EnumValue) OnWire(of *Type) any {
	if of.IntEnum {
		return v.Int
	}
	return v.Text
}

// MarshalJSON returns the import with the file and the URI of its API.
func (i *Import) MarshalJSON() ([]byte, error) {
	type plain Import
	return json.Marshal(struct {
		*plain
		File string `json:"file"`
		URI  string `json:"uri"`
	}{(*plain)(i), i.Model.File, i.Model.URI})
}

// MarshalJSON returns the use of a type, with a named one by its name.
func (r *Ref) MarshalJSON() ([]byte, error) {
	type plain Ref
	var name string
	if r.Named != nil {
		name = r.Import.qualified(r.Named.Name)
	}
	type plainConstraint Constraint
	type constraint struct {
		*plainConstraint
		Value any `json:"value,omitempty"`
	}
	constraints := make([]constraint, len(r.Constraints))
	for i := range r.Constraints {
		c := &r.Constraints[i]
		constraints[i].plainConstraint = (*plainConstraint)(c)
		if c.Value != nil {
			constraints[i].Value = c.Value.OnWire(r)
		}
	}
	return json.Marshal(struct {
		Named string `json:"named,omitempty"`
		*plain
		Constraints []constraint `json:"constraints,omitempty"`
	}{name, (*plain)(r), constraints})
}

// MarshalJSON returns the field with its default as it is on the wire.
func (f *Field) MarshalJSON() ([]byte, error) {
	type plainField Field
	type plainValue Value
	type value struct {
		*plainValue
		Value any `json:"value"`
	}
	var with *value
	if f.Default != nil {
		with = &value{(*plainValue)(f.Default), f.Default.OnWire(f.Type)}
	}
	return json.Marshal(struct {
		*plainField
		Default *value `json:"default,omitempty"`
	}{(*plainField)(f), with})
}

// OnWire returns a literal of a type as it is on the wire in JSON: a bool, an
// int64, a uint64, a float32, a float64 or a string, or a []any or map[string]any
// of those.
func (v *Value) OnWire(of *Ref) any {
	if v.Enum != nil {
		return v.Enum.OnWire(of.Underlying().Named)
	}
	base := of.Underlying()
	switch {
	case base.List != nil:
		list := make([]any, len(v.List))
		for i, x := range v.List {
			list[i] = x.OnWire(base.List)
		}
		return list
	case base.Map != nil:
		entries := make(map[string]any, len(v.Map))
		for _, e := range v.Map {
			entries[e.Key] = e.Value.OnWire(base.Map)
		}
		return entries
	}
	if base.Encoding != "" {
		return v.encoded(base.Encoding)
	}
	return scalars[base.Scalar].wire(v)
}

// MarshalJSON returns the payload. The keywords of a spread struct are those of
// the type and not repeated.
func (p *Payload) MarshalJSON() ([]byte, error) {
	type plain Payload
	own := *p
	if p.Spread != nil {
		own.Kwargs = nil
	}
	return json.Marshal((*plain)(&own))
}

// MarshalJSON returns the name of the error and the place of its use.
func (r ErrorRef) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Name  string `json:"name"`
		Place Place  `json:"place,omitzero"`
	}{r.Import.qualified(r.Name), r.Place})
}

// MarshalJSON returns the procedure with its durations in milliseconds.
func (p *Procedure) MarshalJSON() ([]byte, error) {
	type plain Procedure
	var grace *int64
	if p.Grace != nil {
		grace = new(p.Grace.Milliseconds())
	}
	return json.Marshal(struct {
		*plain
		Timeout int64  `json:"timeout,omitempty"`
		Grace   *int64 `json:"grace,omitempty"`
	}{(*plain)(p), p.Timeout.Milliseconds(), grace})
}

// kindNames and shapeNames are the words for kinds and shapes.
var (
	kindNames  = map[TypeKind]string{Struct: "struct", Enum: "enum", Newtype: "newtype", Tuple: "tuple", Union: "union"}
	shapeNames = map[Shape]string{ShapeNone: "none", ShapeValue: "value", ShapeSpread: "spread", ShapeRecord: "record"}
)

// String returns the word for the kind, such as "struct".
func (k TypeKind) String() string { return kindNames[k] }

// MarshalText returns what String does.
func (k TypeKind) MarshalText() ([]byte, error) { return word(kindNames, k) }

// String returns the word for the shape, such as "record".
func (s Shape) String() string { return shapeNames[s] }

// MarshalText returns what String does.
func (s Shape) MarshalText() ([]byte, error) { return word(shapeNames, s) }

// word returns the word for a value.
func word[T comparable](names map[T]string, of T) ([]byte, error) {
	if name, ok := names[of]; ok {
		return []byte(name), nil
	}
	return nil, fmt.Errorf("schema: there is no word for the %T %v", of, of)
}
