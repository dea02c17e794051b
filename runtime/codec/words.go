package codec

import (
	"encoding/binary"
	"math/bits"
)

// Eight bytes at a time: all of this compiles to single loads and stores.

func load8[T string | []byte](s T, i int) uint64 {
	b := s[i : i+8]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

func load4[T string | []byte](s T, i int) uint64 {
	b := s[i : i+4]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// special has a high bit set if one of eight bytes ends a run of plain
// characters in a JSON string: a quote, a backslash or a control character.
func special(w uint64) uint64 {
	quote, slash := w^ones*'"', w^ones*'\\'
	return ((w-ones*' ')&^w | (quote-ones)&^quote | (slash-ones)&^slash) & highs
}

// odd has a high bit set if one of eight bytes is not an ASCII character that
// JSON writes as it is. Only bytes behind the first can be wrong.
func odd(w uint64) uint64 {
	control, quote, slash := w-ones*' ', (w^ones*'"')-ones, (w^ones*'\\')-ones
	return (control | quote | slash | w) & highs
}

// plain returns the first index from i on of a byte that ends a run of plain
// characters in a JSON string. It is len(s) if there is none.
func plain[T string | []byte](s T, i int) int {
	for ; len(s)-i >= 8; i += 8 {
		if special(load8(s, i)) != 0 {
			break
		}
	}
	for ; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' {
			break
		}
	}
	return i
}

// plainASCII returns the first index from i on of a byte that is no plain ASCII
// character in a JSON string. It is len(b) if there is none.
func plainASCII(b []byte, i int) int {
	for ; len(b)-i >= 8; i += 8 {
		w := load8(b, i)
		if bad := odd(w); bad != 0 {
			return i + bits.TrailingZeros64(bad)/8 // only bytes behind the first can be wrong
		}
	}
	for ; i < len(b); i++ {
		if c := b[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x80 {
			break
		}
	}
	return i
}

// ascii reports whether b has no byte beyond 0x7f.
func ascii(b []byte) bool {
	n := len(b)
	if n >= 8 {
		var acc uint64
		for i := 0; n-i > 8; i += 8 {
			acc |= load8(b, i)
		}
		return (acc|load8(b, n-8))&highs == 0
	}
	if n >= 4 {
		return (load4(b, 0)|load4(b, n-4))&highs == 0
	}
	var acc byte
	for _, c := range b {
		acc |= c
	}
	return acc < 0x80
}

// move copies s to the beginning of dst, which is not shorter, and reports
// whether all of it is ASCII.
func move(dst []byte, s string) bool {
	n := len(s)
	var acc uint64
	switch {
	case n > 64:
		copy(dst, s)
		return ascii(dst[:n])
	case n >= 8:
		for i := 0; n-i > 8; i += 8 {
			w := load8(s, i)
			binary.LittleEndian.PutUint64(dst[i:], w)
			acc |= w
		}
		w := load8(s, n-8)
		binary.LittleEndian.PutUint64(dst[n-8:], w)
		acc |= w
	case n >= 4:
		a, b := load4(s, 0), load4(s, n-4)
		binary.LittleEndian.PutUint32(dst, uint32(a))
		binary.LittleEndian.PutUint32(dst[n-4:], uint32(b))
		acc = a | b
	case n > 0: // its first byte, the one in the middle and the last
		a, b, c := s[0], s[n/2], s[n-1]
		dst[0], dst[n/2], dst[n-1] = a, b, c
		acc = uint64(a | b | c)
	}
	return acc&highs == 0
}

// moveQuoted writes s in quotes to the beginning of dst, which is longer, and
// reports whether all of it is ASCII that JSON writes as it is.
func moveQuoted(dst []byte, s string) bool {
	dst[len(s)+1], dst[0] = '"', '"'
	dst = dst[1:]
	n := len(s)
	var bad uint64
	switch {
	case n >= 8:
		for i := 0; n-i > 8; i += 8 {
			w := load8(s, i)
			binary.LittleEndian.PutUint64(dst[i:], w)
			bad |= odd(w)
		}
		w := load8(s, n-8)
		binary.LittleEndian.PutUint64(dst[n-8:], w)
		return bad|odd(w) == 0
	case n >= 4:
		a, b := load4(s, 0), load4(s, n-4)
		binary.LittleEndian.PutUint32(dst, uint32(a))
		binary.LittleEndian.PutUint32(dst[n-4:], uint32(b))
		w := a | b<<32
		return odd(w) == 0
	}
	for i := range n {
		c := s[i]
		dst[i] = c
		if c < ' ' || c >= 0x80 || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
