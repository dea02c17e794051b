// Package passthru shows payload passthru mode with whole clients.
package passthru

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/live/stage"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// flip is a codec that turns the bits over and says for whom: a payload opens
// only as what it was sealed as.
type flip struct{}

func (flip) Seal(_ context.Context, m *wamp.PassthruMessage, b []byte) ([]byte, error) {
	m.Cipher, m.KeyID = "x_flip", "k1"
	return turn(fmt.Appendf(nil, "%s %s %s %s %s", m.Kind, m.URI, m.Scheme, m.Serializer, b)), nil
}

func (flip) Open(_ context.Context, m *wamp.PassthruMessage, b []byte) ([]byte, error) {
	b = turn(b)
	head := fmt.Appendf(nil, "%s %s %s %s ", m.Kind, m.URI, m.Scheme, m.Serializer)
	if m.Cipher != "x_flip" || m.KeyID != "k1" || !bytes.HasPrefix(b, head) {
		return nil, errors.New("the secret is wrong")
	}
	return b[len(head):], nil
}

// turn returns b with all bits turned over.
func turn(b []byte) []byte {
	out := make([]byte, len(b))
	for i, c := range b {
		out[i] = ^c
	}
	return out
}

// handled are codecs of a cipher, of none, of a gateway and of the
// specification.
var handled = []wamp.ConnectOption{
	wamp.WithPayloadCodec("x_flip", flip{}), wamp.WithPayloadCodec("x_plain", nil),
	wamp.WithPayloadCodec("mqtt", nil), wamp.WithPayloadCodec("wamp", nil),
}

func quiet() wamp.ConnectOption { return wamp.WithLogger(slog.New(slog.DiscardHandler)) }

// plain returns the map of a payload in CBOR, as a peer would write it.
func packed(t *testing.T, f codec.Format, args []any, kwargs stage.Dict) []byte {
	t.Helper()
	var e codec.Encoder
	e.Reset(f, nil)
	e.Any(map[string]any{"args": args, "kwargs": map[string]any(kwargs)})
	if e.Err() != nil {
		t.Fatal(e.Err())
	}
	return e.Bytes()
}

// unpacked reads what packed writes.
func unpacked(t *testing.T, f codec.Format, b []byte) map[string]any {
	t.Helper()
	v, err := codec.Raw{Format: f, Data: b}.Any()
	if err != nil {
		t.Fatal(err)
	}
	m, ok := v.(map[string]any)
	if !ok {
		t.Fatalf("the payload is %v", v)
	}
	return m
}

// sealed returns the only argument of a message, which is bytes.
func sealed(t *testing.T, m wamptest.Message, at int) []byte {
	t.Helper()
	if len(m) != at+1 || len(m.List(at)) != 1 {
		t.Fatalf("the payload of %v is not one argument", m)
	}
	b, ok := m.List(at)[0].([]byte)
	if !ok {
		t.Fatalf("the payload is a %T", m.List(at)[0])
	}
	return b
}
