package codec_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/runtime/codec"
)

var formats = []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR}

// each runs f as a subtest of every format.
func each(t *testing.T, f func(t *testing.T, format codec.Format)) {
	t.Helper()
	for _, format := range formats {
		t.Run(format.String(), func(t *testing.T) { f(t, format) })
	}
}

// encode returns the document that f appends.
func encode(t testing.TB, format codec.Format, f func(*codec.Encoder)) codec.Raw {
	t.Helper()
	var e codec.Encoder
	e.Reset(format, nil)
	f(&e)
	if err := e.Err(); err != nil {
		t.Fatalf("encode %v: %v", format, err)
	}
	return codec.Raw{Format: format, Data: e.Bytes()}
}

// decode calls f on r and returns the error.
func decode(r codec.Raw, root string, f func(*codec.Decoder)) error {
	var d codec.Decoder
	d.Start(r, root)
	f(&d)
	d.End()
	return d.Err()
}

// doc makes a Raw of a literal: JSON as text, the others as hexadecimal digits,
// in which blanks do not count.
func doc(t testing.TB, format codec.Format, literal string) codec.Raw {
	t.Helper()
	if format == codec.JSON {
		return codec.Raw{Format: format, Data: []byte(literal)}
	}
	b, err := hex.DecodeString(strings.ReplaceAll(literal, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return codec.Raw{Format: format, Data: b}
}

func wantBytes(t *testing.T, want, got codec.Raw) {
	t.Helper()
	if !bytes.Equal(want.Data, got.Data) {
		if got.Format == codec.JSON {
			t.Errorf("%v: got %s, want %s", got.Format, got.Data, want.Data)
		} else {
			t.Errorf("%v: got % x, want % x", got.Format, got.Data, want.Data)
		}
	}
}

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want %q", want)
	} else if err.Error() != want {
		t.Errorf("got error  %q\nwant error %q", err, want)
	}
}
