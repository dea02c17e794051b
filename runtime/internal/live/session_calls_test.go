package live

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// R064 to R069: one counter for all requests. What cannot be encoded or is too
// large for the router takes no id, and CANCEL, YIELD and ERROR carry those of
// others.
func TestIDs_OneCounter(t *testing.T) {
	faultBubbles(t, func(s *faultStage) {
		s.Limit = 1024 // for RawSocket; WebSocket tells no limit
		c, p := s.join()
		ctx, cancel := context.WithCancel(s.t.Context())
		want := int64(0)
		next := func(typ int) message {
			s.t.Helper()
			m := p.Expect(typ)
			if want++; m.ID(1) != want {
				s.t.Errorf("id %d of %v, want %d", m.ID(1), m, want)
			}
			return m
		}
		refused := func() {
			s.t.Helper()
			if _, err := c.Call(ctx, "a.b", []any{make(chan int)}, nil); err == nil || !wamp.SafeToRetry(err) {
				s.t.Errorf("a channel was sent: %v", err)
			}
			if err := c.Publish(ctx, "a.b", []any{func() {}}, nil); err == nil || !wamp.SafeToRetry(err) {
				s.t.Errorf("a function was sent: %v", err)
			}
			if s.kind == wamptest.WebSocket {
				return
			}
			large := []any{strings.Repeat("x", 1024)}
			if err := c.Publish(ctx, "a.b", large, nil); !errors.Is(err, wamp.ErrTooLarge) || !wamp.SafeToRetry(err) {
				s.t.Errorf("too large: %v", err)
			}
		}
		var sub *wamp.Subscription
		var reg *wamp.Registration
		var subErr, regErr error
		done := begin(func() bool { sub, subErr = c.Subscribe(ctx, "a.b", nothing); return true })
		p.Send(wamptest.Answer(next(wamptest.Subscribe)))
		<-done
		refused()
		if err := c.Publish(ctx, "a.b", nil, nil); err != nil { // R068
			s.t.Error(err)
		}
		next(wamptest.Publish)
		done = begin(func() bool { reg, regErr = c.Register(ctx, "a.b", faultEcho); return true })
		p.Send(wamptest.Answer(next(wamptest.Register)))
		<-done
		if err := errors.Join(subErr, regErr); err != nil {
			s.t.Fatal(err)
		}
		refused()
		canceled := begin(func() error { _, err := c.Call(ctx, "a.b", nil, nil); return err })
		id := next(wamptest.Call).ID(1)
		cancel()
		if err := <-canceled; !errors.Is(err, context.Canceled) {
			s.t.Error(err)
		}
		if m := p.Expect(wamptest.Cancel); m.ID(1) != id || !reflect.DeepEqual(m.Dict(2), dict{"mode": "killnowait"}) { // R069, R168
			s.t.Errorf("found %v", m)
		}
		ctx = s.t.Context()
		p.Send(message{wamptest.Invocation, 1 << 50, reg3, dict{}}) // R060, R069
		if m := p.Expect(wamptest.Yield); m.ID(1) != 1<<50 {
			s.t.Errorf("found %v", m)
		}
		ended := begin(func() error { return errors.Join(sub.Unsubscribe(ctx), reg.Unregister(ctx)) })
		p.Send(wamptest.Answer(next(wamptest.Unsubscribe)))
		p.Send(wamptest.Answer(next(wamptest.Unregister)))
		if err := <-ended; err != nil {
			s.t.Error(err)
		}
	})
}

// reg3 is the id that Answer gives the registration of request 3.
const reg3 = 3

func nothing(context.Context, wamp.Payload) error { return nil }

// R066: concurrent senders leave no gap; R136: results come in any order; R137:
// each call ends once.
func TestIDs_Concurrent(t *testing.T) {
	faultBubbles(t, func(s *faultStage) {
		const n = 64
		c, p := s.join()
		var calls sync.WaitGroup
		for i := range n {
			calls.Go(func() {
				out, err := c.Call(s.t.Context(), "a.b", []any{i}, nil)
				if err != nil || len(out.Args) != 1 || out.Args[0] != int64(i) {
					s.t.Errorf("call %d: %v, %v", i, out, err)
				}
			})
		}
		var answers []message
		for want := int64(1); want <= n; want++ {
			m := p.Expect(wamptest.Call)
			if m.ID(1) != want {
				s.t.Errorf("id %d, want %d", m.ID(1), want)
			}
			answers = append([]message{wamptest.Answer(m)}, answers...) // the last one first
		}
		p.Send(append(answers, answers...)...) // R146: a second RESULT is dropped
		calls.Wait()
		s.works(c, p)
	})
}

// R135: the shape of CALL. R100 to R102: what is empty is left out.
func TestCall_Shape(t *testing.T) {
	faultBubbles(t, func(s *faultStage) {
		c, p := s.join()
		for i, row := range []struct {
			args   []any
			kwargs dict
			opts   []wamp.CallOption
			want   message // after the id
		}{
			{nil, nil, nil, message{dict{}, "a.b"}},
			{[]any{}, dict{}, nil, message{dict{}, "a.b"}},
			{[]any{"x", nil}, nil, nil, message{dict{}, "a.b", []any{"x", nil}}},
			{nil, dict{"k": true}, nil, message{dict{}, "a.b", []any{}, dict{"k": true}}},
			{[]any{int64(-1)}, dict{"k": []byte{1}}, nil, message{dict{}, "a.b", []any{int64(-1)}, dict{"k": []byte{1}}}},
			{nil, nil, []wamp.CallOption{wamp.DiscloseMe()}, message{dict{"disclose_me": true}, "a.b"}},
			{nil, nil, []wamp.CallOption{wamp.Timeout(1e9)}, message{dict{"timeout": int64(1000)}, "a.b"}},
		} {
			done := begin(func() error {
				out, err := c.Call(s.t.Context(), "a.b", row.args, row.kwargs, row.opts...)
				if len(out.Args) != len(row.args) || len(out.Kwargs) != len(row.kwargs) { // R103
					s.t.Errorf("row %d: got %v", i, out)
				}
				return err
			})
			m := p.Expect(wamptest.Call)
			if !reflect.DeepEqual(m[2:], row.want) {
				s.t.Errorf("row %d: found %v, want %v", i, m[2:], row.want)
			}
			p.Send(wamptest.Answer(m))
			if err := <-done; err != nil {
				s.t.Errorf("row %d: %v", i, err)
			}
		}
	})
}

