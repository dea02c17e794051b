package wamp

import (
	"log/slog"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// URIError means that a parameter cannot be part of a URI, or that a URI does
// not have the form of its template. Its text contains no value. [errors.Is]
// reports that it is an [ErrInvalidURI].
type URIError struct {
	// Template is the URI as the schema has it, such as
	// com.acme.order.{order_id}.updated.
	Template string
	// Parameter is the name of the parameter, "" if the URI does not have the form
	// of the template.
	Parameter string
	// Reason says what is wrong, such as "must not be empty".
	Reason string
}

// Error names the parameter and the template, and says what is wrong.
func (e *URIError) Error() string {
	if e.Parameter == "" {
		return "wamp: URI of " + e.Template + " " + e.Reason
	}
	return "wamp: parameter " + e.Parameter + " of " + e.Template + " " + e.Reason
}

// SafeToRetry reports true: nothing was sent.
func (e *URIError) SafeToRetry() bool { return true }

// Is reports whether target is [ErrInvalidURI].
func (e *URIError) Is(target error) bool { return target == ErrInvalidURI }

// For generated code. URIParams is implemented by what has the parameters of a
// URI template.
type URIParams interface {
	// CodeURI writes the parameters into a URI or reads them from one, in the
	// order of the template.
	CodeURI(u *URICoder)
}

// For generated code. URICoder writes the parameters of a URI template into a
// URI, or reads them from one. In a template {name} stands for one component,
// and {name...} at the end for one or more. The zero value is not usable.
type URICoder struct {
	whole    string // the template
	template string // the rest of it
	reading  bool
	lenient  bool   // what is read may be of a peer that is newer
	read     string // the rest of the URI that is read
	written  []byte // the URI that is written
	// pattern reports whether a parameter may be left open, match how a URI
	// matches what was written.
	pattern bool
	match   core.Match
	err     *URIError
}

// writeURI returns the URI that a template becomes with params. If pattern is
// set, parameters may be left open; params that are nil leave all open.
func writeURI(template string, params URIParams, pattern bool) (string, core.Match, error) {
	u := URICoder{whole: template, template: template, pattern: pattern}
	if params != nil {
		params.CodeURI(&u)
	}
	for u.err == nil && strings.Contains(u.template, "{") {
		u.open(u.next())
	}
	if u.err != nil {
		return template, "", u.err
	}
	u.written = append(u.written, u.template...)
	return string(u.written), u.match, nil
}

// readURI reads the parameters of a template from a URI, as strictly as a payload.
func readURI(template, uri string, params URIParams, as codec.Strictness) error {
	u := URICoder{whole: template, template: template, reading: true, read: uri, lenient: as < codec.Closed}
	params.CodeURI(&u)
	if u.err == nil && u.read != u.template {
		u.unlike()
	}
	if u.err != nil {
		return u.err
	}
	return nil
}

// For generated code. ExampleURI reads the parameters of a template from the URI
// of an example. wampgen has checked its form; params stay as they are if it has
// another one, and the log of the process says so.
func ExampleURI(template, uri string, params URIParams) {
	if err := readURI(template, uri, params, codec.Closed); err != nil {
		slog.Error("wamp: URI of an example does not fit", "template", template, "reason", err)
	}
}

// next passes what stands before the next parameter and returns its name, and
// whether it is one of several components.
func (u *URICoder) next() (name string, rest bool) {
	before, after, _ := strings.Cut(u.template, "{")
	name, u.template, _ = strings.Cut(after, "}")
	name, rest = strings.CutSuffix(name, "...")
	if !u.reading {
		u.written = append(u.written, before...)
		return name, rest
	}
	var like bool
	if u.read, like = strings.CutPrefix(u.read, before); !like {
		u.unlike()
	}
	return name, rest
}

// open leaves a parameter open.
func (u *URICoder) open(name string, rest bool) {
	switch {
	case !u.pattern:
		u.fail(name, "is missing")
	case rest:
		u.match = core.MatchPrefix
	case u.match == "":
		u.match = core.MatchWildcard
	}
}

// text writes a parameter.
func (u *URICoder) text(name string, rest bool, s string) {
	if flaw := componentFlaw(s, rest); flaw != "" {
		u.fail(name, flaw)
	}
	u.written = append(u.written, s...)
}

// component reads a parameter.
func (u *URICoder) component(rest bool) string {
	end := strings.IndexByte(u.read, '.')
	if rest || end < 0 {
		end = len(u.read)
	}
	s := u.read[:end]
	u.read = u.read[end:]
	if s == "" {
		u.unlike()
	}
	return s
}

// fail notes the first thing that is wrong.
func (u *URICoder) fail(name, reason string) {
	if u.err == nil {
		u.err = &URIError{Template: u.whole, Parameter: name, Reason: reason}
	}
}

// unlike notes that a URI does not have the form of the template.
func (u *URICoder) unlike() { u.fail("", "does not have the form of the template") }

// componentFlaw says why a text cannot stand for a parameter; "" if it can.
func componentFlaw(s string, rest bool) string {
	if s == "" {
		return "must not be empty"
	}
	if rest && (strings.HasPrefix(s, ".") || strings.HasSuffix(s, ".") || strings.Contains(s, "..")) {
		return "must not have an empty component"
	}
	for _, r := range s {
		switch {
		case r == '.' && !rest:
			return "must not contain a dot"
		case r == '#':
			return "must not contain #"
		case unicode.IsSpace(r):
			return "must not contain white space"
		}
	}
	if !utf8.ValidString(s) {
		return "must be UTF-8"
	}
	return ""
}

// parameter codes one parameter of any type: print and parse convert it, want
// names the type. A nil v is left open.
func parameter[T any](u *URICoder, v *T, want string, print func(T) string, parse func(string) (T, bool)) {
	name, rest := u.next()
	if u.reading {
		s := u.component(rest)
		if u.err != nil {
			return
		}
		parsed, ok := parse(s)
		if !ok {
			u.fail(name, "must be "+want)
			return
		}
		*v = parsed
		u.validate(name, v)
		return
	}
	if v == nil {
		u.open(name, rest)
		return
	}
	u.text(name, rest, print(*v))
	u.validate(name, v)
}

// validate checks a parameter by what its type demands.
func (u *URICoder) validate(name string, v any) {
	if t, ok := v.(interface{ Validate() error }); ok && u.err == nil && !u.lenient {
		if err := t.Validate(); err != nil {
			u.fail(name, "is not valid: "+strings.TrimPrefix(err.Error(), "wamp: "))
		}
	}
}

// For generated code. URIText codes a parameter that is a string.
func URIText[T ~string](u *URICoder, v *T) {
	parameter(u, v, "a string", func(v T) string { return string(v) }, func(s string) (T, bool) { return T(s), true })
}

// For generated code. URIInt codes a parameter that is a signed integer.
func URIInt[T ~int | ~int8 | ~int16 | ~int32 | ~int64](u *URICoder, v *T) {
	print := func(v T) string { return strconv.FormatInt(int64(v), 10) }
	parameter(u, v, "an integer in range", print, func(s string) (T, bool) {
		n, err := strconv.ParseInt(s, 10, 64)
		return T(n), err == nil && print(T(n)) == s
	})
}

// For generated code. URIUint codes a parameter that is an unsigned integer.
func URIUint[T ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64](u *URICoder, v *T) {
	print := func(v T) string { return strconv.FormatUint(uint64(v), 10) }
	parameter(u, v, "an unsigned integer in range", print, func(s string) (T, bool) {
		n, err := strconv.ParseUint(s, 10, 64)
		return T(n), err == nil && print(T(n)) == s
	})
}

// For generated code. URIBool codes a parameter that is true or false.
func URIBool[T ~bool](u *URICoder, v *T) {
	print := func(v T) string { return strconv.FormatBool(bool(v)) }
	parameter(u, v, "true or false", print, func(s string) (T, bool) { return s == "true", s == "true" || s == "false" })
}

// For generated code. URIUUID codes a parameter that is a UUID.
func URIUUID[T ~[16]byte](u *URICoder, v *T) {
	print := func(v T) string { return UUID(v).String() }
	parameter(u, v, "a UUID", print, func(s string) (T, bool) {
		id, err := ParseUUID(s)
		return T(id), err == nil
	})
}
