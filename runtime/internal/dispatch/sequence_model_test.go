package dispatch

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// everything is how much a history keeps that forgets nothing.
const everything = 1 << 40

// broker is the other side of a sequence: a topic whose events are numbered, its
// history, and a connection that is lost now and then.
type broker struct {
	t   *testing.T
	seq *sequence[int]

	published uint64
	kept      uint64 // how many events the history keeps
	session   int
	up        bool
	fetching  bool
	first     bool // Subscribe has not returned
	wire      []Item[int]

	promised uint64 // events after it must not be lost without a word
	doubt    bool   // a Gap mark is right somewhere
	got      []Item[int]
}

func (b *broker) publish() {
	b.published++
	if b.up {
		b.wire = append(b.wire, Item[int]{Publication: b.published, Size: 1})
	}
}

// connect opens a session and subscribes; the retained event comes first.
func (b *broker) connect() {
	if b.up {
		return
	}
	b.session++
	b.up, b.fetching, b.wire = true, true, nil
	b.seq.hold(b.session)
	if b.published%3 == 2 {
		b.wire = append(b.wire, Item[int]{Publication: b.published, Size: 1, Retained: true})
	}
}

func (b *broker) lose() {
	if b.first && b.fetching {
		b.first, b.doubt, b.promised = false, true, b.published
	}
	b.up, b.fetching, b.wire = false, false, nil
}

// deliver brings the oldest event on the wire.
func (b *broker) deliver() {
	if len(b.wire) == 0 {
		return
	}
	it := b.wire[0]
	b.wire = b.wire[1:]
	if !b.seq.arrive(it) {
		b.lose()
	}
}

// answer brings the history, as the shell asks for it.
func (b *broker) answer(fails bool) {
	if !b.fetching {
		return
	}
	for b.kept < everything && len(b.wire) > 0 { // a short history comes behind what it has forgotten
		if b.deliver(); !b.fetching {
			return
		}
	}
	last, known := b.seq.place()
	var all []Item[int]
	for n := b.published - min(b.kept, b.published) + 1; n <= b.published; n++ {
		all = append(all, Item[int]{Publication: n, Size: 1, Resumed: true}, Item[int]{Publication: n, Size: 1, Resumed: true})
	}
	met := true
	switch {
	case fails && b.first: // Subscribe fails
		return
	case fails:
		all, met, b.doubt = nil, false, true
	case !known:
		all = all[max(0, len(all)-1):]
	default:
		for len(all) > 0 && all[0].Publication <= last {
			all = all[1:]
		}
		met = len(all) == 0 && last == b.published || len(all) > 0 && all[0].Publication == last+1
		b.doubt = b.doubt || !met
	}
	if b.first {
		b.promised = b.published
	}
	b.seq.splice(b.session, all, met, b.first)
	b.fetching, b.first = false, false
}

func (b *broker) take() bool {
	it, ok := b.seq.next()
	if ok {
		b.got = append(b.got, it)
	}
	return ok
}

// end brings everything to its end and checks what was handed out.
func (b *broker) end(policy Policy) {
	for b.take() {
	}
	b.seq.events, b.seq.room = 1000, func(int) bool { return true }
	for range 100 { // Disconnect may need some sessions
		b.connect()
		b.answer(false)
		for len(b.wire) > 0 {
			b.deliver()
			b.take()
		}
		for b.take() {
		}
		if b.up {
			break
		}
	}
	if b.seq.bytes != 0 || !b.up {
		b.t.Errorf("%d bytes are left, up %v", b.seq.bytes, b.up)
	}
	last, gaps, silent := b.promised, 0, uint64(0)
	for _, it := range b.got {
		switch {
		case it.Retained:
			if it.Gap {
				b.t.Errorf("a retained event has a gap mark")
			}
			continue
		case it.Publication <= last && it.Publication > b.promised:
			b.t.Errorf("%d after %d", it.Publication, last)
		case it.Publication > last+1 && !it.Gap:
			silent += it.Publication - last - 1
		}
		if it.Gap {
			gaps++
		}
		last = max(last, it.Publication)
	}
	if !b.seq.gap && !b.seq.owed && b.published > last {
		silent += b.published - last
	}
	if silent > b.seq.dropped || policy == Disconnect && b.seq.dropped > 0 {
		b.t.Errorf("%d events are missing without a word, %d were dropped", silent, b.seq.dropped)
	}
	if gaps > 0 && !b.doubt {
		b.t.Errorf("%d gaps that are none", gaps)
	}
}

func (b *broker) String() string {
	text := ""
	for _, it := range b.got {
		text += fmt.Sprint(it.Publication)
		for mark, set := range map[string]bool{"r": it.Resumed, "G": it.Gap, "R": it.Retained} {
			if set {
				text += mark
			}
		}
		text += " "
	}
	return text
}

// play runs a schedule: the first byte is the policy and the bounds, each other
// one a step.
func play(t *testing.T, schedule []byte) {
	if len(schedule) == 0 || len(schedule) > 900 { // no more events than the largest bound
		return
	}
	setup := schedule[0]
	policy := Policy(setup % 3)
	room := true
	b := &broker{t: t, first: true, kept: []uint64{everything, everything, 3, 0}[setup>>2&3]}
	b.seq = &sequence[int]{
		policy: policy, events: []int{1000, 1, 2, 4}[setup>>4&3], limit: 1000, resumes: true,
		room: func(int) bool { return room }, weigh: func(int) {},
	}
	log := ""
	for _, op := range schedule[1:] {
		code := op % 12
		if code == 10 && op >= 128 && setup&64 != 0 {
			code = 12
		}
		if code == 11 && op >= 128 {
			code = 13
		}
		log += fmt.Sprint(code, " ")
		switch op % 12 {
		case 0, 1, 2:
			b.publish()
		case 3, 4, 5:
			b.deliver()
		case 6:
			b.take()
		case 7:
			b.lose()
		case 8, 9:
			b.connect()
		case 10:
			b.answer(op >= 128 && setup&64 != 0)
		case 11:
			switch {
			case op < 128:
				room = !room
			case b.seq.bytes > 0 && !b.seq.evict():
				b.lose()
			}
		}
		if n := len(b.seq.queue) + len(b.seq.live); n > b.seq.events && policy != Disconnect {
			t.Errorf("%d events wait, at most %d", n, b.seq.events)
		}
	}
	b.end(policy)
	if t.Failed() {
		t.Fatalf("setup %d, schedule %s\ngot %s", setup, log, b)
	}
}

// Every event is handed out once and in order, or counted, or told by a Gap mark,
// whatever comes when.
func TestSequence_RandomSchedules(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 30_000 {
		schedule := make([]byte, 5+rng.IntN(60))
		for i := range schedule {
			schedule[i] = byte(rng.Uint32())
		}
		play(t, schedule)
	}
}

func FuzzSequence(f *testing.F) {
	f.Add([]byte{0, 8, 10, 0, 3, 7, 0, 8, 10, 6})
	f.Fuzz(play)
}
