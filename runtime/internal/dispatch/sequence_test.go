package dispatch

import (
	"fmt"
	"strings"
	"testing"
)

// rules runs a script of one subscription: "hold N" begins session N, "N" is a
// live event, "keptN" a retained one, "splice N: 4 5" brings a history that meets
// the place, "gap N: 8 9" one that does not, "first N: 3" that of Subscribe, "take"
// hands one event out. In the end everything is handed out.
func rules(s *sequence[int], script string) string {
	var got []string
	take := func() bool {
		it, ok := s.next()
		if !ok {
			return false
		}
		text := fmt.Sprint(it.Publication)
		if it.Resumed {
			text = "r" + text
		}
		if it.Retained {
			text = "kept" + text
		}
		if it.Gap {
			text = "gap " + text
		}
		got = append(got, text)
		return true
	}
	for line := range strings.SplitSeq(script, ",") {
		var on int
		var n uint64
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		number, history, _ := strings.Cut(rest, ":")
		_, _ = fmt.Sscan(number, &on)
		var fetched []Item[int]
		for f := range strings.FieldsSeq(history) {
			_, _ = fmt.Sscan(f, &n)
			fetched = append(fetched, Item[int]{Publication: n, Size: 1, Resumed: true})
		}
		switch word {
		case "hold":
			s.hold(on)
		case "first", "splice", "gap":
			s.splice(on, fetched, word != "gap", word == "first")
		case "take":
			take()
		default:
			kept := strings.HasPrefix(word, "kept")
			_, _ = fmt.Sscan(strings.TrimPrefix(word, "kept"), &n)
			if !s.arrive(Item[int]{Publication: n, Size: 1, Retained: kept}) {
				got = append(got, "END")
			}
		}
	}
	for take() {
	}
	return strings.Join(got, ", ")
}

