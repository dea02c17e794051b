package wamp

import (
	"errors"
	"io"
	"net/http"
)

// LiveHandler answers 200 until one of the clients has given up by itself, and
// then 503: the program should be started again. It answers 200 during an
// outage of the router, and after the program has closed a client.
func LiveHandler(clients ...*Client) http.Handler { return health{clients, lives} }

// ReadyHandler answers 200 while every client is [Ready] and is not being
// drained: it has a session, and all its registrations and subscriptions are in
// place. Otherwise it answers 503. Serve it only when the program has registered
// what it implements.
//
// The body says "ok", or which clients are in which state. It names realms and
// contains neither URLs nor errors.
func ReadyHandler(clients ...*Client) http.Handler { return health{clients, isReady} }

// health answers whether all clients pass a check.
type health struct {
	clients []*Client
	check   func(*Client) bool
}

// ServeHTTP implements [http.Handler].
func (h health) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	failed := false
	for _, c := range h.clients {
		if h.check(c) {
			continue
		}
		if !failed {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		failed = true
		_, _ = io.WriteString(w, c.realm+": "+condition(c)+"\n") // the answer is its status
	}
	if !failed {
		_, _ = io.WriteString(w, "ok\n")
	}
}

// lives reports whether the client has not given up by itself.
func lives(c *Client) bool {
	err := c.Err()
	return err == nil || errors.Is(err, ErrClosed)
}

// isReady reports whether the client does its whole work.
func isReady(c *Client) bool { return c.Status().State == Ready && c.draining.Err() == nil }

// condition names the state of the client.
func condition(c *Client) string {
	if st := c.Status().State; st == Closed || c.draining.Err() == nil {
		return st.String()
	}
	return "draining"
}
