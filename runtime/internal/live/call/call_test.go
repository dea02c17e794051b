// Package call shows calls, the procedures that answer them, and the errors and
// options of both.
package call

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// R064 to R069: one counter for all requests. What cannot be encoded or is too
// large for the router takes no id, and CANCEL, YIELD and ERROR carry those of
// others.
func TestIDs_OneCounter(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		s.Limit = 1024 // for RawSocket; WebSocket tells no limit
		c, p := s.Connect()
		ctx, cancel := context.WithCancel(s.T.Context())
		want := int64(0)
		next := func(typ int) wamptest.Message {
			s.T.Helper()
			m := p.Expect(typ)
			if want++; m.ID(1) != want {
				s.T.Errorf("id %d of %v, want %d", m.ID(1), m, want)
			}
			return m
		}
		refused := func() {
			s.T.Helper()
			if _, err := c.Call(ctx, "a.b", []any{make(chan int)}, nil); err == nil || !wamp.SafeToRetry(err) {
				s.T.Errorf("a channel was sent: %v", err)
			}
			if err := c.Publish(ctx, "a.b", []any{func() {}}, nil); err == nil || !wamp.SafeToRetry(err) {
				s.T.Errorf("a function was sent: %v", err)
			}
			if s.Kind == wamptest.WebSocket {
				return
			}
			large := []any{strings.Repeat("x", 1024)}
			if err := c.Publish(ctx, "a.b", large, nil); !errors.Is(err, wamp.ErrTooLarge) || !wamp.SafeToRetry(err) {
				s.T.Errorf("too large: %v", err)
			}
		}
		var sub *wamp.Subscription
		var reg *wamp.Registration
		var subErr, regErr error
		done := stage.Begin(func() bool { sub, subErr = c.Subscribe(ctx, "a.b", nothing); return true })
		p.Send(wamptest.Answer(next(wamptest.Subscribe)))
		<-done
		refused()
		if err := c.Publish(ctx, "a.b", nil, nil); err != nil { // R068
			s.T.Error(err)
		}
		next(wamptest.Publish)
		done = stage.Begin(func() bool { reg, regErr = c.Register(ctx, "a.b", stage.Echo); return true })
		p.Send(wamptest.Answer(next(wamptest.Register)))
		<-done
		if err := errors.Join(subErr, regErr); err != nil {
			s.T.Fatal(err)
		}
		refused()
		canceled := stage.Begin(func() error { _, err := c.Call(ctx, "a.b", nil, nil); return err })
		id := next(wamptest.Call).ID(1)
		cancel()
		if err := <-canceled; !errors.Is(err, context.Canceled) {
			s.T.Error(err)
		}
		if m := p.Expect(wamptest.Cancel); m.ID(1) != id || !reflect.DeepEqual(m.Dict(2), stage.Dict{"mode": "killnowait"}) { // R069, R168
			s.T.Errorf("found %v", m)
		}
		ctx = s.T.Context()
		p.Send(wamptest.Message{wamptest.Invocation, int64(1) << 50, reg3, stage.Dict{}}) // R060, R069
		if m := p.Expect(wamptest.Yield); m.ID(1) != 1<<50 {
			s.T.Errorf("found %v", m)
		}
		ended := stage.Begin(func() error { return errors.Join(sub.Unsubscribe(ctx), reg.Unregister(ctx)) })
		p.Send(wamptest.Answer(next(wamptest.Unsubscribe)))
		p.Send(wamptest.Answer(next(wamptest.Unregister)))
		if err := <-ended; err != nil {
			s.T.Error(err)
		}
	})
}

// reg3 is the id that Answer gives the registration of request 3.
const reg3 = 3

func nothing(context.Context, wamp.Payload) error { return nil }

// R066: concurrent senders leave no gap; R136: results come in any order; R137:
// each call ends once.
func TestIDs_Concurrent(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		const n = 64
		c, p := s.Connect()
		var calls sync.WaitGroup
		for i := range n {
			calls.Go(func() {
				out, err := c.Call(s.T.Context(), "a.b", []any{i}, nil)
				if err != nil || len(out.Args) != 1 || out.Args[0] != int64(i) {
					s.T.Errorf("call %d: %v, %v", i, out, err)
				}
			})
		}
		var answers []wamptest.Message
		for want := int64(1); want <= n; want++ {
			m := p.Expect(wamptest.Call)
			if m.ID(1) != want {
				s.T.Errorf("id %d, want %d", m.ID(1), want)
			}
			answers = append([]wamptest.Message{wamptest.Answer(m)}, answers...) // the last one first
		}
		p.Send(append(answers, answers...)...) // R146: a second RESULT is dropped
		calls.Wait()
		s.Works(c, p)
	})
}

