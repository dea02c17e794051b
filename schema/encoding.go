package schema

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// encodings are the forms that a built-in type can have on the wire beside its
// own, with the kind of value that they are.
var encodings = map[Scalar]map[string]string{
	Bytes:    {"base64": "string", "hex": "string"},
	Time:     {"unix": "number", "unix_ms": "number", "unix_us": "number", "unix_ns": "number", "native": "string"},
	Duration: {"s": "number", "us": "number", "ns": "number", "iso8601": "string", "go": "string"},
	UUID:     {"bytes": "bytes"},
}

// encode reads the form that a type has on the wire.
func (r *reader) encode(s section, ref *Ref) {
	n := s.get("encoding")
	if n == nil || !r.isString(n, "encoding") {
		return
	}
	forms := encodings[ref.Scalar]
	if len(forms) == 0 {
		d := r.report(s.entries["encoding"].key.token(), RuleBadValue, "encoding does not apply to %s", ref.spell())
		d.Hint = "it applies to bytes, time, duration and uuid"
		return
	}
	if forms[n.text] == "" {
		var names []string
		for name := range forms {
			names = append(names, name)
		}
		slices.Sort(names)
		d := r.report(n.token(), RuleBadValue, "%s has no encoding %s", ref.Scalar, quote(n.text))
		d.Hint = "its encodings are " + strings.Join(names, ", ")
		return
	}
	ref.Encoding = n.text
}

// encoded is a literal as it is on the wire in another form than its own.
func (v *Value) encoded(encoding string) any {
	at, _ := time.Parse(time.RFC3339Nano, v.Text)
	switch encoding {
	case "unix":
		return at.Unix()
	case "unix_ms":
		return at.UnixMilli()
	case "unix_us":
		return at.UnixMicro()
	case "unix_ns":
		return at.UnixNano()
	case "s":
		return int64(v.Duration / time.Second)
	case "us":
		return v.Duration.Microseconds()
	case "ns":
		return v.Duration.Nanoseconds()
	case "go":
		return v.Duration.String()
	case "iso8601":
		return "PT" + strconv.FormatFloat(v.Duration.Seconds(), 'f', -1, 64) + "S"
	}
	return v.Text
}

// units are what encodings count, which a default must be a whole number of.
var units = map[string]time.Duration{
	"unix": time.Second, "unix_ms": time.Millisecond, "unix_us": time.Microsecond, "s": time.Second, "us": time.Microsecond,
}

// inexact says what is lost of a default in the encoding of its type; "" if
// nothing is.
func inexact(ref *Ref, v *Value) string {
	base := ref.Underlying()
	unit := units[base.Encoding]
	if unit == 0 {
		return ""
	}
	at, _ := time.Parse(time.RFC3339Nano, v.Text)
	if v.Duration%unit != 0 || time.Duration(at.Nanosecond())%unit != 0 {
		return "is more exact than encoding " + base.Encoding
	}
	return ""
}

// goType notes the Go type that a schema asks for beside a built-in type.
func (r *reader) goType(hints *GoHints, ref *Ref) {
	switch {
	case hints == nil || !hints.Type.Given():
	case ref.Scalar == "" || ref.Scalar == Any:
		d := r.report(hints.Type.Place.Span, RuleBadValue, "go.type does not apply to %s", ref.spell())
		d.Hint = "it applies to built-in types but any; define one under  types:  and use its name"
	default:
		ref.Go = hints
	}
}
