package wamptest

import (
	"context"
	"math/rand/v2"
	"net"
	"os"
	"syscall"
	"time"
)

// Faults is a network that fails on command. A client uses it by
// [Faults.NetDial] and [wamp.WithNetDial]. [Faults.Set] changes the open and
// all later connections. The zero value is a network without faults. Safe for
// concurrent use. It works inside a [testing/synctest] bubble if its Dial does.
type Faults struct {
	// Dial opens the underlying connections. Default: a [net.Dialer].
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Seed is the seed of the random choices, which makes them repeatable. 0 is a
	// valid seed.
	Seed uint64

	gate  gate // protects what follows; waited on by stalled connections
	fault Fault
	conns map[*faultConn]struct{}
	rng   *rand.Rand
}

// Fault is what is wrong with a network, seen from the dialing side. The zero
// value is no fault.
type Fault struct {
	// StallReads holds back everything that arrives until the stall is over.
	StallReads bool
	// StallWrites makes writes block, like a full socket buffer.
	StallWrites bool
	// LoseWrites makes writes succeed although the bytes are lost, like a cut
	// cable.
	LoseWrites bool
	// Piece, if not 0, is the maximum number of bytes of one read or write of the
	// socket.
	Piece int
	// Gather makes each read wait this long first, so that it returns everything
	// that arrives meanwhile.
	Gather time.Duration
	// Delay delays every write by a random time up to this.
	Delay time.Duration
	// Rate, if not 0, is how many bytes pass in a second, in each direction.
	Rate int
	// CorruptAfter, if not 0, changes one byte of a connection after this many more
	// bytes have arrived.
	CorruptAfter int
	// CutAfter, if not 0, resets a connection after this many more bytes of both
	// directions together.
	CutAfter int
	// Refuse makes dials fail, as if nobody listened.
	Refuse bool
	// StallDials makes dials wait until their ctx ends, as if nobody answered.
	StallDials bool
}

// Set replaces the fault of the network.
func (f *Faults) Set(fault Fault) {
	f.gate.Lock()
	defer f.gate.Unlock()
	f.fault = fault
	for c := range f.conns {
		c.left, c.sound = fault.CutAfter, fault.CorruptAfter
	}
	f.gate.broadcast()
}

// Reset resets every open connection: both sides get a RST.
func (f *Faults) Reset() {
	for _, c := range f.open() {
		c.reset()
	}
}

// HalfOpen makes the peer of every open connection vanish: nothing arrives any
// more, and written bytes are lost. New connections work.
func (f *Faults) HalfOpen() {
	f.gate.Lock()
	defer f.gate.Unlock()
	for c := range f.conns {
		c.gone = true
	}
	f.gate.broadcast()
}

// Connections returns how many connections are open.
func (f *Faults) Connections() int { return len(f.open()) }

func (f *Faults) open() []*faultConn {
	f.gate.Lock()
	defer f.gate.Unlock()
	list := make([]*faultConn, 0, len(f.conns))
	for c := range f.conns {
		list = append(list, c)
	}
	return list
}

// NetDial opens a connection through the network.
func (f *Faults) NetDial(ctx context.Context, network, addr string) (net.Conn, error) {
	if err := f.admit(ctx, network); err != nil {
		return nil, err
	}
	dial := f.Dial
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	conn, err := dial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return f.wrap(conn), nil
}

// admit waits out a stall of dials and refuses what is to be refused.
func (f *Faults) admit(ctx context.Context, network string) error {
	stop := context.AfterFunc(ctx, func() {
		f.gate.Lock()
		defer f.gate.Unlock()
		f.gate.broadcast()
	})
	defer stop()
	f.gate.Lock()
	defer f.gate.Unlock()
	for f.fault.StallDials && ctx.Err() == nil {
		f.gate.wait(time.Time{})
	}
	if f.fault.Refuse {
		return &net.OpError{Op: "dial", Net: network, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	}
	return ctx.Err()
}

// wrap puts conn under the rule of f.
func (f *Faults) wrap(conn net.Conn) *faultConn {
	f.gate.Lock()
	defer f.gate.Unlock()
	if f.conns == nil {
		f.conns = map[*faultConn]struct{}{}
	}
	c := &faultConn{Conn: conn, f: f, left: f.fault.CutAfter, sound: f.fault.CorruptAfter}
	f.conns[c] = struct{}{}
	return c
}

// most returns how many of n bytes pass at once.
func (f *Fault) most(n int) int {
	if f.Piece > 0 {
		n = min(n, f.Piece)
	}
	if f.Rate > 0 {
		n = min(n, max(1, f.Rate/20))
	}
	return n
}

// pass takes the time that n bytes need.
func (f *Fault) pass(n int) {
	if f.Rate > 0 {
		<-time.After(time.Duration(n) * time.Second / time.Duration(f.Rate))
	}
}

// upTo returns a random duration from 0 up to most.
func (f *Faults) upTo(most time.Duration) time.Duration {
	f.gate.Lock()
	defer f.gate.Unlock()
	return f.draw(0, most)
}

// draw is upTo with a lower bound, the lock being held.
func (f *Faults) draw(least, most time.Duration) time.Duration {
	if f.rng == nil {
		f.rng = rand.New(rand.NewPCG(f.Seed, f.Seed))
	}
	if most <= least {
		return least
	}
	return least + time.Duration(f.rng.Int64N(int64(most-least)+1))
}

// mischief is one fault that Play may choose: an event at its begin, and a
// state that lasts.
type mischief struct {
	name  string
	state Fault
	begin func(*Faults)
}

var mischiefs = []mischief{
	{name: "reset", begin: (*Faults).Reset},
	{name: "half-open", begin: (*Faults).HalfOpen},
	{name: "outage", begin: (*Faults).Reset, state: Fault{Refuse: true}},
	{name: "silence", state: Fault{StallReads: true, StallWrites: true, StallDials: true}},
	{name: "bytes", state: Fault{Piece: 1}},
	{name: "slow", state: Fault{Delay: 20 * time.Millisecond}},
	{name: "gather", state: Fault{Gather: 20 * time.Millisecond}},
	{name: "cut", state: Fault{CutAfter: 4097}},
}

// Play makes random faults until ctx ends. A fault begins after each random
// time from least to most, and lasts about half of it. When Play returns, the
// network has no fault. The result counts the faults by name.
func (f *Faults) Play(ctx context.Context, least, most time.Duration) map[string]int {
	played := map[string]int{}
	for {
		m, pause := f.choose(least, most)
		if !sleep(ctx, pause/2) {
			break
		}
		played[m.name]++
		f.Set(m.state)
		if m.begin != nil {
			m.begin(f)
		}
		if !sleep(ctx, pause/2) {
			break
		}
		f.Set(Fault{})
	}
	f.Set(Fault{})
	return played
}

func (f *Faults) choose(least, most time.Duration) (mischief, time.Duration) {
	f.gate.Lock()
	defer f.gate.Unlock()
	pause := f.draw(least, most)
	return mischiefs[f.rng.IntN(len(mischiefs))], pause
}

// sleep waits for d; false if ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
