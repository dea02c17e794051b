package codec

// plain returns the first index from i on of a byte that ends a run of plain
// characters in a JSON string: a quote, a backslash or a control character. It is
// len(s) if there is none.
func plain[T string | []byte](s T, i int) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for ; len(s)-i >= 8; i += 8 {
		b := s[i : i+8]
		w := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
			uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
		// In each, the high bit of some byte is set if one of the eight is what
		// the name says.
		quote, slash := w^ones*'"', w^ones*'\\'
		control := (w - ones*' ') &^ w
		quote = (quote - ones) &^ quote
		slash = (slash - ones) &^ slash
		if (control|quote|slash)&highs != 0 {
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
