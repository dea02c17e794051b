package core

import (
	"errors"
	"fmt"
	"strings"

	"github.com/wampgen/wampgen/runtime/codec"
)

// Append appends the whole message m in format f to dst: its elements, then
// m.Payload if there is one, else m.Args and m.Kwargs, of which empty ones are
// left out (R100 to R102). It fails on an unknown type, an id outside
// 1..[MaxID], and values that the format cannot hold; dst is then returned as
// it was.
func Append(dst []byte, f codec.Format, m *Message) ([]byte, error) {
	n := countPayload(m)
	out, err := AppendHead(dst, f, m, n)
	if err != nil {
		return dst, err
	}
	out, err = appendPayload(out, f, m, n)
	if err != nil {
		return dst, fmt.Errorf("wamp: cannot encode %s: %w", m.Type, err)
	}
	return out, nil
}

// AppendHead appends m in format f to dst up to its payload, which is n values
// (0 to 2) and follows as separate bytes, made between [BeginPayload] and
// [EndPayload]. m.Args, m.Kwargs and m.Payload are not looked at. It allocates
// nothing when dst has room and m.Options is empty. It fails as [Append] does.
func AppendHead(dst []byte, f codec.Format, m *Message, n int) ([]byte, error) {
	l := layoutOf(m.Type)
	if l == nil {
		return dst, fmt.Errorf("wamp: cannot encode %s: want a known message type", m.Type)
	}
	if n < 0 || n > 2 || n > 0 && !l.payload {
		return dst, fmt.Errorf("wamp: cannot encode %s with a payload of %d values", m.Type, n)
	}
	dict, err := encodedDict(f, m)
	if err != nil {
		return dst, dictError(m.Type, err)
	}
	var e codec.Encoder // stays on the stack: nothing below may call e.Any
	e.Reset(f, dst)
	e.List(headCount(l, m, n))
	e.Uint(uint64(m.Type))
	for i := range l.elements {
		if want := appendElement(&e, l, &l.elements[i], m, dict); want != "" {
			return dst, fmt.Errorf("wamp: cannot encode %s.%s: want %s", l.name, l.elements[i].name, want)
		}
	}
	if hasTrailer(l, m) {
		appendDict(&e, dict)
	}
	if err := e.Err(); err != nil {
		return dst, fmt.Errorf("wamp: cannot encode %s: %w", m.Type, err)
	}
	return e.Bytes(), nil
}

// BeginPayload starts e at the end of buf for the payload of a message, whose
// head is made by [AppendHead]: 0 to 2 values, the list Arguments and the dict
// ArgumentsKw. JSON needs a comma in front of them.
func BeginPayload(e *codec.Encoder, f codec.Format, buf []byte) {
	e.Reset(f, buf)
	if f == codec.JSON {
		e.Append(',')
	}
}

// EndPayload ends the payload of n values, which also ends the message. JSON
// needs the closing bracket.
func EndPayload(e *codec.Encoder, n int) {
	if e.Format() != codec.JSON || e.Err() != nil {
		return
	}
	if n > 0 {
		e.Append(']')
		return
	}
	b := e.Bytes()
	b[len(b)-1] = ']' // the comma of BeginPayload
}

// countPayload says how many elements the payload of m takes.
func countPayload(m *Message) int {
	switch {
	case m.Payload != nil:
		return 1
	case !emptyDict(m.Kwargs):
		return 2
	case !emptyList(m.Args):
		return 1
	}
	return 0
}

// appendPayload appends the payload of m as n values.
func appendPayload(dst []byte, f codec.Format, m *Message, n int) ([]byte, error) {
	var e codec.Encoder
	BeginPayload(&e, f, dst)
	switch {
	case n == 0:
	case m.Payload != nil:
		e.Binary(m.Payload)
	case m.Args.Absent():
		e.List(0)
		e.EndList()
	default:
		e.Raw(m.Args)
	}
	if n == 2 {
		e.Raw(m.Kwargs)
	}
	EndPayload(&e, n)
	return e.Bytes(), e.Err()
}

// headCount is the number of elements of the whole message.
func headCount(l *layout, m *Message, n int) int {
	if hasTrailer(l, m) {
		n++
	}
	return l.least() + n
}

// hasTrailer reports whether the optional dict of m is written. Without it, a
// revocation would be no message.
func hasTrailer(l *layout, m *Message) bool {
	return l.trailer != "" && (!m.Details.Absent() || len(m.Options) > 0 || l.revokes && m.Request == 0)
}

// appendElement appends the field of m that el names. It returns what the field
// should have been, "" when it is right.
func appendElement(e *codec.Encoder, l *layout, el *element, m *Message, dict []byte) (want string) {
	switch el.field {
	case fieldRequest, fieldID, fieldPublication:
		id := *m.id(el.field)
		if id > MaxID || id == 0 && !l.revokes {
			return "an id from 1 to 2^53, got an int out of range"
		}
		e.Uint(id)
	case fieldURI, fieldText, fieldRealm:
		if el.field == fieldRealm && m.URI == "" {
			e.Null()
			return ""
		}
		e.Text(*m.text(el.field))
		if e.Err() != nil {
			return "a string of UTF-8, for JSON without NUL at its start"
		}
	case fieldRequestType:
		e.Uint(uint64(m.RequestType))
	case fieldDetails:
		appendDict(e, dict)
	}
	return ""
}

// appendDict appends a dict that is encoded already.
func appendDict(e *codec.Encoder, dict []byte) {
	if len(dict) == 0 {
		e.Map(0)
		e.EndMap()
		return
	}
	if e.Format() == codec.JSON {
		e.Append(',') // never the first element
	}
	e.Append(dict...)
}

// encodedDict returns the Options or Details of m in format f, nil for an empty
// dict. It is made apart from the head, so that the encoder of the head need
// not outlive its function.
func encodedDict(f codec.Format, m *Message) ([]byte, error) {
	switch {
	case !m.Details.Absent() && m.Details.Format == f:
		return m.Details.Data, nil
	case m.Details.Absent() && len(m.Options) == 0:
		return nil, nil
	}
	var e codec.Encoder
	e.Reset(f, nil)
	if m.Details.Absent() {
		m.Options.Append(&e)
	} else {
		e.Raw(m.Details)
	}
	return e.Bytes(), e.Err()
}

// dictError is the error of a dict that could not be encoded. The encoder calls
// it args; it is an Options or Details.
func dictError(t Type, err error) error {
	var e *codec.ValueError
	if !errors.As(err, &e) {
		return fmt.Errorf("wamp: cannot encode %s: %w", t, err)
	}
	own := *e
	own.Path = "Options" + strings.TrimPrefix(e.Path, "args")
	return fmt.Errorf("wamp: cannot encode %s: %w", t, &own)
}
