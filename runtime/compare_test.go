package wamp_test

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"testing"
	"time"
	"unicode/utf8"

	ugorji "github.com/ugorji/go/codec"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/bench"
)

// plainRecord is bench.Record without its methods, for codecs that go by
// reflection.
type plainRecord struct {
	ID     int64       `json:"id"`
	Name   string      `json:"name"`
	Score  float64     `json:"score"`
	Active bool        `json:"active"`
	Tags   []string    `json:"tags"`
	SeenAt time.Time   `json:"seen_at"` // as MessagePack ugorji has a timestamp of 8 bytes
	Place  *plainPlace `json:"place,omitempty"`
}

type plainPlace struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

func plain() *plainRecord {
	return &plainRecord{record.ID, record.Name, record.Score, record.Active, record.Tags,
		record.SeenAt, &plainPlace{record.Place.Lat, record.Place.Lon}}
}

// BenchmarkCompare has the same struct of seven fields in generated code and in
// others, in one run: MessagePack by hand with and without a check of the UTF-8,
// ugorji, which copies here as we do, and encoding/json.
func BenchmarkCompare(b *testing.B) {
	for _, c := range comparisons(b) {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.f()
			}
		})
	}
}

type comparison struct {
	name string
	f    func()
}

func comparisons(tb testing.TB) []comparison {
	buf := make([]byte, 0, 1024)
	var all []comparison
	add := func(name string, f func()) { all = append(all, comparison{name, f}) }
	add("encode/msgpack/hand", func() { _ = byHand(buf, false) })
	add("encode/msgpack/hand with check", func() { _ = byHand(buf, true) })
	mp, js := new(ugorji.MsgpackHandle), new(ugorji.JsonHandle)
	mp.WriteExt = true
	for _, f := range formats {
		var e codec.Encoder
		add("encode/"+f.String()+"/generated", func() {
			e.Reset(f, buf)
			record.CodeWAMP(e.Coder())
			if e.Err() != nil {
				tb.Fatal(e.Err())
			}
		})
		var in codec.Encoder
		in.Reset(f, nil)
		record.CodeWAMP(in.Coder())
		raw := codec.Raw{Format: f, Data: in.Bytes()}
		var d codec.Decoder // one for all, as a client pools them
		add("decode/"+f.String()+"/generated", func() {
			var v bench.Record
			d.Start(raw, "")
			v.CodeWAMP(d.Coder())
			if d.Err() != nil {
				tb.Fatal(d.Err())
			}
		})
	}
	for name, h := range map[string]ugorji.Handle{"msgpack": mp, "json": js} {
		var data []byte
		e := ugorji.NewEncoderBytes(&data, h)
		v := plain()
		add("encode/"+name+"/ugorji", func() {
			e.ResetBytes(&data)
			if err := e.Encode(v); err != nil {
				tb.Fatal(err)
			}
		})
		var doc []byte
		if err := ugorji.NewEncoderBytes(&doc, h).Encode(v); err != nil {
			tb.Fatal(err)
		}
		d := ugorji.NewDecoderBytes(doc, h)
		add("decode/"+name+"/ugorji", func() {
			var v plainRecord
			d.ResetBytes(doc)
			if err := d.Decode(&v); err != nil {
				tb.Fatal(err)
			}
		})
	}
	doc, err := json.Marshal(plain())
	if err != nil {
		tb.Fatal(err)
	}
	v := plain()
	add("encode/json/encoding-json", func() { _, _ = json.Marshal(v) })
	add("decode/json/encoding-json", func() {
		var v plainRecord
		if err := json.Unmarshal(doc, &v); err != nil {
			tb.Fatal(err)
		}
	})
	return all
}

// byHand appends the record as MessagePack.
func byHand(b []byte, check bool) []byte {
	text := func(s string) {
		if check && !utf8.ValidString(s) {
			panic("no UTF-8")
		}
		if len(s) < 32 {
			b = append(b, 0xa0|byte(len(s)))
		} else {
			b = append(b, 0xd9, byte(len(s)))
		}
		b = append(b, s...)
	}
	float := func(v float64) {
		b = binary.BigEndian.AppendUint64(append(b, 0xcb), math.Float64bits(v))
	}
	b = append(b, "\x87\xa2id\xce"...)
	b = binary.BigEndian.AppendUint32(b, uint32(record.ID))
	b = append(b, "\xa4name"...)
	text(record.Name)
	b = append(b, "\xa5score"...)
	float(record.Score)
	b = append(b, "\xa6active"...)
	if record.Active {
		b = append(b, 0xc3)
	} else {
		b = append(b, 0xc2)
	}
	b = append(b, "\xa4tags"...)
	b = append(b, 0x90|byte(len(record.Tags)))
	for _, t := range record.Tags {
		text(t)
	}
	b = append(b, "\xa7seen_at"...)
	var at [len(time.RFC3339Nano)]byte
	stamp := record.SeenAt.AppendFormat(at[:0], time.RFC3339Nano)
	b = append(append(b, 0xa0|byte(len(stamp))), stamp...)
	b = append(b, "\xa5place\x82\xa3lat"...)
	float(record.Place.Lat)
	b = append(b, "\xa3lon"...)
	float(record.Place.Lon)
	return b
}

// TestCompare_SameBytes: what is compared writes the same, and of generated code
// encoding allocates nothing and decoding what it returns: the record, its name,
// four tags, their list, and the place.
func TestCompare_SameBytes(t *testing.T) {
	var e codec.Encoder
	e.Reset(codec.MessagePack, nil)
	record.CodeWAMP(e.Coder())
	if got := byHand(nil, true); string(got) != string(e.Bytes()) {
		t.Errorf("by hand % x\ngenerated % x", got, e.Bytes())
	}
	for _, c := range comparisons(t) {
		want := map[string]float64{
			"encode/json/generated": 0, "encode/msgpack/generated": 0, "encode/cbor/generated": 0,
			"decode/json/generated": 8, "decode/msgpack/generated": 8, "decode/cbor/generated": 8,
		}
		if most, ok := want[c.name]; ok {
			if got := testing.AllocsPerRun(100, c.f); got != most {
				t.Errorf("%s: %v allocations, want %v", c.name, got, most)
			}
		}
	}
}
