package session

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/transport"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// No message beyond the write limit leaves, over either transport, and the session
// is none the worse for it.
func TestSession_WriteLimit(t *testing.T) {
	for name, test := range map[string]struct {
		opts  []wamp.ConnectOption
		bytes int
	}{
		"default": {nil, 16 << 20},
		"lower":   {[]wamp.ConnectOption{wamp.WithWriteLimit(2000)}, 2000},
	} {
		t.Run(name, func(t *testing.T) {
			stage.Transports(t, func(s *stage.Stage) {
				c, p := s.Connect(test.opts...)
				payload := []any{strings.Repeat("x", test.bytes)}
				if err := c.Publish(s.T.Context(), "com.example.t", payload, nil); !errors.Is(err, wamp.ErrTooLarge) || !wamp.SafeToRetry(err) {
					s.T.Errorf("publish: %v", err)
				}
				if _, err := c.Call(s.T.Context(), "com.example.p", payload, nil); !errors.Is(err, wamp.ErrTooLarge) {
					s.T.Errorf("call: %v", err)
				}
				if err := c.Publish(s.T.Context(), "com.example.t", []any{strings.Repeat("x", 1000)}, nil); err != nil {
					s.T.Error(err)
				}
				p.Expect(wamptest.Publish)
				s.Works(c, p)
			})
		})
	}
}

// limited is a dialer that notes the largest WebSocket message of a batch.
type limited struct {
	transport.Dialer
	batch int
}

func (d *limited) Dial(ctx context.Context, url string, o transport.Options) (*transport.Link, error) {
	d.batch = o.BatchLimit
	return d.Dialer.Dial(ctx, url, o)
}

// Messages that leave together are no larger together than one may be.
func TestSession_WriteLimitOfBatches(t *testing.T) {
	d := &limited{Dialer: wamptest.NewRealm(t).Dialer()}
	c, err := wamp.Connect(t.Context(), "", "realm1", wamp.WithDialer(d), wamp.WithBatching(), wamp.WithWriteLimit(2000))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	if d.batch != 2000 {
		t.Errorf("a batch may have %d bytes", d.batch)
	}
}
