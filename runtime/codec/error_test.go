package codec_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
)

// order is the payload of the worked example: args[1].items[3].quantity.
func order(e *codec.Encoder, put func(*codec.Encoder)) {
	e.List(2)
	e.Text("first")
	e.Map(3)
	e.Key("note")
	e.Null()
	e.Key("items")
	e.List(5)
	for i := range 5 {
		e.Map(2)
		e.Key("sku")
		e.Text("a\"b")
		e.Key("quantity")
		if i == 3 {
			put(e)
		} else {
			e.Int(1)
		}
		e.EndMap()
	}
	e.EndList()
	e.Key("rest")
	e.List(0)
	e.EndList()
	e.EndMap()
	e.EndList()
}

// readOrder reads it, and gives the item with index 3 to read.
func readOrder(d *codec.Decoder, read func(d *codec.Decoder, s codec.Seq)) {
	args := d.List()
	d.Next(&args)
	d.Text()
	d.Next(&args)
	m := d.Map()
	for d.Next(&m) {
		if string(d.Key()) != "items" {
			d.Skip()
			continue
		}
		items := d.List()
		for i := 0; d.Next(&items); i++ {
			if i != 3 {
				d.Skip()
				continue
			}
			s := d.Map()
			read(d, s)
		}
	}
	d.Next(&args)
}

func quantity(get func(*codec.Decoder)) func(*codec.Decoder, codec.Seq) {
	return func(d *codec.Decoder, s codec.Seq) {
		for d.Next(&s) {
			if string(d.Key()) == "quantity" {
				get(d)
			} else {
				d.Skip()
			}
		}
	}
}

// TestPathOfWrongValue has the path and kinds of every way to be wrong.
func TestPathOfWrongValue(t *testing.T) {
	const path = "args[1].items[3].quantity: "
	text := func(e *codec.Encoder) { e.Text("secret") }
	for _, c := range []struct {
		put  func(*codec.Encoder)
		get  func(*codec.Decoder)
		want string
	}{
		{text, func(d *codec.Decoder) { d.Int(64) }, "want int, got string"},
		{text, func(d *codec.Decoder) { d.Int(8) }, "want int8, got string"},
		{text, func(d *codec.Decoder) { d.Uint(16) }, "want uint16, got string"},
		{text, func(d *codec.Decoder) { d.Uint(32) }, "want uint32, got string"},
		{text, func(d *codec.Decoder) { d.Bool() }, "want bool, got string"},
		{text, func(d *codec.Decoder) { d.Float64() }, "want float64, got string"},
		{text, func(d *codec.Decoder) { d.Float32() }, "want float32, got string"},
		{text, func(d *codec.Decoder) { d.Binary() }, "want bytes, got string"},
		{text, func(d *codec.Decoder) { d.List() }, "want list, got string"},
		{text, func(d *codec.Decoder) { d.Map() }, "want map, got string"},
		{text, func(d *codec.Decoder) { d.Time() }, "want time, got invalid string"},
		{text, func(d *codec.Decoder) { d.Text(); d.Invalid("order state") }, "want order state, got invalid string"},
		{(*codec.Encoder).Null, func(d *codec.Decoder) { d.Text() }, "want string, got null"},
		{(*codec.Encoder).Null, func(d *codec.Decoder) { d.List() }, "want list, got null"},
		{func(e *codec.Encoder) { e.Bool(true) }, func(d *codec.Decoder) { d.Int(64) }, "want int, got bool"},
		{func(e *codec.Encoder) { e.Float64(1.5) }, func(d *codec.Decoder) { d.Int(32) }, "want int32, got float"},
		{func(e *codec.Encoder) { e.Float64(1e300) }, func(d *codec.Decoder) { d.Float32() }, "want float32, got float out of range"},
		{func(e *codec.Encoder) { e.Int(300) }, func(d *codec.Decoder) { d.Int(8) }, "want int8, got int out of range"},
		{func(e *codec.Encoder) { e.Int(-1) }, func(d *codec.Decoder) { d.Uint(8) }, "want uint8, got int out of range"},
		{func(e *codec.Encoder) { e.Binary([]byte("secret")) }, func(d *codec.Decoder) { d.Text() }, "want string, got bytes"},
		{func(e *codec.Encoder) { e.Map(0); e.EndMap() }, func(d *codec.Decoder) { d.List() }, "want list, got map"},
		{func(e *codec.Encoder) { e.List(0); e.EndList() }, func(d *codec.Decoder) { d.Int(64) }, "want int, got list"},
	} {
		each(t, func(t *testing.T, f codec.Format) {
			r := encode(t, f, func(e *codec.Encoder) { order(e, c.put) })
			wantError(t, decode(r, "args", func(d *codec.Decoder) { readOrder(d, quantity(c.get)) }), path+c.want)
		})
	}
}

