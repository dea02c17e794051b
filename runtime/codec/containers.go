package codec

import (
	"maps"
	"slices"
	"unsafe"
)

// The compiler makes these functions once for every type of element, so they
// leave to others what they can.

// List codes a list; code codes one element. After decoding *p is not nil, even
// if the list is empty.
func List[T any](c *Coder, p *[]T, code func(*T, *Coder)) {
	if e, list := c.e, *p; e != nil {
		e.List(len(list))
		for i := range list {
			if e.f == 0 {
				return
			}
			code(&list[i], c)
		}
		e.EndList()
		return
	}
	s := c.d.List()
	list := make([]T, 0, c.d.room(&s, int(unsafe.Sizeof(*new(T)))))
	for c.d.Next(&s) {
		if len(list) == cap(list) {
			n := c.d.double(cap(list), int(unsafe.Sizeof(*new(T))))
			if n == 0 {
				break
			}
			list = append(make([]T, 0, n), list...)
		}
		list = list[:len(list)+1]
		code(&list[len(list)-1], c)
	}
	*p = list
}

// room returns for how many elements of so many bytes to make room at first.
func (d *Decoder) room(s *Seq, size int) int {
	if n := s.Cap(); d.charge(n * size) {
		return n
	}
	s.left = seqDone
	return 0
}

// double returns for how many elements to make room in place of n; 0 if there
// is no memory left.
func (d *Decoder) double(n, size int) int {
	n = max(4, 2*n)
	if !d.charge(n * size) {
		return 0
	}
	return n
}

// Map codes a map; code codes one value. The order of the keys is random: it
// has no meaning on the wire.
func Map[K ~string, T any](c *Coder, p *map[K]T, code func(*T, *Coder)) { MapBy(c, p, nil, code) }

// MapBy is like [Map] for a map whose keys have constraints.
func MapBy[K ~string, T any](c *Coder, p *map[K]T, keys []Check[string], code func(*T, *Coder)) {
	if c.e != nil {
		encodeMap(c, *p, keys, code)
		return
	}
	d := c.d
	s := d.Map()
	if !d.charge(mapHeader) {
		return
	}
	depth := d.depth - 1
	if d.err == nil {
		d.dicts |= 1 << depth
	}
	const text = 16
	m := make(map[K]T)
	var x *T // one for all values, since what code is given escapes
	for d.Next(&s) {
		k := string(d.Key())
		if !d.mapEntry(len(m), text+int(unsafe.Sizeof(*x))) {
			break
		}
		if x == nil {
			d.charge(int(unsafe.Sizeof(*x)))
			x = new(T)
		}
		if len(keys) > 0 && !d.checkKey(k, keys) {
			break
		}
		*x = *new(T)
		code(x, c)
		m[K(k)] = *x
	}
	if d.err == nil {
		d.dicts &^= 1 << depth
	}
	*p = m
}

// checkKey holds a key that was just read against its constraints.
func (d *Decoder) checkKey(k string, keys []Check[string]) bool {
	if d.strict < Closed {
		return true
	}
	rule, want, found := failed(keys, k)
	return rule == "" || d.reject(d.off, rule, asKey(want), found)
}

// asKey is what is wanted of a key.
func asKey(want string) string { return "a key: " + want }

func encodeMap[K ~string, T any](c *Coder, m map[K]T, keys []Check[string], code func(*T, *Coder)) {
	e := c.e
	e.Map(len(m))
	if e.f == 0 {
		return
	}
	e.dicts |= 1 << (e.depth - 1)
	x := new(T)
	for k, v := range m {
		e.Key(string(k))
		if rule, want, found := failed(keys, string(k)); rule != "" {
			e.reject(rule, asKey(want), found)
		}
		*x = v
		if e.f == 0 {
			return
		}
		code(x, c)
	}
	e.dicts &^= 1 << (e.depth - 1)
	e.EndMap()
}

// Null codes a value that may be null; *p is then nil. It is for elements of
// lists and maps, and for results.
func Null[T any](p **T, c *Coder, code func(*T, *Coder)) {
	switch {
	case c.e != nil && *p == nil:
		c.e.Null()
	case c.e != nil:
		code(*p, c)
	case c.d.Null():
		*p = nil
	default:
		c.d.charge(int(unsafe.Sizeof(**p)))
		*p = new(T)
		code(*p, c)
	}
}

// NullList is like [Null] for a list or bytes; nil is null.
func NullList[T any](p *[]T, c *Coder, code func(*[]T, *Coder)) {
	switch {
	case c.e != nil && *p == nil:
		c.e.Null()
	case c.e == nil && c.d.Null():
		*p = nil
	default:
		code(p, c)
	}
}

// NullMap is like [Null] for a map.
func NullMap[K ~string, T any](p *map[K]T, c *Coder, code func(*map[K]T, *Coder)) {
	switch {
	case c.e != nil && *p == nil:
		c.e.Null()
	case c.e == nil && c.d.Null():
		*p = nil
	default:
		code(p, c)
	}
}

// ListField codes field i, a list or bytes. nothing says whether a nil *p is
// absent or null.
func ListField[T any](s *Walk, i int, p *[]T, nothing Presence, code func(*[]T, *Coder)) {
	if *p != nil {
		nothing = Present
	}
	if put, null := s.Begin(i, nothing); put {
		code(p, s.c)
		s.End()
	} else if null {
		*p = nil
	}
}

// MapField is like [ListField] for a map.
func MapField[K ~string, T any](s *Walk, i int, p *map[K]T, nothing Presence, code func(*map[K]T, *Coder)) {
	if *p != nil {
		nothing = Present
	}
	if put, null := s.Begin(i, nothing); put {
		code(p, s.c)
		s.End()
	} else if null {
		*p = nil
	}
}

// ListOr codes field i, a list that has the default or. A field that is null
// decodes to a copy of the default; a nil list is encoded as the default.
func ListOr[T any](s *Walk, i int, p, or *[]T, code func(*[]T, *Coder)) {
	put, null := s.Begin(i, Present)
	switch {
	case null:
		*p = slices.Clone(*or)
	case put && s.e != nil && *p == nil:
		code(or, s.c)
	case put:
		code(p, s.c)
		s.End()
	}
}

// MapOr is like [ListOr] for a map.
func MapOr[K ~string, T any](s *Walk, i int, p, or *map[K]T, code func(*map[K]T, *Coder)) {
	put, null := s.Begin(i, Present)
	switch {
	case null:
		*p = maps.Clone(*or)
	case put && s.e != nil && *p == nil:
		code(or, s.c)
	case put:
		code(p, s.c)
		s.End()
	}
}
