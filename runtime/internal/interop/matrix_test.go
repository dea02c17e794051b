package interop

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"
)

// outcome is what became of an exercise in a cell: it went well, or wrong, or
// cannot be had. Of a cell that needs what is not installed there is one.
type outcome struct {
	cell     cell
	exercise string
	err      error
	limit    string
	absent   error
}

// TestMatrix: any two of router, transports, formats, logins and libraries meet,
// and do everything together that both can.
func TestMatrix(t *testing.T) {
	var outcomes []outcome
	peers := &peers{running: map[string]peer{}}
	defer peers.stop()
	for i, c := range cells() {
		t.Run(c.String(), func(t *testing.T) {
			m, err := meet(t, c, i, peers)
			if missing(err) {
				outcomes = append(outcomes, outcome{cell: c, absent: err})
				t.Skip(err)
			}
			if err != nil {
				outcomes = append(outcomes, outcome{cell: c, exercise: "join", err: err})
				peers.drop(c.library)
				t.Fatal(err)
			}
			outcomes = append(outcomes, m.run(t, peers)...)
		})
	}
	if *tablePath != "" {
		if err := writeTable(*tablePath, outcomes); err != nil {
			t.Fatal(err)
		}
	}
}

// Every login happens over every transport with which a router has it, and both
// sides have every transport and every format.
func TestMatrix_EveryLogin(t *testing.T) {
	covered := func(cells []cell) map[string]bool {
		has := map[string]bool{}
		for _, c := range cells {
			has["login "+c.login+" over "+c.transport] = true
			has["they "+c.peerTransport] = true
			has["formats "+c.format+" and "+c.peerFormat] = true
		}
		return has
	}
	picked, all := covered(cells()), covered(possible())
	for what := range all {
		if !picked[what] {
			t.Errorf("%s: in no cell", what)
		}
	}
	// SCRAM as specified is had of nexus alone, which has neither TLS nor batches, and
	// a certificate needs TLS.
	if want := len(allLogins)*len(transports) - 3 - 4 + 4 + 9; len(all) != want {
		t.Errorf("%d can be had, want %d", len(all), want)
	}
}

// joinLimit bounds what a peer needs to start and join; it takes seconds.
const joinLimit = 2 * time.Minute

// peers are the processes that run; each serves many cells.
type peers struct{ running map[string]peer }

func (p *peers) get(name string) (peer, error) {
	if running, ok := p.running[name]; ok {
		return running, nil
	}
	i := slices.IndexFunc(libraries, func(l library) bool { return l.name == name })
	started, err := libraries[i].start()
	if err == nil {
		p.running[name] = started
	}
	return started, err
}

func (p *peers) drop(name string) {
	if process, ok := p.running[name].(*process); ok {
		process.stop()
	}
	delete(p.running, name)
}

func (p *peers) stop() {
	for name := range p.running {
		p.drop(name)
	}
}

// meet brings both sides of a cell to the router.
func meet(t *testing.T, c cell, i int, peers *peers) (*meeting, error) {
	r, err := routers[slices.Index(order, c.router)].start()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(t.Context(), joinLimit)
	defer cancel()
	theirs, err := peers.get(c.library)
	if err != nil {
		return nil, err
	}
	through := func(ctx context.Context, g *gate) (*ours, error) {
		return connect(ctx, r, c, g)
	}
	again := func(ctx context.Context) (*ours, error) { return through(ctx, newGate()) }
	us, err := again(ctx)
	if err != nil {
		return nil, fmt.Errorf("we cannot join: %w", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), exerciseLimit)
		defer cancel()
		if err := us.close(ctx); err != nil {
			t.Error(err)
		}
	})
	at := place{r.urls[c.peerTransport], c.peerFormat, c.peerTransport == batchedWS}
	if err := theirs.join(ctx, at); err != nil {
		return nil, fmt.Errorf("the peer cannot join: %w", err)
	}
	return &meeting{
		cell: c, ours: us, theirs: theirs, again: again, through: through,
		prefix: fmt.Sprintf("com.example.cell%d.", i), peerAt: at,
	}, nil
}

// run does every exercise.
func (m *meeting) run(t *testing.T, peers *peers) (all []outcome) {
	for _, e := range exercises {
		o := outcome{cell: m.cell, exercise: e.name, limit: limited(m.cell, e.name)}
		if o.limit == "" {
			ctx, cancel := context.WithTimeout(t.Context(), exerciseLimit)
			if o.err = e.do(ctx, m); o.err != nil {
				t.Errorf("%s: %v", e.name, o.err)
				m.renew(t, peers)
			}
			cancel()
		}
		all = append(all, o)
	}
	ctx, cancel := context.WithTimeout(t.Context(), exerciseLimit)
	defer cancel()
	if err := m.theirs.leave(ctx); err != nil {
		t.Errorf("leave: %v", err)
	}
	return all
}

// renew replaces a peer that an exercise left in some state.
func (m *meeting) renew(t *testing.T, peers *peers) {
	ctx, cancel := context.WithTimeout(t.Context(), joinLimit)
	defer cancel()
	peers.drop(m.library)
	theirs, err := peers.get(m.library)
	if err == nil {
		err = theirs.join(ctx, m.peerAt)
	}
	if err != nil {
		t.Fatal(err)
	}
	m.theirs = theirs
}
