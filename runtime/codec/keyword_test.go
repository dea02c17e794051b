package codec

import (
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// A payload of any form has the keyword argument afterwards, and everything that
// it had before, in place of an argument of that name.
func TestAddKeyword(t *testing.T) {
	many := map[string]any{}
	for i := range 400 {
		many[strconv.Itoa(i)] = int64(i)
	}
	for name, p := range map[string]dynamic{
		"empty":            {},
		"args":             {args: []any{"x", int64(1)}},
		"kwargs":           {kwargs: map[string]any{"a": "b"}},
		"both":             {args: []any{[]any{}}, kwargs: map[string]any{"a": map[string]any{"b": nil}}},
		"there already":    {kwargs: map[string]any{"a": "b", "_meta": "x"}},
		"many":             {kwargs: many},
		"a map as the arg": {args: []any{map[string]any{"_meta": "x"}}},
	} {
		for _, f := range []Format{JSON, MessagePack, CBOR} {
			t.Run(name+"/"+f.String(), func(t *testing.T) {
				var e Encoder
				e.Reset(f, nil)
				e.Append([]byte("head,")...)
				from := len(e.Bytes())
				n := e.AddKeyword(from, e.Payload(&p, nil), "_meta", map[string]string{"k": "ü", "j": ""})
				if err := e.Err(); err != nil || n != 2 || !strings.HasPrefix(string(e.Bytes()), "head,") {
					t.Fatalf("%d values, %q, %v", n, e.Bytes(), err)
				}
				var cut Encoder
				cut.Reset(f, e.Bytes())
				parts := cut.cut(from, 2)
				var got dynamic
				var d Decoder
				d.Payload(Payload{Args: parts[0], Kwargs: parts[1]}, &got, nil, Lenient)
				if err := d.Err(); err != nil {
					t.Fatal(err)
				}
				want := map[string]any{"_meta": map[string]any{"k": "ü", "j": ""}}
				for k, v := range p.kwargs {
					if k != "_meta" {
						want[k] = v
					}
				}
				if len(got.args) != len(p.args) || len(p.args) > 0 && !reflect.DeepEqual(got.args, p.args) || !reflect.DeepEqual(got.kwargs, want) {
					t.Errorf("got %v, want %v and %v", got, p.args, want)
				}
				if texts := parts[1].Lookup("_meta").Texts(); !reflect.DeepEqual(texts, map[string]string{"k": "ü", "j": ""}) {
					t.Errorf("texts %v", texts)
				}
			})
		}
	}
}

// dynamic is a payload of any shape.
type dynamic struct {
	args   []any
	kwargs map[string]any
}

func (p *dynamic) CodeWAMP(c *Coder) { c.Dynamic(&p.args, &p.kwargs) }

// An encoder that has failed stays as it is.
func TestAddKeyword_AfterAFailure(t *testing.T) {
	var e Encoder
	e.Reset(CBOR, nil)
	e.Fail("no")
	if n := e.AddKeyword(0, 0, "k", map[string]string{"a": "b"}); n != 0 || len(e.Bytes()) > 0 {
		t.Errorf("%d values, %q", n, e.Bytes())
	}
}

// What a peer sends in place of a map of texts is left out, and so is what is too
// much.
func TestTexts(t *testing.T) {
	encode := func(v any) Raw {
		var e Encoder
		e.Reset(MessagePack, nil)
		e.Any(v)
		return Raw{MessagePack, e.Bytes()}
	}
	many, large := map[string]any{}, map[string]any{}
	for i := range 1000 {
		many[strconv.Itoa(i)] = "x"
		large[strconv.Itoa(i)] = strings.Repeat("x", 1000)
	}
	for name, row := range map[string]struct {
		raw  Raw
		want int
	}{
		"absent": {Raw{}, 0}, "a text": {encode("x"), 0}, "a list": {encode([]any{"a"}), 0}, "broken": {Raw{CBOR, []byte{0xa1}}, 0},
		"mixed": {encode(map[string]any{"a": "x", "b": 1, "c": nil, "d": map[string]any{}}), 1},
		"many":  {encode(many), 64}, "large": {encode(large), 8},
	} {
		if got := row.raw.Texts(); len(got) != row.want {
			t.Errorf("%s: %d texts, want %d", name, len(got), row.want)
		}
	}
}
