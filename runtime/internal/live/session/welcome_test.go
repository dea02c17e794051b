package session

import (
	"reflect"
	"testing"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// What WELCOME says of the session can be asked for. It may say nothing,
// and something else on the next session; without one there is nothing.
func TestWelcome_Getters(t *testing.T) {
	who := func(c *wamp.Client) []string {
		return []string{c.AuthID(), c.AuthRole(), c.AuthMethod(), c.AuthProvider(), c.RouterAgent()}
	}
	stage.Bubbles(t, func(s *stage.Stage) {
		details := stage.Dict{"authid": "ann", "authrole": "staff", "authmethod": "anonymous", "authprovider": "dynamic",
			"agent": "router/1", "authextra": stage.Dict{"tenant": "acme", "quota": 7}}
		done := s.Dial()
		p := s.Accept()
		p.Join(wamptest.WithDetails(details))
		c := s.Connected(done)
		if got := who(c); !reflect.DeepEqual(got, []string{"ann", "staff", "anonymous", "dynamic", "router/1"}) {
			s.T.Errorf("got %q", got)
		}
		extra := c.AuthExtra()
		if !reflect.DeepEqual(extra, stage.Dict{"tenant": "acme", "quota": int64(7)}) {
			s.T.Errorf("got %v", extra)
		}
		extra["tenant"] = "mine"
		if again := c.AuthExtra(); again["tenant"] != "acme" {
			s.T.Errorf("got %v", again)
		}
		p.Reset()
		p = s.Accept()
		if got := who(c); !reflect.DeepEqual(got, make([]string, 5)) || c.AuthExtra() != nil {
			s.T.Errorf("without a session: %q, %v", got, c.AuthExtra())
		}
		p.Expect(wamptest.Hello)
		p.Send(wamptest.Message{wamptest.Welcome, 77, stage.Dict{"roles": stage.Dict{"broker": stage.Dict{}}, "authrole": "guest", "authextra": nil}})
		s.Until(c, stage.In(wamp.Ready))
		if got := who(c); !reflect.DeepEqual(got, []string{"", "guest", "", "", ""}) || c.AuthExtra() != nil {
			s.T.Errorf("got %q, %v", got, c.AuthExtra())
		}
	})
}
