package codec

// For generated code. Walk goes over the fields of a struct or of a payload:
//
//	var s codec.Walk
//	for c.Struct(&s, &lineItemTable) {
//		s.String(0, &v.Sku)
//		s.Int(1, &v.Quantity)
//	}
//
// When encoding, the loop runs once and every method appends its field. When
// decoding, a method decodes its field if that is the next one in the document,
// and the loop runs until all fields are decoded: once if they are in the order
// of the schema. Walk handles missing, surplus, duplicate and unknown fields.
type Walk struct {
	c *Coder
	e *Encoder
	d *Decoder
	l *layout

	on   bool
	mode walkMode
	// cur is the field whose value is next in the document, -1 at the end; to
	// encode in groups, the first field of the group.
	cur int

	// to encode
	puts    []prefix
	base    int             // where the payload begins
	start   int             // where the list or map begins
	absent  int             // how many fields of it were left out
	nulls   int             // how many of those are nulls at the end of the arguments
	trim    int             // where these nulls begin
	end     int             // where they end
	extra   *map[string]any // keys that the table does not have, see Extra
	further int             // arguments or keys beyond those of the table, -1 if a variadic one has none

	// to decode
	left  int // pairs to come, or one of the states of Seq
	given int // how many parameters came by position
	next  int // the field that is likely next
	seen  uint64
	more  []uint64 // instead of seen if there are more than 64 fields
	first bool

	label *string // the key of a union beside the fields; nil if there is none
}

// walkMode is what a Walk goes over.
type walkMode uint8

const (
	inStruct walkMode = iota
	inArgs            // the positional parameters of a payload
	inKwargs          // its keywords
	inTuple
)

// Struct begins or continues a walk over the fields of a map. It reports
// whether to code them, or a group of them, in this turn of the loop, see
// [Walk].
//
//go:noinline
func (c *Coder) Struct(s *Walk, t *Table) bool {
	if s.on {
		return s.again()
	}
	s.begin(c, t.layout())
	if c.label != nil {
		s.label, c.label = c.label, nil
	}
	return s.enter()
}

// Payload is like [Coder.Struct] for a payload: its positional parameters are
// the elements of Arguments, the others are keys of ArgumentsKw.
//
//go:noinline
func (c *Coder) Payload(s *Walk, t *Table) bool {
	switch {
	case s.on:
		return s.again()
	case c.e != nil && c.e.object, c.e == nil && c.d.object:
		s.begin(c, t.asObject())
		return s.enter()
	case c.e != nil && c.e.inside():
		return false
	}
	s.begin(c, t.layout())
	s.mode = inArgs
	params := s.l.names[:s.l.args]
	if c.e != nil {
		c.e.params = params
		s.openArgs()
		return c.e.f != 0 && (s.l.n > 0 || s.l.unknown == Keep) || s.again()
	}
	c.d.params = params
	c.d.enterArgs(s)
	s.advance()
	return s.cur >= 0
}

func (s *Walk) begin(c *Coder, l *layout) { s.c, s.e, s.d, s.l, s.on = c, c.e, c.d, l, true }

// enter begins a map.
func (s *Walk) enter() bool {
	if s.e != nil {
		s.openMap(s.l.n)
		return s.e.f != 0 && (s.l.n > 0 || s.l.unknown == Keep) || s.again()
	}
	s.d.enterMap(s)
	s.advance()
	return s.cur >= 0
}

// again is where the loop comes to after it coded fields.
func (s *Walk) again() bool {
	switch {
	case s.e == nil:
		return s.cur >= 0
	case s.e.f == 0:
		return false
	case s.l.n > Narrow:
		group := s.l.group(s.cur)
		for s.cur++; s.cur < s.l.n; s.cur++ {
			if s.l.group(s.cur) != group {
				return true
			}
		}
	}
	s.close()
	return false
}

// Group returns which group of four fields to code in this turn of the loop, if
// there are more than [Narrow].
func (s *Walk) Group() int { return s.l.group(min(s.cur, s.l.n-1)) }

// advance goes to the next field of the document.
func (s *Walk) advance() { s.cur = s.d.field(s) }

// openMap begins a map of n keys, some of which may turn out to be absent.
func (s *Walk) openMap(n int) {
	s.puts = s.l.puts[s.e.f&3]
	e := s.e
	s.absent, s.start = 0, len(e.buf)
	switch { // the common forms at once
	case s.label != nil:
		e.Map(n + 1)
		e.Key(*s.label)
		e.Text(s.c.variant)
	case n > 15 || e.depth == MaxDepth:
		e.Map(n)
	case e.f == MessagePack:
		e.depth++
		e.buf = append(e.buf, 0x80|byte(n))
	case e.f == CBOR:
		e.depth++
		e.buf = append(e.buf, cborMap|byte(n))
	default:
		e.Map(n)
	}
}

// openArgs begins the arguments of a payload.
func (s *Walk) openArgs() {
	s.puts = s.l.puts[s.e.f&3]
	s.base, s.start, s.e.values = len(s.e.buf), len(s.e.buf), 1
	s.e.List(s.l.args)
	if s.l.args == 0 {
		s.Kwargs()
	}
}

