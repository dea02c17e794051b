package codec

import (
	"maps"
	"slices"
)

// AddKeyword adds a keyword argument, a map of texts, to the payload of n values
// that was appended from byte from on. It replaces an argument of that name. It
// returns how many values the payload has then.
func (e *Encoder) AddKeyword(from, n int, name string, texts map[string]string) int {
	if e.err != nil {
		return n
	}
	parts := e.cut(from, n)
	if n == 0 {
		e.List(0)
		e.EndList()
	} else {
		e.Raw(parts[0])
	}
	others := entries(parts[1], name)
	e.Map(len(others) + 1)
	for _, o := range others {
		e.Key(o.key)
		e.Raw(o.value)
	}
	e.Key(name)
	e.Map(len(texts))
	for _, k := range slices.Sorted(maps.Keys(texts)) {
		e.Key(k)
		e.Text(texts[k])
	}
	e.EndMap()
	e.EndMap()
	return 2
}

// cut takes the n values from byte from on away and returns them.
func (e *Encoder) cut(from, n int) (parts [2]Raw) {
	rest := slices.Clone(e.buf[from:])
	e.buf = e.buf[:from]
	for i := range n {
		if i > 0 && e.f == JSON {
			rest = rest[len(","):]
		}
		var d Decoder
		d.Start(Raw{e.format, rest}, "")
		parts[i] = d.Raw()
		rest = rest[d.off:]
	}
	return parts
}

// entry is an entry of a map.
type entry struct {
	key   string
	value Raw
}

// entries returns the entries of a map but for one; none of an absent map.
func entries(m Raw, without string) (found []entry) {
	if m.Absent() {
		return nil
	}
	var d Decoder
	d.Start(m, "")
	for s := d.Map(); d.Next(&s); {
		if key := string(d.Key()); key != without {
			found = append(found, entry{key, d.Raw()})
		} else {
			d.Skip()
		}
	}
	return found
}

// What is read of a map of texts that a peer sent.
const (
	maxTexts     = 64
	maxTextBytes = 8 << 10 // keys and texts together
)

// Texts returns the entries of a map that are texts. It returns none if r is not
// a well-formed map, and the first ones of a map with more than 64 entries or 8
// KiB.
func (r Raw) Texts() map[string]string {
	var texts map[string]string
	bytes := 0
	for _, o := range entries(r, "") {
		v, err := o.value.Any()
		text, ok := v.(string)
		if err != nil || !ok {
			continue
		}
		if bytes += len(o.key) + len(text); len(texts) == maxTexts || bytes > maxTextBytes {
			break
		}
		if texts == nil {
			texts = make(map[string]string)
		}
		texts[o.key] = text
	}
	return texts
}
