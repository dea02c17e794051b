package wamp

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// URI is a WAMP URI as a value of a payload: components separated by dots, not
// empty and without white space and '#' (the specification's loose check).
type URI string

// Valid reports whether u is a URI without empty components.
func (u URI) Valid() bool { return core.CheckURI(string(u), core.MatchExact, false) == nil }

// For generated code. CodeWAMP codes u as a string.
func (u *URI) CodeWAMP(c *codec.Coder) {
	if e := c.Encoder(); e != nil {
		if !u.Valid() {
			e.Fail("not a URI")
			return
		}
		e.Text(string(*u))
		return
	}
	d := c.Decoder()
	*u = URI(d.Text())
	if d.Err() == nil && !u.Valid() {
		d.Invalid("uri")
	}
}

// ID is the WAMP id of a session, publication, subscription or registration, 1
// to 2^53. Ids can only be compared for equality; their order has no meaning.
type ID uint64

// Valid reports whether id is within 1 to 2^53.
func (id ID) Valid() bool { return id >= 1 && id <= core.MaxID }

// For generated code. CodeWAMP codes id as an integer.
func (id *ID) CodeWAMP(c *codec.Coder) {
	if e := c.Encoder(); e != nil {
		if !id.Valid() {
			e.Fail("not an id: want 1 to 2^53")
			return
		}
		e.Uint(uint64(*id))
		return
	}
	d := c.Decoder()
	*id = ID(d.Uint(64))
	if d.Err() == nil && !id.Valid() {
		d.Invalid("id")
	}
}

// Date is a calendar day without a time zone, "2026-08-22" on the wire. The
// zero value is not a valid day: the encoder refuses it.
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

// Valid reports whether d is a day of the calendar in the years 0 to 9999.
func (d Date) Valid() bool {
	return d.Year >= 0 && d.Year <= 9999 && DateOf(d.In(time.UTC)) == d
}

// In returns the start of the day in a time zone.
func (d Date) In(loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
}

// String returns the form 2026-08-22.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// MarshalText returns the form 2026-08-22. It fails if d is not a valid day.
func (d Date) MarshalText() ([]byte, error) {
	if !d.Valid() {
		return nil, errors.New("wamp: not a date")
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads the form 2026-08-22.
func (d *Date) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDate(string(b))
	return err
}

// For generated code. CodeWAMP codes d as a string. It also reads the days
// since 1970 under CBOR's tag 100 (RFC 8943).
func (d *Date) CodeWAMP(c *codec.Coder) {
	if e := c.Encoder(); e != nil {
		if !d.Valid() {
			e.Fail("not a date")
			return
		}
		e.Text(d.String())
		return
	}
	dec := c.Decoder()
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

// UUID is a UUID of any version. On the wire it is its canonical text.
type UUID [16]byte

// NewUUID returns a random UUID, version 4.
func NewUUID() UUID {
	var u UUID
	_, _ = rand.Read(u[:]) // it never fails
	u[6], u[8] = u[6]&0x0f|0x40, u[8]&0x3f|0x80
	return u
}

// ParseUUID reads the canonical form, 36 characters, in either case.
func ParseUUID(s string) (UUID, error) {
	var u UUID
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return u, errors.New("wamp: not a UUID: want the form 018f2c7a-9b3d-7c44-8f3e-0123456789ab")
	}
	var digits [32]byte
	copy(digits[:], s[:8])
	copy(digits[8:], s[9:13])
	copy(digits[12:], s[14:18])
	copy(digits[16:], s[19:23])
	copy(digits[20:], s[24:])
	if _, err := hex.Decode(u[:], digits[:]); err != nil {
		return UUID{}, errors.New("wamp: not a UUID: want hexadecimal digits")
	}
	return u, nil
}

// String returns the canonical form in lower case.
func (u UUID) String() string {
	b := u.text()
	return string(b[:])
}

// text is the canonical form.
func (u UUID) text() (b [36]byte) {
	hex.Encode(b[:8], u[:4])
	hex.Encode(b[9:13], u[4:6])
	hex.Encode(b[14:18], u[6:8])
	hex.Encode(b[19:23], u[8:10])
	hex.Encode(b[24:], u[10:])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return b
}

// MarshalText returns the canonical form in lower case.
func (u UUID) MarshalText() ([]byte, error) {
	b := u.text()
	return b[:], nil
}

// UnmarshalText reads the canonical form.
func (u *UUID) UnmarshalText(b []byte) (err error) {
	*u, err = ParseUUID(string(b))
	return err
}

// For generated code. CodeWAMP codes u as a string. It also reads 16 bytes
// under CBOR's tag 37.
func (u *UUID) CodeWAMP(c *codec.Coder) {
	if e := c.Encoder(); e != nil {
		b := u.text()
		e.ASCII(b[:])
		return
	}
	d := c.Decoder()
	if tag, _ := d.Tag(); tag == tagUUID && d.Kind() == codec.KindBinary {
		b := d.Binary()
		if d.Err() == nil && len(b) != len(u) {
			d.Invalid("uuid")
			return
		}
		copy(u[:], b)
		return
	}
	s := d.TextBytes()
	if d.Err() != nil {
		return
	}
	v, err := ParseUUID(string(s))
	if err != nil {
		d.Invalid("uuid")
		return
	}
	*u = v
}

// Decimal is a decimal number of any precision as text, "12.50" on the wire.
// The zero value is not a number: the encoder refuses it.
type Decimal string

// Valid reports whether d is an optional sign, digits, and an optional fraction
// and exponent.
func (d Decimal) Valid() bool {
	mantissa, exponent, scientific := strings.Cut(strings.ReplaceAll(string(d), "E", "e"), "e")
	whole, fraction, point := strings.Cut(unsigned(mantissa), ".")
	if scientific && !digits(unsigned(exponent)) {
		return false
	}
	return digits(whole) && (!point || digits(fraction))
}

// unsigned returns s without the one sign that it may begin with.
func unsigned(s string) string {
	if s != "" && (s[0] == '+' || s[0] == '-') {
		return s[1:]
	}
	return s
}

// digits reports whether s is one or more ASCII digits.
func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// Rat returns the exact value. ok is false if d is not valid, or if its
// exponent is beyond ±1000, since the value would take memory without bound.
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

// String returns the text itself.
func (d Decimal) String() string { return string(d) }

// MarshalText returns the text. It fails if d is not a number.
func (d Decimal) MarshalText() ([]byte, error) {
	if !d.Valid() {
		return nil, errors.New("wamp: not a decimal number")
	}
	return []byte(d), nil
}

// UnmarshalText reads a number.
func (d *Decimal) UnmarshalText(b []byte) error {
	if !Decimal(b).Valid() {
		return errors.New("wamp: not a decimal number: want a form such as 12.50")
	}
	*d = Decimal(b)
	return nil
}

// For generated code. CodeWAMP codes d as a string. It also reads a number,
// which some peers send: with the digits as written, in CBOR also those of a
// decimal fraction (tag 4), and for a float the shortest digits that identify
// it.
func (d *Decimal) CodeWAMP(c *codec.Coder) {
	if e := c.Encoder(); e != nil {
		if !d.Valid() {
			e.Fail("not a decimal number")
			return
		}
		e.Text(string(*d))
		return
	}
	dec := c.Decoder()
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
