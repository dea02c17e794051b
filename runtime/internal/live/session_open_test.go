package live

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// R001, R002, R004 to R008: one HELLO, and it announces what the runtime uses
// and no other feature.
func TestOpen_HelloIsFirstAndOnce(t *testing.T) {
	features := func(names ...string) dict {
		all := dict{}
		for _, name := range names {
			all[name] = true
		}
		return dict{"features": all}
	}
	want := dict{"agent": "wampgen", "roles": dict{
		"caller": features("call_canceling", "call_timeout", "caller_identification"),
		"callee": features("call_canceling", "call_timeout", "call_trustlevels", "caller_identification",
			"pattern_based_registration", "registration_revocation", "shared_registration"),
		"publisher": features("publisher_exclusion", "publisher_identification"),
		"subscriber": features("pattern_based_subscription", "publication_trustlevels", "publisher_identification",
			"subscription_revocation"),
	}}
	faultBubbles(t, func(s *faultStage) {
		done := s.dial()
		p := s.Accept()
		hello, err := p.Next()
		if err != nil || !reflect.DeepEqual(hello, message{int64(wamptest.Hello), "realm1", want}) {
			s.t.Fatalf("found %v, %v", hello, err)
		}
		var c *wamp.Client
		call := s.quiet(p, func() message {
			p.Send(s.Welcome())
			c = s.connected(done)
			s.call(c, "a.b")
			return nil
		})
		if call.Type() != wamptest.Call {
			s.t.Errorf("found %v", call)
		}
	})
}

// R012: what waits for the next session is written after its WELCOME.
func TestOpen_NothingBeforeWelcome(t *testing.T) {
	faultBubbles(t, func(s *faultStage) {
		c, p := s.join()
		p.Reset()
		synctest.Wait()
		done := s.call(c, "a.b")
		p = s.Accept()
		p.Expect(wamptest.Hello)
		call := s.quiet(p, func() message { return s.Welcome() })
		if call.ID(1) != 1 {
			s.t.Errorf("found %v", call)
		}
		p.Send(wamptest.Answer(call))
		if r := <-done; r.err != nil {
			s.t.Error(r.err)
		}
	})
}

// failedOpen begins to connect, lets act play the router's part behind HELLO,
// and returns the error of the attempt.
func (s *faultStage) failedOpen(act func(*wamptest.Peer), opts ...wamp.ConnectOption) error {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	opts = append([]wamp.ConnectOption{wamp.WithSerializers(s.format), wamp.WithNetDial(s.NetDial)}, opts...)
	done := begin(func() error {
		_, err := wamp.Connect(ctx, s.URL(), "realm1", opts...)
		return err
	})
	p := s.Accept()
	p.Expect(wamptest.Hello)
	act(p)
	faultPass(time.Millisecond) // the attempt ends, and the next one is not due
	cancel()
	return <-done
}

// R009, R010, R036, R037, R040 to R043, R049: what a router must not say before
// the session is established.
func TestOpen_Violations(t *testing.T) {
	roles := dict{"roles": dict{"broker": dict{}}}
	for _, bad := range []message{
		{1, "realm1", dict{"roles": dict{"caller": dict{}}}}, // R040
		{2, 7, dict{}}, {2, 7, dict{"roles": dict{}}}, {2, 7, dict{"roles": dict{"caller": dict{}}}}, {2, 0, roles}, // R010
		{2, 1<<53 + 1, roles}, {2, "7", roles}, {2, 1.5, roles}, {2, -1, roles}, {2, 7}, {2, 7, dict{"roles": []any{"broker"}}},
		{6, dict{}, "wamp.close.normal"},                                            // R041
		{8, 48, 1, dict{}, "a.b"}, {17, 1, 1}, {33, 1, 1}, {35, 1}, {50, 1, dict{}}, // R042
		{65, 1, 1}, {67, 1}, {68, 1, 1, dict{}}, {67, 0, dict{"registration": 1}},
		{36, 1, 1, dict{}}, {69, 1, dict{}}, // R043
		{16, 1, dict{}, "a.b"}, {70, 1, dict{}}, // R049
		{}, {7, dict{}}, {"2", 7, roles}, {nil},
	} {
		faultBubbles(t, func(s *faultStage) {
			err := s.failedOpen(func(p *wamptest.Peer) {
				p.Send(bad, s.Welcome()) // R036: nothing more is taken from this router
				s.violation(p)
			})
			if err == nil || !strings.Contains(err.Error(), "protocol violation: ") {
				s.t.Errorf("%v: got %v", bad, err)
			}
		})
	}
}

