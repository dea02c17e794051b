package codec_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
)

// record is the generator's output for a struct of seven fields.
type record struct {
	ID    int64
	Name  string
	Price float64
	Open  bool
	Tags  []string
	At    time.Time
	Inner *record
}

func (v *record) append(e *codec.Encoder) {
	n := 6
	if v.Inner != nil {
		n++
	}
	e.Map(n)
	e.Key("id")
	e.Int(v.ID)
	e.Key("name")
	e.Text(v.Name)
	e.Key("price")
	e.Float64(v.Price)
	e.Key("open")
	e.Bool(v.Open)
	e.Key("tags")
	e.List(len(v.Tags))
	for _, x := range v.Tags {
		e.Text(x)
	}
	e.EndList()
	e.Key("at")
	e.Time(v.At)
	if v.Inner != nil {
		e.Key("inner")
		v.Inner.append(e)
	}
	e.EndMap()
}

func (v *record) read(d *codec.Decoder) {
	var seen uint64
	s := d.Map()
	for d.Next(&s) {
		switch string(d.Key()) {
		case "id":
			v.ID = d.Int(64)
			seen |= 1
		case "name":
			v.Name = d.Text()
			seen |= 2
		case "price":
			v.Price = d.Float64()
		case "open":
			v.Open = d.Bool()
		case "tags":
			l := d.List()
			v.Tags = make([]string, 0, l.Cap())
			for d.Next(&l) {
				v.Tags = append(v.Tags, d.Text())
			}
		case "at":
			v.At = d.Time()
		case "inner":
			if !d.Null() {
				v.Inner = new(record)
				v.Inner.read(d)
			}
		default:
			d.Skip()
		}
	}
	if seen&1 == 0 {
		d.Missing(s, "id", "int")
	}
	if seen&2 == 0 {
		d.Missing(s, "name", "string")
	}
}

func sample() *record {
	v := record{ID: 1<<53 + 1, Name: "a name that is longer than thirty-two bytes", Price: 12.75, Open: true,
		Tags: []string{"red", "green", "blue", "ultraviolet"}, At: time.Date(2026, 8, 22, 1, 2, 3, 4, time.UTC)}
	inner := v
	v.Inner = &inner
	return &v
}

// decodeRecord has the shape of generated code: the Decoder must stay on the stack.
func decodeRecord(r codec.Raw, v *record) error {
	var d codec.Decoder
	d.Start(r, "args")
	v.read(&d)
	d.End()
	return d.Err()
}

func TestNoAllocations(t *testing.T) {
	each(t, func(t *testing.T, f codec.Format) {
		in := sample()
		var e codec.Encoder
		buf := make([]byte, 0, 4096)
		none(t, "encoding", 0, func() {
			e.Reset(f, buf)
			in.append(&e)
		})
		r := codec.Raw{Format: f, Data: e.Bytes()}
		var out record
		if err := decodeRecord(r, &out); err != nil || !reflect.DeepEqual(out, *in) {
			t.Fatalf("%v, %+v", err, out)
		}
		// Of each record: the name and the slice of the tags. The tags of both share
		// one piece of memory; and the inner record.
		none(t, "decoding", 2*2+1+1, func() {
			out = record{}
			_ = decodeRecord(r, &out)
		})
		none(t, "WellFormed", 0, func() { _ = codec.WellFormed(f, r.Data) })
		none(t, "Lookup", 0, func() { _ = r.Lookup("inner").Lookup("at") })
		none(t, "numbers", 0, func() {
			var d codec.Decoder
			d.Start(r.Lookup("price"), "")
			_ = d.Kind()
			_ = d.Float32()
			d.Start(r.Lookup("id"), "")
			_ = d.Int(64)
			d.Start(r.Lookup("tags"), "")
			s := d.List()
			for d.Next(&s) {
				d.Skip()
			}
			d.Start(r.Lookup("at"), "")
			_ = d.Null()
			_ = d.Time()
			d.Start(r.Lookup("at"), "")
			_ = d.Raw()
		})
		none(t, "splicing", 0, func() {
			e.Reset(f, buf)
			e.Raw(r)
		})
	})
}

func none(t *testing.T, what string, want float64, f func()) {
	t.Helper()
	if got := testing.AllocsPerRun(100, f); got != want {
		t.Errorf("%s allocates %v times, want %v", what, got, want)
	}
}

func BenchmarkEncode(b *testing.B) {
	for _, f := range formats {
		b.Run(f.String(), func(b *testing.B) {
			in, buf := sample(), make([]byte, 0, 4096)
			var e codec.Encoder
			b.ReportAllocs()
			for b.Loop() {
				e.Reset(f, buf)
				in.append(&e)
			}
			b.SetBytes(int64(len(e.Bytes())))
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	benchmark(b, func(r codec.Raw) { var v record; _ = decodeRecord(r, &v) })
}

func BenchmarkWellFormed(b *testing.B) {
	benchmark(b, func(r codec.Raw) { _ = codec.WellFormed(r.Format, r.Data) })
}

func BenchmarkAny(b *testing.B) {
	benchmark(b, func(r codec.Raw) { _, _ = r.Any() })
}

// BenchmarkLongText has what payloads are mostly made of where they are big.
func BenchmarkLongText(b *testing.B) {
	for name, piece := range map[string]string{"ascii": "plain ASCII text ", "latin": "über größere Maße "} {
		text := strings.Repeat(piece, 250)
		for _, f := range formats {
			b.Run(name+"/"+f.String()+"/encode", func(b *testing.B) {
				buf := make([]byte, 0, 16<<10)
				var e codec.Encoder
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					e.Reset(f, buf)
					e.Text(text)
				}
			})
			r := encode(b, f, func(e *codec.Encoder) { e.Text(text) })
			b.Run(name+"/"+f.String()+"/decode", func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					var d codec.Decoder
					d.Start(r, "")
					_ = d.Text()
				}
			})
		}
	}
}

func benchmark(b *testing.B, f func(codec.Raw)) {
	for _, format := range formats {
		b.Run(format.String(), func(b *testing.B) {
			r := encode(b, format, sample().append)
			b.SetBytes(int64(len(r.Data)))
			b.ReportAllocs()
			for b.Loop() {
				f(r)
			}
		})
	}
}
