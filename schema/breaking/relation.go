package breaking

import (
	"math"
	"slices"

	"github.com/wampgen/wampgen/schema"
)

// relation says how the values of one type on the wire relate to those of
// another. The zero value means that they are the same.
type relation struct {
	// narrowed reports whether the new type refuses some old values, widened
	// whether the old type refuses some new ones.
	narrowed, widened bool
	// apart reports whether they have nothing in common.
	apart bool
}

var different = relation{true, true, true}

// and returns the relation of types of which a and b are parts.
func (a relation) and(b relation) relation {
	return relation{a.narrowed || b.narrowed, a.widened || b.widened, a.apart || b.apart}
}

// relate compares two uses of types. Versions of one named type are the same here,
// because they are compared where they are declared.
func (c *comparison) relate(old, new *schema.Ref) relation {
	r := relation{narrowed: old.Nullable && !new.Nullable, widened: !old.Nullable && new.Nullable}
	return r.and(c.values(old, new, nil))
}

// types is a pair of types that are being compared.
type types struct{ old, new *schema.Type }

// values compares without null.
func (c *comparison) values(old, new *schema.Ref, within []types) relation {
	if old.Named != nil && new.Named != nil {
		if c.same(old.Named, new.Named) {
			return compareConstraints(old.Constraints, new.Constraints)
		}
		pair := types{old.Named, new.Named} // a list may be one of itself
		if slices.Contains(within, pair) {
			return relation{}
		}
		within = append(within, pair)
	}
	r := compareConstraints(constraints(old), constraints(new))
	return r.and(c.bare(plain(old), plain(new), within))
}

// bare compares without null and constraints.
func (c *comparison) bare(old, new *schema.Ref, within []types) relation {
	if isAny(old) || isAny(new) {
		return relation{narrowed: !isAny(new), widened: !isAny(old)}
	}
	switch {
	case ofKinds(new) && !ofKinds(old):
		return c.variant(old, new.Named, within)
	case ofKinds(old) && !ofKinds(new):
		return c.variant(new, old.Named, within).reversed()
	case old.List != nil && new.List != nil:
		return c.inner(old.List, new.List, within)
	case old.Map != nil && new.Map != nil:
		return c.inner(old.Map, new.Map, within).and(c.values(keys(old), keys(new), within))
	case old.Named != nil && new.Named != nil:
		return c.named(old.Named, new.Named, within)
	case old.Named != nil && old.Named.Kind == schema.Struct:
		return c.dict(old.Named, new, within)
	case new.Named != nil && new.Named.Kind == schema.Struct:
		return c.dict(new.Named, old, within).reversed()
	}
	return compareScalars(domainOf(old), domainOf(new))
}

// ofKinds reports whether a type is a union without a tag.
func ofKinds(r *schema.Ref) bool {
	return r.Named != nil && r.Named.Kind == schema.Union && r.Named.Tag == ""
}

// variant compares a type with a union without a tag, which has it as a variant if
// their kinds of value are the same.
func (c *comparison) variant(old *schema.Ref, new *schema.Type, within []types) relation {
	r := different
	if new.Open {
		r = relation{}
	}
	for _, v := range new.Variants {
		if v.Type.Kind() == old.Kind() {
			r = c.inner(old, v.Type, within)
		}
	}
	r.widened = r.widened || new.Open || len(new.Variants) > 1
	return r
}

// reversed swaps the old type and the new one.
func (a relation) reversed() relation { return relation{a.widened, a.narrowed, a.apart} }

// inner compares the elements of containers.
func (c *comparison) inner(old, new *schema.Ref, within []types) relation {
	r := relation{narrowed: old.Nullable && !new.Nullable, widened: !old.Nullable && new.Nullable}
	return r.and(c.values(old, new, within))
}

// named compares two types that are not newtypes, of different names.
func (c *comparison) named(old, new *schema.Type, within []types) relation {
	switch {
	case old.Kind != new.Kind:
		return compareScalars(enumDomain(old), enumDomain(new))
	case old.Kind == schema.Struct:
		return c.fields(old, new, within)
	case old.Kind == schema.Tuple:
		return c.elements(old, new, within)
	case old.Kind == schema.Union:
		return c.variants(old, new, within)
	}
	return compareEnums(old, new)
}

