package codec_test

import (
	"bytes"
	"errors"
	"runtime"
	"testing"

	"github.com/wampgen/wampgen/runtime/codec"
)

// hollow is a struct of which every field is optional: it costs a peer one byte.
type hollow struct {
	A, B, C, D, E, F, G, H, I, J *int64
}

var hollowTable = codec.Table{Fields: []string{"a:", "b:", "c:", "d:", "e:", "f:", "g:", "h:", "i:", "j:"}}

func (v *hollow) CodeWAMP(c *codec.Coder) {
	if c.Decoding() {
		*v = hollow{}
	}
	var s codec.Walk
	for c.Struct(&s, &hollowTable) {
		for i, p := range []**int64{&v.A, &v.B, &v.C, &v.D, &v.E, &v.F, &v.G, &v.H, &v.I, &v.J} {
			codec.Optional(&s, i, p, codec.Int64)
		}
	}
}

// repeated is a list of n times one value.
func repeated(f codec.Format, value byte, n int) codec.Raw {
	switch f {
	case codec.JSON:
		item := map[byte]string{'{': "{}", 'n': "null", '[': "[]"}[value]
		b := bytes.Repeat([]byte(item+","), n)
		b[len(b)-1] = ']'
		return codec.Raw{Format: f, Data: append([]byte("["), b...)}
	case codec.MessagePack:
		item := map[byte]byte{'{': 0x80, 'n': 0xc0, '[': 0x90}[value]
		head := []byte{0xdd, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}
		return codec.Raw{Format: f, Data: append(head, bytes.Repeat([]byte{item}, n)...)}
	}
	item := map[byte]byte{'{': 0xa0, 'n': 0xf6, '[': 0x80}[value]
	head := []byte{0x9a, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}
	return codec.Raw{Format: f, Data: append(head, bytes.Repeat([]byte{item}, n)...)}
}

// allocatedBytes is how many bytes f allocates.
func allocatedBytes(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func decodeBudget(r codec.Raw, budget *codec.Budget, decode func(*codec.Decoder)) (held int, err error) {
	var d codec.Decoder
	d.Limit(0, budget)
	d.Start(r, "args")
	decode(&d)
	return d.Held(), d.Err()
}

// TestBudget_WhatHollowPayloadsMake has 4 MiB of what costs a peer a byte and us
// much more: what is allocated stays within the budget of the payload.
func TestBudget_WhatHollowPayloadsMake(t *testing.T) {
	decoders := map[string]func(*codec.Decoder){
		"dynamic": func(d *codec.Decoder) { d.Any() },
		"structs": func(d *codec.Decoder) {
			var list []hollow
			codec.List(d.Coder(), &list, (*hollow).CodeWAMP)
		},
		"maps": func(d *codec.Decoder) {
			var list []map[string]int64
			codec.List(d.Coder(), &list, func(p *map[string]int64, c *codec.Coder) { codec.Map(c, p, codec.Int64) })
		},
		"nullable": func(d *codec.Decoder) {
			var list []*hollow
			codec.List(d.Coder(), &list, func(p **hollow, c *codec.Coder) { codec.Null(p, c, (*hollow).CodeWAMP) })
		},
	}
	each(t, func(t *testing.T, f codec.Format) {
		for _, value := range []byte("{n[") {
			r := repeated(f, value, 1<<20)
			if f != codec.JSON {
				r = repeated(f, value, 4<<20)
			}
			for name, decode := range decoders {
				if name != "dynamic" && (value != '{' || f == codec.CBOR) {
					continue
				}
				budget := codec.NewBudget(256 << 20)
				var held int
				bytes := allocatedBytes(func() { held, _ = decodeBudget(r, budget, decode) })
				most := max(64<<20, 16*len(r.Data))
				if bytes > uint64(most+1<<20) || held > most {
					t.Errorf("%s of %c: %d MiB allocated, %d held", name, value, bytes>>20, held)
				}
			}
		}
	})
}

// TestBudget_OrdinaryData is a list of 20 000 small maps.
func TestBudget_OrdinaryData(t *testing.T) {
	each(t, func(t *testing.T, f codec.Format) {
		r := encode(t, f, func(e *codec.Encoder) {
			e.List(20_000)
			for range 20_000 {
				e.Any(map[string]any{"id": 1, "name": "x"})
			}
			e.EndList()
		})
		if v, err := r.Any(); err != nil || len(v.([]any)) != 20_000 {
			t.Error(err)
		}
	})
}

// TestBudget_Shared: what one payload holds is missing to the next until it is
// given back.
func TestBudget_Shared(t *testing.T) {
	budget := codec.NewBudget(1 << 20)
	r := repeated(codec.MessagePack, '{', 10_000)
	read := func(d *codec.Decoder) { d.Any() }
	held, err := decodeBudget(r, budget, read)
	if err != nil || held < 480_000 {
		t.Fatal(err, held)
	}
	second, err := decodeBudget(r, budget, read)
	if err == nil {
		third, err := decodeBudget(r, budget, read)
		var e *codec.ValueError
		if !errors.As(err, &e) || e.Rule != codec.RuleLimit {
			t.Fatalf("a third fits: %v", err)
		}
		budget.Give(third)
	}
	budget.Give(held)
	budget.Give(second)
	if _, err := decodeBudget(r, budget, read); err != nil {
		t.Fatal(err)
	}
}
