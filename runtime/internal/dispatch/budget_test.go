package dispatch

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Whatever runs in however many mailboxes takes the bound and one event more at
// most. An event for which that leaves no room waits in its mailbox, and begins when
// others have ended: the one that has waited longest first.
func TestMailbox_RunsWithinTheBound(t *testing.T) {
	bubble(t, Limits{Bytes: 10_000}, func(s *stage) {
		var boxes []*Mailbox[chan struct{}]
		release := make([]chan struct{}, 20)
		for n := range release {
			b := s.box(MailboxConfig{Name: fmt.Sprint("box", n)})
			release[n] = make(chan struct{})
			b.Offer(event(uint64(n), 1000, release[n]))
			boxes = append(boxes, b)
		}
		s.expectAll("0", "1", "2", "3", "4") // a frame that runs counts twice
		s.bytes(5000, 10_000)                // what waits may have the other half
		s.noticed("dropping box10 1", "dropping box11 1", "dropping box12 1", "dropping box13 1", "dropping box14 1",
			"dropping box15 1", "dropping box16 1", "dropping box17 1", "dropping box18 1", "dropping box19 1")
		boxes[10].Offer(event(100, 9, nil))
		s.expect("100") // a small one always begins
		boxes[6].Close()
		close(release[3])
		s.expect("5")
		close(release[5])
		s.expect("7")
		for n, wait := range release {
			if n != 3 && n != 5 {
				close(wait)
			}
		}
		s.expectAll("8", "9")
		s.bytes(0, 0)
		time.Sleep(2 * rest)
		synctest.Wait()
		slices.SortFunc(s.notices, func(a, b Notice) int { return strings.Compare(a.Name, b.Name) })
		s.noticed("dropping over box10 1", "dropping over box11 1", "dropping over box12 1", "dropping over box13 1", "dropping over box14 1",
			"dropping over box15 1", "dropping over box16 1", "dropping over box17 1", "dropping over box18 1", "dropping over box19 1")
	})
}

// Nor do many lanes go beyond it, each with a worker of its own.
func TestLane_FirstTasksRunWithinTheBound(t *testing.T) {
	bubble(t, Limits{Bytes: 10_000}, func(s *stage) {
		var jobs []*job
		for n := range 8 {
			j := s.job(fmt.Sprint(n), nil)
			NewLane(s.Pool, 1, 10, true).Submit(j, "p", 1500)
			jobs = append(jobs, j)
		}
		s.expectAll("0", "1", "2", "3", "4: dispatch: no room", "5: dispatch: no room", "6: dispatch: no room", "7: dispatch: no room")
		s.bytes(0, 12_000)
		for _, j := range jobs {
			close(j.free)
		}
		s.expectAll("0 done", "1 done", "2 done", "3 done")
	})
}
