package codec_test

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
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
func allocatedBytes(t *testing.T, f func()) uint64 {
	t.Helper()
	if raceDetector {
		t.Skip("allocations cannot be counted under the race detector")
	}
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

// hollowDecoders decode a list of what costs a peer a byte and us much more, as
// dynamic values and as several types.
var hollowDecoders = map[string]func(*codec.Decoder) any{
	"dynamic": func(d *codec.Decoder) any { return d.Any() },
	"structs": func(d *codec.Decoder) any { return listOf(d, (*hollow).CodeWAMP) },
	"maps": func(d *codec.Decoder) any {
		return listOf(d, func(p *map[string]int64, c *codec.Coder) { codec.Map(c, p, codec.Int64) })
	},
	"lists": func(d *codec.Decoder) any {
		return listOf(d, func(p *[]hollow, c *codec.Coder) { codec.List(c, p, (*hollow).CodeWAMP) })
	},
	"nullable structs": func(d *codec.Decoder) any {
		return listOf(d, func(p **hollow, c *codec.Coder) { codec.Null(p, c, (*hollow).CodeWAMP) })
	},
	"nullable maps": func(d *codec.Decoder) any {
		return listOf(d, func(p *map[string]int64, c *codec.Coder) {
			codec.NullMap(p, c, func(p *map[string]int64, c *codec.Coder) { codec.Map(c, p, codec.Int64) })
		})
	},
	"any": func(d *codec.Decoder) any { return listOf(d, codec.Any) },
}

func listOf[T any](d *codec.Decoder, code func(*T, *codec.Coder)) []T {
	var list []T
	codec.List(d.Coder(), &list, code)
	return list
}

// rounded is what so many bytes may take of the heap. The small pieces of 32-bit
// systems lie less well in its classes of sizes.
func rounded(n int) uint64 {
	if strconv.IntSize == 32 {
		n += n / 4
	}
	return uint64(n)
}

// fourMiB is 4 MiB of a value.
func fourMiB(f codec.Format, value byte) codec.Raw {
	size := 1
	if f == codec.JSON {
		size = map[byte]int{'{': len("{},"), 'n': len("null,"), '[': len("[],")}[value]
	}
	return repeated(f, value, 4<<20/size)
}

// eachLarge is each with WAMPGEN_FULL; otherwise it takes MessagePack, whose values
// are the smallest, since so large a payload takes seconds.
func eachLarge(t *testing.T, f func(t *testing.T, format codec.Format)) {
	t.Helper()
	if os.Getenv("WAMPGEN_FULL") != "" {
		each(t, f)
	} else {
		f(t, codec.MessagePack)
	}
}

// TestBudget_WhatHollowPayloadsMake has 4 MiB of empty structs and maps, lists and
// nulls: what is allocated stays within the budget of the payload.
func TestBudget_WhatHollowPayloadsMake(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	eachLarge(t, func(t *testing.T, f codec.Format) {
		for _, value := range []byte("{n[") {
			r := fourMiB(f, value)
			most := max(64<<20, 16*len(r.Data))
			for name, decode := range hollowDecoders {
				budget := codec.NewBudget(256 << 20)
				var held int
				bytes := allocatedBytes(t, func() { held, _ = decodeBudget(r, budget, func(d *codec.Decoder) { decode(d) }) })
				if bytes > rounded(most)+1<<20 || held > most {
					t.Errorf("%s of %c: %d MiB allocated, %d held", name, value, bytes>>20, held)
				}
			}
		}
	})
}

// TestBudget_Handlers: 256 handlers that each get 4 MiB of that at once, typed and
// dynamic, and keep it, take what their client may have. All of it is given back.
func TestBudget_Handlers(t *testing.T) {
	const handlers, most = 256, 256 << 20
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // all of it lives, so there is nothing to collect
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(hollowDecoders)), func(name string) bool { return name == "dynamic" })
	eachLarge(t, func(t *testing.T, f codec.Format) {
		payloads := []codec.Raw{fourMiB(f, '{'), fourMiB(f, 'n'), fourMiB(f, '[')}
		budget := codec.NewBudget(most)
		kept := make([]any, handlers)
		var held, refused atomic.Int64
		bytes := allocatedBytes(t, func() {
			var running sync.WaitGroup
			for i := range handlers {
				running.Go(func() {
					name := names[i%len(names)]
					if i%32 == 0 { // these read all of it once before they decode, and take the time of this test
						name = "dynamic"
					}
					n, err := decodeBudget(payloads[i%3], budget, func(d *codec.Decoder) { kept[i] = hollowDecoders[name](d) })
					held.Add(int64(n))
					if err != nil {
						refused.Add(1)
					}
				})
			}
			running.Wait()
		})
		if bytes > most+4<<20 || held.Load() > most || refused.Load() == 0 {
			t.Errorf("%d MiB allocated, %d held, %d of %d refused", bytes>>20, held.Load(), refused.Load(), handlers)
		}
		budget.Give(int(held.Load()))
		if n, err := decodeBudget(payloads[0], budget, func(d *codec.Decoder) { d.Any() }); n < 64<<20-4<<10 {
			t.Errorf("all was given back, and %d bytes were left: %v", n, err)
		}
		clear(kept)
		runtime.GC()
	})
}

// branch holds a list of itself.
type branch struct {
	Kids []branch
	V    *int64
}

var branchTable = codec.Table{Fields: []string{"kids:", "v:"}}

func (v *branch) CodeWAMP(c *codec.Coder) {
	if c.Decoding() {
		*v = branch{}
	}
	var s codec.Walk
	for c.Struct(&s, &branchTable) {
		codec.ListField(&s, 0, &v.Kids, codec.Absent, func(p *[]branch, c *codec.Coder) { codec.List(c, p, (*branch).CodeWAMP) })
		codec.Optional(&s, 1, &v.V, codec.Int64)
	}
}

// TestBudget_AnnouncedLists: lists in lists that each announce 1 024 elements, of
// which one comes, take what is allocated from the budget.
func TestBudget_AnnouncedLists(t *testing.T) {
	var b []byte
	for range 31 {
		b = append(b, "\x81\xa4kids\xdc\x04\x00"...)
	}
	b = append(b, bytes.Repeat([]byte{0xc0}, 1100)...)
	var held int
	var err error
	got := allocatedBytes(t, func() {
		held, err = decodeBudget(codec.Raw{Format: codec.MessagePack, Data: b}, codec.NewBudget(256<<20), func(d *codec.Decoder) {
			var v branch
			v.CodeWAMP(d.Coder())
		})
	})
	if err == nil || got > rounded(held)+64<<10 {
		t.Errorf("%d KiB allocated, %d held, %v", got>>10, held, err)
	}
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
