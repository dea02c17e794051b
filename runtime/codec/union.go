package codec

import (
	"slices"
	"strings"
	"unsafe"
)

// Union describes the union type U, an interface of pointers to its variants.
// For generated code.
type Union[U Value] struct {
	// Tag is the key of a dict whose value names the variant: beside the fields of
	// the variant or, if Content is not empty, beside the key Content, whose value
	// is the variant. If Tag is empty, the kind of the value decides.
	Tag, Content string
	// Variants are the variants.
	Variants []Variant[U]
	// Which returns the index of a variant, and whether its pointer is not nil. The
	// index of an unknown variant is the number of variants.
	Which func(U) (int, bool)
	// Unknown returns an unknown variant, a [UnknownVariant]. It is nil if the
	// union is closed.
	Unknown func(tag string, v any) U
}

// Variant is one variant of a union. [VariantOf] returns one.
type Variant[U Value] struct {
	name string
	kind Kind
	make func(*Decoder) U
}

// VariantOf returns the variant that a *T is. as makes it a U. name is the value
// of the tag, kind the kind of value on the wire: either may be empty.
func VariantOf[U Value, T any](name string, kind Kind, as func(*T) U) Variant[U] {
	return Variant[U]{name, kind, func(d *Decoder) U {
		d.charge(int(unsafe.Sizeof(*new(T))))
		return as(new(T))
	}}
}

// UnknownVariant is implemented by what an open union makes of a variant that
// the schema does not have. The tag is empty if the union has none.
type UnknownVariant interface{ UnknownVariant() (tag string, v any) }

// want says what errors want of the union.
func (u *Union[U]) want() string {
	var names []string
	for _, v := range u.Variants {
		if u.Tag != "" {
			names = append(names, v.name)
		} else {
			names = append(names, wireName(v.kind))
		}
	}
	if u.Tag == "" {
		return strings.Join(names, " or ")
	}
	return "one of " + strings.Join(names, ", ")
}

// wireName names a kind of value, of which numbers are one.
func wireName(k Kind) string {
	if k == KindInt {
		return "number"
	}
	return k.String()
}

// Code codes *p.
func (u *Union[U]) Code(p *U, c *Coder) {
	switch {
	case c.e != nil:
		u.encode(*p, c)
	case u.Tag != "":
		u.decodeTagged(p, c)
	default:
		u.decodeKind(p, c)
	}
}

func (u *Union[U]) encode(v U, c *Coder) {
	e, i, ok := c.e, 0, any(v) != nil
	if ok {
		i, ok = u.Which(v)
	}
	if !ok {
		e.reject(RuleRequired, u.want(), "nil")
		return
	}
	var name string
	var other any
	if i < len(u.Variants) {
		name = u.Variants[i].name
	} else if x, ok := any(v).(UnknownVariant); ok {
		name, other = x.UnknownVariant()
		u.encodeUnknown(e, name, other)
		return
	}
	switch {
	case u.Content != "":
		e.Map(2)
		e.Key(u.Tag)
		e.Text(name)
		e.Key(u.Content)
		v.CodeWAMP(c)
		e.EndMap()
	default:
		if u.Tag != "" {
			c.label, c.variant = &u.Tag, name
		}
		v.CodeWAMP(c)
	}
}

func (u *Union[U]) encodeUnknown(e *Encoder, name string, v any) {
	fields, isMap := v.(map[string]any)
	switch {
	case u.Tag == "":
		e.Any(v)
	case u.Content != "":
		e.Map(2)
		e.Key(u.Tag)
		e.Text(name)
		e.Key(u.Content)
		e.Any(v)
		e.EndMap()
	case !isMap:
		e.fail("map", "another value of an unknown variant")
	default:
		n := len(fields) + 1
		if _, there := fields[u.Tag]; there {
			n--
		}
		e.Map(n)
		e.Key(u.Tag)
		e.Text(name)
		for k, x := range fields {
			if k != u.Tag {
				e.Key(k)
				e.Any(x)
			}
		}
		e.EndMap()
	}
}

// find returns the index of the variant that holds is true for, -1 if there is
// none.
func (u *Union[U]) find(holds func(Variant[U]) bool) int { return slices.IndexFunc(u.Variants, holds) }

func (u *Union[U]) decodeTagged(p *U, c *Coder) {
	d := c.d
	start := d.off
	name, at, content := d.tag(u.Tag, u.Content)
	i := u.find(func(v Variant[U]) bool { return v.name == name })
	switch {
	case d.err != nil:
	case at < 0:
		d.absentKey(start, u.Tag, u.want())
	case i < 0 && u.Unknown == nil:
		d.reject(at, RuleEnum, u.want(), "another string")
	case u.Content == "" && i < 0:
		*p = u.Unknown(name, d.Any())
	case u.Content == "":
		*p = u.Variants[i].make(d)
		c.label = &u.Tag
		(*p).CodeWAMP(c)
	case content < 0:
		d.absentKey(start, u.Content, "a value")
	default:
		u.decodeContent(p, c, name, i)
	}
}

// decodeContent decodes the variant i, which is the value of a key.
func (u *Union[U]) decodeContent(p *U, c *Coder, name string, i int) {
	d := c.d
	for s := d.Map(); d.Next(&s); {
		switch key := d.Key(); {
		case string(key) != u.Content:
			d.Skip()
		case i < 0:
			*p = u.Unknown(name, d.Any())
		default:
			*p = u.Variants[i].make(d)
			(*p).CodeWAMP(c)
		}
	}
}

func (u *Union[U]) decodeKind(p *U, c *Coder) {
	d := c.d
	kind := d.Kind()
	if kind == KindFloat {
		kind = KindInt
	}
	i := u.find(func(v Variant[U]) bool { return v.kind == kind })
	switch {
	case i >= 0:
		*p = u.Variants[i].make(d)
		(*p).CodeWAMP(c)
	case u.Unknown != nil && kind != KindInvalid && kind != KindNull:
		*p = u.Unknown("", d.Any())
	default:
		var t token
		if d.value(&t, u.want()) {
			d.wrong(u.want())
		}
	}
}

// tag looks at the map that is next. It returns the value of the key tag, and
// where this value and that of the key content begin, -1 if there is none.
func (d *Decoder) tag(tag, content string) (name string, at, inner int) {
	at, inner = -1, -1
	peek := Decoder{
		data: d.data, off: d.off, depth: d.depth, f: d.f, err: d.err,
		root: d.root, params: d.params, dicts: d.dicts,
	}
	for s := peek.Map(); peek.Next(&s); {
		switch key := peek.Key(); {
		case string(key) == tag:
			at = peek.off
			name = peek.Text()
		case content != "" && string(key) == content:
			inner = peek.off
			peek.Skip()
		default:
			peek.Skip()
		}
	}
	if peek.err != nil && d.err == nil {
		d.err = peek.err
		d.data, d.off = nil, 0
	}
	return name, at, inner
}

// NilField codes field i, an interface; nothing says whether nil is absent or
// null.
func NilField[T comparable](s *Walk, i int, p *T, nothing Presence, code func(*T, *Coder)) {
	var none T
	if *p != none {
		nothing = Present
	}
	if put, null := s.Begin(i, nothing); put {
		code(p, s.c)
		s.End()
	} else if null {
		*p = none
	}
}

// NullNil is like [Null] for an interface, which is nil for null.
func NullNil[T comparable](p *T, c *Coder, code func(*T, *Coder)) {
	var none T
	switch {
	case c.e != nil && *p == none:
		c.e.Null()
	case c.e == nil && c.d.Null():
		*p = none
	default:
		code(p, c)
	}
}
