package session

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// The entries of authextra that a user adds go beside those of the methods, as they
// were when Connect was called, on every session.
func TestHello_AuthExtra(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		extra := map[string]any{"tenant": "acme", "tags": []any{1, "two"}, "blob": []byte{1, 2}}
		for _, opts := range [][]wamp.ConnectOption{nil, {wamp.WithAuth(auth.SCRAM("ann", auth.NewSecret("x")), auth.Anonymous())}} {
			done := s.Dial(append(opts, wamp.WithAuthExtra(extra))...)
			p := s.Accept()
			for range 2 {
				got, _ := p.Join().Dict(2)["authextra"].(stage.Dict)
				if got["tenant"] != "acme" || !reflect.DeepEqual(got["tags"], []any{int64(1), "two"}) || !reflect.DeepEqual(got["blob"], []byte{1, 2}) ||
					(got["nonce"] != nil) != (opts != nil) {
					s.T.Errorf("sent %v", got)
				}
				c := s.Connected(done)
				extra["tags"].([]any)[0] = "changed"
				p.Reset()
				p = s.Accept()
				done = stage.Begin(func() stage.Outcome { return stage.Outcome{Client: c} })
			}
			p.Join()
			extra["tags"].([]any)[0] = 1
		}
	})
	for key, extra := range map[string]any{"nonce": "x", "pubkey": "x", "channel_binding": nil, "odd": make(chan int), "nan": math.NaN()} {
		_, err := wamp.Connect(t.Context(), "ws://127.0.0.1:1", "realm1", wamp.WithAuthExtra(map[string]any{key: extra}))
		if err == nil || !strings.Contains(err.Error(), `"`+key+`"`) {
			t.Errorf("%s: got %v", key, err)
		}
	}
	large := map[string]any{"text": "\x00nul"}
	_, err := wamp.Connect(t.Context(), "ws://127.0.0.1:1", "realm1", wamp.WithAuthExtra(large), wamp.WithSerializers(codec.JSON))
	if err == nil || !strings.Contains(err.Error(), `"text"`) {
		t.Errorf("got %v", err)
	}
}

// A HELLO without a realm has null there; the client's realm is what WELCOME says.
func TestHello_WithoutRealm(t *testing.T) {
	stage.Matrix(t, func(t *testing.T, k wamptest.Kind, format codec.Format) {
		stage.InBubble(t, k, format, func(s *stage.Stage) {
			done := stage.Begin(func() stage.Outcome {
				c, err := wamp.Connect(s.T.Context(), s.URL(), "", s.Options([]wamp.ConnectOption{wamp.WithAssignedRealm()})...)
				return stage.Outcome{Client: c, Err: err}
			})
			p := s.Accept()
			if hello := p.Join(wamptest.WithDetails(stage.Dict{"realm": "tenant7"})); hello[1] != nil {
				s.T.Errorf("sent %v", hello)
			}
			c := (<-done).Client
			if c.Realm() != "tenant7" {
				s.T.Errorf("realm %q", c.Realm())
			}
			s.Stop()
			if err := c.Close(context.Background()); err != nil {
				s.T.Error(err)
			}
		})
	})
	if _, err := wamp.Connect(t.Context(), "ws://127.0.0.1:1", "realm1", wamp.WithAssignedRealm()); err == nil {
		t.Error("a realm was taken")
	}
	if _, err := wamp.Connect(t.Context(), "ws://127.0.0.1:1", ""); !errors.Is(err, wamp.ErrInvalidURI) { // R003
		t.Errorf("got %v", err)
	}
}

// What a router says in WELCOME makes no log line of any length.
func TestLog_RealmOfARouter(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		done := s.Dial()
		p := s.Accept()
		p.Join(wamptest.WithDetails(stage.Dict{"realm": "a\nb" + strings.Repeat("x", 10_000)}))
		s.Connected(done)
		lines := s.Log.With("session ready", "realm=a bxx")
		if len(lines) != 1 || len(lines[0]) > 1000 {
			s.T.Errorf("%d lines", len(lines))
		}
	})
}

// The fields of an upgrade are asked for anew for each session, and where they
// cannot be had the client tries again.
func TestHeaderFunc_EveryAttempt(t *testing.T) {
	s := stage.NewPipe(t, wamptest.WebSocket, codec.CBOR)
	n := 0
	header := func(context.Context) (http.Header, error) {
		if n++; n%2 == 0 {
			return nil, errors.New("no token yet")
		}
		return http.Header{"Authorization": {fmt.Sprint("Bearer ", n)}}, nil
	}
	done := s.Dial(wamp.WithHeaderFunc(header), wamp.WithHeader(http.Header{"Authorization": {"old"}, "X-Own": {"a"}}),
		wamp.WithBackoff(wamp.Backoff{Min: time.Millisecond, Base: time.Millisecond, Max: time.Millisecond}))
	for i := 1; i <= 5; i += 2 {
		p := s.Accept()
		if h := p.Request().Header; h.Get("Authorization") != fmt.Sprint("Bearer ", i) || h.Get("X-Own") != "a" {
			t.Errorf("sent %v", h)
		}
		p.Join()
		if i == 1 {
			s.Connected(done)
		}
		p.Reset()
	}
	if lines := s.Log.With("no token yet"); len(lines) == 0 {
		t.Error("the log does not say why")
	}
}
