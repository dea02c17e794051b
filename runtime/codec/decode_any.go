package codec

import (
	"math"
	"time"
)

// boxed is what Go takes for a string or an interface, and a small value in
// one.
const boxed = 16

// listHeader is what it takes for a list in an interface.
const listHeader = 24

// Any decodes the next value, of any type, as nil, bool, int64 (uint64 if it
// does not fit), float64, string, []byte, []any, map[string]any or, if the
// format has a type for it, [time.Time]. Integers beyond 64 bits and numbers
// with more digits become the nearest float64; [Decoder.Number] keeps all
// digits. Other [MessagePack] extensions and keys that are not text are errors,
// and so is a value that takes too much memory, see [Decoder.Limit].
func (d *Decoder) Any() any {
	// Judged as a whole first: nothing is allocated for a document that lies.
	scan := Decoder{
		data: d.data, off: d.off, depth: d.depth, f: d.f, err: d.err,
		root: d.root, params: d.params, dicts: d.dicts,
	}
	scan.skip(true)
	if scan.err != nil {
		d.err = scan.err
		d.data, d.off = nil, 0
		return nil
	}
	return d.any()
}

// any recurses no deeper than MaxDepth, which enter sees to.
func (d *Decoder) any() any {
	var t token
	if !d.value(&t, "a value") {
		return nil
	}
	switch t.kind {
	case KindList:
		return d.anyList(&t)
	case KindMap:
		return d.anyMap(&t)
	}
	return d.anyScalar(&t)
}

func (d *Decoder) anyScalar(t *token) any {
	if t.kind > KindBool && !d.charge(boxed) {
		return nil
	}
	switch t.kind {
	case KindNull:
		return nil
	case KindBool:
		return t.bits == 1
	case KindText:
		return d.anyText(t)
	case KindBinary:
		return d.binary(t)
	}
	switch {
	case isTime(t, d.f):
		return d.binaryTime(t)
	case t.kind == KindFloat, t.kind == KindInt && t.neg && t.bits > math.MaxInt64:
		return d.number(t, "float64")
	case t.kind == KindInt && t.neg:
		return ^int64(t.bits)
	case t.kind == KindInt && t.bits <= math.MaxInt64:
		return int64(t.bits)
	case t.kind == KindInt:
		return t.bits
	}
	d.wrong("a value of WAMP's types")
	return nil
}

func (d *Decoder) anyText(t *token) any {
	b, _ := d.text(t) // Any has judged it
	if t.tag != tagTime {
		return string(b)
	}
	var v time.Time
	if v.UnmarshalText(b) != nil {
		d.Invalid("time")
		return nil
	}
	return v
}

func (d *Decoder) anyList(t *token) any {
	s := d.enter(t)
	if !d.charge(listHeader) {
		return nil
	}
	list := make([]any, 0, d.room(&s, boxed))
	for d.Next(&s) {
		if len(list) == cap(list) {
			n := d.double(cap(list), boxed)
			if n == 0 {
				break
			}
			list = append(make([]any, 0, n), list...)
		}
		list = append(list, d.any())
	}
	return list
}

func (d *Decoder) anyMap(t *token) any {
	s := d.enter(t)
	if !d.charge(mapHeader) {
		return nil
	}
	m := make(map[string]any)
	for d.Next(&s) {
		k := string(d.Key())
		if !d.mapEntry(len(m), 2*boxed) {
			break
		}
		m[k] = d.any()
	}
	return m
}
