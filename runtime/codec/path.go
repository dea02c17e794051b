package codec

import (
	"strconv"
	"unicode/utf8"
)

// step is one list or map on the way to a value.
type step struct {
	seq   Seq
	index int
	key   string
	named bool // key is the one in question
}

// locate finds the path of the value at offset target by reading data up to
// there. data holds one document for each of roots, perhaps unfinished, one
// after the other as a payload has them.
func locate(f Format, data []byte, target int, roots ...string) string {
	w := Decoder{f: f, data: data, partial: true}
	for i := 0; ; i++ {
		if f == JSON && w.off < len(data) && data[w.off] == ',' {
			w.off++
		}
		steps, found := w.walk(target)
		if found || i == len(roots)-1 {
			return render(roots[i], steps)
		}
	}
}

// walk reads one document up to target. It reports false if the document ends
// before or at target.
func (d *Decoder) walk(target int) ([]step, bool) {
	var steps []step
	var t token
	for {
		if d.f == JSON {
			d.space()
		}
		if d.off >= target || !d.token(&t) {
			return steps, true
		}
		if t.kind == KindList || t.kind == KindMap {
			steps = append(steps, step{seq: d.enter(&t), index: -1})
		}
		for len(steps) > 0 && !d.advance(&steps[len(steps)-1], target) {
			if d.err != nil {
				return steps, true
			}
			steps = steps[:len(steps)-1]
		}
		if len(steps) == 0 {
			return nil, false
		}
		if top := steps[len(steps)-1]; top.seq.isMap && !top.named {
			return steps, true
		}
	}
}

// advance goes to the next element of s. At or behind target, and where the
// data ends, it stays between the elements: of a map that is no key, of a list
// the index that comes next.
func (d *Decoder) advance(s *step, target int) bool {
	s.named = false
	more := d.Next(&s.seq)
	if !more && d.err == nil {
		return false
	}
	s.index++
	if !more || !s.seq.isMap {
		return more
	}
	if d.f == JSON {
		d.space()
	}
	if d.off < target {
		k := d.Key()
		s.key, s.named = string(k), d.err == nil
	}
	return true
}

func render(root string, steps []step) string {
	path := []byte(root)
	for _, s := range steps {
		switch {
		case s.named:
			path = appendKey(path, s.key)
		case !s.seq.isMap && s.index >= 0:
			path = append(path, '[')
			path = strconv.AppendInt(path, int64(s.index), 10)
			path = append(path, ']')
		}
	}
	return string(path)
}

// appendKey appends a key to a path. A peer chose the key: it is cut, and
// quoted unless it is a plain name.
func appendKey(path []byte, key string) []byte {
	const longest = 64
	plain := key != "" && len(key) <= longest
	for i := 0; i < len(key) && plain; i++ {
		c := key[i]
		plain = c == '_' || c == '-' || isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'z'
	}
	if plain {
		if len(path) > 0 {
			path = append(path, '.')
		}
		return append(path, key...)
	}
	if len(key) > longest {
		cut := longest
		for cut > 0 && !utf8.RuneStart(key[cut]) {
			cut--
		}
		key = key[:cut] + "…"
	}
	path = append(path, '[')
	path = strconv.AppendQuote(path, key)
	return append(path, ']')
}
