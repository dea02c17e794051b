package codec

import (
	"math"
	"time"
)

// maxElements bounds a dynamic value: an empty map costs a peer one byte and
// us a hundred.
const maxElements = 1 << 20

// Any reads the next value, whatever it is, as nil, bool, int64 (uint64 only
// if it is greater), float64, string, []byte, []any, map[string]any or, where
// the format has a type for it, time.Time. Integers beyond 64 bits and numbers
// with more digits become the nearest float64; [Decoder.Number] keeps them. A value has at most 1 Mi elements; MessagePack's other extensions and
// keys that are not text are errors.
func (d *Decoder) Any() any {
	// Judged as a whole first: nothing is allocated for a document that lies.
	scan := Decoder{data: d.data, off: d.off, depth: d.depth, f: d.f, root: d.root, err: d.err}
	scan.skip(true)
	if scan.err != nil {
		d.err = scan.err
		return nil
	}
	budget := maxElements
	return d.any(&budget)
}

// any recurses no deeper than MaxDepth, which enter sees to.
func (d *Decoder) any(budget *int) any {
	var t token
	if !d.value(&t, "a value") {
		return nil
	}
	if *budget--; *budget < 0 {
		d.fail(d.last, "at most 1 Mi elements in a dynamic value", "more")
		return nil
	}
	switch t.kind {
	case KindList:
		return d.anyList(&t, budget)
	case KindMap:
		return d.anyMap(&t, budget)
	}
	return d.anyScalar(&t)
}

func (d *Decoder) anyScalar(t *token) any {
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

func (d *Decoder) anyList(t *token, budget *int) any {
	s := d.enter(t)
	list := make([]any, 0, s.Cap())
	for d.Next(&s) {
		list = append(list, d.any(budget))
	}
	return list
}

func (d *Decoder) anyMap(t *token, budget *int) any {
	s := d.enter(t)
	m := make(map[string]any, min(s.Cap(), *budget))
	for d.Next(&s) {
		k := string(d.Key())
		m[k] = d.any(budget)
	}
	return m
}
