package codec

// Unknown says what becomes of the keys of a dict that its type does not have.
type Unknown uint8

// The choices.
const (
	// Ignore skips them.
	Ignore Unknown = iota
	// Keep decodes them, see [Walk.Extra].
	Keep
	// Reject makes them errors, in what is received as [Strictness] says.
	Reject
)

// Extra codes the keys that the table does not have. It is the last in the loop
// over the fields.
func (s *Walk) Extra(p *map[string]any) {
	if s.e != nil {
		s.extra = p
		return
	}
	if s.cur != s.l.n {
		return
	}
	d := s.d
	if *p == nil {
		d.charge(mapHeader)
		*p = map[string]any{}
	}
	if d.mapEntry(len(*p), 2*boxed) {
		(*p)[d.other] = d.Any()
	}
	s.advance()
}

// isLabel reports whether a key names the variant of a union.
func (s *Walk) isLabel(key string) bool { return s.label != nil && key == *s.label }

// unknown deals with a key that the table does not have. Its value is next.
func (d *Decoder) unknown(s *Walk, key []byte) int {
	switch {
	case s.isLabel(string(key)):
	case s.l.unknown == Keep:
		d.other = string(key)
		return s.l.n
	case d.strict >= Closed:
		d.reject(d.off, RuleUnknown, "", "unknown key")
		return -1
	}
	d.Skip()
	return another
}

// extraKeys is how many keys there are that the table does not have.
func (s *Walk) extraKeys() int {
	if s.extra == nil {
		return 0
	}
	return len(*s.extra)
}

// putExtra appends what the table does not have.
func (s *Walk) putExtra() {
	if s.extra == nil {
		return
	}
	e := s.e
	for k, v := range *s.extra {
		e.Key(k)
		if s.isLabel(k) || s.l.find([]byte(k)) >= 0 {
			e.fail("a key beside those of the type", "a key of the type")
		}
		e.Any(v)
	}
}