// R135: the shape of CALL. R100 to R102: what is empty is left out.
func TestCall_Shape(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		for i, row := range []struct {
			args   []any
			kwargs stage.Dict
			opts   []wamp.CallOption
			want   wamptest.Message // after the id
		}{
			{nil, nil, nil, wamptest.Message{stage.Dict{}, "a.b"}},
			{[]any{}, stage.Dict{}, nil, wamptest.Message{stage.Dict{}, "a.b"}},
			{[]any{"x", nil}, nil, nil, wamptest.Message{stage.Dict{}, "a.b", []any{"x", nil}}},
			{nil, stage.Dict{"k": true}, nil, wamptest.Message{stage.Dict{}, "a.b", []any{}, stage.Dict{"k": true}}},
			{[]any{int64(-1)}, stage.Dict{"k": []byte{1}}, nil, wamptest.Message{stage.Dict{}, "a.b", []any{int64(-1)}, stage.Dict{"k": []byte{1}}}},
			{nil, nil, []wamp.CallOption{wamp.WithDiscloseMe()}, wamptest.Message{stage.Dict{"disclose_me": true}, "a.b"}},
			{nil, nil, []wamp.CallOption{wamp.WithCallTimeout(1e9)}, wamptest.Message{stage.Dict{"timeout": int64(1000)}, "a.b"}},
		} {
			done := stage.Begin(func() error {
				out, err := c.Call(s.T.Context(), "a.b", row.args, row.kwargs, row.opts...)
				if len(out.Args) != len(row.args) || len(out.Kwargs) != len(row.kwargs) { // R103
					s.T.Errorf("row %d: got %v", i, out)
				}
				return err
			})
			m := p.Expect(wamptest.Call)
			if !reflect.DeepEqual(m[2:], row.want) {
				s.T.Errorf("row %d: found %v, want %v", i, m[2:], row.want)
			}
			p.Send(wamptest.Answer(m))
			if err := <-done; err != nil {
				s.T.Errorf("row %d: %v", i, err)
			}
		}
	})
}

// R138, R145: a RESULT with progress is not the end of a call, one without is;
// so is an ERROR.
func TestCall_Final(t *testing.T) {
	for name, final := range map[string]wamptest.Message{
		"result": {wamptest.Result, 1, stage.Dict{"progress": false}, []any{"last"}},
		"error":  {wamptest.Error, wamptest.Call, 1, stage.Dict{}, "a.error"},
	} {
		t.Run(name, func(t *testing.T) {
			stage.Bubbles(t, func(s *stage.Stage) {
				c, p := s.Connect()
				done := s.Call(c, "a.b")
				p.Expect(wamptest.Call)
				p.Send(wamptest.Message{wamptest.Result, 1, stage.Dict{"progress": true}, []any{"first"}})
				synctest.Wait()
				select {
				case r := <-done:
					s.T.Fatalf("progress ended the call: %v", r)
				default:
				}
				p.Send(final)
				r := <-done
				if name == "result" && (r.Err != nil || r.Args[0] != "last") || name == "error" && !errors.Is(r.Err, &wamp.Error{URI: "a.error"}) {
					s.T.Errorf("got %v", r)
				}
				s.Works(c, p)
			})
		})
	}
}

// R139: an ERROR shows its URI, details and payload unchanged.
func TestCall_ErrorUnchanged(t *testing.T) {
	args, kwargs := []any{"text", int64(5), nil, []any{}}, stage.Dict{"k": stage.Dict{"n": true}}
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		for _, full := range []bool{true, false} {
			done := s.Call(c, "a.b")
			m := wamptest.Message{wamptest.Error, wamptest.Call, p.Expect(wamptest.Call).ID(1), stage.Dict{"callee": 7, "x_own": "v"}, "a.error"}
			if full {
				m = append(m, args, kwargs)
			}
			p.Send(m)
			r := <-done
			var e *wamp.Error
			if !errors.As(r.Err, &e) || e.URI != "a.error" || !wamp.IsPeer(r.Err) || wamp.SafeToRetry(r.Err) {
				s.T.Fatalf("got %v", r.Err)
			}
			if !reflect.DeepEqual(e.Details(), stage.Dict{"callee": int64(7), "x_own": "v"}) {
				s.T.Errorf("details %v", e.Details())
			}
			if full != (len(e.Args) > 0) || full && (!reflect.DeepEqual(e.Args, args) || !reflect.DeepEqual(e.Kwargs, kwargs)) {
				s.T.Errorf("got %v, %v", e.Args, e.Kwargs)
			}
		}
	})
}