// TestPathOfMissing has the absent keys and arguments.
func TestPathOfMissing(t *testing.T) {
	each(t, func(t *testing.T, f codec.Format) {
		r := encode(t, f, func(e *codec.Encoder) { order(e, (*codec.Encoder).Null) })
		err := decode(r, "args", func(d *codec.Decoder) {
			readOrder(d, func(d *codec.Decoder, s codec.Seq) {
				for d.Next(&s) {
					d.Key()
					d.Skip()
				}
				d.Missing(s, "price", "decimal")
				d.Missing(s, "later", "error")
			})
		})
		wantError(t, err, "args[1].items[3].price: want decimal, missing")
		var e *codec.ValueError
		if !errors.As(err, &e) || e.Found != "missing" || e.Want != "decimal" || e.Offset == 0 || e.Rule != codec.RuleRequired {
			t.Errorf("%#v", e)
		}
	})
}

// TestAbsentDocument reads nothing. // R103.
func TestAbsentDocument(t *testing.T) {
	err := decode(codec.Raw{}, "kwargs", func(d *codec.Decoder) {
		m := d.Map()
		if d.Next(&m) || m.Cap() != 0 || d.Kind() != codec.KindInvalid || d.Null() {
			t.Error("there is something in nothing")
		}
		l := d.List()
		for range 2 {
			if d.Next(&l) {
				t.Error("there is something in nothing")
			}
		}
		if d.Err() != nil {
			t.Error(d.Err())
		}
		d.Missing(m, "id", "int")
	})
	wantError(t, err, "kwargs.id: want int, missing")
	wantError(t, decode(codec.Raw{}, "args", func(d *codec.Decoder) { d.Int(64) }), "args: want int, missing")
	wantError(t, decode(codec.Raw{}, "", func(d *codec.Decoder) { d.Raw() }), "want a value, missing")
	if v, err := (codec.Raw{}).Any(); v != nil || err != nil {
		t.Errorf("%v, %v", v, err)
	}
	if !(codec.Raw{}).Lookup("a").Absent() {
		t.Error("found something in nothing")
	}
}

// TestPathOfTruncated cuts a document at every byte: the error is at the
// place that was cut, and no cut is taken for the whole.
func TestPathOfTruncated(t *testing.T) {
	each(t, func(t *testing.T, f codec.Format) {
		whole := encode(t, f, func(e *codec.Encoder) { order(e, func(e *codec.Encoder) { e.Int(1) }) })
		paths := map[string]bool{}
		for n := 1; n < len(whole.Data); n++ {
			r := codec.Raw{Format: f, Data: whole.Data[:n]}
			err := decode(r, "args", func(d *codec.Decoder) {
				readOrder(d, quantity(func(d *codec.Decoder) { d.Int(64) }))
			})
			if err == nil {
				t.Fatalf("the first %d of %d bytes are taken for the whole", n, len(whole.Data))
			}
			path, _, ok := strings.Cut(err.Error(), ": want well-formed "+f.String()+", got ")
			if !ok {
				t.Fatalf("%d bytes: %v", n, err)
			}
			paths[path] = true
			if err := codec.WellFormed(f, r.Data); err == nil {
				t.Fatalf("the first %d bytes are well-formed", n)
			}
		}
		for _, path := range []string{"args[1].items[3].quantity", "args[1].items[0].sku", "args[1]", "args[1].rest"} {
			if !paths[path] {
				t.Errorf("no cut is at %s: %v", path, paths)
			}
		}
	})
}

// TestPathOfKeys quotes and cuts what a peer calls a key.
func TestPathOfKeys(t *testing.T) {
	each(t, func(t *testing.T, f codec.Format) {
		for key, want := range map[string]string{
			"a_b-9":                        "kwargs.a_b-9",
			"":                             `kwargs[""]`,
			"a b":                          `kwargs["a b"]`,
			"\x1b[31m\n":                   `kwargs["\x1b[31m\n"]`,
			"ä":                            `kwargs["ä"]`,
			strings.Repeat("x", 41):        `kwargs["` + strings.Repeat("x", 40) + `…"]`,
			"x" + strings.Repeat("ä", 100): `kwargs["x` + strings.Repeat("ä", 19) + `…"]`,
		} {
			r := encode(t, f, func(e *codec.Encoder) { e.Map(1); e.Key(key); e.Null(); e.EndMap() })
			err := decode(r, "kwargs", func(d *codec.Decoder) {
				s := d.Map()
				for d.Next(&s) {
					d.Key()
					d.Text()
				}
			})
			wantError(t, err, want+": want string, got null")
		}
	})
}

