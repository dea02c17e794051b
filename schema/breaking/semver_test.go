package breaking

import (
	"testing"

	"github.com/wampgen/wampgen/schema"
)

// TestVersion: which version announces a change of a level.
func TestVersion(t *testing.T) {
	for _, c := range []struct {
		old, new string
		level    Level
		least    string
		ok       bool
	}{
		{"1.0.0", "1.1.0", Safe, "1.1.0", true},
		{"1.0.0", "1.0.1", Safe, "1.1.0", false},
		{"1.0.0", "1.1.0", Go, "2.0.0", false},
		{"1.0.0", "2.0.0-rc.1", Wire, "2.0.0", true},
		{"0.1.0", "0.1.1", Safe, "0.1.1", true},
		{"0.1.0", "0.2.0", Peer, "0.2.0", true},
		{"2.0.0-rc.1", "2.0.0-rc.2", Wire, "2.0.0", true},
		{"2.0.0-rc.1", "2.0.0", Wire, "2.0.0", true},
		{"2.0.0-rc.1", "2.0.0-rc.1", Safe, "2.0.0", false},
		{"2.0.0-rc.1", "1.9.0", Safe, "2.0.0", false},
		{"1.0.0+a-b", "1.0.1", Safe, "1.1.0", false},
		{"1.0.0", "", Safe, "1.1.0", false},
		{"", "", Wire, "", true},
	} {
		least, ok := Version(&schema.Model{Version: c.old}, &schema.Model{Version: c.new}, []Change{{Level: c.level}})
		if least != c.least || ok != c.ok {
			t.Errorf("%s to %s, %s: got %s, %v", c.old, c.new, c.level, least, ok)
		}
	}
}
