package codec

import (
	"encoding/binary"
	"math"
	"slices"
	"time"
)

// The first and the last second of the years 0 to 9999, which RFC 3339 can
// express.
const (
	firstSecond = -62167219200
	lastSecond  = 253402300799
)

// Time decodes a time: an RFC 3339 text, whose offset may lack its colon as that of
// nexus and of strftime does, [MessagePack]'s timestamp extension, or CBOR's tags 0
// and 1. Timestamps and tag 1 are returned in UTC.
func (d *Decoder) Time() time.Time {
	const want = "time"
	var t token
	if !d.value(&t, want) {
		return time.Time{}
	}
	if t.kind == KindText {
		b, ok := d.text(&t)
		var v time.Time
		if !ok || v.UnmarshalText(withColon(b)) != nil {
			d.Invalid(want)
			return time.Time{}
		}
		return v
	}
	if !isTime(&t, d.f) {
		d.wrong(want)
		return time.Time{}
	}
	return d.binaryTime(&t)
}

// withColon returns the text of a time with a colon in its offset: +05:45 for +0545.
func withColon(b []byte) []byte {
	n := len(b)
	if n < 5 || b[n-5] != '+' && b[n-5] != '-' {
		return b
	}
	return slices.Concat(b[:n-2], []byte{':'}, b[n-2:])
}

// isTime reports whether a token that is not text means a time.
func isTime(t *token, f Format) bool {
	switch t.kind {
	case KindExt:
		return f == MessagePack && t.bits == 0xff // type -1
	case KindInt, KindFloat:
		return t.tag == tagEpoch
	}
	return false
}

// binaryTime is the time of a token that isTime holds for.
func (d *Decoder) binaryTime(t *token) time.Time {
	var sec, nsec int64
	var ok bool
	switch t.kind {
	case KindInt:
		sec = int64(t.bits)
		ok = t.bits <= math.MaxInt64
		if t.neg {
			sec = ^sec
		}
	case KindFloat:
		whole, part := math.Modf(math.Float64frombits(t.bits))
		ok = whole >= firstSecond && whole <= lastSecond
		if ok {
			sec, nsec = int64(whole), int64(part*1e9)
		}
	default:
		sec, nsec, ok = msgpackTime(d.data[t.from:t.to])
	}
	if !ok || sec < firstSecond || sec > lastSecond {
		d.Invalid("time")
		return time.Time{}
	}
	return time.Unix(sec, nsec).UTC()
}

// msgpackTime reads the three forms of MessagePack's timestamp extension.
func msgpackTime(b []byte) (sec, nsec int64, ok bool) {
	switch len(b) {
	case 4:
		return int64(binary.BigEndian.Uint32(b)), 0, true
	case 8:
		v := binary.BigEndian.Uint64(b)
		sec, nsec = int64(v&(1<<34-1)), int64(v>>34)
	case 12:
		nsec, sec = int64(binary.BigEndian.Uint32(b)), int64(binary.BigEndian.Uint64(b[4:]))
	default:
		return 0, 0, false
	}
	return sec, nsec, nsec < 1e9
}
