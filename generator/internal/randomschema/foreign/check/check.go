// Package check proves that values of generated types survive. The packages that
// command foreign writes register their types; [Main] is their program.
package check

import (
	"context"
	"errors"
	"fmt"
	"log"
	"maps"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/runtime/codec"
)

// registered is one type of a package. A payload may be several encoded values.
type registered struct {
	name    string
	payload bool
	make    func() codec.Value
}

var all []registered

// Types registers the types of a package. The names of payloads end in "()".
func Types(pkg string, types map[string]func() codec.Value) {
	for _, name := range slices.Sorted(maps.Keys(types)) {
		plain, payload := strings.CutSuffix(name, "()")
		all = append(all, registered{pkg + "." + plain, payload, types[name]})
	}
}

// rounds is how many random values of a type are tried.
const rounds = 6

// Main checks random values of all registered types, and ends the process.
func Main() {
	ctx := context.Background()
	pairs, err := pairs(ctx)
	if err != nil {
		log.Fatal(err)
	}
	failed := 0
	for i, t := range all {
		if err := t.holds(ctx, rand.New(rand.NewPCG(uint64(i), 1)), pairs); err != nil {
			fmt.Printf("%s: %v\n", t.name, err)
			failed++
		}
	}
	fmt.Printf("%d types, %d values each, three formats, a foreign library for each, and calls over a router in %d pairs of formats\n",
		len(all), rounds, len(pairs))
	if failed > 0 {
		fmt.Printf("%d types failed\n", failed)
		os.Exit(1)
	}
	os.Exit(0)
}

// holds checks values of one type.
func (t registered) holds(ctx context.Context, r *rand.Rand, pairs []pair) error {
	if !t.payload {
		pairs = nil
	}
	for _, p := range pairs {
		if err := t.serve(ctx, p); err != nil {
			return err
		}
	}
	for range rounds {
		v := t.make()
		fill(r, reflect.ValueOf(v).Elem(), 0)
		decoded, err := t.survives(v)
		if err != nil {
			return err
		}
		for _, p := range pairs {
			if err := t.called(ctx, p, v, decoded); err != nil {
				return err
			}
		}
	}
	return nil
}

// survives checks one value, and returns what it is decoded to: a field that is left
// out may have a default, so that is compared and not the value itself.
func (t registered) survives(v codec.Value) (first codec.Value, err error) {
	for _, f := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
		sent, err := t.encode(v, f)
		if err != nil {
			return nil, fmt.Errorf("%v: encode: %w", f, err)
		}
		got, err := t.decode(sent)
		if err != nil {
			return nil, fmt.Errorf("%v: decode: %w", f, err)
		}
		if first == nil {
			first = got
		}
		if !same(got, first) {
			return nil, fmt.Errorf("%v: decodes to another value than JSON", f)
		}
		again, err := t.encode(got, f)
		if err != nil {
			return nil, fmt.Errorf("%v: encode again: %w", f, err)
		}
		if err := equal(sent, again); err != nil {
			return nil, fmt.Errorf("%v: encoded again: %w", f, err)
		}
		back, err := abroad(sent)
		if err != nil {
			return nil, fmt.Errorf("%v: foreign library: %w", f, err)
		}
		if got, err = t.decode(back); err != nil {
			return nil, fmt.Errorf("%v: decode from the foreign library: %w", f, err)
		}
		if !same(got, first) {
			return nil, fmt.Errorf("%v: another value after the foreign library", f)
		}
	}
	return first, nil
}

// encode returns the encoded value, or of a payload none to two.
func (t registered) encode(v codec.Value, f codec.Format) ([]codec.Raw, error) {
	var e codec.Encoder
	e.Reset(f, nil)
	n := 1
	if t.payload {
		n = e.Payload(v, nil)
	} else {
		v.CodeWAMP(e.Coder())
	}
	if err := e.Err(); err != nil {
		return nil, err
	}
	return apart(f, e.Bytes(), n)
}

// apart takes n values apart that stand side by side.
func apart(f codec.Format, data []byte, n int) (values []codec.Raw, err error) {
	list := append([]byte{'['}, append(data, ']')...)
	switch f {
	case codec.MessagePack:
		list = append([]byte{0x90 | byte(n)}, data...)
	case codec.CBOR:
		list = append([]byte{0x80 | byte(n)}, data...)
	}
	var d codec.Decoder
	d.Start(codec.Raw{Format: f, Data: list}, "")
	for s := d.List(); d.Next(&s); {
		values = append(values, d.Raw())
	}
	if d.End(); d.Err() != nil {
		return nil, d.Err()
	}
	return values, nil
}

// decode decodes what encode returned.
func (t registered) decode(values []codec.Raw) (codec.Value, error) {
	v := t.make()
	var d codec.Decoder
	if !t.payload {
		d.Start(values[0], "")
		v.CodeWAMP(d.Coder())
		d.End()
		return v, d.Err()
	}
	var p codec.Payload
	for i, part := range []*codec.Raw{&p.Args, &p.Kwargs} {
		if i < len(values) {
			*part = values[i]
		}
	}
	d.Payload(p, v, nil, codec.Input)
	return v, d.Err()
}

// equal compares encoded values as dynamic ones: the order of map keys is random.
func equal(a, b []codec.Raw) error {
	if len(a) != len(b) {
		return fmt.Errorf("%d values instead of %d", len(b), len(a))
	}
	for i := range a {
		x, err := a[i].Any()
		if err != nil {
			return err
		}
		y, err := b[i].Any()
		if err != nil {
			return err
		}
		if !same(x, y) {
			return errors.New("other bytes")
		}
	}
	return nil
}

func same(a, b any) bool { return reflect.DeepEqual(a, b) }
