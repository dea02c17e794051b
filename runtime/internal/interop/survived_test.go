package interop

import (
	"context"
	"errors"
	"fmt"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/auth"
)

// moreDeviations are those of routers that concern several sessions, of routers
// that leave things unanswered, and of errors that only some routers know.
var moreDeviations = []deviation{
	{"crossbar 4", "Crossbar.io", `^< \[68,([2-9]|\d\d+),`, "", secondCallee},
	{"crossbar 9", "Crossbar.io", `^< \[36,\d+,\d+,[^[]*\[\d+\]`, "", left},
	{"crossbar 11", "", `^< \[8,48,.*"crossbar.error.max_concurrency_reached"`, "", refusedAs("crossbar.error.max_concurrency_reached", nil)},
	{"crossbar 14", "", `^x$`, `^< \[3,`, dropped},
	{"crossbar 16", "Crossbar.io", `^< \[3,.*"wamp.error.not_authorized"`, "", unknownMethod},
	{"crossbar 22", "Crossbar.io", `^< \[67,0,`, "", takenOver},
	{"crossbar 23", "Crossbar.io", `^< \[69,`, "", callerVanishes},
	{"crossbar 26", "Crossbar.io", `procedure_exists_with_different_invocation_policy`, "", otherPolicyError("wamp.error.procedure_exists_with_different_invocation_policy")},
	{"crossbar 28", "Crossbar.io", `^< \[68,.*"caller":`, "", disclosed},
	{"crossbar 30", "Crossbar.io", `^> \[48,.*"limit":100.*\n(.*\n)?< \[8,48,.*"wamp.error.runtime_error"`, "", halfForgotten},
	{"nexus 3", "nexus", `^< \[69,.*"reason"`, "", interrupted},
	{"nexus 6", "nexus", `^< \[50,\d+,[^[]*\[0\]`, "", noMatch},
	{"nexus 12", "", `"wamp.error.option_disallowed.disclose_me"`, "", refusedAs("wamp.error.option_disallowed.disclose_me", wamp.ErrDisclosureRefused)},
	{"nexus 13", "", `^< \[6,\{\},"wamp.close.system_shutdown"\]`, "", dropped},
	{"fox 8", "", `^< \[68,9,(.*\n)+< \[68,4,`, "", calledTwice},
	{"xconn 1", "", `^< \[2,`, `"authprovider"`, nothing},
	{"xconn 2", "", `^> \[48,`, `^< \[(50|8),`, unanswered},
	{"xconn 3", "", `^> \[34,`, `^< \[35,`, unsubscribed},
	{"xconn 5", "", `^> \[48,`, "", unanswered},
	{"xconn 6", "", `^< \[50,2,\{\},\[42\]\]\n< \[50,2,`, "", answeredTwice},
	{"xconn 10", "", `^< \[33,1,7\]\n(.*\n)?< \[33,2,7\]`, "", sameSubscription},
	{"xconn 12", "", `"wamp.error.authorization_failed"`, "", refusedAs("wamp.error.authorization_failed", wamp.ErrAuthorizationFailed)},
}

// secondCallee serves a procedure beside another client: the ids of its
// invocations do not begin with 1.
func secondCallee(ctx context.Context, s *stage) error {
	first, err := s.connect(ctx)
	if err != nil {
		return err
	}
	if _, err := first.Register(ctx, uri+".first", echo); err != nil {
		return err
	}
	second, err := s.connect(ctx)
	if err != nil {
		return err
	}
	if _, err := second.Register(ctx, uri, echo); err != nil {
		return err
	}
	if _, err := first.Call(ctx, uri+".first", nil, nil); err != nil {
		return err
	}
	return works(ctx, first)
}

// calledTwice serves a second invocation whose id is below that of the first.
func calledTwice(ctx context.Context, s *stage) error {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	if _, err := c.Register(ctx, uri, echo); err != nil {
		return err
	}
	return errors.Join(works(ctx, c), works(ctx, c))
}

// left hears of a session that has left, by its id alone.
func left(ctx context.Context, s *stage) error {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	seen := make(chan wamp.Payload, 1)
	_, err = c.Subscribe(ctx, "wamp.session.on_leave", func(_ context.Context, p wamp.Payload) error { seen <- p; return nil })
	if err != nil {
		return err
	}
	other, err := s.connect(ctx)
	if err != nil {
		return err
	}
	id := other.SessionID()
	if err := other.Close(ctx); err != nil {
		return err
	}
	p, err := receive(ctx, "on_leave", seen)
	if err != nil || len(p.Args) != 1 || p.Args[0] != int64(id) {
		return fmt.Errorf("on_leave of %d is %v: %w", id, p.Args, err)
	}
	return nil
}

