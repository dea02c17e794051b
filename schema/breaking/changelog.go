package breaking

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/wampgen/wampgen/schema"
)

// Changelog returns the changes for people, as Markdown: what breaks, the worst
// first, and what is new.
func Changelog(old, new *schema.Model, changes []Change) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s %s\n", new.Name, cmp.Or(new.Version, "without a version"))
	if old.Version != "" && old.Version != new.Version {
		fmt.Fprintf(&b, "\nChanges since %s.\n", old.Version)
	}
	if len(changes) == 0 {
		b.WriteString("\nNothing changed for peers or for Go code.\n")
	}
	sections := []struct {
		level Level
		title string
	}{
		{Wire, "Breaking: peers of the two versions misunderstand each other"},
		{Peer, "Breaking: peers of the old version get errors or lose data"},
		{Go, "Breaking: Go code must be changed"},
		{Safe, "New"},
	}
	for _, s := range sections {
		began := false
		for _, c := range changes {
			if c.Level != s.level {
				continue
			}
			if !began {
				fmt.Fprintf(&b, "\n### %s\n\n", s.title)
				began = true
			}
			fmt.Fprintf(&b, "- %s: %s.\n", c.Subject, c.Text)
		}
	}
	return b.String()
}
