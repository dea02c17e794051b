package codec

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"sync/atomic"
)

// For generated code. Table holds the keys of a struct or a payload, in the
// order of the schema. It holds names only, since tables that refer to one
// another would not compile for recursive types.
type Table struct {
	// Fields are "name:want", where want is the type of the field in errors, or
	// "name:" for a field that may be absent.
	Fields []string
	// Args is how many of the Fields are positional parameters of a payload.
	Args int
	// Result reports whether the table is of a result "returns: T", whose value
	// has no name.
	Result bool
	// Unknown says what becomes of keys that the table does not have.
	Unknown Unknown
	// Variadic reports whether the last of the positional parameters takes all
	// further arguments, see [Variadic]. It has no name on the wire.
	Variadic bool
	// Strict reports whether a keyword with the name of a positional parameter is
	// unknown. Otherwise it is the parameter.
	Strict bool
	// Wrapped reports whether arguments that are one list are taken for what is in
	// that list. The first positional parameter is never a list itself.
	Wrapped bool

	built  atomic.Pointer[layout]
	object atomic.Pointer[layout] // of a payload as one map
}

// Narrow is the largest number of fields that generated code codes without
// groups, see [Walk.Group].
const Narrow = 16

// groupSize is how many fields a [Coder.Struct] visits in one turn if there are
// more than [Narrow].
const groupSize = 4

// layout is a Table made ready for all formats.
type layout struct {
	n, args  int
	result   bool
	strict   bool
	wrapped  bool
	variadic int // the field that takes all further arguments, -1 if none does
	unknown  Unknown
	required []uint64
	names    []string
	wants    []string
	keys     [4][]expected // the key alone, as a document has it
	puts     [4][]prefix   // what is written before a value
	slots    []int32       // a hash table of names: index+1, 0 for none
	shift    uint
}

// expected is a key as it stands in a document, and its first bytes as a word.
type expected struct {
	text    string
	w, mask uint64
}

func expect(text string) expected {
	x := expected{text: text}
	for i := range min(8, len(text)) {
		x.w |= uint64(text[i]) << (8 * i)
		x.mask |= 0xff << (8 * i)
	}
	return x
}

// at reports whether the key stands at the beginning of b.
func (x *expected) at(b []byte) bool {
	if len(b) >= 8 {
		if (load8(b, 0)^x.w)&x.mask != 0 {
			return false
		}
		if len(x.text) <= 8 {
			return true
		}
	}
	return len(b) >= len(x.text) && string(b[:len(x.text)]) == x.text
}

// prefix is what is written before a value, and its first bytes as two words.
type prefix struct {
	text   string
	lo, hi uint64
}

func newPrefix(text string) prefix {
	var b [16]byte
	copy(b[:], text)
	return prefix{text, load8(b[:], 0), load8(b[:], 8)}
}

// put writes x to the beginning of b, which has 16 bytes more than x.
func (x *prefix) put(b []byte) {
	words := (*[16]byte)(b)
	binary.LittleEndian.PutUint64(words[:8], x.lo)
	binary.LittleEndian.PutUint64(words[8:], x.hi)
	if len(x.text) > 16 {
		copy(b, x.text)
	}
}

func (t *Table) layout() *layout {
	if l := t.built.Load(); l != nil {
		return l
	}
	l := newLayout(t, t.Args)
	t.built.Store(l)
	return l
}

// asObject is the layout of a payload as one map.
func (t *Table) asObject() *layout {
	if l := t.object.Load(); l != nil {
		return l
	}
	l := newLayout(t, 0)
	t.object.Store(l)
	return l
}

func newLayout(t *Table, args int) *layout {
	n := len(t.Fields)
	l := &layout{
		n: n, args: args, result: t.Result, strict: t.Strict, wrapped: t.Wrapped, unknown: t.Unknown,
		names: make([]string, n), wants: make([]string, n), required: make([]uint64, (n+63)/64),
	}
	for f := range l.keys {
		l.keys[f], l.puts[f] = make([]expected, n), make([]prefix, n)
	}
	l.variadic = -1
	if t.Variadic && args > 0 {
		l.variadic = args - 1
	}
	size := uint(2)
	for 1<<size < 2*n {
		size++
	}
	l.slots, l.shift = make([]int32, 1<<size), 64-size
	for i, s := range t.Fields {
		at := strings.LastIndexByte(s, ':')
		l.add(i, s[:at], s[at+1:])
	}
	return l
}

// add enters field i.
func (l *layout) add(i int, name, want string) {
	l.names[i], l.wants[i] = name, want
	if want != "" {
		l.required[i/64] |= 1 << (i % 64)
	}
	if i == l.variadic {
		for f := range l.keys {
			l.keys[f][i] = expect("\x00") // is no key
		}
		l.puts[JSON][i] = newPrefix(",")
		return
	}
	h := hash([]byte(name)) >> l.shift
	for l.slots[h] != 0 {
		h = (h + 1) & uint64(len(l.slots)-1)
	}
	l.slots[h] = int32(i + 1)
	js := string(append(appendJSONString([]byte{','}, name), ':'))
	mp := string(append(msgpackText(nil, len(name)), name...))
	cb := string(append(cborHead(nil, cborText, uint64(len(name))), name...))
	l.keys[JSON][i], l.keys[MessagePack][i], l.keys[CBOR][i] = expect(js[1:]), expect(mp), expect(cb)
	if i < l.args {
		l.puts[JSON][i] = newPrefix(",")
		return
	}
	l.puts[JSON][i], l.puts[MessagePack][i], l.puts[CBOR][i] = newPrefix(js), newPrefix(mp), newPrefix(cb)
}

// find returns the index of a key, -1 if it is none.
func (l *layout) find(key []byte) int {
	for h := hash(key) >> l.shift; ; h = (h + 1) & uint64(len(l.slots)-1) {
		i := int(l.slots[h]) - 1
		if i < 0 || string(key) == l.names[i] {
			return i
		}
	}
}

// group returns the turn in which field i is visited: those of the positional
// parameters come first and are not shared with keywords.
func (l *layout) group(i int) int {
	if i < l.args {
		return i / groupSize
	}
	return (l.args+groupSize-1)/groupSize + (i-l.args)/groupSize
}

// hash mixes the length and up to sixteen bytes of a key.
func hash(k []byte) uint64 {
	n := len(k)
	var w uint64
	switch {
	case n >= 8:
		w = binary.LittleEndian.Uint64(k) ^ bits.RotateLeft64(binary.LittleEndian.Uint64(k[n-8:]), 23)
	case n >= 4:
		w = uint64(binary.LittleEndian.Uint32(k)) | uint64(binary.LittleEndian.Uint32(k[n-4:]))<<32
	case n > 0:
		w = uint64(k[0]) | uint64(k[n/2])<<8 | uint64(k[n-1])<<16
	}
	return (w + uint64(n)) * 0x9e3779b97f4a7c15
}
