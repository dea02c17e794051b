package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/transport"
)

// slow is a method that takes its time over the answer to a challenge.
type slow func(context.Context)

func (m slow) Begin(context.Context, auth.Channel) (auth.Attempt, error) { return m, nil }
func (slow) Offer() auth.Offer                                           { return auth.Offer{Methods: []string{"slow"}} }
func (slow) Verify(map[string]any) error                                 { return nil }
func (m slow) Respond(ctx context.Context, _ auth.Challenge) (auth.Response, error) {
	m(ctx)
	return auth.Response{Signature: "at last", Extra: map[string]any{"b": 2, "a": 1}}, nil
}

func TestDial_Fails(t *testing.T) {
	want := errors.New("nobody there")
	cfg := Config{Dialer: dialer(func() (*transport.Link, error) { return nil, want })}
	if s, err := Dial(t.Context(), &cfg, "pipe:"); s != nil || err != want {
		t.Errorf("got %v, %v", s, err)
	}
}

func TestJoin_Welcome(t *testing.T) {
	bubble(t, func(r *rig) {
		before := time.Now()
		r.join()
		s := r.s
		if s.ID() != 4711 || s.Realm() != "realm1" || s.URL() != "pipe:" || s.Format() != codec.JSON || !s.Born().Equal(before) {
			r.t.Errorf("got %d, %q, %q, %v, born %v", s.ID(), s.Realm(), s.URL(), s.Format(), s.Born())
		}
		if m := (core.Message{Details: s.Welcome()}); m.DetailText("realm") != "realm1" {
			r.t.Errorf("got %s", s.Welcome().Data)
		}
		if f := s.Features(); !f.Broker || !f.Dealer || !f.CallCanceling || f.CallTimeout {
			r.t.Errorf("got %+v", f)
		}
		if s.LoginState() != (LoginState{}) || s.Cause() != nil || s.Life().Err() != nil || r.ending.Load() != 0 {
			r.t.Errorf("got %+v, %v", s.LoginState(), s.Cause())
		}
		select {
		case <-s.Done():
			r.t.Error("the session has ended")
		default:
		}
	})
}

// The entries of the client stand in authextra beside those of the method.
func TestJoin_Extra(t *testing.T) {
	bubble(t, func(r *rig) {
		r.cfg.Login.Extra = core.Dict{{Key: "tenant", Value: "acme"}}
		r.dial()
		done := begin(func() error { return r.s.Join(r.t.Context()) })
		if hello := r.expect(core.MsgHello)[2].(map[string]any); !reflect.DeepEqual(hello["authextra"], map[string]any{"tenant": "acme"}) {
			r.t.Errorf("got %v", hello)
		}
		r.send(welcome)
		if err := <-done; err != nil {
			r.t.Fatal(err)
		}
	})
}

// A HELLO that the router does not take fails the join, and nothing is sent.
func TestJoin_HelloTooLarge(t *testing.T) {
	bubble(t, func(r *rig) {
		r.cfg.SendLimit = 100
		r.dial()
		if err := r.s.Join(r.t.Context()); !errors.Is(err, ErrTooLarge) {
			r.t.Errorf("got %v", err)
		}
		r.expectEnd(-1)
	})
}

// A strict session ends on what no router should send; any other goes on.
func TestJoin_Strict(t *testing.T) {
	for _, strict := range []bool{false, true} {
		bubble(t, func(r *rig) {
			r.cfg.Strict = strict
			r.join()
			r.send(`[36,8,100,{},["a"]]`) // of no subscription
			synctest.Wait()
			if got := r.s.Cause(); (got != nil) != strict {
				r.t.Errorf("strict %v: got %v", strict, got)
			}
			if strict {
				if m := r.expect(core.MsgAbort); m[2] != "wamp.error.protocol_violation" {
					r.t.Errorf("got %v", m)
				}
			}
		})
	}
}

