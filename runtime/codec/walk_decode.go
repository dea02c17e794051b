package codec

import (
	"math/bits"
	"unicode/utf8"
)

// enterMap begins to read the fields of a map. Null is not a map.
func (d *Decoder) enterMap(s *Walk) {
	if len(s.l.required) > 1 {
		s.more = make([]uint64, len(s.l.required))
	}
	d.openFields(s)
}

// openFields reads the head of a map of fields.
func (d *Decoder) openFields(s *Walk) {
	at := d.off
	if uint(at) < uint(len(d.data)) && d.depth < MaxDepth {
		c := d.data[at]
		n := seqDone
		switch d.f {
		case MessagePack:
			if c&0xf0 == 0x80 {
				n = int(c & 0x0f)
			}
		case CBOR:
			if c >= cborMap && c < cborMap+24 {
				n = int(c & 0x1f)
			}
		case JSON:
			if c == '{' {
				n = seqOpen
			}
		}
		if n != seqDone && 2*n <= len(d.data)-at-1 {
			d.last, d.off = at, at+1
			d.depth++
			s.left, s.start, s.first = n, at, true
			return
		}
	}
	q := d.Map()
	s.left, s.start, s.first = q.left, q.start, q.first
}

// enterArgs begins to read the positional parameters of a payload.
func (d *Decoder) enterArgs(s *Walk) {
	if len(s.l.required) > 1 {
		s.more = make([]uint64, len(s.l.required))
	}
	if s.l.wrapped {
		d.unwrap()
	}
	q := d.List()
	s.left, s.start, s.first = q.left, q.start, q.first
}

// unwrap goes into the arguments if they are one list, which then holds the
// arguments.
func (d *Decoder) unwrap() {
	peek := Decoder{data: d.data, off: d.off, f: d.f, partial: true, err: d.err}
	q := peek.List()
	if !peek.Next(&q) || peek.Kind() != KindList {
		return
	}
	if inner := peek.Raw(); !peek.Next(&q) && peek.err == nil {
		d.begin(inner, d.root)
	}
}

// field goes to the next value and returns whose it is, -1 at the end. It
// compares the key with the one that the schema has next.
func (d *Decoder) field(s *Walk) int {
	i := s.next
	if i >= s.l.n || i < s.given || s.mode == inArgs || s.mode == inTuple {
		return d.nextField(s)
	}
	x := &s.l.keys[d.f&3][i]
	at := d.off
	switch {
	case s.left > 0:
		if x.at(d.data[at:]) {
			s.left--
			d.off = at + len(x.text)
			return s.found(i)
		}
	case s.left == seqOpen && d.f == JSON:
		if !s.first {
			if at >= len(d.data) || d.data[at] != ',' {
				return d.nextField(s)
			}
			at++
		}
		if x.at(d.data[at:]) {
			s.first = false
			d.off = at + len(x.text)
			return s.found(i)
		}
	}
	return d.nextField(s)
}

// found marks field i.
func (s *Walk) found(i int) int {
	s.next = i + 1
	if s.more == nil {
		s.seen |= 1 << (i & 63)
	} else {
		s.more[i/64] |= 1 << (i & 63)
	}
	return i
}

// another says that the value was dealt with and the next one is due.
const another = -2

// nextField is field where the next key is not the expected one.
func (d *Decoder) nextField(s *Walk) int {
	for d.err == nil {
		if s.mode == inTuple {
			return d.element(s)
		}
		if s.mode == inArgs {
			if i := d.arg(s); i != another {
				return i
			}
			continue
		}
		if !d.more(s, true) {
			d.missing(s)
			return -1
		}
		if i := d.named(s); i != another {
			return i
		}
	}
	return -1
}

// named reads a key and returns the field of that name.
func (d *Decoder) named(s *Walk) int {
	key := d.fastKey()
	i := s.l.find(key)
	if s.l.strict && i < s.l.args {
		i = -1
	}
	switch {
	case d.err != nil:
		return -1
	case i < 0 && !utf8.Valid(key):
		d.reject(d.last, RuleForm, wantKey, foundUnicode)
		return -1
	case i < 0 && s.l.unknown != Ignore:
		return d.unknown(s, key)
	case i >= s.given:
		return s.found(i)
	case i >= 0 && d.strict == Input:
		d.argument(s.l.names[i], RuleSurplus, "one value", "one by position and one by name")
		return -1
	}
	d.Skip()
	return another
}

// more reports whether another element follows.
func (d *Decoder) more(s *Walk, isMap bool) bool {
	switch {
	case s.left > 0:
		s.left--
		return true
	case s.left == seqOpen && d.f == JSON && !s.first && d.off < len(d.data) && d.data[d.off] == ',':
		d.last = d.off
		d.off++
		return d.err == nil
	}
	q := Seq{left: s.left, start: s.start, isMap: isMap, first: s.first}
	more := d.Next(&q)
	s.left, s.first = q.left, q.first
	return more
}

// fastKey is Key for keys in their common form. A key that is none of the fields
// may not be UTF-8.
func (d *Decoder) fastKey() []byte {
	at := d.off
	if uint(at) >= uint(len(d.data)) {
		return d.Key()
	}
	c := d.data[at]
	n := -1
	switch {
	case d.f == MessagePack && c&0xe0 == 0xa0, d.f == CBOR && c >= cborText && c < cborText+24:
		n = int(c & 0x1f)
	case d.f == JSON && c == '"':
		i := plainASCII(d.data, at+1)
		if i+1 < len(d.data) && d.data[i] == '"' && d.data[i+1] == ':' {
			d.last, d.off = at, i+2
			return d.data[at+1 : i]
		}
	}
	if end := at + 1 + n; n >= 0 && end <= len(d.data) {
		d.last, d.off = at, end
		return d.data[at+1 : end]
	}
	return d.Key()
}

// arg is nextField among the positional parameters.
func (d *Decoder) arg(s *Walk) int {
	more := d.more(s, false)
	switch {
	case d.err != nil:
		return -1
	case more && s.given == s.l.args && s.l.variadic >= 0:
		return s.l.variadic
	case more && s.given < s.l.args:
		s.given++
		return s.found(s.given - 1)
	case more && d.strict == Input:
		d.surplus(s.l.args)
		return -1
	case more:
		d.Skip()
		return another
	}
	s.mode, s.next = inKwargs, s.given
	if s.l.strict {
		s.next = s.l.args
	}
	if s.l.result {
		d.missing(s)
		return -1
	}
	d.begin(d.kwargs, "kwargs")
	d.openFields(s)
	return another
}

// missing reports the first required field that was not there.
func (d *Decoder) missing(s *Walk) {
	for w, required := range s.l.required {
		seen := s.seen
		if s.more != nil {
			seen = s.more[w]
		}
		if required &^= seen; required == 0 || d.err != nil {
			continue
		}
		i := 64*w + bits.TrailingZeros64(required)
		if s.mode == inTuple {
			d.absentElement(s.start, i, s.l.wants[i])
		} else if i < s.l.args {
			d.argument(s.l.names[i], RuleRequired, s.l.wants[i], missing)
		} else {
			d.absentKey(s.start, s.l.names[i], s.l.wants[i])
		}
	}
}