// keys returns the type of the keys of a map.
func keys(r *schema.Ref) *schema.Ref {
	if r.Keys == nil {
		return &schema.Ref{Scalar: schema.String}
	}
	return r.Keys
}

// elements compares two tuples of different names.
func (c *comparison) elements(old, new *schema.Type, within []types) (r relation) {
	for i, was := range old.Fields {
		if i >= len(new.Fields) {
			r = r.and(relation{narrowed: true, widened: !absent(was)})
			continue
		}
		is := new.Fields[i]
		r = r.and(c.inner(was.Type, is.Type, within)).and(relation{narrowed: absent(was) && !absent(is), widened: is.Optional && !absent(was)})
	}
	for _, is := range new.Fields[min(len(old.Fields), len(new.Fields)):] {
		r.narrowed = r.narrowed || !absent(is)
	}
	return r
}

// variants compares two unions of different names.
func (c *comparison) variants(old, new *schema.Type, within []types) (r relation) {
	if old.Tag != new.Tag || old.Content != new.Content {
		return different
	}
	is := variantsOf(new)
	for _, was := range old.Variants {
		if v := is[was.Name]; v != nil {
			r = r.and(c.inner(was.Type, v.Type, within))
		} else {
			r.narrowed = r.narrowed || !new.Open
		}
		delete(is, was.Name)
	}
	r.widened = r.widened || len(is) > 0 && !old.Open
	return r
}

// variantsOf returns the variants of a union by their names.
func variantsOf(t *schema.Type) map[string]*schema.Variant {
	all := map[string]*schema.Variant{}
	for _, v := range t.Variants {
		all[v.Name] = v
	}
	return all
}

// fields compares two structs of different names.
func (c *comparison) fields(old, new *schema.Type, within []types) (r relation) {
	is := byName(new.Fields)
	for _, was := range old.Fields {
		x := is[was.Name]
		delete(is, was.Name)
		if x == nil {
			r.narrowed = true // its value is lost
			r.widened = r.widened || !absent(was)
			continue
		}
		r = r.and(c.inner(was.Type, x.Type, within))
		r.narrowed = r.narrowed || absent(was) && !absent(x)
		r.widened = r.widened || x.Optional && !absent(was)
	}
	for _, x := range is {
		r.narrowed = r.narrowed || !absent(x)
	}
	return r
}

// dict compares a struct with something else: a map has other keys, too.
func (c *comparison) dict(t *schema.Type, other *schema.Ref, within []types) relation {
	if other.Map == nil {
		return different
	}
	r := relation{widened: true}
	for _, x := range t.Fields {
		r = r.and(c.inner(x.Type, other.Map, within))
	}
	return r
}

// plain returns what a newtype is made of.
func plain(r *schema.Ref) *schema.Ref {
	for r.Named != nil && r.Named.Base != nil {
		r = r.Named.Base
	}
	return r
}

func isAny(r *schema.Ref) bool { return r.Scalar == schema.Any }

// absent reports whether a receiver takes a message without the field.
func absent(x *schema.Field) bool { return x.Optional || x.Default != nil || x.Variadic || x.CatchAll }

func byName(fields []*schema.Field) map[string]*schema.Field {
	all := make(map[string]*schema.Field, len(fields))
	for _, x := range fields {
		all[x.Name] = x
	}
	return all
}

// domain is the set of values of a scalar on the wire.
type domain struct {
	// kind is boolean, number, string, binary or, for what is not a scalar, "".
	kind string
	// from and to bound numbers. whole reports whether they are integers.
	from, to float64
	whole    bool
	// format is the form of a string, "" if it is any.
	format string
	// encoding is the schema's key encoding, "" if there is none.
	encoding string
}

