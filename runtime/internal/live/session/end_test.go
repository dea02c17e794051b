package session

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

const goodbyeAndOut = "wamp.close.goodbye_and_out"

// busy is a session with something of every kind under way.
type busy struct {
	*stage.Stage
	failed  []<-chan error // the operations that wait for a reply
	handler <-chan error   // why the ctx of a running handler ended
}

// occupy makes the session busy; everything has arrived at the peer.
func occupy(s *stage.Stage, c *wamp.Client, p *wamptest.Peer) *busy {
	s.T.Helper()
	ctx := s.T.Context()
	b := &busy{Stage: s}
	canceled := make(chan error, 1)
	b.handler = canceled
	granted := stage.Begin(func() error {
		_, err := c.Register(ctx, "com.example.running", func(ctx context.Context, _ wamp.Payload) (wamp.Payload, error) {
			<-ctx.Done()
			canceled <- context.Cause(ctx)
			return wamp.Payload{}, ctx.Err()
		})
		return err
	})
	p.Send(wamptest.Answer(p.Expect(wamptest.Register)))
	if err := <-granted; err != nil {
		s.T.Fatal(err)
	}
	p.Send(wamptest.Message{wamptest.Invocation, 1, 1, stage.Dict{}})
	for _, run := range []func() error{ // requests 2, 3 and 4
		func() error { return c.Publish(ctx, "a.b", nil, nil, wamp.WithAcknowledge()) },
		func() error { _, err := c.Call(ctx, "a.b", nil, nil); return err },
		func() error { _, err := c.Call(ctx, "a.c", nil, nil); return err },
	} {
		b.failed = append(b.failed, stage.Begin(run))
		if _, err := p.Next(); err != nil {
			s.T.Fatal(err)
		}
	}
	synctest.Wait()
	return b
}

// lost checks that everything under way ended at once and names the reason.
func (b *busy) lost(reason string) {
	b.T.Helper()
	synctest.Wait()
	for i, failed := range b.failed {
		select {
		case err := <-failed:
			if !errors.Is(err, wamp.ErrLost) || wamp.SafeToRetry(err) || !strings.Contains(err.Error(), reason) {
				b.T.Errorf("operation %d: %v", i, err)
			}
		default:
			b.T.Errorf("operation %d still waits", i)
		}
	}
	select {
	case cause := <-b.handler:
		if !errors.Is(cause, wamp.ErrLost) && !errors.Is(cause, wamp.ErrClosed) {
			b.T.Errorf("the handler's ctx: %v", cause)
		}
	default:
		b.T.Error("the handler still runs")
	}
}

// R020, R022, R023, R024, R029: Close says GOODBYE and nothing after it, takes
// nothing but the answer, and closes the transport itself.
func TestClose_Goodbye(t *testing.T) {
	for name, answer := range map[string]wamptest.Message{
		"answered": {wamptest.Goodbye, stage.Dict{}, goodbyeAndOut},
		"crossed":  {wamptest.Goodbye, stage.Dict{}, "wamp.close.system_shutdown"}, // R022: both began
		"aborted":  {wamptest.Abort, stage.Dict{}, "wamp.error.system_shutdown"},   // R025
	} {
		t.Run(name, func(t *testing.T) {
			stage.Bubbles(t, func(s *stage.Stage) {
				c, p := s.Connect()
				b := occupy(s, c, p)
				closed := stage.Begin(func() error { return c.Close(context.Background()) })
				m, err := p.Next()
				if m.Type() == wamptest.Error { // the handler was quick to answer its end
					m, err = p.Next()
				}
				if err != nil || m.Type() != wamptest.Goodbye || m.Text(2) != "wamp.close.close_realm" || m.Dict(1) == nil || len(m) != 3 {
					s.T.Errorf("found %v", m)
				}
				p.Send( // R024
					wamptest.Message{wamptest.Invocation, 9, 1, stage.Dict{}}, wamptest.Message{wamptest.Event, 9, 9, stage.Dict{}},
					wamptest.Message{wamptest.Result, 99, stage.Dict{}}, wamptest.Message{wamptest.Challenge, "ticket", stage.Dict{}},
					wamptest.Message{wamptest.Hello, "realm1", stage.Dict{"roles": stage.Dict{"caller": stage.Dict{}}}}, wamptest.Message{wamptest.Yield, 1, stage.Dict{}},
				)
				if _, err := c.Call(s.T.Context(), "a.b", nil, nil); !errors.Is(err, wamp.ErrClosed) || !wamp.SafeToRetry(err) {
					s.T.Errorf("a call while closing: %v", err)
				}
				p.Send(answer)
				s.Ended(p, 1000)
				if err := <-closed; err != nil {
					s.T.Error(err)
				}
				b.lost("")
				if st := c.Status(); st.State != wamp.Closed || c.Close(context.Background()) != nil {
					s.T.Errorf("status %v", st)
				}
			})
		})
	}
}