// Kwargs separates the positional parameters of a payload from its keywords.
//
//go:noinline
func (s *Walk) Kwargs() {
	if s.e == nil || s.mode != inArgs || s.e.f == 0 {
		return
	}
	s.closeArgs()
	s.mode = inKwargs
	s.openMap(s.l.n - s.l.args)
}

// closeArgs ends the arguments, without the absent ones at their end.
func (s *Walk) closeArgs() {
	e := s.e
	if s.nulls > 0 && s.end == len(e.buf) {
		e.buf = e.buf[:s.trim]
		s.absent = s.nulls
	}
	n := s.l.args - s.absent + s.further
	s.resize(s.l.args, n, false)
	if n == 0 && s.mode == inArgs {
		e.values = 0
	}
	e.EndList()
	s.further = 0
}

// close ends a struct or payload. A payload ends before keywords of which there
// are none, and before arguments if there is nothing at all (R100).
func (s *Walk) close() {
	e := s.e
	switch s.mode {
	case inTuple:
		s.closeArgs()
		return
	case inArgs:
		s.closeArgs()
	case inKwargs:
		was := s.l.n - s.l.args
		if n := was - s.absent + s.further + s.extraKeys(); n > 0 {
			s.resize(was, n, true)
			s.putExtra()
			e.EndMap()
			e.values = 2
			return
		}
		e.EndMap()
		e.buf = e.buf[:s.start]
	default:
		if s.absent > 0 || s.further != 0 || s.extra != nil {
			s.correct()
		}
		e.EndMap()
		return
	}
	if e.values == 0 {
		e.buf = e.buf[:s.base]
	}
}

// correct makes a struct hold what it has: without the absent fields, and with
// the keys that the table does not have.
func (s *Walk) correct() {
	was := s.l.n
	if s.label != nil {
		was++
	}
	s.resize(was, was-s.absent+s.further+s.extraKeys(), true)
	s.putExtra()
}

// resize corrects the head of a list or map that began with was elements and
// has n.
func (s *Walk) resize(was, n int, isMap bool) {
	e := s.e
	if was == n || e.f == JSON || e.f == 0 {
		return
	}
	var before, after [8]byte
	old, head := appendHead(before[:0], e.f, was, isMap), appendHead(after[:0], e.f, n, isMap)
	if len(old) != len(head) {
		rest := e.buf[s.start+len(old):]
		e.buf = append(e.buf, head...) // room, if the head grows
		copy(e.buf[s.start+len(head):], rest)
		e.buf = e.buf[:s.start+len(head)+len(rest)]
	}
	copy(e.buf[s.start:], head)
}

// appendHead appends the head of a list or map of n elements in a binary
// format.
func appendHead(b []byte, f Format, n int, isMap bool) []byte {
	switch {
	case f == MessagePack && isMap:
		return msgpackMap(b, n)
	case f == MessagePack:
		return msgpackList(b, n)
	case isMap:
		return cborHead(b, cborMap, uint64(n))
	}
	return cborHead(b, cborList, uint64(n))
}

// key appends what stands before field i.
func (s *Walk) key(i int) {
	if s.e.f != 0 {
		s.put(i, 0)
	}
}

// opened reports whether nothing stands between c and the beginning of a JSON
// list or map.
func opened(c byte) bool { return c == '{' || c == '[' }

// skip leaves field i out. Among the arguments it is null, unless only absent
// ones follow.
func (s *Walk) skip(i int) {
	e := s.e
	if s.mode != inArgs && s.mode != inTuple {
		s.absent++
		return
	}
	if s.nulls == 0 || s.end != len(e.buf) {
		s.trim, s.nulls = len(e.buf), 0
	}
	s.key(i)
	e.Null()
	s.nulls++
	s.end = len(e.buf)
}

// Begin is for types whose fields no function of this package can code. It
// reports whether to code field i with [Walk.Coder] now, followed by
// [Walk.End], and whether the field is null or absent instead. there says what
// the encoder has of the field.
func (s *Walk) Begin(i int, there Presence) (code, null bool) {
	switch {
	case s.e == nil && s.cur != i:
		return false, false
	case s.e == nil && s.d.Null():
		s.advance()
		return false, true
	case s.e == nil:
		return true, false
	case there == Absent:
		s.skip(i)
		return false, false
	}
	s.key(i)
	if there == IsNull {
		s.e.Null()
		return false, false
	}
	return true, false
}

// End ends a field that [Walk.Begin] began.
func (s *Walk) End() {
	if s.e == nil {
		s.advance()
	}
}

// Coder returns the [Coder] of the fields.
func (s *Walk) Coder() *Coder { return s.c }

// Presence says whether a field has a value, is null or is absent.
type Presence uint8

// The presences.
const (
	// Present means that there is a value.
	Present Presence = iota
	// IsNull means that the field is null.
	IsNull
	// Absent means that the field is absent.
	Absent
)
