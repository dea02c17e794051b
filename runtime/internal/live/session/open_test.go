// Package session shows one session from HELLO to its end.
package session

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// R001, R002, R004 to R008: one HELLO, and it announces what the runtime uses
// and no other feature.
func TestOpen_HelloIsFirstAndOnce(t *testing.T) {
	features := func(names ...string) stage.Dict {
		all := stage.Dict{}
		for _, name := range names {
			all[name] = true
		}
		return stage.Dict{"features": all}
	}
	want := stage.Dict{"agent": "wampgen", "roles": stage.Dict{
		"caller": features("call_canceling", "call_timeout", "caller_identification", "payload_passthru_mode",
			"progressive_call_invocations", "progressive_call_results"),
		"callee": features("call_canceling", "call_reroute", "call_timeout", "call_trustlevels", "caller_identification",
			"pattern_based_registration", "payload_passthru_mode", "progressive_call_invocations", "progressive_call_results",
			"registration_revocation", "shared_registration"),
		"publisher": features("payload_passthru_mode", "publisher_exclusion", "publisher_identification", "subscriber_blackwhite_listing"),
		"subscriber": features("pattern_based_subscription", "payload_passthru_mode", "publication_trustlevels", "publisher_identification",
			"subscription_revocation"),
	}}
	stage.Bubbles(t, func(s *stage.Stage) {
		done := s.Dial()
		p := s.Accept()
		hello, err := p.Next()
		if err != nil || !reflect.DeepEqual(hello, wamptest.Message{int64(wamptest.Hello), "realm1", want}) {
			s.T.Fatalf("found %v, %v", hello, err)
		}
		var c *wamp.Client
		call := s.Quiet(p, func() wamptest.Message {
			p.Send(s.Welcome())
			c = s.Connected(done)
			s.Call(c, "a.b")
			return nil
		})
		if call.Type() != wamptest.Call {
			s.T.Errorf("found %v", call)
		}
	})
}

// R012: what waits for the next session is written after its WELCOME.
func TestOpen_NothingBeforeWelcome(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		p.Reset()
		synctest.Wait()
		done := s.Call(c, "a.b")
		p = s.Accept()
		p.Expect(wamptest.Hello)
		call := s.Quiet(p, func() wamptest.Message { return s.Welcome() })
		if call.ID(1) != 1 {
			s.T.Errorf("found %v", call)
		}
		p.Send(wamptest.Answer(call))
		if r := <-done; r.Err != nil {
			s.T.Error(r.Err)
		}
	})
}

// failedOpen begins to connect, lets act play the router's part behind HELLO,
// and returns the error of the attempt.
func failedOpen(s *stage.Stage, act func(*wamptest.Peer), opts ...wamp.ConnectOption) error {
	s.T.Helper()
	ctx, cancel := context.WithCancel(s.T.Context())
	opts = append([]wamp.ConnectOption{wamp.WithSerializers(s.Format), wamp.WithNetDial(s.NetDial)}, opts...)
	done := stage.Begin(func() error {
		_, err := wamp.Connect(ctx, s.URL(), "realm1", opts...)
		return err
	})
	p := s.Accept()
	p.Expect(wamptest.Hello)
	act(p)
	stage.Pass(time.Millisecond) // the attempt ends, and the next one is not due
	cancel()
	return <-done
}

// R009, R010, R036, R037, R040 to R043, R049: what a router must not say before
// the session is established.
func TestOpen_Violations(t *testing.T) {
	roles := stage.Dict{"roles": stage.Dict{"broker": stage.Dict{}}}
	for _, bad := range []wamptest.Message{
		{1, "realm1", stage.Dict{"roles": stage.Dict{"caller": stage.Dict{}}}}, // R040
		{2, 7, stage.Dict{}}, {2, 7, stage.Dict{"roles": stage.Dict{}}}, {2, 7, stage.Dict{"roles": stage.Dict{"caller": stage.Dict{}}}}, {2, 0, roles}, // R010
		{2, int64(1<<53 + 1), roles}, {2, "7", roles}, {2, 1.5, roles}, {2, -1, roles}, {2, 7}, {2, 7, stage.Dict{"roles": []any{"broker"}}},
		{6, stage.Dict{}, "wamp.close.normal"},                                                  // R041
		{8, 48, 1, stage.Dict{}, "a.b"}, {17, 1, 1}, {33, 1, 1}, {35, 1}, {50, 1, stage.Dict{}}, // R042
		{65, 1, 1}, {67, 1}, {68, 1, 1, stage.Dict{}}, {67, 0, stage.Dict{"registration": 1}},
		{36, 1, 1, stage.Dict{}}, {69, 1, stage.Dict{}}, // R043
		{16, 1, stage.Dict{}, "a.b"}, {70, 1, stage.Dict{}}, // R049
		{}, {7, stage.Dict{}}, {"2", 7, roles}, {nil},
	} {
		stage.Bubbles(t, func(s *stage.Stage) {
			err := failedOpen(s, func(p *wamptest.Peer) {
				p.Send(bad, s.Welcome()) // R036: nothing more is taken from this router
				s.Violation(p)
			})
			if err == nil || !strings.Contains(err.Error(), "protocol violation: ") {
				s.T.Errorf("%v: got %v", bad, err)
			}
		})
	}
}

