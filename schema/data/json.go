package data

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/wampgen/wampgen/schema/diag"
)

// Bounds of a document.
const (
	maxBytes = 16 << 20
	maxDepth = 64
)

// Parse reads one JSON value. It refuses documents of more than 16 MiB, more than
// 64 levels of lists and maps, and duplicate keys. Errors begin with the line and
// the column.
func Parse(src []byte) (*Value, error) {
	if len(src) > maxBytes {
		return nil, fmt.Errorf("the JSON has %d bytes; at most %d are read", len(src), maxBytes)
	}
	if !utf8.Valid(src) {
		return nil, errors.New("the JSON is not valid UTF-8")
	}
	p := parser{src: src, dec: json.NewDecoder(bytes.NewReader(src)), line: 1}
	p.dec.UseNumber()
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	p.seek()
	if p.at < len(src) {
		return nil, p.errorf("something follows the value")
	}
	return v, nil
}

// parser reads a document. at is what was read of it, line the line that it is
// on, and begin where this line begins.
type parser struct {
	src             []byte
	dec             *json.Decoder
	at, line, begin int
}

// seek goes to what follows the spaces and marks that come next.
func (p *parser) seek() {
	for p.at < len(p.src) && strings.IndexByte(" \t\r\n,:", p.src[p.at]) >= 0 {
		if p.src[p.at] == '\n' {
			p.line, p.begin = p.line+1, p.at+1
		}
		p.at++
	}
}

// place is where the next token begins.
func (p *parser) place() diag.Span {
	col := 1 + utf8.RuneCount(p.src[p.begin:min(p.at, len(p.src))])
	return diag.Pos{Line: p.line, Col: col}.To(col)
}

func (p *parser) errorf(format string, args ...any) error {
	at := p.place()
	return fmt.Errorf("line %d, column %d: %s", at.Line, at.Col, fmt.Sprintf(format, args...))
}

// next reads a token and returns where it stands.
func (p *parser) next() (json.Token, diag.Span, error) {
	p.seek()
	at := p.place()
	t, err := p.dec.Token()
	if err != nil {
		return nil, at, p.broken(err)
	}
	end := int(p.dec.InputOffset())
	at.End += utf8.RuneCount(p.src[p.at:max(p.at, end)])
	p.at = end
	return t, at, nil
}

// broken says what is wrong with the text.
func (p *parser) broken(err error) error {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		p.at = len(p.src)
		return p.errorf("the JSON ends too early")
	case errors.As(err, &syntax):
		return p.errorf("not JSON: %s", syntax.Error())
	}
	return p.errorf("not JSON: %v", err)
}

// value reads a value at a depth.
func (p *parser) value(depth int) (*Value, error) {
	t, at, err := p.next()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Delim:
		if depth == maxDepth {
			return nil, p.errorf("more than %d levels of lists and maps", maxDepth)
		}
		if t == '[' {
			return p.list(at, depth+1)
		}
		return p.object(at, depth+1)
	case bool:
		return &Value{Kind: Bool, Text: fmt.Sprint(t), Place: at}, nil
	case json.Number:
		return &Value{Kind: Number, Text: string(t), Place: at}, nil
	case string:
		return &Value{Kind: Text, Text: t, Place: at}, nil
	}
	return &Value{Kind: Null, Place: at}, nil
}

func (p *parser) list(at diag.Span, depth int) (*Value, error) {
	v := &Value{Kind: List, List: []*Value{}, Place: at}
	for p.dec.More() {
		item, err := p.value(depth)
		if err != nil {
			return nil, err
		}
		v.List = append(v.List, item)
	}
	_, _, err := p.next()
	return v, err
}

func (p *parser) object(at diag.Span, depth int) (*Value, error) {
	v := &Value{Kind: Map, Map: []Entry{}, Place: at}
	seen := map[string]bool{}
	for p.dec.More() {
		t, at, err := p.next()
		if err != nil {
			return nil, err
		}
		key, _ := t.(string) // the decoder accepts nothing else
		if seen[key] {
			return nil, p.errorf("duplicate key %s", diag.Quote(key))
		}
		seen[key] = true
		inner, err := p.value(depth)
		if err != nil {
			return nil, err
		}
		v.Map = append(v.Map, Entry{key, at, inner})
	}
	_, _, err := p.next()
	return v, err
}

// MarshalJSON returns the value as it is on the wire in JSON: bytes are a string
// of U+0000 and base64. Keys keep their order. Infinity and NaN, which JSON does
// not have, are strings.
func (v *Value) MarshalJSON() ([]byte, error) { return v.AppendJSON(nil), nil }

// AppendJSON appends what MarshalJSON returns.
func (v *Value) AppendJSON(b []byte) []byte {
	v = v.Resolved()
	switch v.Kind {
	case Null:
		return append(b, "null"...)
	case Bool:
		return append(b, v.Text...)
	case Number:
		if !isNumber(v.Text) {
			return appendText(b, v.Text)
		}
		return append(b, v.Text...)
	case Bytes:
		return appendText(b, "\x00"+base64.StdEncoding.EncodeToString([]byte(v.Text)))
	case List:
		b = append(b, '[')
		for i, item := range v.List {
			if i > 0 {
				b = append(b, ',')
			}
			b = item.AppendJSON(b)
		}
		return append(b, ']')
	case Map:
		b = append(b, '{')
		for i, e := range v.Map {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendText(b, e.Key), ':')
			b = e.Value.AppendJSON(b)
		}
		return append(b, '}')
	}
	return appendText(b, v.Text)
}

// appendText appends a string that people can read: < and > stay.
func appendText(b []byte, s string) []byte {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return append(b, `""`...) // a string always has a form
	}
	return append(b, bytes.TrimRight(buf.Bytes(), "\n")...)
}
