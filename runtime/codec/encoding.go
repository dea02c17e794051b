package codec

import (
	"encoding"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// The functions of this file code a built-in type in another form than its own,
// as the key encoding of the schema says.

// Base64 codes bytes as a string of base64 with padding, in every format.
func Base64(p *[]byte, c *Coder) {
	bytesText(p, c, "base64", base64.StdEncoding.EncodeToString, base64.StdEncoding.DecodeString)
}

// Hex codes bytes as a string of hexadecimal digits, in every format. It writes
// small letters and reads capital ones too.
func Hex(p *[]byte, c *Coder) {
	bytesText(p, c, "hexadecimal digits", hex.EncodeToString, hex.DecodeString)
}

func bytesText(p *[]byte, c *Coder, want string, write func([]byte) string, read func(string) ([]byte, error)) {
	if c.e != nil {
		c.e.Text(write(*p))
		return
	}
	text := c.d.Text()
	v, err := read(text)
	if c.d.err != nil {
		return
	}
	if err != nil {
		c.d.Invalid(want)
		return
	}
	if v == nil {
		v = []byte{}
	}
	*p = v
}

// Bytes16 codes a UUID as its 16 bytes.
func Bytes16(p *[16]byte, c *Coder) {
	if c.e != nil {
		c.e.Binary(p[:])
		return
	}
	b := c.d.Binary()
	if c.d.err == nil && len(b) != len(p) {
		c.d.Invalid("16 bytes")
		return
	}
	copy(p[:], b)
}

// UnixSeconds codes a time as whole seconds since 1970. It also reads fractions.
func UnixSeconds(p *time.Time, c *Coder) { unix(p, c, time.Second) }

// UnixMillis codes a time as whole milliseconds since 1970.
func UnixMillis(p *time.Time, c *Coder) { unix(p, c, time.Millisecond) }

// UnixMicros codes a time as whole microseconds since 1970.
func UnixMicros(p *time.Time, c *Coder) { unix(p, c, time.Microsecond) }

// UnixNanos codes a time as nanoseconds since 1970. It covers the years 1678 to
// 2262.
func UnixNanos(p *time.Time, c *Coder) { unix(p, c, time.Nanosecond) }

// unix codes a time as a number of units, rounded toward the past.
func unix(p *time.Time, c *Coder, unit time.Duration) {
	per := int64(time.Second / unit) // units in a second
	if c.e != nil {
		sec := p.Unix()
		if y := p.UTC().Year(); y < 0 || y > 9999 || per == 1e9 && (sec < math.MinInt64/per || sec >= math.MaxInt64/per) {
			c.e.fail("time", "a time out of range")
			return
		}
		c.e.Int(sec*per + int64(p.Nanosecond())/int64(unit))
		return
	}
	d := c.d
	var sec, nsec int64
	if d.Kind() == KindFloat {
		whole, part := math.Modf(d.Float64() / float64(per))
		if math.Abs(whole) > lastSecond {
			whole = lastSecond + 1
		}
		sec, nsec = int64(whole), int64(math.Round(part*1e9))
	} else {
		n := d.Int(64)
		sec, nsec = n/per, n%per*int64(unit)
	}
	if d.err != nil {
		return
	}
	if sec < firstSecond || sec > lastSecond {
		d.outOfRange("time")
		return
	}
	*p = time.Unix(sec, nsec).UTC()
}

// NativeTime codes a time as the type that the format has for it: MessagePack's
// timestamp, CBOR's tag 1, or tag 0 if a float would lose digits. JSON has none:
// there it is an RFC 3339 text. It reads what [Decoder.Time] reads.
func NativeTime(p *time.Time, c *Coder) {
	e := c.e
	if e == nil {
		*p = c.d.Time()
		return
	}
	sec, nsec := p.Unix(), p.Nanosecond()
	switch {
	case e.f == JSON:
		e.Time(*p)
	case sec < firstSecond || sec > lastSecond:
		e.fail("time", "a year outside 0 to 9999")
	case e.f == MessagePack:
		e.Append(msgpackTimestamp(sec, nsec)...)
	case e.f == CBOR && nsec == 0:
		e.Append(cborTag | 1)
		e.Int(sec)
	case e.f == CBOR:
		e.cborTime(sec, nsec)
	}
}

// msgpackTimestamp is the shortest form of the extension -1.
func msgpackTimestamp(sec int64, nsec int) []byte {
	switch {
	case sec < 0 || sec >= 1<<34:
		b := binary.BigEndian.AppendUint32([]byte{0xc7, 12, 0xff}, uint32(nsec))
		return binary.BigEndian.AppendUint64(b, uint64(sec))
	case nsec == 0 && sec <= math.MaxUint32:
		return binary.BigEndian.AppendUint32([]byte{0xd6, 0xff}, uint32(sec))
	}
	return binary.BigEndian.AppendUint64([]byte{0xd7, 0xff}, uint64(nsec)<<34|uint64(sec))
}

// cborTime writes a time with a fraction: as tag 1 of a float if that holds all
// digits, otherwise as tag 0.
func (e *Encoder) cborTime(sec int64, nsec int) {
	f := float64(sec) + float64(nsec)/1e9
	whole, part := math.Modf(f)
	if int64(whole) == sec && int(part*1e9) == nsec {
		e.Append(cborTag | 1)
		e.Float64(f)
		return
	}
	e.Append(cborTag)
	e.Time(time.Unix(sec, int64(nsec)).UTC())
}

// Seconds codes a duration as whole seconds. It also reads fractions.
func Seconds(p *time.Duration, c *Coder) { units(p, c, time.Second) }

// Micros codes a duration as whole microseconds.
func Micros(p *time.Duration, c *Coder) { units(p, c, time.Microsecond) }

// Nanos codes a duration as nanoseconds.
func Nanos(p *time.Duration, c *Coder) { units(p, c, time.Nanosecond) }

// units codes a duration as a number of units, rounded toward zero.
func units(p *time.Duration, c *Coder, unit time.Duration) {
	if c.e != nil {
		c.e.Int(int64(*p / unit))
		return
	}
	d := c.d
	if d.Kind() == KindFloat {
		v := math.Round(d.Float64() * float64(unit))
		if d.err == nil && !(math.Abs(v) < math.MaxInt64) {
			d.outOfRange("duration")
			return
		}
		*p = time.Duration(v)
		return
	}
	n := d.Int(64)
	if n > math.MaxInt64/int64(unit) || n < math.MinInt64/int64(unit) {
		d.outOfRange("duration")
		return
	}
	*p = time.Duration(n) * unit
}

// GoDuration codes a duration as Go spells it, such as 1h30m0s.
func GoDuration(p *time.Duration, c *Coder) {
	if c.e != nil {
		c.e.Text(p.String())
		return
	}
	v, err := time.ParseDuration(c.d.Text())
	switch {
	case c.d.err != nil:
	case err != nil:
		c.d.Invalid("duration such as 1h30m")
	default:
		*p = v
	}
}

// ISODuration codes a duration as ISO 8601 does, such as PT1H30M. It reads days,
// of 24 hours, and weeks, and refuses months and years, which have no length.
func ISODuration(p *time.Duration, c *Coder) {
	if c.e != nil {
		c.e.Text(isoDuration(*p))
		return
	}
	v, err := parseISODuration(c.d.Text())
	switch {
	case c.d.err != nil:
	case err != nil:
		c.d.Invalid("duration such as PT1H30M")
	default:
		*p = v
	}
}

func isoDuration(v time.Duration) string {
	if v == 0 {
		return "PT0S"
	}
	var b strings.Builder
	u := uint64(v)
	if v < 0 {
		b.WriteByte('-')
		u = -u
	}
	b.WriteString("PT")
	for _, part := range isoTime[:2] {
		if n := u / uint64(part.size); n > 0 {
			b.WriteString(strconv.FormatUint(n, 10) + string(part.mark))
			u %= uint64(part.size)
		}
	}
	if u > 0 {
		sec, frac := u/1e9, u%1e9
		b.WriteString(strconv.FormatUint(sec, 10))
		if frac > 0 {
			digits := strconv.FormatUint(1e9+frac, 10)[1:]
			b.WriteString("." + strings.TrimRight(digits, "0"))
		}
		b.WriteByte('S')
	}
	return b.String()
}

// isoPart is a letter of ISO 8601 and what it stands for.
type isoPart struct {
	mark byte
	size time.Duration
}

var (
	isoDate = []isoPart{{'W', 7 * 24 * time.Hour}, {'D', 24 * time.Hour}}
	isoTime = []isoPart{{'H', time.Hour}, {'M', time.Minute}, {'S', time.Second}}
)

var errISODuration = errors.New("codec: not a duration")

func parseISODuration(s string) (time.Duration, error) {
	s, minus := strings.CutPrefix(s, "-")
	s, ok := strings.CutPrefix(s, "P")
	date, clock, hasTime := strings.Cut(s, "T")
	if !ok || s == "" || hasTime && clock == "" {
		return 0, errISODuration
	}
	days, err := isoParts(date, isoDate)
	if err != nil {
		return 0, err
	}
	rest, err := isoParts(clock, isoTime)
	switch sum := days + rest; {
	case err != nil || sum > 0:
		return 0, errISODuration
	case minus:
		return sum, nil
	case sum == math.MinInt64:
		return 0, errISODuration
	default:
		return -sum, nil
	}
}

// isoParts adds up numbers with letters behind them, in the order of parts. The sum
// is negative: one more of those can be had.
func isoParts(s string, parts []isoPart) (sum time.Duration, err error) {
	for s != "" {
		i := strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && r != '.' && r != ',' })
		if i <= 0 {
			return 0, errISODuration
		}
		number, mark := strings.ReplaceAll(s[:i], ",", "."), s[i]
		for len(parts) > 0 && parts[0].mark != mark {
			parts = parts[1:]
		}
		if len(parts) == 0 {
			return 0, errISODuration
		}
		v, err := isoScaled(number, parts[0].size)
		if sum -= v; err != nil || sum > 0 {
			return 0, errISODuration
		}
		s, parts = s[i+1:], parts[1:]
	}
	return sum, nil
}

