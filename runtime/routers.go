package wamp

import (
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/internal/session"
	"github.com/wampgen/wampgen/runtime/transport"
)

// router is one URL of a client and how it fared. It belongs to the supervisor.
type router struct {
	url   string
	shown string    // url without credentials
	err   error     // why the last attempt failed
	due   time.Time // when it wants to be asked again, by Retry-After
}

// checkRouters refuses at once what can never be dialed or must not be (S9). A
// dialer of the user's own may know other schemes. The routers are shuffled, so
// that the clients of several routers spread over them.
func (c *Client) checkRouters() error {
	_, ours := c.cfg.dialer.(transport.Net)
	for _, url := range c.cfg.urls {
		if transport.Exposed(url) {
			if err := auth.Check(auth.Channel{AllowPlaintextSecrets: c.cfg.plaintext}, c.cfg.methods); err != nil {
				return err
			}
		}
		shown, err := transport.Check(url)
		if err != nil && ours {
			return err
		}
		c.routers = append(c.routers, &router{url: url, shown: shown})
	}
	rand.Shuffle(len(c.routers), func(i, k int) { c.routers[i], c.routers[k] = c.routers[k], c.routers[i] })
	return nil
}

// prefer puts r in front: the next round begins with it.
func (c *Client) prefer(r *router) {
	i := slices.Index(c.routers, r)
	c.routers = slices.Concat(c.routers[i:], c.routers[:i])
}

// avoid puts r at the end: the next round begins with the router after it.
func (c *Client) avoid(r *router) {
	c.prefer(r)
	c.routers = append(c.routers[1:], r)
}

// round tries every router that is due once, without a pause between them.
func (c *Client) round(n int) (*router, *session.Session, error) {
	for _, r := range c.routers {
		if time.Now().Before(r.due) {
			continue
		}
		s, err := c.open(r, n)
		if err == nil {
			return r, s, nil
		}
		if c.handlers.Err() != nil {
			return nil, nil, ErrClosed
		}
		r.err, r.due = err, dueAfter(err)
	}
	return nil, nil, c.failure()
}

// failure is why no router let the client in: the error that leaves most hope,
// since a refusal counts only when all of them refuse.
func (c *Client) failure() error {
	return slices.MinFunc(c.routers, func(a, b *router) int { return int(judge(a.err)) - int(judge(b.err)) }).err
}

// maxRetryAfter bounds Retry-After: no answer of a proxy puts a client to sleep
// for longer.
const maxRetryAfter = time.Hour

// dueAfter returns when the router that failed with err wants to be asked again;
// the zero time if it did not say.
func dueAfter(err error) time.Time {
	var failed *transport.HandshakeError
	if !errors.As(err, &failed) || failed.RetryAfter <= 0 {
		return time.Time{}
	}
	return time.Now().Add(min(failed.RetryAfter, maxRetryAfter))
}

// firstDue returns when the first of the routers may be asked again.
func (c *Client) firstDue() time.Time {
	return slices.MinFunc(c.routers, func(a, b *router) int { return a.due.Compare(b.due) }).due
}
