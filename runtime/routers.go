package wamp

import (
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/transport"
)

// router is one URL of a client and how it fared. It belongs to the supervisor.
type router struct {
	url    string
	shown  string    // url without credentials
	err    error     // why the last attempt failed
	failed time.Time // when an attempt failed or a session ended last
	due    time.Time // when it wants to be asked again, by Retry-After
}

// routers are those of a client, in the order in which they are tried.
type routers []*router

// newRouters refuses at once what can never be dialed or must not be (S9). A
// dialer of the user's own may know other schemes. The routers are shuffled, so
// that the clients of several routers spread over them. A URL counts once: to
// try it again is no failover.
func newRouters(cfg *config, urls []string) (routers, error) {
	_, ours := cfg.dialer.(transport.Net)
	var rs routers
	for i, url := range urls {
		if slices.Contains(urls[:i], url) {
			continue
		}
		if transport.Exposed(url) {
			if err := auth.Check(auth.Channel{AllowPlaintextSecrets: cfg.plaintext}, cfg.methods); err != nil {
				return nil, err
			}
		}
		shown, err := transport.Check(url)
		if err != nil && ours {
			return nil, err
		}
		rs = append(rs, &router{url: url, shown: shown})
	}
	rand.Shuffle(len(rs), func(i, k int) { rs[i], rs[k] = rs[k], rs[i] })
	return rs, nil
}

// prefer puts r in front, if it is among them: the next round begins with it.
func (rs *routers) prefer(r *router) {
	if i := slices.Index(*rs, r); i > 0 {
		*rs = slices.Concat((*rs)[i:], (*rs)[:i])
	}
}

// avoid puts r at the end, if it is among them: the next round begins with the
// router after it.
func (rs *routers) avoid(r *router) {
	if rs.prefer(r); (*rs)[0] == r {
		*rs = append((*rs)[1:], r)
	}
}

// moveOn puts a router in front that has not failed for a while, other than from.
// It reports whether there is one.
func (rs *routers) moveOn(from *router) bool {
	now := time.Now()
	for _, r := range *rs {
		if r != from && now.Sub(r.failed) >= staying && !now.Before(r.due) {
			rs.prefer(r)
			return true
		}
	}
	return false
}

// failure is the router whose error counts when none let the client in: the one
// that leaves most hope, since a refusal counts only when all of them refuse.
func (rs routers) failure() *router {
	return slices.MinFunc(rs, func(a, b *router) int { return int(judge(a.err)) - int(judge(b.err)) })
}

// maxRetryAfter bounds Retry-After: no answer of a proxy puts a client to sleep
// for longer.
const maxRetryAfter = time.Hour

// dueAfter returns when the router that failed with err wants to be asked
// again; the zero time if it did not say.
func dueAfter(err error) time.Time {
	var failed *transport.HandshakeError
	if !errors.As(err, &failed) || failed.RetryAfter <= 0 {
		return time.Time{}
	}
	return time.Now().Add(min(failed.RetryAfter, maxRetryAfter))
}

// ask makes every router one that may be asked now.
func (rs *routers) ask() {
	for _, r := range *rs {
		r.due = time.Time{}
	}
}

// firstDue returns when the first of the routers may be asked again.
func (rs routers) firstDue() time.Time {
	return slices.MinFunc(rs, func(a, b *router) int { return a.due.Compare(b.due) }).due
}
