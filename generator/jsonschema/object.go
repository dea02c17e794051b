package jsonschema

import (
	"bytes"
	"encoding/json"
)

// object is a JSON object whose keys stand in the order of the schema.
type object []member

// member is a key of an object and its value.
type member struct {
	key   string
	value any
}

// with returns o with one more key.
func (o object) with(key string, value any) object { return append(o, member{key, value}) }

// append returns o with the keys of another object behind its own.
func (o object) append(other object) object { return append(o, other...) }

// and returns o with a schema that values must meet as well.
func (o object) and(s object) object {
	for i := range o {
		if o[i].key == "allOf" {
			o[i].value = append(o[i].value.([]object), s)
			return o
		}
	}
	return o.with("allOf", []object{s})
}

// MarshalJSON returns the keys in their order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := encode(m.key)
		if err != nil {
			return nil, err
		}
		value, err := encode(m.value)
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// encode returns a value as JSON that people can read: < and > stay.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimRight(b.Bytes(), "\n"), err
}
