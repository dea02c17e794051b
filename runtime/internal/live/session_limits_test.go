package live

import (
	"errors"
	"strings"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
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
			recTransports(t, func(s *faultStage) {
				c, p := s.join(test.opts...)
				payload := []any{strings.Repeat("x", test.bytes)}
				if err := c.Publish(s.t.Context(), "com.example.t", payload, nil); !errors.Is(err, wamp.ErrTooLarge) || !wamp.SafeToRetry(err) {
					s.t.Errorf("publish: %v", err)
				}
				if _, err := c.Call(s.t.Context(), "com.example.p", payload, nil); !errors.Is(err, wamp.ErrTooLarge) {
					s.t.Errorf("call: %v", err)
				}
				if err := c.Publish(s.t.Context(), "com.example.t", []any{strings.Repeat("x", 1000)}, nil); err != nil {
					s.t.Error(err)
				}
				p.Expect(wamptest.Publish)
				s.works(c, p)
			})
		})
	}
}
