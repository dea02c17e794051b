package dispatch

import (
	"errors"
	"slices"
	"testing"
)

// streams returns inlets of tasks that run in a lane of p, and counts which of them
// did not keep up.
func streams(p *Pool, n int) (inlets []*Inlet[int], full []int) {
	full = make([]int, n)
	l := NewLane(p, n, 0, true)
	for i := range n {
		t := &Turn{queue: l, seats: &l.seats, name: "stream"}
		inlets = append(inlets, NewInlet[int](p, t, func() { full[i]++ }))
	}
	return inlets, full
}

// taken takes all that waits.
func taken(i *Inlet[int]) (values []int, err error) {
	for {
		v, ok, err := i.Take()
		if !ok {
			return values, err
		}
		values = append(values, v)
	}
}

// An inlet gives in order what came, and then how it ended.
func TestInlet(t *testing.T) {
	p := NewPool(t.Context(), Limits{Bytes: 1 << 20}, func(Notice) {})
	inlets, _ := streams(p, 1)
	in := inlets[0]
	for round := range 3 {
		for v := range 5 {
			in.Offer(v, 10)
		}
		<-in.Ready()
		if got, err := taken(in); !slices.Equal(got, []int{0, 1, 2, 3, 4}) || err != nil {
			t.Errorf("round %d: %v, %v", round, got, err)
		}
	}
	in.Offer(7, 10)
	in.Finish()
	in.Offer(8, 10) // behind the end
	if got, err := taken(in); !slices.Equal(got, []int{7}) || !errors.Is(err, ErrTaken) {
		t.Error(got, err)
	}
	if load := p.Load(); load.Bytes != 0 || len(p.inlets) != 0 {
		t.Errorf("%+v, %d inlets", load, len(p.inlets))
	}
}

// One inlet bursts by itself beyond its bound; a value of any size has room in an
// empty one.
func TestInlet_Bursts(t *testing.T) {
	var notices []Notice
	p := NewPool(t.Context(), Limits{Bytes: 1 << 30}, func(n Notice) { notices = append(notices, n) })
	inlets, full := streams(p, 1)
	in := inlets[0]
	in.Offer(1, 2*maxInlet)
	if got, err := taken(in); !slices.Equal(got, []int{1}) || err != nil {
		t.Error(got, err)
	}
	in.Offer(2, maxInlet/2)
	in.Offer(3, maxInlet/2)
	in.Offer(4, 1)
	if got, err := taken(in); len(got) > 0 || !errors.Is(err, ErrFull) || full[0] != 1 {
		t.Error(got, err, full)
	}
	if p.Load().Bytes != 0 || len(notices) != 1 || notices[0].Kind != Refusing || notices[0].Name != "stream" {
		t.Errorf("%+v, %v", p.Load(), notices)
	}
}

// Where all hold too much the fullest gives way, and it alone.
func TestInlet_TheFullestGivesWay(t *testing.T) {
	p := NewPool(t.Context(), Limits{Bytes: 20_000}, func(Notice) {})
	inlets, full := streams(p, 3)
	inlets[0].Offer(0, 5000)
	inlets[1].Offer(1, 1000)
	inlets[2].Offer(2, 1000)
	inlets[1].Offer(1, 3000) // 10 800 are too much
	if !slices.Equal(full, []int{1, 0, 0}) {
		t.Error(full)
	}
	inlets[2].Offer(2, 9000) // it is the fullest itself
	if got, err := taken(inlets[1]); !slices.Equal(got, []int{1, 1}) || err != nil || !slices.Equal(full, []int{1, 0, 1}) {
		t.Error(got, err, full)
	}
	inlets[1].Offer(1, 100)
	for _, in := range inlets {
		in.Close()
		in.Offer(9, 10)
	}
	if load := p.Load(); load.Bytes != 0 || len(p.inlets) != 0 {
		t.Errorf("%+v, %d inlets", load, len(p.inlets))
	}
}