// TestFirstErrorStays goes on after an error, in this and the next document.
func TestFirstErrorStays(t *testing.T) {
	each(t, func(t *testing.T, f codec.Format) {
		r := encode(t, f, func(e *codec.Encoder) { e.List(2); e.Int(1); e.Int(2); e.EndList() })
		var d codec.Decoder
		d.Start(r, "args")
		s := d.List()
		d.Next(&s)
		d.Text()
		d.Start(r, "kwargs")
		m, l := d.Map(), d.List()
		if d.Next(&s) || d.Next(&m) || d.Next(&l) || d.Null() || d.Bool() || d.Int(64) != 0 || d.Uint(64) != 0 || d.Float64() != 0 || d.Float32() != 0 ||
			d.Text() != "" || d.Binary() != nil || !d.Time().IsZero() || d.Duration() != 0 || d.Any() != nil || !d.Raw().Absent() ||
			d.Key() != nil || d.Kind() != codec.KindInvalid {
			t.Error("a value after an error")
		}
		d.Skip()
		d.End()
		d.Missing(m, "a", "b")
		d.Invalid("c")
		wantError(t, d.Err(), "args[0]: want string, got int")

		var e codec.Encoder
		e.Reset(f, []byte("head"))
		e.Fail("no %s", "way")
		n := len(e.Bytes())
		e.Null()
		e.Bool(true)
		e.Int(-1)
		e.Uint(1)
		e.Float32(1)
		e.Float64(1)
		e.Text("a")
		e.Binary(nil)
		e.Time(time.Time{})
		e.Key("a")
		e.List(1)
		e.EndList()
		e.Map(1)
		e.EndMap()
		e.Any(struct{}{})
		e.Raw(r)
		e.Fail("other")
		wantError(t, e.Err(), "args: no way")
		if len(e.Bytes()) != n {
			t.Error("something is written after an error")
		}
		e.Reset(f, nil)
		if e.Err() != nil || e.Format() != f {
			t.Error("the error outlives Reset")
		}
		e.List(-1)
		wantError(t, e.Err(), "args: want list or map, got a count out of range")
	})
}

// TestPathOfEncoder fails at places of an unfinished payload.
func TestPathOfEncoder(t *testing.T) {
	each(t, func(t *testing.T, f codec.Format) {
		fail := func(e *codec.Encoder) { e.Fail("value %d", 1) }
		for want, put := range map[string]func(*codec.Encoder){
			"args":                      fail,
			"args[0]":                   func(e *codec.Encoder) { e.List(2); fail(e) },
			"args[1].items[3].quantity": func(e *codec.Encoder) { order(e, fail) },
			"args[1]":                   func(e *codec.Encoder) { e.List(2); e.Any([]any{1, map[string]any{"a": 1}}); fail(e) },
			"args[2].b": func(e *codec.Encoder) {
				e.List(3)
				e.Int(-1)
				e.Float64(1)
				e.Map(2)
				e.Key("a")
				e.Binary(nil)
				e.Key("b")
				fail(e)
			},
			"kwargs": func(e *codec.Encoder) { e.List(0); e.EndList(); fail(e) },
			"kwargs.a[0]": func(e *codec.Encoder) {
				e.List(1)
				e.Text("]")
				e.EndList()
				e.Map(1)
				e.Key("a")
				e.List(1)
				fail(e)
			},
		} {
			for _, head := range []string{"", "[48,1,{},\"com.x\""} {
				var e codec.Encoder
				e.Reset(f, []byte(head))
				if f == codec.JSON && head != "" {
					e.Append(',')
				}
				put(&e)
				wantError(t, e.Err(), want+": value 1")
			}
		}
	})
}

// TestNoFormat is a programmer's mistake and gets an error.
func TestNoFormat(t *testing.T) {
	var e codec.Encoder
	e.Int(1)
	if e.Err() == nil {
		t.Error("an encoder without Reset encodes")
	}
	e.Reset(7, nil)
	e.Text("a")
	if e.Err() == nil {
		t.Error("a format that is none encodes")
	}
	if codec.WellFormed(0, []byte("1")) == nil || codec.WellFormed(4, []byte("1")) == nil {
		t.Error("a format that is none decodes")
	}
	if codec.JSON.Binary() || !codec.MessagePack.Binary() || !codec.CBOR.Binary() {
		t.Error("only JSON is text")
	}
	if codec.Format(9).String() != "unknown" || codec.Kind(99).String() != "nothing valid" {
		t.Error("names of nothing")
	}
}