func TestJoin_Login(t *testing.T) {
	bubble(t, func(r *rig) {
		r.cfg.Login.Methods = []auth.Method{auth.Ticket("joe", auth.NewSecret("sesame"))}
		r.dial()
		done := begin(func() error { return r.s.Join(r.t.Context()) })
		hello := r.expect(core.MsgHello)[2].(map[string]any)
		if hello["authid"] != "joe" || !reflect.DeepEqual(hello["authmethods"], []any{"ticket"}) {
			r.t.Errorf("got %v", hello)
		}
		r.send(`[4,"ticket",{}]`)
		if m := r.expect(core.MsgAuthenticate); m[1] != "sesame" {
			r.t.Errorf("got %v", m)
		}
		r.send(`[2,1,{"authmethod":"ticket","roles":{"broker":{}}}]`)
		if err := <-done; err != nil {
			r.t.Fatal(err)
		}
		if r.s.LoginState() != (LoginState{Offered: true, Answered: true}) {
			r.t.Errorf("got %+v", r.s.LoginState())
		}
	})
}

// A login that leaves the machine in plain text is reported before it does.
func TestJoin_Exposed(t *testing.T) {
	bubble(t, func(r *rig) {
		var url string
		var methods []string
		r.cfg.Login.Methods = []auth.Method{auth.Ticket("joe", auth.NewSecret("sesame"))}
		r.cfg.Login.Plaintext = true
		r.cfg.Login.Exposed = func(u string, m []string) { url, methods = u, m }
		open := r.cfg.Dialer
		r.cfg.Dialer = dialer(func() (*transport.Link, error) {
			link, err := open.Dial(r.t.Context(), "", transport.Options{})
			link.Local, link.URL = false, "ws://far.example/"
			return link, err
		})
		done := r.joining(r.t.Context())
		if url != "ws://far.example/" || !reflect.DeepEqual(methods, []string{"ticket"}) {
			r.t.Errorf("got %q, %q", url, methods)
		}
		r.send(`[4,"ticket",{}]`)
		r.expect(core.MsgAuthenticate)
		r.send(welcome)
		if err := <-done; err != nil {
			r.t.Error(err)
		}
	})
}

func TestJoin_Aborted(t *testing.T) {
	for details, text := range map[string]string{
		`{}`: "", `{"message":"go away"}`: "go away", `{"scram":"other-error"}`: "scram: other-error",
		`{"message":"no","scram":"other-error"}`: "no (scram: other-error)",
	} {
		bubble(t, func(r *rig) {
			done := r.joining(r.t.Context())
			r.send(`[3,` + details + `,"wamp.error.no_such_realm"]`)
			err := <-done
			if peer, ok := errors.AsType[*peerError](err); !ok || *peer != (peerError{"wamp.error.no_such_realm", text}) {
				r.t.Errorf("got %v, want the message %q", err, text)
			}
			r.expectEnd(closeNormal) // R025: without an answer
		})
	}
}

// What the router says out of turn is a violation: the session ends with an
// ABORT.
func TestJoin_OutOfTurn(t *testing.T) {
	for _, messages := range [][]string{
		{`[36,1,1,{}]`}, {`[6,{},"wamp.close.normal"]`}, {`[50,1,{}]`}, {`[4,"slow",{}]`, `[4,"slow",{}]`}, {`[2,0,{}]`}, {`[]`},
	} {
		bubble(t, func(r *rig) {
			r.cfg.Login.Methods = []auth.Method{slow(func(ctx context.Context) { <-r.s.Done() })}
			done := r.joining(r.t.Context())
			r.send(messages...)
			if m := r.expect(core.MsgAbort); m[2] != "wamp.error.protocol_violation" {
				r.t.Errorf("got %v", m)
			}
			r.expectEnd(closeViolation)
			if err := <-done; err != r.s.Cause() || Gone(err) {
				r.t.Errorf("%v: got %v", messages, err)
			}
		})
	}
}

// A second WELCOME arrives when the session may not have taken the first one.
func TestJoin_WelcomeTwice(t *testing.T) {
	bubble(t, func(r *rig) {
		done := r.joining(r.t.Context())
		r.send(welcome, welcome)
		r.expect(core.MsgAbort)
		r.expectEnd(closeViolation)
		<-done // either: it was established, or it ended first
		if v, ok := errors.AsType[*core.Violation](r.s.Cause()); !ok {
			r.t.Errorf("got %v", v)
		}
	})
}