// R150: a timeout that the router noticed first is one like any other.
func TestErrors_Timeout(t *testing.T) {
	err := error(&wamp.Error{URI: "wamp.error.timeout"})
	if !errors.Is(err, context.DeadlineExceeded) || errors.Is(wamp.ErrCanceled, context.DeadlineExceeded) {
		t.Error("want context.DeadlineExceeded of wamp.error.timeout alone")
	}
}

// R084, R140, R141, R191, R210, R212, R262, R263, R266: the errors of the
// specification are typed, whatever they answer.
func TestErrors_Typed(t *testing.T) {
	for uri, want := range map[string]*wamp.Error{
		"wamp.error.no_such_procedure":                                 wamp.ErrNoSuchProcedure,
		"wamp.error.invalid_argument":                                  wamp.ErrInvalidArgument,
		"wamp.error.canceled":                                          wamp.ErrCanceled,
		"wamp.error.cancelled":                                         wamp.ErrCanceled, // R141
		"wamp.error.timeout":                                           wamp.ErrTimeout,
		"wamp.error.no_available_callee":                               wamp.ErrNoAvailableCallee,
		"wamp.error.feature_not_supported":                             wamp.ErrFeatureNotSupported,
		"wamp.error.payload_size_exceeded":                             wamp.ErrPayloadSizeExceeded,
		"wamp.error.network_failure":                                   wamp.ErrNetworkFailure,
		"wamp.error.unavailable":                                       wamp.ErrUnavailable,
		"wamp.error.invalid_uri":                                       wamp.ErrInvalidURI,
		"wamp.error.not_authorized":                                    wamp.ErrNotAuthorized,
		"wamp.error.authorization_denied":                              wamp.ErrNotAuthorized,
		"wamp.error.authorization_required":                            wamp.ErrNotAuthorized,
		"wamp.error.authorization_failed":                              wamp.ErrAuthorizationFailed,
		"wamp.error.procedure_already_exists":                          wamp.ErrProcedureAlreadyExists,
		"wamp.error.option_disallowed.disclose_me":                     wamp.ErrDisclosureRefused,
		"wamp.error.disclose_me.not_allowed":                           wamp.ErrDisclosureRefused,
		"wamp.error.procedure_exists_with_different_invocation_policy": wamp.ErrProcedureAlreadyExists,
	} {
		synctest.Test(t, func(t *testing.T) {
			s := stage.NewPipe(t, wamptest.RawSocket, codec.CBOR)
			c, p := s.Connect()
			ctx := t.Context()
			for name, run := range map[string]func() error{
				"call":      func() error { _, err := c.Call(ctx, "a.b", nil, nil); return err },
				"register":  func() error { _, err := c.Register(ctx, "a.b", stage.Echo); return err },
				"subscribe": func() error { _, err := c.Subscribe(ctx, "a.b", nothing); return err },
				"publish":   func() error { return c.Publish(ctx, "a.b", nil, nil, wamp.WithAcknowledge()) },
			} {
				done := stage.Begin(run)
				m, err := p.Next()
				if err != nil {
					t.Fatal(err)
				}
				p.Send(wamptest.Message{wamptest.Error, m.Type(), m.ID(1), stage.Dict{}, uri})
				var e *wamp.Error
				if err := <-done; !errors.Is(err, want) || !errors.As(err, &e) || e.URI != uri {
					t.Errorf("%s: %s: %v", uri, name, err)
				}
			}
			s.Works(c, p) // R265
		})
	}
}

// R003, R080, R081: URIs that are none, and reserved ones, do not leave.
func TestURIs_RefusedLocally(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		ctx := s.T.Context()
		for uri, reserved := range map[string]bool{"": false, "a..b": false, "a b": false, "a.b\n": false, "a.#": false, "wamp.x": true} {
			for name, run := range map[string]func() error{
				"call":      func() error { _, err := c.Call(ctx, uri, nil, nil); return err },
				"publish":   func() error { return c.Publish(ctx, uri, nil, nil) },
				"subscribe": func() error { _, err := c.Subscribe(ctx, uri, nothing); return err },
				"register":  func() error { _, err := c.Register(ctx, uri, stage.Echo); return err },
			} {
				if reserved && (name == "call" || name == "subscribe") {
					continue // the router's own procedures and topics
				}
				if err := run(); err == nil || !wamp.SafeToRetry(err) || wamp.IsPeer(err) {
					s.T.Errorf("%s %q: %v", name, uri, err)
				}
			}
			if reserved {
				continue
			}
			if _, err := wamp.Connect(ctx, s.URL(), uri); err == nil {
				s.T.Errorf("realm %q was taken", uri)
			}
		}
		s.Works(c, p)
	})
}
