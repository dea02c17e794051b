package recovery

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	wamp "github.com/wampgen/wampgen/runtime"
)

// Sessions that do not last are one episode of the log, however many there are,
// and its end says how many there were.
func TestLog_SessionsThatDoNotLast(t *testing.T) {
	stage.Transports(t, func(s *stage.Stage) {
		r := s.Play(nil)
		c := s.Connected(s.Dial())
		for range 20 {
			s.Until(c, stage.In(wamp.Ready))
			time.Sleep(time.Second)
			r.Last().Peer.Reset()
			synctest.Wait()
		}
		time.Sleep(2 * time.Minute)
		if lines := s.Log.With("wamp: session"); len(lines) != 5 {
			t.Errorf("%d lines, want 5: %q", len(lines), lines)
		}
		if lines := s.Log.With("lost soon after they begin", "reason=", "router=", "without a line for each until a session lasts"); len(lines) != 1 {
			t.Errorf("of the episode: %q", lines)
		}
		if lines := s.Log.With("session lasts again", "lost_before=20"); len(lines) != 1 {
			t.Errorf("of its end: %q", lines)
		}
		r.Last().Peer.Reset()
		time.Sleep(time.Minute)
		if lines := s.Log.With("session lost, connecting again"); len(lines) != 2 {
			t.Errorf("the next loss: %q", lines)
		}
	})
}