// refusedAs is a call that the router refuses with an error of its own.
func refusedAs(refusal string, is error) func(context.Context, *stage) error {
	return func(ctx context.Context, s *stage) error {
		c, err := s.connect(ctx)
		if err != nil {
			return err
		}
		_, err = c.Call(ctx, uri, nil, nil)
		var e *wamp.Error
		if !errors.As(err, &e) || e.URI != refusal || is != nil && !errors.Is(err, is) {
			return fmt.Errorf("want %s, found %w", refusal, err)
		}
		return nil
	}
}

// dropped loses its connection without a word that explains it, and goes on with
// another one.
func dropped(ctx context.Context, s *stage) error {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	old := c.SessionID()
	if _, err := c.Register(ctx, uri, echo); err != nil {
		return err
	}
	if err := another(ctx, c, old); err != nil {
		return err
	}
	return works(ctx, c)
}

// unknownMethod offers a login that the router does not know.
func unknownMethod(ctx context.Context, s *stage) error {
	_, err := s.connect(ctx, wamp.WithMaxElapsed(time.Nanosecond), // one refusal is enough
		wamp.WithAuth(auth.SCRAM("joe", auth.NewSecret("secret"), auth.SCRAMNames{"wamp-scram"})))
	if !errors.Is(err, wamp.ErrAuthenticationFailed) {
		return fmt.Errorf("the login ended with %w", err)
	}
	return nil
}

// takenOver loses a procedure to another client while it runs: the handler goes
// on, and so does the session.
func takenOver(ctx context.Context, s *stage) error {
	first, err := s.connect(ctx)
	if err != nil {
		return err
	}
	begun, release := make(chan bool, 1), make(chan bool)
	_, err = first.Register(ctx, uri, func(ctx context.Context, p wamp.Payload) (wamp.Payload, error) {
		begun <- true
		select {
		case <-release:
		case <-ctx.Done():
		}
		return p, nil
	})
	if err != nil {
		return err
	}
	second, err := s.connect(ctx)
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() {
		_, err := second.Call(ctx, uri, nil, nil)
		done <- err
	}()
	if _, err := receive(ctx, "a call", begun); err != nil {
		return err
	}
	_, err = second.Register(ctx, uri, echo, wamp.WithForceReregister())
	close(release)
	if err != nil {
		return err
	}
	if err, late := receive(ctx, "the end of the call", done); err != nil || late != nil {
		return fmt.Errorf("the call ended with %w: %w", err, late)
	}
	return works(ctx, first)
}

// callerVanishes loses its caller: its handler ends.
func callerVanishes(ctx context.Context, s *stage) error {
	callee, err := s.connect(ctx)
	if err != nil {
		return err
	}
	begun, ended := make(chan bool, 1), make(chan bool, 1)
	_, err = callee.Register(ctx, uri+".hang", func(ctx context.Context, p wamp.Payload) (wamp.Payload, error) {
		begun <- true
		<-ctx.Done()
		ended <- true
		return p, context.Cause(ctx)
	})
	if err != nil {
		return err
	}
	if _, err := callee.Register(ctx, uri, echo); err != nil {
		return err
	}
	caller, err := s.connect(ctx) // last: its connection is the one to be cut
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() {
		_, err := caller.Call(ctx, uri+".hang", nil, nil)
		done <- err
	}()
	if _, err := receive(ctx, "a call", begun); err != nil {
		return err
	}
	mend := s.cut()
	_, err = receive(ctx, "the end of the handler", ended)
	mend()
	if err, late := receive(ctx, "the end of the call", done); late != nil || err == nil {
		return fmt.Errorf("the call ended with %v: %w", err, late)
	}
	return errors.Join(err, works(ctx, callee))
}

// otherPolicyError registers a procedure that another client has shared otherwise.
func otherPolicyError(refusal string) func(context.Context, *stage) error {
	return func(ctx context.Context, s *stage) error {
		first, err := s.connect(ctx)
		if err != nil {
			return err
		}
		if _, err := first.Register(ctx, uri, echo, wamp.WithInvokePolicy(wamp.InvokeRoundRobin)); err != nil {
			return err
		}
		second, err := s.connect(ctx)
		if err != nil {
			return err
		}
		_, err = second.Register(ctx, uri, echo, wamp.WithInvokePolicy(wamp.InvokeFirst))
		var e *wamp.Error
		if !errors.As(err, &e) || e.URI != refusal {
			return fmt.Errorf("registering ended with %w", err)
		}
		return works(ctx, second)
	}
}