// domains are those of the built-in types. A bound that float64 does not have
// is rounded, which keeps their order.
var domains = map[schema.Scalar]domain{
	schema.Bool:     {kind: "boolean"},
	schema.Int:      {kind: "number", whole: true, from: math.MinInt64, to: math.MaxInt64},
	schema.Int8:     {kind: "number", whole: true, from: math.MinInt8, to: math.MaxInt8},
	schema.Int16:    {kind: "number", whole: true, from: math.MinInt16, to: math.MaxInt16},
	schema.Int32:    {kind: "number", whole: true, from: math.MinInt32, to: math.MaxInt32},
	schema.Int64:    {kind: "number", whole: true, from: math.MinInt64, to: math.MaxInt64},
	schema.Uint:     {kind: "number", whole: true, to: math.MaxUint64},
	schema.Uint8:    {kind: "number", whole: true, to: math.MaxUint8},
	schema.Uint16:   {kind: "number", whole: true, to: math.MaxUint16},
	schema.Uint32:   {kind: "number", whole: true, to: math.MaxUint32},
	schema.Uint64:   {kind: "number", whole: true, to: math.MaxUint64},
	schema.ID:       {kind: "number", whole: true, from: 1, to: 1 << 53},
	schema.Duration: {kind: "number", whole: true, from: math.MinInt64 / 1e6, to: math.MaxInt64 / 1e6},
	schema.Float32:  {kind: "number", from: -math.MaxFloat32, to: math.MaxFloat32},
	schema.Float64:  {kind: "number", from: -math.MaxFloat64, to: math.MaxFloat64},
	schema.String:   {kind: "string"},
	schema.Bytes:    {kind: "binary"},
	schema.Time:     {kind: "string", format: "time"},
	schema.Date:     {kind: "string", format: "date"},
	schema.UUID:     {kind: "string", format: "uuid"},
	schema.Decimal:  {kind: "string", format: "decimal"},
	schema.URI:      {kind: "string", format: "uri"},
}

// domainOf returns the values of a scalar or an enum.
func domainOf(r *schema.Ref) domain {
	if r.Named != nil && r.Named.Kind == schema.Enum {
		return enumDomain(r.Named)
	}
	d := domains[r.Scalar]
	d.encoding = r.Encoding
	return d
}

// enumDomain returns what contains the values of an enum. An open one is like
// its strings or integers.
func enumDomain(t *schema.Type) domain {
	switch {
	case t.Kind != schema.Enum:
		return domain{}
	case t.IntEnum && t.Open:
		return domains[schema.Int64]
	case t.IntEnum:
		return intsOf(t)
	case t.Open:
		return domains[schema.String]
	}
	return domain{kind: "string", format: "enum " + t.Name}
}

// intsOf returns the bounds of the values of an enum. They count as a part of
// all between.
func intsOf(t *schema.Type) domain {
	d := domain{kind: "number", whole: true, from: math.Inf(1), to: math.Inf(-1)}
	for _, v := range t.Values {
		d.from, d.to = min(d.from, float64(v.Int)), max(d.to, float64(v.Int))
	}
	return d
}

// compareScalars compares the values of two scalars.
func compareScalars(old, new domain) relation {
	switch {
	case old.kind == "" || old.kind != new.kind || old.encoding != new.encoding:
		return different
	case old.kind == "number":
		return relation{
			narrowed: old.from < new.from || old.to > new.to || new.whole && !old.whole,
			widened:  new.from < old.from || new.to > old.to || old.whole && !new.whole,
		}
	case old.format == new.format:
		return relation{}
	case old.format != "" && new.format != "":
		return different
	}
	return relation{narrowed: new.format != "", widened: old.format != ""}
}

// compareEnums compares the values of two enums of different names.
func compareEnums(old, new *schema.Type) relation {
	if old.IntEnum != new.IntEnum {
		return different
	}
	r := relation{narrowed: old.Open && !new.Open, widened: new.Open && !old.Open}
	was, is := map[any]bool{}, map[any]bool{}
	for _, v := range old.Values {
		was[wireValue(old, v)] = true
	}
	for _, v := range new.Values {
		is[wireValue(new, v)] = true
		r.widened = r.widened || !old.Open && !was[wireValue(new, v)]
	}
	for v := range was {
		r.narrowed = r.narrowed || !new.Open && !is[v]
	}
	return r
}

// wireValue returns the value of an enum as it is sent.
func wireValue(t *schema.Type, v schema.EnumValue) any {
	if t.IntEnum {
		return v.Int
	}
	return v.Text
}
