package wamp

import (
	"maps"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/wampgen/wampgen/runtime/internal/session"
)

// OtherErrors is the key of [Stats.CallErrors] and [Stats.InvocationErrors] for
// errors whose URI is not declared in the schema and does not begin with
// "wamp.".
const OtherErrors = "other"

// counters are what [Stats] is made of. The zero value is ready for use.
type counters struct {
	sessions, failedAttempts       atomic.Uint64
	calls, resent, results         atomic.Uint64
	progress, chunksSent           atomic.Uint64
	callErrors                     errorCounts
	invocations, answers           atomic.Uint64
	progressSent, chunks           atomic.Uint64
	invocationErrors               errorCounts
	published, events, eventErrors atomic.Uint64
	traffic                        session.Traffic
}

// errorCounts counts errors by their URI. Its lock is a leaf.
type errorCounts struct {
	mu     sync.Mutex
	counts map[string]uint64
	shown  map[string]uint64 // a copy, nil if it is out of date
}

// maxErrorURIs bounds how many URIs are counted separately: peers choose them.
const maxErrorURIs = 100

// add counts an error.
func (e *errorCounts) add(uri string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, known := e.counts[uri]; !known && len(e.counts) >= maxErrorURIs {
		uri = OtherErrors
	}
	if e.counts == nil {
		e.counts = make(map[string]uint64)
	}
	e.counts[uri]++
	e.shown = nil
}

// snapshot returns the counts, which nobody changes any more.
func (e *errorCounts) snapshot() map[string]uint64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.shown == nil {
		e.shown = maps.Clone(e.counts)
	}
	return e.shown
}

// called counts the end of a call.
func (n *counters) called(err error) {
	if err == nil {
		n.results.Add(1)
		return
	}
	uri, declared := peerURI(err)
	n.callErrors.add(countable(uri, declared))
}

// countable is the URI by which an error is counted; "" is one of no peer.
func countable(uri string, declared bool) string {
	if declared || strings.HasPrefix(uri, "wamp.") {
		return uri
	}
	return OtherErrors
}
