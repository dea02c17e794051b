package encodings

import (
	"context"
	"testing"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

var _ = roundtrip.Null((*Key).CodeWAMP)

// seconds is the input of at.
type seconds time.Time

func (s *seconds) CodeWAMP(c *codec.Coder) { codec.UnixSeconds((*time.Time)(s), c) }

var (
	at    = time.Date(2026, 8, 22, 10, 30, 0, 0, time.UTC)
	exact = at.Add(123456789)
	id    = wamp.UUID{1, 2, 3, 15: 255}

	full = All{
		Base64: []byte("ab?>"), Hex: []byte{0, 255}, Unix: at, UnixMs: At(at.Add(time.Millisecond)), UnixUs: new(at.Add(time.Microsecond)), UnixNs: &exact,
		Native: at, S: time.Hour, Us: wamp.Some(time.Microsecond), Ns: 1, Iso: Wait(36*time.Hour + time.Second/2), Go: -time.Second - 1,
		ID: id, Key: Key(id), Keys: []Key{{}, Key(id)}, Digests: map[string]Digest{"a": {1, 2}}, Pause: time.Second, Since: at.Add(time.Second), Until: &at,
	}
	bare = All{Base64: []byte{}, Unix: at, UnixMs: At(at), Native: at, Keys: []Key{}, Digests: map[string]Digest{}, Pause: 90 * time.Second, Since: at, Until: &at}
)

func TestValues(t *testing.T) {
	roundtrip.Values(t, full, bare)
	roundtrip.Inputs(t, atProcedure, seconds(at))
	roundtrip.Inputs(t, key, KeyArgs{Key: Key(id)}, KeyArgs{Either: new(At(at))}, KeyArgs{Either: new(Key(id))}, KeyArgs{Either: new(Wait(time.Hour))})
	roundtrip.Outputs[*Key](t, key, (*Key)(&id), nil)
	zero := bare
	zero.Pause, zero.Since, zero.Until = 0, time.Time{}, nil
	roundtrip.Becomes(t, zero, bare)
}

// The forms on the wire.
func TestWire(t *testing.T) {
	b, err := full.MarshalJSON()
	roundtrip.Same(t, err, string(b), `{"base64":"YWI/Pg==","hex":"00ff","unix":1787394600,"unix_ms":1787394600001,"unix_us":1787394600000001,`+
		`"unix_ns":1787394600123456789,"native":"2026-08-22T10:30:00Z","s":3600,"us":1,"ns":1,"iso":"PT36H0.5S","go":"-1.000000001s",`+
		`"id":"\u0000AQIDAAAAAAAAAAAAAAAA/w==","key":"\u0000AQIDAAAAAAAAAAAAAAAA/w==",`+
		`"keys":["\u0000AAAAAAAAAAAAAAAAAAAAAA==","\u0000AQIDAAAAAAAAAAAAAAAA/w=="],"digests":{"a":"0102"},"pause":1,"since":1787394601,`+
		`"until":"2026-08-22T10:30:00Z"}`)
}

func TestRefuses(t *testing.T) {
	in := roundtrip.In(atProcedure)
	roundtrip.Refuses[seconds](t, in, []any{"2026-08-22T10:30:00Z"}, nil, "at: want int, got string")
	roundtrip.Decodes(t, in, []any{1787394600.5}, nil, seconds(at.Add(time.Second/2)))
	roundtrip.Refuses[KeyArgs](t, roundtrip.In(key), []any{"018f2c7a"}, nil, "key: want bytes, got string")
	roundtrip.Refuses[KeyArgs](t, roundtrip.In(key), []any{[]byte{1}}, nil, "key: want 16 bytes, got invalid bytes")
	bad := full
	bad.Ns = -1
	roundtrip.Same(t, "constraint", (&bad).Validate().Error(), "ns: want at least 0s, got less")
	bad = full
	bad.Digests = map[string]Digest{"a": {1}}
	roundtrip.Same(t, "constraint", (&bad).Validate().Error(), `digests["a"]: want 2 bytes, got fewer`)
}

type echo struct{}

func (echo) All(_ context.Context, v All) (All, error)       { return v, nil }
func (echo) At(_ context.Context, at time.Time) (At, error)  { return At(at), nil }
func (echo) Key(_ context.Context, in KeyArgs) (*Key, error) { return &in.Key, nil }

func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		if _, err := Register(ctx, callee, echo{}); err != nil {
			t.Fatal(err)
		}
		c := NewCaller(caller)
		roundtrip.Echoes(ctx, t, c.All, full, bare)
		got, err := c.At(ctx, at)
		roundtrip.Same(t, err, got, At(at))
		key, err := c.Key(ctx, KeyArgs{Key: Key(id)})
		roundtrip.Same(t, err, key, (*Key)(&id))
	})
}
