package wamp

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// URI is a WAMP URI as a value of a payload: dotted components that are not
// empty and hold no white space, '.' or '#' (loose check of the specification).
type URI string

// Valid tells whether u is a URI without empty components.
func (u URI) Valid() bool { return core.CheckURI(string(u), core.MatchExact, false) == nil }

// MarshalWAMP encodes u as a string. For generated code.
func (u URI) MarshalWAMP(e *codec.Encoder) {
	if !u.Valid() {
		e.Fail("not a URI")
		return
	}
	e.Text(string(u))
}

// UnmarshalWAMP decodes u from a string. For generated code.
func (u *URI) UnmarshalWAMP(d *codec.Decoder) {
	*u = URI(d.Text())
	if d.Err() == nil && !u.Valid() {
		d.Invalid("uri")
	}
}

// ID is a WAMP id: a session, publication, subscription or registration,
// 1 to 2^53. It means nothing beyond being the same or not.
type ID uint64

// Valid tells whether id is within 1 to 2^53.
func (id ID) Valid() bool { return id >= 1 && id <= core.MaxID }

// MarshalWAMP encodes id as an integer. For generated code.
func (id ID) MarshalWAMP(e *codec.Encoder) {
	if !id.Valid() {
		e.Fail("not an id: want 1 to 2^53")
		return
	}
	e.Uint(uint64(id))
}

// UnmarshalWAMP decodes id from an integer. For generated code.
func (id *ID) UnmarshalWAMP(d *codec.Decoder) {
	*id = ID(d.Uint(64))
	if d.Err() == nil && !id.Valid() {
		d.Invalid("id")
	}
}

// Date is a calendar day without a time zone, "2026-08-22" on the wire. The
// zero value is no day and is refused by the encoder.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the day of t in t's own time zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// ParseDate reads the form 2026-08-22.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, errors.New("wamp: not a date: want the form 2026-08-22")
	}
	return DateOf(t), nil
}

// Valid tells whether d is a day of the calendar, years 0 to 9999.
func (d Date) Valid() bool {
	return d.Year >= 0 && d.Year <= 9999 && DateOf(d.In(time.UTC)) == d
}

// In returns the start of the day in a time zone.
func (d Date) In(loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
}

// String returns the form 2026-08-22.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// MarshalWAMP encodes d as a string. For generated code.
func (d Date) MarshalWAMP(e *codec.Encoder) {
	if !d.Valid() {
		e.Fail("not a date")
		return
	}
	e.Text(d.String())
}

// UnmarshalWAMP decodes d from a string, or from the days since 1970 under
// CBOR's tag 100 (RFC 8943). For generated code.
func (d *Date) UnmarshalWAMP(dec *codec.Decoder) {
	if tag, _ := dec.Tag(); tag == tagDays {
		d.fromDays(dec)
		return
	}
	s := dec.Text()
	if dec.Err() != nil {
		return
	}
	v, err := ParseDate(s)
	if err != nil {
		dec.Invalid("date")
		return
	}
	*d = v
}

// CBOR tags of values that have a type here.
const (
	tagUUID = 37  // 16 bytes
	tagDays = 100 // days since 1970-01-01
)

// fromDays reads the days since 1970.
func (d *Date) fromDays(dec *codec.Decoder) {
	const most = 4_000_000 // days, beyond the year 9999
	n := dec.Int(64)
	v := DateOf(time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(min(max(n, -most), most))))
	switch {
	case dec.Err() != nil:
	case !v.Valid():
		dec.Invalid("date")
	default:
		*d = v
	}
}

// UUID is a UUID of any version, its canonical text on the wire.
type UUID [16]byte

// ParseUUID reads the canonical form, 36 characters, in either case.
func ParseUUID(s string) (UUID, error) {
	var u UUID
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return u, errors.New("wamp: not a UUID: want the form 018f2c7a-9b3d-7c44-8f3e-0123456789ab")
	}
	if _, err := hex.Decode(u[:], []byte(s[:8]+s[9:13]+s[14:18]+s[19:23]+s[24:])); err != nil {
		return UUID{}, errors.New("wamp: not a UUID: want hexadecimal digits")
	}
	return u, nil
}

// String returns the canonical form in lower case.
func (u UUID) String() string {
	h := hex.EncodeToString(u[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// MarshalWAMP encodes u as a string. For generated code.
func (u UUID) MarshalWAMP(e *codec.Encoder) { e.Text(u.String()) }

// UnmarshalWAMP decodes u from a string, or from 16 bytes under CBOR's tag 37.
// For generated code.
func (u *UUID) UnmarshalWAMP(d *codec.Decoder) {
	if tag, _ := d.Tag(); tag == tagUUID && d.Kind() == codec.KindBinary {
		b := d.Binary()
		if d.Err() == nil && len(b) != len(u) {
			d.Invalid("uuid")
			return
		}
		copy(u[:], b)
		return
	}
	s := d.Text()
	if d.Err() != nil {
		return
	}
	v, err := ParseUUID(s)
	if err != nil {
		d.Invalid("uuid")
		return
	}
	*u = v
}

// Decimal is a decimal number of any precision as text, "12.50" on the wire.
// The zero value is no number and is refused by the encoder.
type Decimal string

// Valid tells whether d is an optional sign, digits, and an optional fraction
// and exponent.
func (d Decimal) Valid() bool {
	mantissa, exponent, scientific := strings.Cut(strings.ReplaceAll(string(d), "E", "e"), "e")
	whole, fraction, point := strings.Cut(strings.TrimLeft(mantissa, "+-"), ".")
	switch {
	case len(mantissa)-len(strings.TrimLeft(mantissa, "+-")) > 1:
		return false
	case scientific && !digits(strings.TrimPrefix(strings.TrimPrefix(exponent, "-"), "+")):
		return false
	}
	return digits(whole) && (!point || digits(fraction))
}

// digits tells whether s is one or more ASCII digits.
func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// Rat returns the exact value; ok is false when d is not valid or its exponent
// is beyond ±1000, which would cost memory without bound.
func (d Decimal) Rat() (r *big.Rat, ok bool) {
	if !d.Valid() {
		return nil, false
	}
	if _, exponent, found := strings.Cut(strings.ToLower(string(d)), "e"); found {
		if e, whole := new(big.Int).SetString(exponent, 10); !whole || !e.IsInt64() || e.Int64() > 1000 || e.Int64() < -1000 {
			return nil, false
		}
	}
	return new(big.Rat).SetString(string(d))
}

// MarshalWAMP encodes d as a string. For generated code.
func (d Decimal) MarshalWAMP(e *codec.Encoder) {
	if !d.Valid() {
		e.Fail("not a decimal number")
		return
	}
	e.Text(string(d))
}

// UnmarshalWAMP decodes d from a string, or from a number as some peers send
// it: with the digits that they wrote, in CBOR also those of a decimal fraction
// (tag 4), and of a float the shortest that mean it. For generated code.
func (d *Decimal) UnmarshalWAMP(dec *codec.Decoder) {
	switch dec.Kind() {
	case codec.KindInt, codec.KindFloat:
		*d = Decimal(dec.Number())
	default:
		*d = Decimal(dec.Text())
	}
	if dec.Err() == nil && !d.Valid() {
		dec.Invalid("decimal")
	}
}
