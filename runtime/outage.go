package wamp

import (
	"cmp"
	"errors"
	"strconv"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/peertext"
	"github.com/wampgen/wampgen/runtime/internal/session"
	"github.com/wampgen/wampgen/runtime/transport"
)

// outage is what the supervisor knows of the time without a session.
type outage struct {
	ready     bool      // the client has been ready
	failures  int       // rounds in a row without a session that stayed, that reached a router
	unreached int       // rounds in a row, up to the last one, that reached none
	grown     int       // of failures, those since a router was last gone: they make the pause grow
	dismissed bool      // the router sent the client away, and there is another one
	since     time.Time // when there was last a session to use, or the client began
	refused   time.Time // when the routers began to refuse, zero if the last round ended otherwise
	broken    int       // sessions in a row that ended amid restoring
	attempts  int       // rounds that failed since then
	verdict   verdict   // on the last of them
	router    string    // which said that
	said      string    // what kind of failure the log has named
	short     int       // sessions in a row that did not stay
}

// How long a client bears nothing but refusals: one that was never ready is
// likely to be misconfigured, one that was may have a router that is being
// changed.
const (
	patienceNew   = time.Minute
	patienceReady = 5 * time.Minute
)

// rounds is how many rounds in a row there were without a session that stayed.
func (o *outage) rounds() int { return o.failures + o.unreached }

// pause returns the pause after a round or a session, which it counts.
func (o *outage) pause(b *Backoff) time.Duration {
	if o.unreached > 0 {
		return b.unreached(min(o.rounds()-1, o.unreached))
	}
	o.failures++
	o.grown++
	return b.pause(o.grown - 1)
}

// failed notes a round without a session; reached reports whether it got through
// to a router.
func (o *outage) failed(at *router, err error, reached bool) {
	o.attempts++
	if o.unreached++; reached {
		o.unreached = 0
	} else {
		o.grown = 0 // it has gone: what comes back has not dropped anybody yet
	}
	o.router = at.shown
	o.verdict = judge(err)
	switch {
	case o.verdict == passing:
		o.refused = time.Time{}
	case o.refused.IsZero():
		o.refused = time.Now()
	}
}

// hopeless decides whether to stop trying, after a round that failed or a
// session that was never used.
func (o *outage) hopeless(cfg *config) bool {
	if o.attempts == 0 {
		return false
	}
	if cfg.maxElapsed > 0 && time.Since(o.since) >= cfg.maxElapsed {
		return true
	}
	if o.refused.IsZero() {
		return false
	}
	return o.verdict == incurable && !o.ready || !cfg.retryFatal && !time.Now().Before(o.end())
}

// end is when the refusals have lasted for too long.
func (o *outage) end() time.Time {
	if o.ready {
		return o.refused.Add(patienceReady)
	}
	return o.refused.Add(patienceNew)
}

// bound bounds a pause by the end of the client's patience.
func (o *outage) bound(d time.Duration, cfg *config) time.Duration {
	if o.refused.IsZero() || cfg.retryFatal {
		return d
	}
	return max(0, min(d, time.Until(o.end())))
}

// logBackOff logs that a session was lost, or that there is none: once for all
// failures of one kind in a row.
func (o *outage) logBackOff(c *common, s *session.Session, err error, d time.Duration) {
	attrs := []any{"realm", c.realm, "reason", text(err), "attempt", o.rounds(), "retry_in", d.Round(time.Millisecond)}
	if s != nil {
		o.logLost(c, s, attrs)
		return
	}
	attrs = append(attrs, "router", o.router, "next", "more tries, "+c.cfg.backoff.longest().String()+" apart at most, without a line for each")
	kind := failureKind(err)
	if o.said == kind {
		return
	}
	o.said = kind
	message := "wamp: cannot connect, trying again"
	if !o.refused.IsZero() {
		message = "wamp: router refuses this client, trying again"
		if !c.cfg.retryFatal {
			attrs = append(attrs, "gives_up_in", time.Until(o.end()).Round(time.Second))
		}
	}
	c.cfg.log.Warn(message, attrs...)
}

// logReplaced logs that a session was given up for Reconnect or SetURLs.
func (o *outage) logReplaced(c *common, s *session.Session) {
	if s != nil {
		c.cfg.log.Info("wamp: session given up, connecting again", "realm", c.realm, "router", s.URL(), "session", s.ID())
	}
}

// flapping is how many sessions in a row that do not stay are one episode.
const flapping = 2

// logLost logs that a session was lost. Of those that do not stay it logs the
// first two; logStays says how it ended.
func (o *outage) logLost(c *common, s *session.Session, attrs []any) {
	lived := time.Since(s.Born())
	if o.short++; lived >= staying {
		o.short = 0
	}
	message := "wamp: session lost, connecting again"
	attrs = append(attrs, "router", s.URL(), "format", s.Format().String(), "session", s.ID(), "lived", lived.Round(time.Millisecond))
	switch {
	case o.short > flapping:
		return
	case o.short == flapping:
		message = "wamp: sessions are lost soon after they begin, connecting again"
		attrs = append(attrs, "next", "more tries, without a line for each until a session lasts "+staying.String())
	}
	c.cfg.log.Warn(message, attrs...)
}

// logStays logs that a session lasts, after others that did not.
func (o *outage) logStays(c *common, s *session.Session) {
	c.cfg.log.Info("wamp: session lasts again", "realm", realmOf(c, s), "router", s.URL(), "format", s.Format().String(),
		"session", s.ID(), "lost_before", o.short)
	o.short = 0
}

// failureKind distinguishes what deserves a line of its own in the log:
// refusals by their reason, answers by their status, and all other failures
// together.
func failureKind(err error) string {
	var abort *joinError
	var failed *transport.HandshakeError
	switch {
	case errors.As(err, &abort):
		return abort.abort.URI
	case errors.As(err, &failed) && failed.Code != 0:
		return strconv.Itoa(failed.Code)
	case judge(err) != passing:
		return "login"
	}
	return "connection"
}

// logReady logs that a session is in use, and after an outage how that was.
func (o *outage) logReady(c *common, s *session.Session, registrations, subscriptions int, took time.Duration) {
	if o.short >= flapping {
		return
	}
	attrs := []any{"realm", realmOf(c, s), "router", s.URL(), "format", s.Format().String(), "session", s.ID(),
		"registrations", registrations, "subscriptions", subscriptions, "restored_in", took.Round(time.Microsecond)}
	if o.ready || o.attempts > 0 {
		attrs = append(attrs, "failed_attempts", o.attempts, "without_session", c.openedAt().Sub(o.since).Round(time.Millisecond))
	}
	c.cfg.log.Info("wamp: session ready", attrs...)
}

// realmOf returns the realm of a session for a log line.
func realmOf(c *common, s *session.Session) string {
	return peertext.Line(cmp.Or(s.Realm(), c.realm))
}
