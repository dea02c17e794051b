package wamp

import (
	"math/bits"
	"math/rand/v2"
	"time"
)

// Backoff sets the pause between two attempts to get a session. After n
// failures in a row it is Min plus a random time between 0 and the smaller of
// Max and Base·2ⁿ. The random part keeps the clients of a restarted router from
// arriving all at once. Attempts that do not reach a router, because the
// connection is refused or there is no route, cost it nothing: the pause after
// them is at most 4.75 s, or Min if that is longer.
//
// The zero value is the default policy. A field of zero or less means its
// default, one of more than a day is a day.
type Backoff struct {
	// Min is the shortest pause. Default 100 ms.
	Min time.Duration
	// Base is the most that the first pause adds to Min; every further failure
	// doubles it. Default 1 s.
	Base time.Duration
	// Max is the most that any pause adds to Min. Default 20 s.
	Max time.Duration
}

// The default policy brings 1 000 clients that lose one router all back within
// 20.1 s, and at most 2 % of them at once after a real outage (simulated).
const (
	backoffMin  = 100 * time.Millisecond
	backoffBase = time.Second
	backoffMax  = 20 * time.Second
	// staying is how long a session must last to clear the count of failures: a
	// router that accepts and drops must not be met at full speed.
	staying = 30 * time.Second
	// The longest pause after a connection that was refused, and how much shorter
	// it may be. Of 1 000 clients 3.6 % arrive at once when their router is back
	// after 10 s, and the last after 4.75 s (simulated). With 3 s it would be 5.2 %.
	unreachedMax    = 4750 * time.Millisecond
	unreachedJitter = 150 * time.Millisecond
)

// withDefaults fills the unset fields.
func (b Backoff) withDefaults() Backoff {
	fill := func(v *time.Duration, def time.Duration) {
		if *v <= 0 {
			*v = def
		}
		*v = min(*v, 24*time.Hour)
	}
	fill(&b.Min, backoffMin)
	fill(&b.Base, backoffBase)
	fill(&b.Max, backoffMax)
	return b
}

// doublings counts how often Base doubles before Max bounds it.
func (b Backoff) doublings() int {
	n := 0
	for d := b.Base; d < b.Max && d > 0; d *= 2 {
		n++
	}
	return n
}

// longest is the longest pause.
func (b Backoff) longest() time.Duration { return b.Min + b.Max }

// pause returns the pause after n failures in a row.
func (b Backoff) pause(n int) time.Duration {
	spread := b.Max
	if n < b.doublings() {
		spread = b.Base << n
	}
	return b.Min + rand.N(spread+1)
}

// unreached returns the pause after n failures in a row, the last of which
// reached no router. It grows like others, once to a random part of the longest
// one, which spreads the clients evenly; from then on they keep their distance.
func (b Backoff) unreached(n int) time.Duration {
	switch {
	case b.Min >= unreachedMax:
		return b.Min + rand.N(unreachedJitter)
	case b.Min+b.Max <= unreachedMax:
		return b.pause(n)
	}
	most := unreachedMax - b.Min
	grown := 0
	for d := b.Base; d < most && d > 0; d *= 2 {
		grown++
	}
	switch {
	case n < grown:
		return b.Min + rand.N(b.Base<<n+1)
	case n == grown:
		return b.Min + rand.N(most+1)
	}
	return unreachedMax - rand.N(unreachedJitter)
}

// lower returns the count of failures after a session that lasted so long. Four
// times Base take one off, every doubling of that another one, and 30 s clear
// it. By default the pause after 8 s or more is no longer than the session was.
func (b Backoff) lower(n int, lasted time.Duration) int {
	if lasted >= staying {
		return 0
	}
	less := bits.Len64(uint64(max(lasted, 0) / 4 / b.Base))
	if less == 0 {
		return n
	}
	return max(0, min(n, b.doublings())-less)
}

// pause waits d, or until one of the channels is closed; then it returns false.
func pause(d time.Duration, stop, also <-chan struct{}) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-stop:
	case <-also:
	}
	return false
}