// R138, R145: a RESULT with progress is not the end of a call, one without is;
// so is an ERROR.
func TestCall_Final(t *testing.T) {
	for name, final := range map[string]message{
		"result": {wamptest.Result, 1, dict{"progress": false}, []any{"last"}},
		"error":  {wamptest.Error, wamptest.Call, 1, dict{}, "a.error"},
	} {
		t.Run(name, func(t *testing.T) {
			faultBubbles(t, func(s *faultStage) {
				c, p := s.join()
				done := s.call(c, "a.b")
				p.Expect(wamptest.Call)
				p.Send(message{wamptest.Result, 1, dict{"progress": true}, []any{"first"}})
				synctest.Wait()
				select {
				case r := <-done:
					s.t.Fatalf("progress ended the call: %v", r)
				default:
				}
				p.Send(final)
				r := <-done
				if name == "result" && (r.err != nil || r.Args[0] != "last") || name == "error" && !errors.Is(r.err, &wamp.Error{URI: "a.error"}) {
					s.t.Errorf("got %v", r)
				}
				s.works(c, p)
			})
		})
	}
}

// R139: an ERROR shows its URI, details and payload unchanged.
func TestCall_ErrorUnchanged(t *testing.T) {
	args, kwargs := []any{"text", int64(5), nil, []any{}}, dict{"k": dict{"n": true}}
	faultBubbles(t, func(s *faultStage) {
		c, p := s.join()
		for _, full := range []bool{true, false} {
			done := s.call(c, "a.b")
			m := message{wamptest.Error, wamptest.Call, p.Expect(wamptest.Call).ID(1), dict{"callee": 7, "x_own": "v"}, "a.error"}
			if full {
				m = append(m, args, kwargs)
			}
			p.Send(m)
			r := <-done
			var e *wamp.Error
			if !errors.As(r.err, &e) || e.URI != "a.error" || !wamp.IsPeer(r.err) || wamp.SafeToRetry(r.err) {
				s.t.Fatalf("got %v", r.err)
			}
			if !reflect.DeepEqual(e.Details(), dict{"callee": int64(7), "x_own": "v"}) {
				s.t.Errorf("details %v", e.Details())
			}
			if full != (len(e.Args) > 0) || full && (!reflect.DeepEqual(e.Args, args) || !reflect.DeepEqual(e.Kwargs, kwargs)) {
				s.t.Errorf("got %v, %v", e.Args, e.Kwargs)
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

// R084, R140, R141, R191, R210, R262, R263, R266: the errors of the
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
			s := newPipeStage(t, wamptest.RawSocket, codec.CBOR)
			c, p := s.join()
			ctx := t.Context()
			for name, run := range map[string]func() error{
				"call":      func() error { _, err := c.Call(ctx, "a.b", nil, nil); return err },
				"register":  func() error { _, err := c.Register(ctx, "a.b", faultEcho); return err },
				"subscribe": func() error { _, err := c.Subscribe(ctx, "a.b", nothing); return err },
				"publish":   func() error { return c.Publish(ctx, "a.b", nil, nil, wamp.Acknowledge()) },
			} {
				done := begin(run)
				m, err := p.Next()
				if err != nil {
					t.Fatal(err)
				}
				p.Send(message{wamptest.Error, m.Type(), m.ID(1), dict{}, uri})
				var e *wamp.Error
				if err := <-done; !errors.Is(err, want) || !errors.As(err, &e) || e.URI != uri {
					t.Errorf("%s: %s: %v", uri, name, err)
				}
			}
			s.works(c, p) // R265
		})
	}
}

// R003, R080, R081: URIs that are none, and reserved ones, do not leave.
func TestURIs_RefusedLocally(t *testing.T) {
	faultBubbles(t, func(s *faultStage) {
		c, p := s.join()
		ctx := s.t.Context()
		for uri, reserved := range map[string]bool{"": false, "a..b": false, "a b": false, "a.b\n": false, "a.#": false, "wamp.x": true} {
			for name, run := range map[string]func() error{
				"call":      func() error { _, err := c.Call(ctx, uri, nil, nil); return err },
				"publish":   func() error { return c.Publish(ctx, uri, nil, nil) },
				"subscribe": func() error { _, err := c.Subscribe(ctx, uri, nothing); return err },
				"register":  func() error { _, err := c.Register(ctx, uri, faultEcho); return err },
			} {
				if reserved && (name == "call" || name == "subscribe") {
					continue // the router's own procedures and topics
				}
				if err := run(); err == nil || !wamp.SafeToRetry(err) || wamp.IsPeer(err) {
					s.t.Errorf("%s %q: %v", name, uri, err)
				}
			}
			if reserved {
				continue
			}
			if _, err := wamp.Connect(ctx, s.URL(), uri); err == nil {
				s.t.Errorf("realm %q was taken", uri)
			}
		}
		s.works(c, p)
	})
}
