package wamp

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/wampgen/wampgen/runtime/codec"
)

// Opt is a value that may be absent, null or set: the Go type of `optional
// T|null`. The zero value is absent. Values are compared with == where T is
// comparable.
type Opt[T any] struct {
	value T
	state optState
}

type optState uint8

const (
	optAbsent optState = iota
	optNull
	optSet
)

// Some returns an Opt that is set to v.
func Some[T any](v T) Opt[T] { return Opt[T]{value: v, state: optSet} }

// Null returns an Opt that is null.
func Null[T any]() Opt[T] { return Opt[T]{state: optNull} }

// Get returns the value and reports whether there is one. If there is none it
// returns the zero T.
func (o Opt[T]) Get() (T, bool) { return o.value, o.state == optSet }

// IsAbsent reports whether the key is absent.
func (o Opt[T]) IsAbsent() bool { return o.state == optAbsent }

// IsNull reports whether the key is present and null.
func (o Opt[T]) IsNull() bool { return o.state == optNull }

// IsSet reports whether there is a value.
func (o Opt[T]) IsSet() bool { return o.state == optSet }

// IsZero reports whether o is absent, for the tag omitzero of encoding/json.
func (o Opt[T]) IsZero() bool { return o.state == optAbsent }

// String returns the value as fmt prints it, "null" or "absent".
func (o Opt[T]) String() string {
	switch o.state {
	case optSet:
		return fmt.Sprint(o.value)
	case optNull:
		return "null"
	}
	return "absent"
}

// For generated code. CodeWAMP codes the value or null of an Opt in dynamic
// data. It fails to encode an absent o: only the owner of a key can leave it
// out. Fields are coded by [OptField].
func (o *Opt[T]) CodeWAMP(c *codec.Coder) {
	e := c.Encoder()
	switch {
	case e == nil && c.Decoder().Null():
		*o = Null[T]()
	case e == nil:
		v, ok := c.Decoder().Any().(T)
		if !ok {
			c.Decoder().Invalid("value")
		}
		*o = Some(v)
	case o.state == optSet:
		e.Any(o.value)
	case o.state == optNull:
		e.Null()
	default:
		e.Fail("an absent wamp.Opt cannot be encoded: leave its key out")
	}
}

// For generated code. OptField codes field i of a struct or payload, which may
// be absent or null.
func OptField[T any](s *codec.Walk, i int, o *Opt[T], code func(*T, *codec.Coder)) {
	there := [...]codec.Presence{optAbsent: codec.Absent, optNull: codec.IsNull, optSet: codec.Present}[o.state]
	put, null := s.Begin(i, there)
	switch {
	case null:
		*o = Null[T]()
	case put:
		o.state = optSet
		code(&o.value, s.Coder())
		s.End()
	}
}

// For generated code. OptionalID codes field i, an id that may be absent; *p is
// then nil. Zero is read as absent: routers say so that there is no id.
func OptionalID(s *codec.Walk, i int, p **ID) {
	codec.Optional(s, i, p, codeIDOrZero)
	if *p != nil && **p == 0 && s.Coder().Decoding() {
		*p = nil
	}
}

// codeIDOrZero codes an id, and reads 0.
func codeIDOrZero(id *ID, c *codec.Coder) {
	d := c.Decoder()
	if d == nil {
		id.CodeWAMP(c)
		return
	}
	*id = ID(d.Uint(64))
	if d.Err() == nil && *id != 0 && !id.Valid() {
		d.Invalid("id")
	}
}

// MarshalJSON returns the JSON of the value, or null. It returns null for an
// absent Opt too; use the tag omitzero to leave out its key.
func (o Opt[T]) MarshalJSON() ([]byte, error) {
	if o.state != optSet {
		return []byte("null"), nil
	}
	return json.Marshal(o.value)
}

// UnmarshalJSON sets o to null or to the value. [encoding/json] does not call
// it for an absent key, which leaves o absent.
func (o *Opt[T]) UnmarshalJSON(b []byte) error {
	if bytes.Equal(bytes.TrimSpace(b), []byte("null")) {
		*o = Null[T]()
		return nil
	}
	var v T
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	*o = Some(v)
	return nil
}
