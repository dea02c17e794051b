package value

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/data"
)

// units are what encodings of times and durations count.
var units = map[string]time.Duration{
	"unix": time.Second, "unix_ms": time.Millisecond, "unix_us": time.Microsecond, "unix_ns": time.Nanosecond,
	"": time.Millisecond, "s": time.Second, "us": time.Microsecond, "ns": time.Nanosecond,
}

// The seconds of the years 0 to 9999, which RFC 3339 can express.
const firstSecond, lastSecond = -62167219200, 253402300799

// bareOffset is the end of a time whose offset lacks its colon.
var bareOffset = regexp.MustCompile(`[+-]\d{4}$`)

func (w *walker) time(base *schema.Ref, v *data.Value, at *path) *data.Value {
	counted := strings.HasPrefix(base.Encoding, "unix")
	if r := v.Resolved(); counted && r.Kind == data.Number {
		return w.unix(sent(r), v, units[base.Encoding], at)
	}
	isText := v.Kind == data.Text || v.Kind == data.Plain || v.Kind == data.Time
	switch {
	case counted && !(w.written && isText), !isText:
		return w.wrong(at, v, "time")
	}
	t, err := time.Parse(time.RFC3339Nano, v.Text)
	if err != nil && !w.written && bareOffset.MatchString(v.Text) { // peers write that, and it is read
		n := len(v.Text) - 2
		t, err = time.Parse(time.RFC3339Nano, v.Text[:n]+":"+v.Text[n:])
	}
	switch {
	case err != nil:
		return w.fail(at, v, ruleForm, "time such as 2026-08-22T15:04:05Z", "another string")
	case counted: // its zone may bring it out of these years
		return w.unix(sinceEpoch(t, units[base.Encoding]), v, units[base.Encoding], at)
	case base.Encoding == "native":
		return &data.Value{Kind: data.Time, Text: v.Text}
	}
	return &data.Value{Kind: data.Text, Text: v.Text}
}

// unix is a time as the digits of a number of units since 1970.
func (w *walker) unix(digits string, v *data.Value, unit time.Duration, at *path) *data.Value {
	n, ok := exact(digits)
	if !ok || !inYears(n, unit) || n.IsInt() && !n.Num().IsInt64() {
		return w.fail(at, v, ruleRange, "time", "a number out of its range")
	}
	return &data.Value{Kind: data.Number, Text: digits}
}

// sent is the digits of a number as a client sends it: rounded to a float64 if it
// is written as a fraction.
func sent(v *data.Value) string { return data.Of(v.Any()).Text }

// sinceEpoch counts units since 1970, rounded toward the past.
func sinceEpoch(t time.Time, unit time.Duration) string {
	n := new(big.Int).Mul(big.NewInt(t.Unix()), big.NewInt(int64(time.Second/unit)))
	return n.Add(n, big.NewInt(int64(t.Nanosecond())/int64(unit))).String()
}

// inYears reports whether a number of units since 1970 is in the years 0 to 9999.
func inYears(n *big.Rat, unit time.Duration) bool {
	per := new(big.Rat).SetInt64(int64(time.Second / unit))
	sec := new(big.Rat).Quo(n, per)
	return sec.Cmp(new(big.Rat).SetInt64(firstSecond)) >= 0 && sec.Cmp(new(big.Rat).SetInt64(lastSecond+1)) < 0
}