// A challenge that was not asked for and a WELCOME without one are answered with
// ABORT, which holds no secret.
func TestJoin_Refused(t *testing.T) {
	for _, message := range []string{`[4,"ticket",{}]`, welcome} {
		bubble(t, func(r *rig) {
			r.cfg.Login.Methods = []auth.Method{auth.CRA("joe", auth.NewSecret("sesame"))}
			done := r.joining(r.t.Context())
			r.send(message)
			m := r.expect(core.MsgAbort)
			if text := fmt.Sprint(m...); !strings.HasPrefix(m[2].(string), "wamp.error.") || strings.Contains(text, "sesame") {
				r.t.Errorf("got %v", m)
			}
			r.expectEnd(closeViolation)
			err := <-done
			if _, ok := errors.AsType[*auth.Error](err); !ok || r.s.LoginState() != (LoginState{Offered: true}) {
				r.t.Errorf("got %v, %+v", err, r.s.LoginState())
			}
		})
	}
}

// Join ends with its ctx, by its cause, and with the connection.
func TestJoin_Silence(t *testing.T) {
	late := errors.New("that took too long")
	for name, want := range map[string]error{"deadline": late, "hang up": io.EOF} {
		bubble(t, func(r *rig) {
			ctx, cancel := context.WithTimeoutCause(r.t.Context(), time.Minute, late)
			defer cancel()
			done := r.joining(ctx)
			if name == "hang up" {
				r.router.Close()
			}
			if err := <-done; !errors.Is(err, want) || err != r.s.Cause() {
				r.t.Errorf("%s: got %v", name, err)
			}
			r.s.Wait()
			if r.line.said != -1 || r.ending.Load() == 0 {
				r.t.Errorf("%s: close code %d", name, r.line.said)
			}
		})
	}
}

// An answer may take its time and holds nothing up.
func TestJoin_SlowAnswer(t *testing.T) {
	bubble(t, func(r *rig) {
		r.cfg.Login.Methods = []auth.Method{slow(func(context.Context) { time.Sleep(time.Hour) })}
		done := r.joining(r.t.Context())
		r.send(`[4,"slow",{}]`)
		if m := r.expect(core.MsgAuthenticate); m[1] != "at last" || !reflect.DeepEqual(m[2], map[string]any{"a": 1.0, "b": 2.0}) {
			r.t.Errorf("got %v", m)
		}
		r.send(welcome)
		if err := <-done; err != nil {
			r.t.Error(err)
		}
	})
}

// The cause of a loss while an answer was worked out is that of the connection.
func TestJoin_LostWhileAnswering(t *testing.T) {
	bubble(t, func(r *rig) {
		r.cfg.Login.Methods = []auth.Method{slow(func(context.Context) { <-r.s.Done() })}
		done := r.joining(r.t.Context())
		r.send(`[4,"slow",{}]`)
		synctest.Wait()
		r.router.Close()
		if err := <-done; !errors.Is(err, io.EOF) || Gone(err) {
			r.t.Errorf("got %v", err)
		}
	})
}

// So it is when the router has spoken its last word and the session is only about
// to end.
func TestJoin_AbortedWhileAnswering(t *testing.T) {
	bubble(t, func(r *rig) {
		ending := make(chan struct{})
		var once sync.Once
		r.cfg.Ending = func(*Session) {
			once.Do(func() {
				close(ending)
				time.Sleep(time.Second)
			})
		}
		r.cfg.Login.Methods = []auth.Method{slow(func(context.Context) { <-ending })}
		done := r.joining(r.t.Context())
		r.send(`[4,"slow",{}]`, `[3,{},"wamp.error.no_such_realm"]`)
		if _, ok := errors.AsType[*peerError](<-done); !ok {
			r.t.Errorf("got %v", r.s.Cause())
		}
	})
}

// A login that cannot be sends nothing.
func TestJoin_NothingToOffer(t *testing.T) {
	bubble(t, func(r *rig) {
		want := errors.New("the vault is closed")
		var secret auth.SecretFunc = func(context.Context) (auth.Secret, error) { return auth.Secret{}, want }
		r.cfg.Login.Methods = []auth.Method{auth.Cryptosign("joe", secret)}
		r.dial()
		if err := r.s.Join(r.t.Context()); !errors.Is(err, want) {
			r.t.Errorf("got %v", err)
		}
		r.expectEnd(-1)
	})
}