// R023: what is malformed after our GOODBYE ends the connection, and no ABORT
// follows the GOODBYE.
func TestClose_MalformedAnswer(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		closed := stage.Begin(func() error { return c.Close(context.Background()) })
		p.Expect(wamptest.Goodbye)
		p.Send(wamptest.Message{7, "what?"})
		p.ExpectEnd()
		if err := <-closed; err != nil {
			s.T.Error(err)
		}
	})
}

// R028: a router that does not answer GOODBYE holds nobody up.
func TestClose_Unanswered(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect(wamp.WithPing(-1, 0))
		start := time.Now()
		closed := stage.Begin(func() error { return c.Close(context.Background()) })
		p.Expect(wamptest.Goodbye)
		s.Ended(p, 1000)
		<-closed
		if took := time.Since(start).Truncate(time.Second); took != 5*time.Second {
			s.T.Errorf("took %v", took)
		}
	})
}

// R021, R026, R030, R031, R032: the router's GOODBYE is answered once, ends all
// that is under way, and is a loss like any other.
func TestLeft_Goodbye(t *testing.T) {
	for _, reason := range []string{
		"wamp.close.system_shutdown", "wamp.close.close_realm", goodbyeAndOut, "wamp.close.killed", // R030
		"wamp.close.normal", "wamp.close.logout", "com.example.tired", // R031
	} {
		t.Run(reason, func(t *testing.T) {
			stage.Bubbles(t, func(s *stage.Stage) {
				c, p := s.Connect()
				b := occupy(s, c, p)
				p.Send(wamptest.Message{wamptest.Goodbye, stage.Dict{"message": "time to go"}, reason}, wamptest.Message{wamptest.Event, 1, 1, stage.Dict{}})
				if m := p.Expect(wamptest.Goodbye); m.Text(2) != goodbyeAndOut || len(m) != 3 {
					s.T.Errorf("found %v", m)
				}
				s.Ended(p, 1000)
				b.lost(reason)
				if err := c.Status().Err; !errors.Is(err, &wamp.Error{URI: reason}) || !strings.Contains(err.Error(), "time to go") && strings.HasPrefix(reason, "wamp.") { // R032
					s.T.Errorf("status %v", err)
				}
				back(s, c)
			})
		})
	}
}

// back accepts the client's next session and grants what it restores.
func back(s *stage.Stage, c *wamp.Client) {
	s.T.Helper()
	p := s.Accept()
	p.Join()
	m := p.Expect(wamptest.Register)
	if m.ID(1) != 1 { // ids begin anew (R064)
		s.T.Errorf("found %v", m)
	}
	p.Send(wamptest.Answer(m))
	synctest.Wait()
	if st := c.Status(); st.State != wamp.Ready {
		s.T.Errorf("status %v", st)
	}
	s.Works(c, p)
}

// R025, R026, R027, R063: ABORT, a loss of the transport and an unfriendly close
// end all that is under way at once, without a word of ours, and healing begins.
func TestLeft_WithoutAnswer(t *testing.T) {
	for name, end := range map[string]func(*wamptest.Peer){
		"abort": func(p *wamptest.Peer) {
			p.Send(wamptest.Message{wamptest.Abort, stage.Dict{}, "wamp.error.system_shutdown"})
		},
		"malformed abort": func(p *wamptest.Peer) { p.Send(wamptest.Message{wamptest.Abort, 5, "a.b"}) },
		"reset":           func(p *wamptest.Peer) { p.Reset() },
		"close":           func(p *wamptest.Peer) { p.Close() },
		"close 1002":      func(p *wamptest.Peer) { unfriendly(p, 1002) },
		"close 1011":      func(p *wamptest.Peer) { unfriendly(p, 1011) },
	} {
		t.Run(name, func(t *testing.T) {
			stage.Bubbles(t, func(s *stage.Stage) {
				c, p := s.Connect()
				b := occupy(s, c, p)
				end(p)
				p.ExpectEnd()
				reason := ""
				if name == "abort" {
					reason = "wamp.error.system_shutdown"
				}
				b.lost(reason)
				back(s, c)
			})
		})
	}
}

// unfriendly closes as a WebSocket router does that is not content; RawSocket
// has no words for it.
func unfriendly(p *wamptest.Peer, code uint16) {
	if p.Request() == nil {
		p.Close()
		return
	}
	p.SendBytes(wamptest.WebSocketFrame(0x88, []byte{byte(code >> 8), byte(code)}))
}

