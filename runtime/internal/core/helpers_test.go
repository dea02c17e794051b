package core

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"github.com/wampgen/wampgen/runtime/codec"
)

var formats = []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR}

// encode writes v as one document.
func encode(tb testing.TB, f codec.Format, v any) []byte {
	tb.Helper()
	var e codec.Encoder
	e.Reset(f, nil)
	e.Any(v)
	if e.Err() != nil {
		tb.Fatalf("%v: cannot encode %v: %v", f, v, e.Err())
	}
	return e.Bytes()
}

// raw is encode as a codec.Raw.
func raw(tb testing.TB, f codec.Format, v any) codec.Raw {
	tb.Helper()
	return codec.Raw{Format: f, Data: encode(tb, f, v)}
}

// ordered decodes a value with its dicts as Dict, in the order of the bytes.
func ordered(tb testing.TB, d *codec.Decoder) any {
	tb.Helper()
	switch d.Kind() {
	case codec.KindList:
		list := []any{}
		for s := d.List(); d.Next(&s); {
			list = append(list, ordered(tb, d))
		}
		return list
	case codec.KindMap:
		dict := Dict{}
		for s := d.Map(); d.Next(&s); {
			k := string(d.Key())
			dict = append(dict, Field{k, ordered(tb, d)})
		}
		return dict
	}
	return d.Any()
}

// orderedRaw is ordered for a whole document; an absent r gives nil.
func orderedRaw(tb testing.TB, r codec.Raw) any {
	tb.Helper()
	if r.Absent() {
		return nil
	}
	var d codec.Decoder
	d.Start(r, "")
	v := ordered(tb, &d)
	if d.End(); d.Err() != nil {
		tb.Fatalf("%v: %v", r.Format, d.Err())
	}
	return v
}

// content is a message without bytes, for comparing across formats. Empty payloads equal missing ones (R103).
type content struct {
	Type, RequestType        Type
	Request, ID, Publication uint64
	URI, Text, Payload       string
	Details, Args, Kwargs    any
}

func contentOf(tb testing.TB, m *Message) content {
	tb.Helper()
	c := content{Type: m.Type, RequestType: m.RequestType, Request: m.Request, ID: m.ID, Publication: m.Publication, URI: m.URI, Text: m.Text}
	if m.Payload != nil {
		c.Payload = "0x" + hex.EncodeToString(m.Payload)
	}
	for _, p := range []struct {
		to   *any
		from codec.Raw
	}{{&c.Details, m.Details}, {&c.Args, m.Args}, {&c.Kwargs, m.Kwargs}} {
		v, err := p.from.Any()
		if err != nil {
			tb.Fatalf("%v: %v", m.Type, err)
		}
		if n := reflect.ValueOf(v); v == nil || n.Len() == 0 {
			v = nil
		}
		*p.to = v
	}
	return c
}

// plain turns json.Number into int64 or float64, so that it compares with what the codec decodes.
func plain(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64()
		return f
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = plain(v[k])
		}
	}
	return v
}

// parseAny parses the message given as a list.
func parseAny(tb testing.TB, f codec.Format, v any) (*Message, error) {
	tb.Helper()
	m := new(Message)
	err := Parse(f, encode(tb, f, v), m)
	if err != nil {
		if _, ok := err.(*Violation); !ok {
			tb.Fatalf("error is a %T, want *Violation", err)
		}
	}
	return m, err
}

// caseName makes the name of a subtest for any value.
func caseName(f codec.Format, v any) string { return fmt.Sprintf("%v/%v", f, v) }
