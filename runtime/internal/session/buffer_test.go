package session

import (
	"strings"
	"testing"

	"github.com/wampgen/wampgen/runtime/codec"
)

// A buffer can be begun again, says whether its payload is whole, and is kept
// unless it is large.
func TestPool_Buffer(t *testing.T) {
	var p Pool
	b := p.Buffer(codec.JSON)
	b.Enc.List(1)
	b.Enc.Text("\xff")
	b.Enc.EndList()
	if err := b.Finish(1); err == nil || b.Whole() {
		t.Errorf("a text that is none is a whole payload: %v", err)
	}
	b.Begin(codec.JSON)
	b.Enc.List(1)
	b.Enc.Text("all")
	b.Enc.EndList()
	if err := b.Finish(1); err != nil || !b.Whole() {
		t.Errorf("got %v", err)
	}
	if mem, values := b.Payload(); !strings.Contains(string(mem), `["all"]`) || values != 1 {
		t.Errorf("got %s, %d values", mem, values)
	}
	if b.Size() != len(`["all"]`) || b.Empty() {
		t.Errorf("size %d, empty: %v", b.Size(), b.Empty())
	}
	p.recycle(&Buffer{mem: make([]byte, maxPooled+1)})
	p.recycle(b)
	for range 2 {
		if again := p.Buffer(codec.JSON); again.Whole() || cap(again.mem) > maxPooled {
			t.Errorf("a buffer of %d bytes from the pool, whole: %v", cap(again.mem), again.Whole())
		}
	}
}

// The size of a payload is that of its values, in every format.
func TestBuffer_Size(t *testing.T) {
	var p Pool
	for format, want := range map[codec.Format]int{codec.JSON: len(`["all"],{}`), codec.MessagePack: 6, codec.CBOR: 6} {
		b := p.Buffer(format)
		if err := b.Finish(0); err != nil || b.Size() != 0 || !b.Empty() {
			t.Errorf("%v: nothing has a size of %d bytes, empty: %v, %v", format, b.Size(), b.Empty(), err)
		}
		b.Begin(format)
		b.Enc.List(1)
		b.Enc.Text("all")
		b.Enc.EndList()
		b.Enc.Map(0)
		b.Enc.EndMap()
		if err := b.Finish(2); err != nil || b.Size() != want || b.Empty() {
			t.Errorf("%v: size %d, want %d, empty: %v, %v", format, b.Size(), want, b.Empty(), err)
		}
	}
}