// R036 to R041, R044, R046 to R055: what a router must not say to an open
// session. Nothing that follows is taken (R036), all that is under way ends.
func TestViolations(t *testing.T) {
	for _, bad := range []wamptest.Message{
		{1, "realm1", stage.Dict{"roles": stage.Dict{"caller": stage.Dict{}}}},                                                       // R040
		{2, 7, stage.Dict{"roles": stage.Dict{"broker": stage.Dict{}}}},                                                              // R038
		{4, "ticket", stage.Dict{}},                                                                                                  // R039
		{5, "x", stage.Dict{}}, {16, 1, stage.Dict{}, "a.b"}, {32, 1, stage.Dict{}, "a.b"}, {34, 1, 1}, {48, 1, stage.Dict{}, "a.b"}, // R049
		{49, 1, stage.Dict{}}, {64, 1, stage.Dict{}, "a.b"}, {66, 1, 1}, {70, 1, stage.Dict{}},
		{8, 68, 1, stage.Dict{}, "a.b"}, {8, 5, 1, stage.Dict{}, "a.b"}, {8, 0, 1, stage.Dict{}, "a.b"}, // R044
		{}, {nil}, {"36", 1, 1, stage.Dict{}}, {36.5, 1, 1, stage.Dict{}}, {-1}, {true}, // R046
		{0, stage.Dict{}}, {7, stage.Dict{}}, {255, 1}, // R047
		{256, 1}, {1023, 1}, {1024, 1}, // R048
		{50, 3}, {50, 3, stage.Dict{}, []any{}, stage.Dict{}, 1}, {50, 3, []any{}}, {50, 3, stage.Dict{}, stage.Dict{}}, {50, 3, nil}, {36, 1, stage.Dict{}}, // R052
		{50, 3, stage.Dict{"progress": 1}}, {36, 1, 1, stage.Dict{"topic": 5}}, {68, 5, 1, stage.Dict{"caller": "x"}}, // R053
		{50, 0, stage.Dict{}}, {50, int64(1<<53 + 1), stage.Dict{}}, {50, -3, stage.Dict{}}, {50, 3.5, stage.Dict{}}, {35, 0}, // R054
		{50, 99, stage.Dict{}}, {8, 48, 99, stage.Dict{}, "a.b"}, {33, 99, 1}, {17, 99, 1}, // R055
		{33, 3, 1}, {8, 64, 3, stage.Dict{}, "a.b"}, // R056
	} {
		stage.Bubbles(t, func(s *stage.Stage) {
			c, p := s.Connect()
			b := occupy(s, c, p)
			p.Send(bad, wamptest.Message{wamptest.Result, 3, stage.Dict{}}, wamptest.Message{wamptest.Invocation, 8, 1, stage.Dict{}})
			s.Violation(p)
			b.lost("")
			if err := c.Status().Err; err == nil || !strings.Contains(err.Error(), "protocol violation") {
				s.T.Errorf("%v: status %v", bad, err)
			}
			back(s, c)
		})
	}
}

// R046, R051: bytes that are no message at all.
func TestViolations_Bytes(t *testing.T) {
	for _, bad := range []string{
		"", " ", "null", "{}", "5", `"x"`, "[", "[50,3,{}", "[50,3,{}]]", "[50,3,{}] 5", "[50,3,{\"a\":}]", "[8,48,3,{},\"\xff\"]", "[50,3,{\"\xff\":1}]",
		"\xc1", "\x93", "\x93\x32", "\x93\x32\x03\x80\x00", "\x95\x08\x30\x03\x80\xa1\xff", "\x93\x32\x03\x81\xa1\xff\xc0", // MessagePack
		"\x83", "\x83\x18\x32", "\x83\x18\x32\x03\xa0\x00", "\x9f\x18\x32", "\x85\x08\x18\x30\x03\xa0\x61\xff", "\x83\x18\x32\x03\xa1\x61\xff\xf6", "\xff", "\xfc", // CBOR
	} {
		stage.Bubbles(t, func(s *stage.Stage) {
			c, p := s.Connect()
			b := occupy(s, c, p)
			p.SendRaw([]byte(bad))
			s.Violation(p)
			b.lost("")
			back(s, c)
		})
	}
}

// R045, R057, R058, R061, R062: what comes too late or for nobody is dropped.
func TestTolerated(t *testing.T) {
	stage.Bubbles(t, func(s *stage.Stage) {
		c, p := s.Connect()
		for _, late := range []wamptest.Message{
			{wamptest.Error, wamptest.Cancel, 1, stage.Dict{}, "wamp.error.invalid_argument"}, {wamptest.Error, wamptest.Yield, 1, stage.Dict{}, "a.b"}, // R045
			{wamptest.Event, 99, 1, stage.Dict{}}, {wamptest.Interrupt, 99, stage.Dict{}}, // R058, R061
			{wamptest.Unsubscribed, 0, stage.Dict{"subscription": 99}}, {wamptest.Unregistered, 0, stage.Dict{"registration": 99, "reason": "a.b"}}, // R062
		} {
			p.Send(late)
			s.Works(c, p)
		}
		p.Send(wamptest.Message{wamptest.Result, 1, stage.Dict{}}, wamptest.Message{wamptest.Error, wamptest.Call, 1, stage.Dict{}, "a.b"}) // R057
		s.Works(c, p)
		p.Send(wamptest.Message{wamptest.Invocation, 5, 99, stage.Dict{}}) // R059
		if m := p.Expect(wamptest.Error); m.ID(1) != int64(wamptest.Invocation) || m.ID(2) != 5 || m.Text(4) != "wamp.error.no_such_procedure" {
			s.T.Errorf("found %v", m)
		}
		s.Works(c, p)
	})
}
