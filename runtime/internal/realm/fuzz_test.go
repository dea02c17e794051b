package realm_test

import (
	"testing"
	"time"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/realm"
)

// sink checks that everything a client gets is a message for clients.
type sink struct {
	t      *testing.T
	format codec.Format
	closed bool
}

func (s *sink) Send(frame []byte) {
	var m core.Message
	if err := core.Parse(s.format, frame, &m); err != nil {
		s.t.Errorf("sent %q: %v", frame, err)
	}
	if _, receives := core.Direction(m.Type); !receives {
		s.t.Errorf("sent %v to a client", m.Type)
	}
}

func (s *sink) Close() { s.closed = true }

// FuzzReceive lets two sessions send frames, and timeouts pass, in any order:
// the realm never fails, and sends nothing that breaks the protocol. A frame ends
// with a newline; its first byte says who sends it.
func FuzzReceive(f *testing.F) {
	const everything = `{"roles":{"caller":{"features":{"progressive_call_invocations":true,"progressive_call_results":true,"payload_passthru_mode":true}},` +
		`"callee":{"features":{"call_canceling":true,"progressive_call_invocations":true,"progressive_call_results":true,"registration_revocation":true,"payload_passthru_mode":true}},` +
		`"publisher":{"features":{"payload_passthru_mode":true}},"subscriber":{"features":{"subscription_revocation":true,"payload_passthru_mode":true}}},"authid":"ann"}]` + "\n"
	hello := `0[1,"realm1",` + everything + `1[1,"realm1",` + everything
	for _, rest := range []string{
		"0[64,1,{\"invoke\":\"random\"},\"a.b\"]\n1[48,1,{\"timeout\":5},\"a.b\",[1],{\"k\":2}]\n0[70,1,{},[3]]\nT\n",
		"0[64,1,{},\"a.b\"]\n0[48,2,{\"progress\":true,\"receive_progress\":true},\"a.b\"]\n0[70,1,{\"progress\":true}]\n0[48,2,{},\"a.b\"]\n0[49,2,{\"mode\":\"kill\"}]\n0[8,68,1,{},\"a.e\"]\n",
		"0[64,1,{\"force_reregister\":true},\"a.b\"]\n1[64,1,{\"force_reregister\":true},\"a.b\"]\n1[66,2,2]\n1[48,3,{},\"wamp.registration.list\"]\n",
		"0[32,1,{\"match\":\"prefix\",\"get_retained\":true},\"a\"]\n1[16,1,{\"retain\":true,\"acknowledge\":true,\"exclude\":[1]},\"a.b\",[1]]\n0[48,2,{},\"wamp.subscription.get_events\",[1],{\"limit\":1}]\n0[34,3,1]\n",
		"0[48,1,{},\"wamp.session.add_testament\",[\"a.b\",[],{}]]\n1[32,1,{},\"wamp.session.on_leave\"]\n1[48,2,{},\"wamp.session.kill_all\"]\n",
		"0[16,1,{\"ppt_scheme\":\"x_a\"},\"a.b\",\"\\u0000AQ==\"]\n0[6,{},\"a.b\"]\n1[3,{},\"a.b\"]\n",
	} {
		f.Add([]byte(hello + rest))
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		var timers []func()
		r := realm.New(realm.Config{
			Name: "realm1", History: 10, Now: func() time.Time { return time.Unix(0, 0) },
			After: func(_ time.Duration, f func()) func() bool {
				timers = append(timers, f)
				return func() bool { return true } // f is called nevertheless, as by a timer that has fired
			},
		})
		outs := []*sink{{t: t, format: codec.JSON}, {t: t, format: codec.CBOR}}
		both := []*realm.Session{r.Session(outs[0], codec.JSON), r.Session(outs[1], codec.CBOR)}
		for line := range lines(script) {
			switch {
			case line[0] == 'T':
				for _, f := range timers {
					f()
				}
				timers = nil
			case line[0]&1 == 0:
				both[0].Receive(line[1:])
			default:
				v, err := codec.Raw{Format: codec.JSON, Data: line[1:]}.Any()
				if err == nil {
					both[1].Receive(encode(v))
				}
			}
		}
		both[0].Leave()
		r.Shutdown()
	})
}
