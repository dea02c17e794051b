package session

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/runtime/internal/live/stage"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/wamptest"
)

// R005 to R007: HELLO announces, for each role, the features that
// docs/requirements.md says are built, all of them and no others.
func TestHello_AnnouncesWhatIsBuilt(t *testing.T) {
	document, err := os.ReadFile("../../../../docs/requirements.md")
	if err != nil {
		t.Fatal(err)
	}
	want := stage.Dict{}
	roles := []string{"publisher", "subscriber", "caller", "callee"}
	for _, role := range roles {
		want[role] = stage.Dict{"features": stage.Dict{}}
	}
	row := regexp.MustCompile("(?m)^\\| `(\\w+)` \\|([^|]*)\\|([^|]*)\\|([^|]*)\\|([^|]*)\\|[^|]*\\|[^|]*\\| ([^|]+) \\|$")
	features := row.FindAllStringSubmatch(string(document), -1)
	if len(features) < 25 {
		t.Fatalf("only %d features are listed", len(features))
	}
	for _, m := range features {
		shown := m[len(m)-1]
		if !strings.Contains(shown, "`Test") {
			continue
		}
		for i, role := range roles {
			if strings.Contains(m[2+i], "x") {
				want[role].(stage.Dict)["features"].(stage.Dict)[m[1]] = true
			}
		}
	}
	stage.InBubble(t, wamptest.WebSocket, codec.CBOR, func(s *stage.Stage) {
		done := s.Dial()
		hello := s.Accept().Join()
		s.Connected(done)
		if got := hello.Dict(2)["roles"]; !reflect.DeepEqual(got, any(want)) {
			s.T.Errorf("HELLO announces %v, want %v", got, want)
		}
	})
}
