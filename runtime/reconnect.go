package wamp

import (
	"context"
	"errors"
	"slices"
	"sync"
	"syscall"
	"time"
)

// replaceGrace bounds the wait for a farewell before a session is replaced.
const replaceGrace = time.Second

// errReconnect is why a session ends that is replaced.
var errReconnect = errors.New("wamp: replaced by Reconnect or SetURLs")

// route is where a client is to go. It is safe for concurrent use; its lock is a
// leaf.
type route struct {
	mu    sync.Mutex
	next  routers         // to be used once the session has ended; nil for those that are
	at    string          // the URL of the session, "" if there is none
	epoch context.Context // ends when the session or attempt is to be given up
	end   context.CancelFunc
}

// begin begins an epoch, with other routers if there are. After turn none of them waits
// for the time at which it wants to be asked again.
func (r *route) begin(in *routers) context.Context {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.apply(in)
	if r.epoch == nil || r.epoch.Err() != nil {
		r.epoch, r.end = context.WithCancel(context.Background())
		in.ask()
	}
	return r.epoch
}

// renew replaces the routers if there are others.
func (r *route) renew(in *routers) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.apply(in)
}

// apply is renew with the lock held.
func (r *route) apply(in *routers) {
	if r.next != nil {
		in.become(r.next)
		r.next = nil
	}
}

// turn ends the epoch.
func (r *route) turn() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.end()
}

// use notes the URL of the session, "" if there is none any more.
func (r *route) use(url string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at = url
}

// set sets the routers of the next epoch. It reports whether the session may go
// on.
func (r *route) set(next routers) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.next = next
	return slices.ContainsFunc(next, func(n *router) bool { return n.url == r.at })
}

// become replaces the routers. What is known of those that stay is kept, and so
// is the one in front.
func (rs *routers) become(next routers) {
	known := make(map[string]*router)
	for _, r := range *rs {
		known[r.url] = r
	}
	front := (*rs)[0]
	*rs = nil
	for _, r := range next {
		if old := known[r.url]; old != nil {
			r = old
		}
		*rs = append(*rs, r)
	}
	rs.prefer(front)
}

// wsaRefused is ECONNREFUSED on Windows, and nothing elsewhere.
const wsaRefused = syscall.Errno(10061)

// unreached reports whether an attempt failed without a connection to anybody:
// it has cost the router nothing.
func unreached(err error) bool {
	for _, no := range []error{syscall.ECONNREFUSED, wsaRefused, syscall.ENOENT, syscall.ENETUNREACH, syscall.EHOSTUNREACH, syscall.ENETDOWN} {
		if errors.Is(err, no) {
			return true
		}
	}
	return false
}
