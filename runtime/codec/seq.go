package codec

// Seq is a cursor over one list or map. [Decoder.List] and [Decoder.Map] return
// one, [Decoder.Next] moves it.
type Seq struct {
	left  int // elements or pairs to come, or one of the states below
	start int // where the list or map begins
	cap   int16
	isMap bool
	first bool // nothing was read yet
}

const (
	seqOpen = -1 // until a mark ends it
	seqDone = -2
)

// maxCap bounds how much is allocated on the word of a peer; longer lists grow.
const maxCap = 1024

// Cap returns how many elements to allocate room for: the announced count, but
// at most 1024 and never more than there are bytes left. If no count is
// announced it returns a small guess.
func (s Seq) Cap() int { return int(s.cap) }

// List begins to decode a list. Null is an error.
func (d *Decoder) List() Seq {
	at := d.off
	if uint(at) < uint(len(d.data)) && d.depth < MaxDepth {
		c := d.data[at]
		n := -1
		switch {
		case d.f == MessagePack && c&0xf0 == 0x90:
			n = int(c & 0x0f)
		case d.f == CBOR && c >= cborList && c < cborList+24:
			n = int(c & 0x1f)
		}
		if n >= 0 && n <= len(d.data)-at-1 {
			d.last, d.kind, d.off = at, KindList, at+1
			d.depth++
			return Seq{left: n, start: at, cap: int16(n), first: true}
		}
	}
	return d.seq(KindList)
}

// Map begins to decode a map. Null is an error.
func (d *Decoder) Map() Seq { return d.seq(KindMap) }

func (d *Decoder) seq(kind Kind) Seq {
	if d.err != nil {
		return Seq{left: seqDone}
	}
	if len(d.data) == 0 {
		d.depth++
		return Seq{isMap: kind == KindMap}
	}
	var t token
	if !d.token(&t) {
		return Seq{left: seqDone}
	}
	if t.kind != kind {
		d.wrong(kind.String())
		return Seq{left: seqDone}
	}
	return d.enter(&t)
}

// enter makes the Seq of a list or map token.
func (d *Decoder) enter(t *token) Seq {
	if d.depth == MaxDepth {
		d.reject(d.last, RuleLimit, wantShallow, foundDeep)
		return Seq{left: seqDone}
	}
	d.depth++
	s := Seq{left: int(t.bits), start: d.last, isMap: t.kind == KindMap, first: true}
	room := s.left
	if t.open {
		s.left = seqOpen
		room = d.guess()
	}
	s.cap = int16(min(room, maxCap))
	return s
}

// guess is the Cap of a list without a count: four spare most lists a second
// allocation, and an empty one needs none.
func (d *Decoder) guess() int {
	end := byte(cborBreak)
	if d.f == JSON {
		end = ']'
	}
	if d.off < len(d.data) && d.data[d.off] == end {
		return 0
	}
	return min(4, (len(d.data)-d.off)/2)
}

// Next reports whether another element, or another key, follows in s.
func (d *Decoder) Next(s *Seq) bool {
	switch {
	case s.left == seqDone || d.err != nil:
		return false
	case s.left == 0 || s.left == seqOpen && d.ended(s):
		s.left = seqDone
		d.depth--
		return false
	case s.left > 0:
		s.left--
	}
	s.first = false
	return d.err == nil
}

// ended moves over the mark that ends s, or in JSON over the comma before the
// next element.
func (d *Decoder) ended(s *Seq) bool {
	if d.f == JSON {
		d.space()
	}
	d.last = d.off
	if d.off >= len(d.data) {
		return d.malformed(foundEnd)
	}
	c := d.data[d.off]
	switch {
	case d.f == CBOR && c != cborBreak:
		return false
	case d.f == CBOR, c == ']' && !s.isMap, c == '}' && s.isMap:
		d.off++
		return true
	case s.first:
	case c == ',':
		d.off++
	default:
		d.malformed(foundByte)
	}
	return false
}

// Key reads the next key of a map, which must be text; its value must be read
// next. The result is valid until the next call.
func (d *Decoder) Key() []byte {
	t := token{kind: KindText}
	if d.err != nil || !d.key(&t) {
		return nil
	}
	if t.kind == KindBinary && d.f == JSON {
		// The convention for binary is about values.
		t.kind, t.from = KindText, t.from-len(jsonNUL)
	}
	if t.kind != KindText {
		d.reject(d.last, RuleType, wantKey, t.kind.String())
		return nil
	}
	b, ok := d.text(&t)
	if !ok {
		d.reject(d.last, RuleForm, wantKey, foundUnicode)
		return nil
	}
	return b
}

// SkipKey moves past the next key of a map without checking its text.
func (d *Decoder) SkipKey() {
	var t token
	if d.err == nil {
		d.key(&t)
	}
}

// key reads a key of any scalar kind, and JSON's colon behind it.
func (d *Decoder) key(t *token) bool {
	if !d.token(t) {
		return false
	}
	if t.kind == KindList || t.kind == KindMap {
		return d.reject(d.last, RuleType, wantKey, t.kind.String())
	}
	if d.f != JSON {
		return true
	}
	if t.kind != KindText && t.kind != KindBinary {
		return d.malformed(foundByte)
	}
	d.space()
	if d.off >= len(d.data) {
		return d.malformed(foundEnd)
	}
	if d.data[d.off] != ':' {
		return d.malformed(foundByte)
	}
	d.off++
	return true
}
