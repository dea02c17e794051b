package peers

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

// Bytes arrive as they were sent, over whichever transports they go: a router that
// would pick JSON is not offered it. Status, String and the log say what was agreed.
func TestBytesBetweenTransports(t *testing.T) {
	r := router.New(t, router.Config{})
	blob := []byte{0, 1, 0xfe, 0xff}
	urls := []string{r.WebSocketURL(), r.RawSocketURL()}
	for i, at := range urls {
		for j, from := range urls {
			var log stage.TextLog
			callee, caller := stage.Connect(t, at, log.Option()), stage.Connect(t, from)
			uri := fmt.Sprintf("com.example.bytes%d%d", i, j)
			if _, err := callee.Register(t.Context(), uri, func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
				if b, ok := in.Args[0].([]byte); !ok || !bytes.Equal(b, blob) {
					t.Errorf("%s to %s: the callee got %#v", from, at, in.Args[0])
				}
				return in, nil
			}); err != nil {
				t.Fatal(err)
			}
			out, err := caller.Call(t.Context(), uri, []any{blob}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if b, ok := out.Args[0].([]byte); !ok || !bytes.Equal(b, blob) {
				t.Errorf("%s to %s: the caller got %#v", from, at, out.Args[0])
			}
			format := callee.Status().Format
			if !format.Binary() || format == 0 || !strings.Contains(callee.String(), " in "+format.String()+":") || !strings.Contains(log.String(), "format="+format.String()) {
				t.Errorf("format %v; %v; %s", format, callee, log.String())
			}
		}
	}
}

// A router that knows JSON alone gets JSON.
func TestRouterOfJSONAlone(t *testing.T) {
	s := wamptest.NewScript(t, wamptest.WebSocket, codec.JSON)
	s.Serve(func(p *wamptest.Peer) {
		p.Join()
		_ = p.Obey()
	})
	c := stage.Connect(t, s.URL())
	if got := c.Status().Format; got != codec.JSON {
		t.Errorf("format %v", got)
	}
}