// isoScaled is a decimal number of units.
func isoScaled(number string, unit time.Duration) (time.Duration, error) {
	whole, frac, _ := strings.Cut(number, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n > int64(math.MaxInt64/unit) {
		return 0, errISODuration
	}
	v := time.Duration(n) * unit
	if frac == "" {
		return v, nil
	}
	f, err := strconv.ParseFloat("0."+frac, 64)
	if err != nil {
		return 0, errISODuration
	}
	return v + time.Duration(math.Round(f*float64(unit))), nil
}

// Texter is a pointer to a type that has a text form.
type Texter[T any] interface {
	*T
	encoding.TextMarshaler
	encoding.TextUnmarshaler
}

// Text codes a type of another package as the string that its methods make and
// read.
func Text[T any, P Texter[T]](p *T, c *Coder) {
	if c.e != nil {
		b, err := P(p).MarshalText()
		if err != nil {
			c.e.fail("string", "a value that its type cannot write")
			return
		}
		c.e.Text(string(b))
		return
	}
	readText(P(p), c.d, c.d.Text())
}

// DecimalText is [Text] for a decimal number, which may be a number on the wire,
// too.
func DecimalText[T any, P Texter[T]](p *T, c *Coder) {
	if c.e == nil && (c.d.Kind() == KindInt || c.d.Kind() == KindFloat) {
		readText(P(p), c.d, c.d.Number())
		return
	}
	Text[T, P](p, c)
}

func readText(p encoding.TextUnmarshaler, d *Decoder, text string) {
	if d.err == nil && p.UnmarshalText([]byte(text)) != nil {
		d.Invalid("string that its type can read")
	}
}

// Binarier is a pointer to a type that has a binary form.
type Binarier[T any] interface {
	*T
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

// Binary codes a type of another package as the bytes that its methods make and
// read.
func Binary[T any, P Binarier[T]](p *T, c *Coder) {
	if c.e != nil {
		b, err := P(p).MarshalBinary()
		if err != nil {
			c.e.fail("bytes", "a value that its type cannot write")
			return
		}
		c.e.Binary(b)
		return
	}
	d := c.d
	b := d.Binary()
	if d.err == nil && P(p).UnmarshalBinary(b) != nil {
		d.Invalid("bytes that its type can read")
	}
}