// R015, R025: an ABORT ends the attempt and says why; nothing is sent back.
func TestOpen_Abort(t *testing.T) {
	abort := wamptest.Message{wamptest.Abort, stage.Dict{"message": "go away", "x_why": 5}, "wamp.error.not_authorized", []any{"a", 1}, stage.Dict{"k": true}}
	refuse := func(s *stage.Stage, answer func(*wamptest.Peer), opts ...wamp.ConnectOption) {
		var attempts sync.WaitGroup
		s.Serve(func(p *wamptest.Peer) {
			attempts.Add(1)
			defer attempts.Done()
			p.Expect(wamptest.Hello)
			answer(p)
			p.Send(abort)
			s.Ended(p, 1000)
		})
		opts = append(opts, wamp.WithSerializers(s.Format), wamp.WithNetDial(s.NetDial))
		_, err := wamp.Connect(s.T.Context(), s.URL(), "realm1", opts...)
		attempts.Wait()
		var e *wamp.Error
		if !errors.As(err, &e) || !errors.Is(err, wamp.ErrNotAuthorized) || !wamp.IsPeer(err) {
			s.T.Fatalf("got %v", err)
		}
		if !reflect.DeepEqual(e.Args, []any{"go away", "a", int64(1)}) || !reflect.DeepEqual(e.Kwargs, stage.Dict{"k": true}) || e.Details()["x_why"] != int64(5) {
			s.T.Errorf("got %v, %v, %v", e.Args, e.Kwargs, e.Details())
		}
	}
	t.Run("hello", func(t *testing.T) {
		stage.Bubbles(t, func(s *stage.Stage) { refuse(s, func(*wamptest.Peer) {}) })
	})
	t.Run("authenticate", func(t *testing.T) {
		stage.Bubbles(t, func(s *stage.Stage) {
			refuse(s, func(p *wamptest.Peer) {
				p.Send(wamptest.Message{wamptest.Challenge, "ticket", stage.Dict{}})
				p.Expect(wamptest.Authenticate)
			}, wamp.WithAuth(auth.Ticket("ann", auth.NewSecret("xyzzy"))), wamp.WithPlaintextSecrets())
		})
	})
	t.Run("malformed", func(t *testing.T) {
		stage.Bubbles(t, func(s *stage.Stage) {
			err := failedOpen(s, func(p *wamptest.Peer) {
				p.Send(wamptest.Message{wamptest.Abort, stage.Dict{"message": 5}, "a.b"})
				s.Ended(p, 1002)
			})
			if err == nil || !strings.Contains(err.Error(), "protocol violation: ABORT") {
				s.T.Errorf("got %v", err)
			}
		})
	})
}

// R017: a router that never answers HELLO is given up at the handshake deadline.
func TestOpen_Deadline(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		begin := time.Now()
		err := failedOpen(s, func(p *wamptest.Peer) { p.ExpectEnd() })
		if took := time.Since(begin).Truncate(time.Second); took != 10*time.Second {
			s.T.Errorf("took %v", took)
		}
		if err == nil || !strings.Contains(err.Error(), "handshake took too long") {
			s.T.Errorf("got %v", err)
		}
	})
}

// R013: a role that the router does not have fails here, and nothing is sent.
func TestOpen_Roles(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		for _, role := range []string{"broker", "dealer"} {
			done := s.Dial()
			p := s.Accept()
			p.Join(wamptest.WithDetails(stage.Dict{"roles": stage.Dict{role: stage.Dict{}}}))
			c := s.Connected(done)
			ctx := s.T.Context()
			lacks := map[string]func() error{
				"publish":   func() error { return c.Publish(ctx, "a.b", nil, nil) },
				"subscribe": func() error { _, err := c.Subscribe(ctx, "a.b", nil); return err },
			}
			if role == "broker" {
				lacks = map[string]func() error{
					"call":     func() error { _, err := c.Call(ctx, "a.b", nil, nil); return err },
					"register": func() error { _, err := c.Register(ctx, "a.b", stage.Echo); return err },
				}
			}
			for name, run := range lacks {
				if err := run(); !errors.Is(err, wamp.ErrUnsupported) || !wamp.SafeToRetry(err) {
					s.T.Errorf("%s with a %s: %v", name, role, err)
				}
			}
			s.Quiet(p, func() wamptest.Message { go c.Close(context.Background()); return nil })
		}
	})
}

// R018, R019: the realm is the one the router says; nothing else is needed in
// WELCOME. R014: what is unknown is ignored.
func TestOpen_WelcomeDetails(t *testing.T) {
	for realm, details := range map[string]stage.Dict{
		"realm1": {"roles": stage.Dict{"broker": stage.Dict{}}, "realm": nil, "authid": nil, "authrole": nil, "authmethod": nil,
			"authprovider": nil, "agent": nil, "authextra": nil},
		"realm.else": {"roles": stage.Dict{"dealer": stage.Dict{"features": nil, "x_other": 5}}, "realm": "realm.else", "x_own": []any{nil}},
	} {
		stage.Bubbles(t, func(s *stage.Stage) {
			done := s.Dial()
			p := s.Accept()
			p.Expect(wamptest.Hello)
			p.Send(wamptest.Message{wamptest.Welcome, int64(1) << 53, details})
			c := s.Connected(done)
			if c.Realm() != realm || c.SessionID() != 1<<53 {
				s.T.Errorf("realm %s, session %d", c.Realm(), c.SessionID())
			}
			if said := c.AuthID() + c.AuthRole() + c.AuthMethod() + c.AuthProvider() + c.RouterAgent(); said != "" || c.AuthExtra() != nil {
				s.T.Errorf("the router said %q, %v", said, c.AuthExtra())
			}
		})
	}
}
