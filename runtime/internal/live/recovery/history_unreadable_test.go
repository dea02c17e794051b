package recovery

import (
	"testing"
	"testing/synctest"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// Events of a history that nobody can read fail by themselves, as live ones do:
// a sealed payload reaches no handler, and the others come without a gap.
func TestResume_UnreadableEvents(t *testing.T) {
	for name, frame := range map[string]string{
		"nexus": `{"Publication":2,"Details":{"ppt_scheme":"x_e2ee"},"Arguments":["\u0000c2VhbGVk"]},` +
			`{"Publication":3,"Details":{"enc_algo":"cryptobox"},"Arguments":"\u0000c2VhbGVk"},` +
			`{"Publication":4,"Arguments":[],"ArgumentsKw":{"\ud83d":1}},{"Publication":5,"Arguments":[5]}`,
		"crossbar": `[{"publication":5,"args":[5]},{"publication":4,"args":["\ud83d"]},` +
			`{"publication":3,"args":["\u0000c2VhbGVk"],"enc_algo":"cryptobox","kwargs":null},` +
			`{"publication":2,"args":null,"details":{"ppt_scheme":"x"}},{"publication":1,"args":[1]}]`,
	} {
		t.Run(name, func(t *testing.T) {
			stage.InBubble(t, wamptest.WebSocket, codec.JSON, func(s *stage.Stage) {
				var got []string
				c, p := s.Connect()
				h := &plainHistory{}
				sub := subscribeWith(s, c, p, h, note(&got))
				p.Send(numbered(1))
				synctest.Wait()
				p.Reset()
				p = s.Accept()
				p.Join()
				h.answers(p, 1)
				p.Expect(wamptest.Call)
				if name == "nexus" {
					frame = `{"Publication":1,"Arguments":[1]},` + frame
				}
				p.SendRaw([]byte(`[50,2,{},[` + frame + `]]`))
				synctest.Wait()
				expectNotes(s, got, []string{"1", "r5"})
				if n := sub.Failed(); n != 3 {
					s.T.Errorf("%d events failed, want 3", n)
				}
				s.Works(c, p)
			})
		})
	}
}
