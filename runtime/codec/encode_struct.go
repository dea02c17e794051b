package codec

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// errPanicked stands for a panic in a method of a user's type.
var errPanicked = errors.New("panicked")

// structField is a field as a key of a map.
type structField struct {
	key       string
	index     []int // of reflect, through embedded structs
	tagged    bool
	omitEmpty bool
	omitZero  bool
	quoted    bool // a number or bool as a string
}

// structFields holds the []structField of every struct type that was encoded.
var structFields sync.Map

func (e *Encoder) reflectStruct(v reflect.Value) {
	fields := fieldsOf(v.Type())
	if len(fields) == 0 && v.NumField() > 0 {
		e.fail("", "a value of type "+v.Type().String()+" has no exported field and cannot be encoded")
		return
	}
	var pairs []pair
	for i := range fields {
		f := &fields[i]
		x, err := v.FieldByIndexErr(f.index)
		if err != nil || f.omitZero && isZero(x) || f.omitEmpty && isEmpty(x) {
			continue // the error is an embedded pointer that is nil
		}
		if f.quoted {
			x = quote(x)
		}
		pairs = append(pairs, pair{f.key, x})
	}
	e.pairs(pairs)
}

// isZero reports whether x is zero by its own account, or by Go's.
func isZero(x reflect.Value) bool {
	if x.Kind() == reflect.Pointer && x.IsNil() {
		return true
	}
	if z, ok := method[interface{ IsZero() bool }](x); ok {
		return z.IsZero()
	}
	return x.IsZero()
}

// isEmpty reports whether x is false, 0, nil, or without elements.
func isEmpty(x reflect.Value) bool {
	switch x.Kind() {
	case reflect.Slice, reflect.Map, reflect.Array, reflect.String:
		return x.Len() == 0
	case reflect.Struct:
		return false
	}
	return x.IsZero()
}

// quote is a number or bool as a string, and anything else as it is.
func quote(x reflect.Value) reflect.Value {
	v := x
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if k := v.Kind(); (k == reflect.Bool || v.CanInt() || v.CanUint() || v.CanFloat()) && marshaled(v) == nil {
		return reflect.ValueOf(fmt.Sprint(v.Interface()))
	}
	return x
}

// fieldsOf returns the keys of a struct type, from memory if it was seen
// before.
func fieldsOf(t reflect.Type) []structField {
	if known, ok := structFields.Load(t); ok {
		return known.([]structField)
	}
	fields := collect(t, nil, map[reflect.Type]bool{})
	slices.SortStableFunc(fields, func(a, b structField) int {
		if c := strings.Compare(a.key, b.key); c != 0 {
			return c
		}
		return rank(a) - rank(b)
	})
	fields = dominant(fields)
	structFields.Store(t, fields)
	return fields
}

// rank orders fields of one key: the shallowest first, of those the tagged.
func rank(f structField) int {
	r := 2 * len(f.index)
	if !f.tagged {
		r++
	}
	return r
}

// dominant leaves of each key the first field. If another has its rank, neither
// counts, as in Go itself.
func dominant(sorted []structField) []structField {
	var out []structField
	for from := 0; from < len(sorted); {
		to := from + 1
		for to < len(sorted) && sorted[to].key == sorted[from].key {
			to++
		}
		if to == from+1 || rank(sorted[from]) != rank(sorted[from+1]) {
			out = append(out, sorted[from])
		}
		from = to
	}
	return out
}

// collect returns the fields of t and of the structs that it embeds, whose
// types on the way are kept in above: a type may embed itself by pointer.
func collect(t reflect.Type, at []int, above map[reflect.Type]bool) []structField {
	if above[t] {
		return nil
	}
	above[t] = true
	defer delete(above, t)
	var out []structField
	for i := range t.NumField() {
		sf := t.Field(i)
		f, skipped := tagOf(sf)
		f.index = append(slices.Clone(at), i)
		embedded := sf.Type
		if embedded.Kind() == reflect.Pointer {
			embedded = embedded.Elem()
		}
		switch {
		case skipped:
		case sf.Anonymous && !f.tagged && embedded.Kind() == reflect.Struct && plainType(embedded):
			out = append(out, collect(embedded, f.index, above)...)
		case sf.IsExported():
			out = append(out, f)
		}
	}
	return out
}

// tagOf reads the tag codec, or else json.
func tagOf(sf reflect.StructField) (f structField, skipped bool) {
	tag, ok := sf.Tag.Lookup("codec")
	if !ok {
		tag = sf.Tag.Get("json")
	}
	name, options, _ := strings.Cut(tag, ",")
	f = structField{key: name, tagged: name != ""}
	if name == "" {
		f.key = sf.Name
	}
	for option := range strings.SplitSeq(options, ",") {
		f.omitEmpty = f.omitEmpty || option == "omitempty"
		f.omitZero = f.omitZero || option == "omitzero"
		f.quoted = f.quoted || option == "string"
	}
	return f, tag == "-"
}
