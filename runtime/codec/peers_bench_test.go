package codec_test

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"testing"
	"unicode/utf8"

	ugorji "github.com/ugorji/go/codec"

	"github.com/wampgen/wampgen/runtime/codec"
)

// transfer is a struct of seven fields, for the comparison with other encoders.
type transfer struct {
	ID       int64    `json:"id" codec:"id"`
	From     string   `json:"from" codec:"from"`
	To       string   `json:"to" codec:"to"`
	Amount   float64  `json:"amount" codec:"amount"`
	Currency string   `json:"currency" codec:"currency"`
	Booked   bool     `json:"booked" codec:"booked"`
	Tags     []string `json:"tags" codec:"tags"`
}

var transferTable = codec.Table{Fields: []string{"id:int64", "from:string", "to:string", "amount:float64", "currency:string", "booked:bool", "tags:list"}}

func (v *transfer) CodeWAMP(c *codec.Coder) {
	if c.Decoding() {
		*v = transfer{}
	}
	var s codec.Walk
	for c.Struct(&s, &transferTable) {
		s.Int64(0, &v.ID)
		s.String(1, &v.From)
		s.String(2, &v.To)
		s.Float64(3, &v.Amount)
		s.String(4, &v.Currency)
		s.Bool(5, &v.Booked)
		s.Value(6, (*listOfString)(&v.Tags))
	}
}

var payment = transfer{
	ID: 1234567, From: "DE89370400440532013000", To: "GB29NWBK60161331926819", Amount: 99.95, Currency: "EUR",
	Booked: true, Tags: []string{"rent", "monthly", "flat 7", "paid"},
}

// trusting switches off the check for UTF-8 that MessagePack demands.
var trusting bool

// handWritten appends v as MessagePack, as one writes it for this one struct.
func handWritten(b []byte, v *transfer) []byte {
	b = append(b, 0x87, 0xa2, 'i', 'd')
	b = handInt(b, v.ID)
	b = handText(append(b, "\xa4from"...), v.From)
	b = handText(append(b, "\xa2to"...), v.To)
	b = append(append(b, "\xa6amount"...), 0xcb)
	b = binary.BigEndian.AppendUint64(b, math.Float64bits(v.Amount))
	b = handText(append(b, "\xa8currency"...), v.Currency)
	b = append(b, "\xa6booked"...)
	if v.Booked {
		b = append(b, 0xc3)
	} else {
		b = append(b, 0xc2)
	}
	b = append(append(b, "\xa4tags"...), 0x90|byte(len(v.Tags)))
	for _, tag := range v.Tags {
		b = handText(b, tag)
	}
	return b
}

func handInt(b []byte, v int64) []byte {
	switch {
	case v >= 0 && v < 128:
		return append(b, byte(v))
	case v >= 0 && v <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(b, 0xce), uint32(v))
	}
	return binary.BigEndian.AppendUint64(append(b, 0xd3), uint64(v))
}

func handText(b []byte, s string) []byte {
	if !trusting && !utf8.ValidString(s) {
		panic("not UTF-8")
	}
	if len(s) < 32 {
		b = append(b, 0xa0|byte(len(s)))
	} else {
		b = append(b, 0xd9, byte(len(s)))
	}
	return append(b, s...)
}

// The handles of ugorji's codec, which copy strings as ours does.
var (
	ugorjiMsgpack = &ugorji.MsgpackHandle{WriteExt: true}
	ugorjiCBOR    = &ugorji.CborHandle{}
)

// BenchmarkPeersEncode encodes one struct of seven fields with this codec, by
// hand, with ugorji's and with encoding/json.
func BenchmarkPeersEncode(b *testing.B) {
	for _, f := range formats {
		b.Run(f.String()+"/generated", func(b *testing.B) {
			b.ReportAllocs()
			var e codec.Encoder
			buf := make([]byte, 0, 1024)
			for b.Loop() {
				e.Reset(f, buf)
				payment.CodeWAMP(e.Coder())
			}
		})
	}
	for name, trust := range map[string]bool{"hand-written": false, "hand-written-unchecked": true} {
		b.Run("msgpack/"+name, func(b *testing.B) {
			trusting = trust
			b.ReportAllocs()
			buf := make([]byte, 0, 1024)
			for b.Loop() {
				buf = handWritten(buf[:0], &payment)
			}
		})
	}
	for name, h := range map[string]ugorji.Handle{"msgpack": ugorjiMsgpack, "cbor": ugorjiCBOR} {
		b.Run(name+"/ugorji", func(b *testing.B) {
			b.ReportAllocs()
			buf := make([]byte, 0, 1024)
			e := ugorji.NewEncoderBytes(&buf, h) // used again, as by the runtime
			for b.Loop() {
				buf = buf[:0]
				e.ResetBytes(&buf)
				if err := e.Encode(&payment); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("json/encoding", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(&payment); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkPeersDecode decodes it, with its keys in the order of the schema and
// shuffled.
func BenchmarkPeersDecode(b *testing.B) {
	raw := map[codec.Format]codec.Raw{}
	for _, f := range formats {
		raw[f] = encode(b, f, func(e *codec.Encoder) { payment.CodeWAMP(e.Coder()) })
		m, err := raw[f].Any()
		if err != nil {
			b.Fatal(err)
		}
		sorted := encode(b, f, func(e *codec.Encoder) { e.Any(m) })
		for name, r := range map[string]codec.Raw{"generated": raw[f], "generated-shuffled": sorted} {
			b.Run(f.String()+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				var d codec.Decoder // used again, as by the runtime and as ugorji's
				for b.Loop() {
					var v transfer
					d.Start(r, "")
					v.CodeWAMP(d.Coder())
					if d.Err() != nil {
						b.Fatal(d.Err())
					}
				}
			})
		}
	}
	for f, h := range map[codec.Format]ugorji.Handle{codec.MessagePack: ugorjiMsgpack, codec.CBOR: ugorjiCBOR} {
		b.Run(f.String()+"/ugorji", func(b *testing.B) {
			b.ReportAllocs()
			d := ugorji.NewDecoderBytes(nil, h)
			for b.Loop() {
				var v transfer
				d.ResetBytes(raw[f].Data)
				if err := d.Decode(&v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("json/encoding", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var v transfer
			if err := json.Unmarshal(raw[codec.JSON].Data, &v); err != nil {
				b.Fatal(err)
			}
		}
	})
}
