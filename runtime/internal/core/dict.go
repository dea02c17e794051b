package core

import "github.com/wampgen/wampgen/runtime/codec"

// Field is one entry of a [Dict].
type Field struct {
	Key   string
	Value any // as codec.Encoder.Any takes it; a Dict nests
}

// Dict is an Options, Details or Extra dict that is being built. It goes to the
// wire in its own order, so that the bytes are predictable. The zero value is
// the empty dict. A key must not appear twice: encoding then fails (R094).
type Dict []Field

// CodeWAMP writes d, which is never read, where it stands in another dict.
func (d Dict) CodeWAMP(c *codec.Coder) { d.Append(c.Encoder()) }

// Append writes d as a dict in the order of its fields.
func (d Dict) Append(e *codec.Encoder) {
	e.Map(len(d))
	for i, f := range d {
		if d[:i].Has(f.Key) {
			e.Fail("key %q given twice", f.Key)
			return
		}
		e.Key(f.Key)
		e.Any(f.Value)
	}
	e.EndMap()
}

// Has reports whether one of the fields is called key.
func (d Dict) Has(key string) bool {
	for i := range d {
		if d[i].Key == key {
			return true
		}
	}
	return false
}
