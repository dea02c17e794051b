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

// place says what paths of a document call its parts.
type place struct {
	roots  []string // the documents that follow one another
	params []string // the positional parameters; nil if there is no schema
	dicts  uint64   // at which depths the keys are free
}

// locate finds the path of the value at offset target by reading data up to
// there. data holds one document for each root, perhaps unfinished, one after
// the other as a payload has them.
func (p *place) locate(f Format, data []byte, target int) string {
	w := Decoder{f: f, data: data, partial: true}
	for i := 0; ; i++ {
		if f == JSON && w.off < len(data) && data[w.off] == ',' {
			w.off++
		}
		steps, found := w.walk(target)
		if found || i == len(p.roots)-1 {
			return p.render(p.roots[i], steps)
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

func (p *place) render(root string, steps []step) string {
	path := []byte(root)
	if p.params != nil {
		path, steps = p.param(root, steps)
	}
	skipped := 0
	if p.params != nil && root == "args" {
		skipped = 1
	}
	for i, s := range steps {
		switch {
		case s.named && p.dicts>>(i+skipped)&1 != 0:
			path = appendQuoted(path, s.key)
		case s.named:
			path = appendKey(path, s.key)
		case !s.seq.isMap && s.index >= 0:
			path = appendIndex(path, s.index)
		}
	}
	return string(path)
}

// param begins a path with the name of a parameter.
func (p *place) param(root string, steps []step) ([]byte, []step) {
	switch {
	case root == "kwargs" && len(steps) > 0:
		return nil, steps
	case len(steps) > 0 && steps[0].index >= 0 && steps[0].index < len(p.params):
		return appendKey(nil, p.params[steps[0].index]), steps[1:]
	case len(steps) > 0 && steps[0].index >= 0:
		return appendIndex([]byte(root), steps[0].index), steps[1:]
	}
	return []byte(root), nil
}

func appendIndex(path []byte, i int) []byte {
	return append(strconv.AppendInt(append(path, '['), int64(i), 10), ']')
}

// longest is how much of a key a path shows, in bytes.
const longest = 40

// appendKey appends a key to a path. A peer may have chosen it: it is quoted
// unless it is a plain name.
func appendKey(path []byte, key string) []byte {
	plain := key != "" && len(key) <= longest
	for i := 0; i < len(key) && plain; i++ {
		c := key[i]
		plain = c == '_' || c == '-' || isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'z'
	}
	if !plain {
		return appendQuoted(path, key)
	}
	if len(path) > 0 {
		path = append(path, '.')
	}
	return append(path, key...)
}

// appendQuoted appends a key in brackets, cut and sanitised.
func appendQuoted(path []byte, key string) []byte {
	if len(key) > longest {
		cut := longest
		for cut > 0 && !utf8.RuneStart(key[cut]) {
			cut--
		}
		key = key[:cut] + "…"
	}
	return append(strconv.AppendQuote(append(path, '['), key), ']')
}