func TestSequence_Rules(t *testing.T) {
	for name, test := range map[string]struct {
		policy  Policy
		events  int
		script  string
		want    string
		dropped uint64
	}{
		"missed events come before live ones":         {script: "hold 1, first 1: 3, 4, hold 2, 7, splice 2: 5 6 7, 8", want: "4, r5, r6, r7, 8"},
		"live events do not come again":               {script: "hold 1, first 1: 3, hold 2, 5, splice 2: 4 5 6 7, 6, 7, 8, 7", want: "r4, r5, r6, r7, 8, 7"},
		"a receiver's copies count once":              {script: "hold 1, first 1: 3, hold 2, splice 2: 4 4 5 5", want: "r4, r5"},
		"a gap is marked":                             {script: "hold 1, first 1: 3, hold 2, 9, gap 2: 7 8", want: "gap r7, r8, 9"},
		"a gap without a history is marked":           {script: "hold 1, first 1: 3, hold 2, 9, gap 2:", want: "gap 9"},
		"a gap is marked later":                       {script: "hold 1, first 1: 3, hold 2, gap 2:, 9, 10", want: "gap 9, 10"},
		"a gap that was feared is closed":             {script: "hold 1, first 1: 3, hold 2, gap 2:, hold 3, splice 3: 4 5, 6", want: "r4, r5, 6"},
		"what came on a lost session":                 {script: "hold 1, first 1: 3, hold 2, 5, hold 3, splice 3: 4 5 6, 7", want: "r4, r5, r6, 7"},
		"what came on a lost session, with gaps":      {script: "hold 1, first 1: 3, hold 2, 5, 6, hold 3, 9, gap 3:", want: "gap 5, 6, gap 9"},
		"what the history has forgotten comes before": {script: "hold 1, first 1: 3, hold 2, 5, 6, 7, gap 2: 7 8", want: "gap 5, 6, gap r7, r8"},
		"a session lost while Subscribe asks":         {script: "hold 1, 4, hold 2, splice 2: 5 6, 7", want: "4, r5, r6, 7"},
		"the same without an event":                   {script: "hold 1, hold 2, splice 2: 6, 7", want: "gap 7"},
		"the same, and nobody knows":                  {script: "hold 1, hold 2, gap 2:, 7, hold 3, splice 3: 8", want: "gap 7, r8"},
		"another session is not meant":                {script: "hold 1, first 1: 3, hold 2, splice 1: 4, 5", want: ""},
		"retained events come first and move nothing": {script: "hold 1, first 1: 3, 4, hold 2, kept2, 6, splice 2: 5 6, hold 3, kept2, splice 3: 7", want: "4, kept2, r5, r6, kept2, r7"},
		"a retained event has no gap mark":            {script: "hold 1, first 1: 3, hold 2, kept2, gap 2:, kept3, 9", want: "kept2, kept3, gap 9"},
		"a retained event of the history comes once":  {script: "hold 1, first 1: 3, hold 2, kept5, splice 2: 4 5", want: "r4, r5"},
		"DropNewest":                                    {events: 2, script: "hold 1, first 1: 3, 4, 5, 6, 7", want: "4, 5", dropped: 2},
		"DropNewest keeps the mark":                     {events: 1, script: "hold 1, first 1: 3, 4, hold 2, gap 2:, 8, take, 9", want: "4, gap 9", dropped: 1},
		"DropNewest of a history":                       {events: 2, script: "hold 1, first 1: 3, hold 2, splice 2: 4 5 6 7", want: "r4, r5", dropped: 2},
		"DropOldest":                                    {policy: DropOldest, events: 2, script: "hold 1, first 1: 3, 4, 5, 6, 7", want: "6, 7", dropped: 2},
		"DropOldest keeps the mark":                     {policy: DropOldest, events: 2, script: "hold 1, first 1: 3, hold 2, gap 2:, 8, 9, 10", want: "gap 9, 10", dropped: 1},
		"DropOldest keeps the mark for the next":        {policy: DropOldest, events: 1, script: "hold 1, first 1: 3, hold 2, gap 2:, 8, 9", want: "gap 9", dropped: 1},
		"DropOldest while the history is fetched":       {policy: DropOldest, events: 2, script: "hold 1, first 1: 3, hold 2, 7, 8, 9, gap 2:", want: "gap 8, 9", dropped: 1},
		"Disconnect":                                    {policy: Disconnect, events: 2, script: "hold 1, first 1: 3, 4, 5, 6, 7, hold 2, splice 2: 6 7, take, 8", want: "END, 4, END, 5, r6, r7"},
		"Disconnect while the history is fetched":       {policy: Disconnect, events: 2, script: "hold 1, first 1: 3, hold 2, 5, 6, 7, hold 3, splice 3: 4 5 6 7 8", want: "END, r4, r5, r6, r7, r8"},
		"Disconnect makes room for the next session":    {policy: Disconnect, events: 2, script: "hold 1, first 1: 3, hold 2, 5, 6, 7, hold 3, 8, splice 3: 4 5 6 7 8", want: "END, r4, r5, r6, r7, r8"},
		"Disconnect without a history any more":         {policy: Disconnect, events: 2, script: "hold 1, first 1: 3, hold 2, 5, 6, 7, hold 3, 8, gap 3:", want: "END, gap 8"},
		"an event that is newer ends what may be again": {script: "hold 1, first 1: 3, hold 2, splice 2: 4 5, 6, 5", want: "r4, r5, 6, 5"},
	} {
		t.Run(name, func(t *testing.T) {
			if test.events == 0 {
				test.events = 100
			}
			s := &sequence[int]{
				policy: test.policy, events: test.events, limit: 1000, resumes: true,
				room: func(int) bool { return true }, weigh: func(int) {},
			}
			if got := rules(s, test.script); got != test.want || s.dropped != test.dropped {
				t.Errorf("got %s and %d dropped, want %s and %d", got, s.dropped, test.want, test.dropped)
			}
		})
	}
}