func (w *walker) duration(base *schema.Ref, v *data.Value, at *path) *data.Value {
	unit := units[base.Encoding] // 0 if it is a string
	r := v.Resolved()
	if unit == 0 && r.Kind != data.Text || unit != 0 && r.Kind != data.Number && !(w.written && r.Kind == data.Text) {
		return w.wrong(at, v, "duration")
	}
	if r.Kind == data.Number {
		r = &data.Value{Kind: r.Kind, Text: sent(r), Place: r.Place}
	}
	d, ok := parseDuration(base.Encoding, r)
	if w.written && !ok && r.Kind == data.Text {
		d, ok = anyDuration(r.Text)
	}
	switch {
	case r.Kind == data.Number && base.Encoding == "" && wholeNumber(r.Text) == "":
		return w.fail(at, v, ruleType, "a whole number of milliseconds", "float")
	case !ok && r.Kind == data.Number:
		return w.fail(at, v, ruleRange, "duration", "a number out of its range")
	case !ok:
		return w.fail(at, v, ruleForm, "duration such as "+durationLike(base.Encoding), "another string")
	case r.Kind == data.Number:
		return &data.Value{Kind: data.Number, Text: r.Text}
	case unit != 0:
		return &data.Value{Kind: data.Number, Text: strconv.FormatInt(int64(d/unit), 10)}
	case base.Encoding == "go":
		return &data.Value{Kind: data.Text, Text: d.String()}
	case !isoForm.MatchString(r.Text): // a person wrote it as Go does
		return &data.Value{Kind: data.Text, Text: isoText(d)}
	}
	return &data.Value{Kind: data.Text, Text: r.Text}
}

// durationLike is a duration in an encoding.
func durationLike(encoding string) string {
	if encoding == "iso8601" {
		return "PT1H30M"
	}
	return "1h30m"
}

// parseDuration reads a duration as it is on the wire.
func parseDuration(encoding string, v *data.Value) (time.Duration, bool) {
	switch {
	case encoding == "go":
		d, err := time.ParseDuration(v.Text)
		return d, err == nil
	case encoding == "iso8601":
		return isoDuration(v.Text)
	case v.Kind != data.Number:
		return 0, false
	}
	n, ok := exact(v.Text)
	if !ok {
		return 0, false
	}
	n.Mul(n, new(big.Rat).SetInt64(int64(units[encoding])))
	whole := new(big.Int).Quo(n.Num(), n.Denom())
	return time.Duration(whole.Int64()), whole.IsInt64()
}

// anyDuration reads a duration as people write it.
func anyDuration(text string) (time.Duration, bool) {
	if d, err := time.ParseDuration(text); err == nil {
		return d, d > math.MinInt64 // whose opposite is none
	}
	return isoDuration(text)
}

// isoNumber is a number of ISO 8601, and isoForm a duration that has a length: no
// months and years.
const isoNumber = `([0-9]+(?:[.,][0-9]+)?)`

var isoForm = regexp.MustCompile(`^(-)?P(?:` + isoNumber + `W)?(?:` + isoNumber + `D)?` +
	`(?:T(?:` + isoNumber + `H)?(?:` + isoNumber + `M)?(?:` + isoNumber + `S)?)?$`)

// isoDuration reads a duration in ISO 8601.
func isoDuration(text string) (time.Duration, bool) {
	parts := isoForm.FindStringSubmatch(text)
	if parts == nil || len(text) > longest || strings.HasSuffix(text, "P") || strings.HasSuffix(text, "T") {
		return 0, false
	}
	sum := new(big.Rat)
	for i, unit := range []time.Duration{7 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second} {
		if n, ok := new(big.Rat).SetString(strings.ReplaceAll(parts[i+2], ",", ".")); ok {
			sum.Add(sum, n.Mul(n, new(big.Rat).SetInt64(int64(unit))))
		}
	}
	half := big.NewRat(1, 2)
	nanos := new(big.Int).Quo(sum.Add(sum, half).Num(), sum.Denom())
	if parts[1] != "" {
		nanos.Neg(nanos)
	}
	return time.Duration(nanos.Int64()), nanos.IsInt64() && nanos.CmpAbs(big.NewInt(math.MaxInt64)) <= 0
}

// isoText writes a duration in ISO 8601, in seconds.
func isoText(d time.Duration) string {
	seconds := new(big.Rat).SetFrac64(int64(d), int64(time.Second)).FloatString(9)
	seconds = strings.TrimSuffix(strings.TrimRight(seconds, "0"), ".")
	if number, negative := strings.CutPrefix(seconds, "-"); negative {
		return "-PT" + number + "S"
	}
	return "PT" + seconds + "S"
}