// disclosed sees who calls although nobody asked for it.
func disclosed(ctx context.Context, s *stage) error {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	callers := make(chan wamp.ID, 1)
	_, err = c.Register(ctx, uri, func(ctx context.Context, p wamp.Payload) (wamp.Payload, error) {
		callers <- wamp.CallInfoFrom(ctx).Caller
		return p, nil
	})
	if err != nil {
		return err
	}
	if err := works(ctx, c); err != nil {
		return err
	}
	if caller, err := receive(ctx, "a call", callers); err != nil || caller != c.SessionID() {
		return fmt.Errorf("the caller is %d: %w", caller, err)
	}
	return nil
}

// interrupted cancels a call whose handler then ends with the cause.
func interrupted(ctx context.Context, s *stage) error {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	if _, err := c.Register(ctx, uri, echo); err != nil {
		return err
	}
	begun, ended := make(chan bool, 1), make(chan error, 1)
	_, err = c.Register(ctx, uri+".hang", func(ctx context.Context, p wamp.Payload) (wamp.Payload, error) {
		begun <- true
		<-ctx.Done()
		ended <- context.Cause(ctx)
		return p, context.Cause(ctx)
	})
	if err != nil {
		return err
	}
	call, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		_, err := c.Call(call, uri+".hang", nil, nil, wamp.WithCancelMode(wamp.Kill))
		done <- err
	}()
	<-begun
	cancel()
	cause, late := receive(ctx, "the end of the handler", ended)
	if late != nil || !errors.Is(cause, wamp.ErrCanceled) {
		return errors.Join(fmt.Errorf("the handler ended with %w", cause), late)
	}
	if err := <-done; err == nil {
		return errors.New("the call has a result")
	}
	return works(ctx, c)
}

// noMatch looks up a procedure that nobody has.
func noMatch(ctx context.Context, s *stage) error {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	out, err := c.Call(ctx, "wamp.registration.lookup", []any{uri + ".nobody"}, nil)
	if err != nil || len(out.Args) != 1 || out.Args[0] != nil && out.Args[0] != int64(0) {
		return fmt.Errorf("wamp.registration.lookup gives %v: %w", out, err)
	}
	return nil
}

// unanswered calls, and ends with its ctx.
func unanswered(ctx context.Context, s *stage) error {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	call, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if _, err := c.Call(call, uri, nil, nil); !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("the call ended with %w", err)
	}
	return nil
}

// unsubscribed takes a subscription back without an answer, and goes on.
func unsubscribed(ctx context.Context, s *stage) error {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	sub, err := c.Subscribe(ctx, uri, func(context.Context, wamp.Payload) error { return nil })
	if err != nil {
		return err
	}
	short, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if err := sub.Unsubscribe(short); !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("unsubscribing ended with %w", err)
	}
	return works(ctx, c)
}

// answeredTwice takes the first of two results, and goes on.
func answeredTwice(ctx context.Context, s *stage) error {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	if _, err := c.Register(ctx, uri+".other", echo); err != nil {
		return err
	}
	return errors.Join(works(ctx, c), works(ctx, c))
}

// sameSubscription has one id for two matches: both get the event.
func sameSubscription(ctx context.Context, s *stage) error {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	seen := make(chan string, 4)
	subscribe := func(name string, opts ...wamp.SubscribeOption) (*wamp.Subscription, error) {
		return c.Subscribe(ctx, uri, func(context.Context, wamp.Payload) error { seen <- name; return nil }, opts...)
	}
	exact, err := subscribe("exact")
	if err != nil {
		return err
	}
	if _, err := subscribe("prefix", wamp.WithPrefix()); err != nil {
		return err
	}
	if err := c.Publish(ctx, uri, nil, nil, wamp.WithAcknowledge()); err != nil {
		return err
	}
	first, err := receive(ctx, "an event", seen)
	if err != nil {
		return err
	}
	if second, err := receive(ctx, "the same event", seen); err != nil || first == second {
		return fmt.Errorf("%s got the event, and %q: %w", first, second, err)
	}
	return exact.Unsubscribe(ctx)
}