// R015, R025: an ABORT ends the attempt and says why; nothing is sent back.
func TestOpen_Abort(t *testing.T) {
	abort := message{wamptest.Abort, dict{"message": "go away", "x_why": 5}, "wamp.error.not_authorized", []any{"a", 1}, dict{"k": true}}
	refuse := func(s *faultStage, answer func(*wamptest.Peer), opts ...wamp.ConnectOption) {
		var attempts sync.WaitGroup
		s.Serve(func(p *wamptest.Peer) {
			attempts.Add(1)
			defer attempts.Done()
			p.Expect(wamptest.Hello)
			answer(p)
			p.Send(abort)
			s.ended(p, 1000)
		})
		opts = append(opts, wamp.WithSerializers(s.format), wamp.WithNetDial(s.NetDial))
		_, err := wamp.Connect(s.t.Context(), s.URL(), "realm1", opts...)
		attempts.Wait()
		var e *wamp.Error
		if !errors.As(err, &e) || !errors.Is(err, wamp.ErrNotAuthorized) || !wamp.IsPeer(err) {
			s.t.Fatalf("got %v", err)
		}
		if !reflect.DeepEqual(e.Args, []any{"go away", "a", int64(1)}) || !reflect.DeepEqual(e.Kwargs, dict{"k": true}) || e.Details()["x_why"] != int64(5) {
			s.t.Errorf("got %v, %v, %v", e.Args, e.Kwargs, e.Details())
		}
	}
	t.Run("hello", func(t *testing.T) {
		faultBubbles(t, func(s *faultStage) { refuse(s, func(*wamptest.Peer) {}) })
	})
	t.Run("authenticate", func(t *testing.T) {
		faultBubbles(t, func(s *faultStage) {
			refuse(s, func(p *wamptest.Peer) {
				p.Send(message{wamptest.Challenge, "ticket", dict{}})
				p.Expect(wamptest.Authenticate)
			}, wamp.WithAuth(auth.Ticket("ann", auth.NewSecret("xyzzy"))), wamp.AllowPlaintextSecrets())
		})
	})
	t.Run("malformed", func(t *testing.T) {
		faultBubbles(t, func(s *faultStage) {
			err := s.failedOpen(func(p *wamptest.Peer) {
				p.Send(message{wamptest.Abort, dict{"message": 5}, "a.b"})
				s.ended(p, 1002)
			})
			if err == nil || !strings.Contains(err.Error(), "protocol violation: ABORT") {
				s.t.Errorf("got %v", err)
			}
		})
	})
}

// R017: a router that never answers HELLO is given up at the handshake deadline.
func TestOpen_Deadline(t *testing.T) {
	faultBubbles(t, func(s *faultStage) {
		begin := time.Now()
		err := s.failedOpen(func(p *wamptest.Peer) { p.ExpectEnd() })
		if took := time.Since(begin).Truncate(time.Second); took != 10*time.Second {
			s.t.Errorf("took %v", took)
		}
		if err == nil || !strings.Contains(err.Error(), "handshake took too long") {
			s.t.Errorf("got %v", err)
		}
	})
}

// R013: a role that the router does not have fails here, and nothing is sent.
func TestOpen_Roles(t *testing.T) {
	faultBubbles(t, func(s *faultStage) {
		for _, role := range []string{"broker", "dealer"} {
			done := s.dial()
			p := s.Accept()
			p.Join(wamptest.WithDetails(dict{"roles": dict{role: dict{}}}))
			c := s.connected(done)
			ctx := s.t.Context()
			lacks := map[string]func() error{
				"publish":   func() error { return c.Publish(ctx, "a.b", nil, nil) },
				"subscribe": func() error { _, err := c.Subscribe(ctx, "a.b", nil); return err },
			}
			if role == "broker" {
				lacks = map[string]func() error{
					"call":     func() error { _, err := c.Call(ctx, "a.b", nil, nil); return err },
					"register": func() error { _, err := c.Register(ctx, "a.b", faultEcho); return err },
				}
			}
			for name, run := range lacks {
				if err := run(); !errors.Is(err, wamp.ErrUnsupported) || !wamp.SafeToRetry(err) {
					s.t.Errorf("%s with a %s: %v", name, role, err)
				}
			}
			s.quiet(p, func() message { go c.Close(context.Background()); return nil })
		}
	})
}

// R018, R019: the realm is the one the router says; nothing else is needed in
// WELCOME. R014: what is unknown is ignored.
func TestOpen_WelcomeDetails(t *testing.T) {
	for realm, details := range map[string]dict{
		"realm1":     {"roles": dict{"broker": dict{}}},
		"realm.else": {"roles": dict{"dealer": dict{"features": nil, "x_other": 5}}, "realm": "realm.else", "x_own": []any{nil}},
	} {
		faultBubbles(t, func(s *faultStage) {
			done := s.dial()
			p := s.Accept()
			p.Expect(wamptest.Hello)
			p.Send(message{wamptest.Welcome, 1 << 53, details})
			c := s.connected(done)
			if c.Realm() != realm || c.Session() != 1<<53 {
				s.t.Errorf("realm %s, session %d", c.Realm(), c.Session())
			}
		})
	}
}
