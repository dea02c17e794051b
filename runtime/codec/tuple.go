package codec

// Tuple is like [Coder.Struct] for the elements of a list. All of the table's
// fields are positional. Elements that are absent at the end are left out, and
// those beyond the table are ignored.
//
//go:noinline
func (c *Coder) Tuple(s *Walk, t *Table) bool {
	if s.on {
		return s.again()
	}
	s.begin(c, t.layout())
	s.mode = inTuple
	if e := c.e; e != nil {
		s.puts, s.start = s.l.puts[e.f&3], len(e.buf)
		e.List(s.l.args)
		return e.f != 0 && s.l.n > 0 || s.again()
	}
	c.d.enterArgs(s)
	s.advance()
	return s.cur >= 0
}

// element goes to the next element of a tuple and returns its index, -1 at the
// end.
func (d *Decoder) element(s *Walk) int {
	for d.more(s, false) {
		if s.given < s.l.args {
			s.given++
			return s.found(s.given - 1)
		}
		d.Skip()
	}
	d.missing(s)
	return -1
}
