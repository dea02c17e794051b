package wamp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/session"
	"github.com/wampgen/wampgen/runtime/transport"
)

// closeGrace bounds Close where its ctx has no end.
const closeGrace = 5 * time.Second

// supervisor opens one session after the other and keeps on it what the client
// wants.
type supervisor struct {
	*common
	intents  *intents
	offline  *offline
	sessions session.Config // what all sessions have in common

	// routers is whom to try, in order, warned whether a login in plain text was
	// warned of, and reached whether the last round got through to a router. They
	// are for its goroutine alone.
	routers routers
	warned  bool
	reached bool
	route   route

	// patience ends when nobody waits for a farewell any longer.
	patience context.Context
	hurry    context.CancelFunc
	// done is closed when the supervisor has ended. Set before: whether it left
	// the router without an answer to its GOODBYE.
	done       chan struct{}
	unanswered bool
}

func newSupervisor(c *common, its *intents, off *offline) *supervisor {
	v := &supervisor{common: c, intents: its, offline: off, done: make(chan struct{})}
	v.patience, v.hurry = context.WithCancel(context.Background())
	v.route.begin(&v.routers)
	l := &c.cfg.limits
	v.sessions = session.Config{
		Dialer: c.cfg.dialer, Link: c.cfg.link, SendLimit: c.cfg.writeLimit, Overrides: c.cfg.overrides, Strict: c.cfg.strict,
		Login: session.Login{
			Realm: c.realm, Methods: c.cfg.methods, Policy: c.cfg.policy, Plaintext: c.cfg.plaintext, Exposed: v.warnPlaintext,
		},
		Limits: session.Limits{QueueFrames: l.QueueFrames, QueueBytes: l.QueueBytes, Pending: l.Pending},
		Pool:   &c.spare, Ending: c.retire, PeerError: abortError, Patience: v.patience,
		Traffic: &c.counters.traffic,
	}
	return v
}

// check refuses what no router can cure.
func (v *supervisor) check() (err error) {
	if v.routers, err = newRouters(&v.cfg, v.cfg.urls); err != nil {
		return err
	}
	if err := cmp.Or(v.cfg.checkFeatures(), v.cfg.payloadCodecs.check()); err != nil {
		return err
	}
	if v.sessions.Login.Extra, err = v.cfg.encodeExtra(); err != nil {
		return err
	}
	return v.cfg.link.Check()
}

// hasEnded reports whether the supervisor has ended.
func (v *supervisor) hasEnded() bool {
	select {
	case <-v.done:
		return true
	default:
		return false
	}
}

// run is the life of a client: connect, recover, wait for the loss, back
// off, again. first is closed when the client is ready for the first time.
func (v *supervisor) run(first chan struct{}) {
	defer close(v.done)
	o := outage{since: time.Now()}
	for v.handlers.Err() == nil {
		epoch := v.route.begin(&v.routers)
		at, s, err := v.round(epoch, o.rounds())
		if err != nil && epoch.Err() != nil && v.handlers.Err() == nil {
			continue
		}
		if err != nil {
			o.failed(at, err, v.reached)
			v.counters.failedAttempts.Add(1)
		} else {
			r := &recovery{common: v.common, intents: v.intents, offline: v.offline, session: s}
			v.serve(epoch, r, &o, first)
			err = s.Cause()
			if errors.Is(err, transport.ErrTooLarge) { // whose it was takes a moment to find out
				v.board.set(Status{State: BackingOff, Err: err, Attempt: o.rounds() + 1})
			}
			s.Wait()
			v.over(at, r, &o)
		}
		if v.handlers.Err() != nil || o.hopeless(&v.cfg) {
			v.finish(&o, err)
			return
		}
		v.backOff(epoch, &o, s, err)
	}
	v.finish(&o, ErrClosed)
}

// over notes the end of a session. The next round begins with its router if it
// lasted, otherwise with another one.
func (v *supervisor) over(at *router, r *recovery, o *outage) {
	r.blame(o)
	lasted := v.lasted()
	at.failed = time.Now()
	v.route.renew(&v.routers)
	if lasted >= staying {
		v.intents.heavy.stayed()
		v.routers.prefer(at)
	} else {
		v.routers.avoid(at)
	}
	o.dismissed = session.Dismissed(r.session.Cause()) && v.routers.moveOn(at)
	o.failures, o.grown, o.unreached = v.cfg.backoff.lower(o.failures, lasted), v.cfg.backoff.lower(o.grown, lasted), 0
	o.refused = time.Time{}
	if lasted == 0 { // it was of no use
		o.attempts++
		return
	}
	o.since, o.attempts, o.said = time.Now(), 0, ""
}

// lasted returns how long the last session was in use, 0 if it never was.
func (v *supervisor) lasted() time.Duration {
	opened := v.openedAt()
	if opened.IsZero() {
		return 0
	}
	return max(time.Since(opened), 1)
}

// finish ends the client for good.
func (v *supervisor) finish(o *outage, err error) {
	gaveUp := v.handlers.Err() == nil
	if !gaveUp {
		err = ErrClosed
	}
	v.mu.Lock()
	v.ended = err
	v.mu.Unlock()
	v.stop(ErrClosed)
	v.intents.disband()
	v.offline.drop()
	v.board.set(Status{State: Closed, Err: err})
	if gaveUp {
		v.cfg.log.Warn("wamp: client gave up and is closed", "realm", v.realm, "reason", text(err), "attempts", o.attempts,
			"without_session", time.Since(o.since).Round(time.Millisecond), "next", "every operation fails with wamp.ErrClosed")
		return
	}
	v.cfg.log.Info("wamp: client closed", "realm", v.realm)
}

// backOff is the pause between two rounds; s is the session that was lost, nil
// if there was none. There is no pause after a Reconnect, nor if the router sent
// the client away and there is another one.
func (v *supervisor) backOff(epoch context.Context, o *outage, s *session.Session, err error) {
	var d time.Duration
	if epoch.Err() == nil && !o.dismissed {
		d = o.pause(&v.cfg.backoff)
		if wait := time.Until(v.routers.firstDue()); wait > 0 {
			d += wait
		}
		d = o.bound(d, &v.cfg)
	}
	o.dismissed = false
	v.board.set(Status{State: BackingOff, Err: err, Attempt: o.rounds(), Next: time.Now().Add(d)})
	if epoch.Err() != nil {
		o.logReplaced(v.common, s)
		return
	}
	o.logBackOff(v.common, s, err, d)
	pause(d, v.closing(), epoch.Done())
}

// round tries every router that is due once, without a pause between them, until
// epoch ends.
func (v *supervisor) round(epoch context.Context, n int) (*router, *session.Session, error) {
	v.reached = false
	for _, r := range v.routers {
		if time.Now().Before(r.due) {
			continue
		}
		s, err := v.open(epoch, r, n)
		if err == nil {
			v.counters.sessions.Add(1)
			return r, s, nil
		}
		if v.handlers.Err() != nil {
			return r, nil, ErrClosed
		}
		if epoch.Err() != nil {
			return r, nil, errReconnect
		}
		r.err, r.due, r.failed = err, dueAfter(err), time.Now()
		v.reached = v.reached || !unreached(err)
	}
	r := v.routers.failure()
	return r, nil, r.err
}

// open opens a session with a router: dial, HELLO, authentication and WELCOME
// under one deadline.
func (v *supervisor) open(epoch context.Context, r *router, n int) (*session.Session, error) {
	ctx, cancel := context.WithTimeoutCause(v.handlers, v.cfg.handshake, errHandshake)
	defer cancel()
	defer context.AfterFunc(epoch, cancel)()
	v.board.set(Status{State: Connecting, URL: r.shown, Attempt: n, Err: v.board.now().Err})
	s, err := session.Dial(ctx, &v.sessions, r.url)
	if err != nil {
		return nil, late(ctx, err)
	}
	v.board.set(Status{State: Joining, URL: r.shown, Attempt: n, Err: v.board.now().Err})
	if err := s.Join(ctx); err != nil {
		return nil, late(ctx, judgeLogin(s.LoginState(), err))
	}
	v.route.use(r.url)
	return s, nil
}

// errHandshake is why an attempt ended at the handshake deadline.
var errHandshake = errors.New("wamp: handshake took too long")

// late says that a failure is the handshake deadline's doing.
func late(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errHandshake) && !errors.Is(err, errHandshake) {
		return fmt.Errorf("%w: %w", errHandshake, part{err})
	}
	return err
}

// serve restores what the client wants on a new session, announces it, and
// waits for its end, which the end of epoch brings about. first is closed unless
// it is already.
func (v *supervisor) serve(epoch context.Context, r *recovery, o *outage, first chan struct{}) {
	s := r.session
	defer v.route.use("")
	defer v.retire(s) // again: it may have ended before it was adopted
	defer context.AfterFunc(epoch, func() { v.leave(s, replaceGrace, errReconnect) })()
	begin := time.Now()
	v.board.set(Status{State: Recovering, Session: ID(s.ID()), Format: s.Format(), URL: s.URL()})
	if !r.run() {
		return
	}
	if v.handlers.Err() != nil {
		v.waitEnd(s, o)
		return
	}
	v.board.set(Status{State: Ready, Session: ID(s.ID()), Format: s.Format(), URL: s.URL()})
	registrations, subscriptions := v.intents.wanted()
	o.logReady(v.common, s, registrations, subscriptions, time.Since(begin))
	if !o.ready {
		o.ready = true
		close(first)
	}
	v.waitEnd(s, o)
}

// waitEnd waits until the session has ended, or ends it in good order when the
// client is closed.
func (v *supervisor) waitEnd(s *session.Session, o *outage) {
	if !v.waitLoss(s, o) {
		return
	}
	v.unanswered = !v.leave(s, closeGrace, ErrClosed)
}

// leave says goodbye and waits for the answer, for d at most. It reports whether
// it came.
func (v *supervisor) leave(s *session.Session, d time.Duration, cause error) (answered bool) {
	ctx, cancel := context.WithTimeout(v.patience, d)
	defer cancel()
	return s.Goodbye(ctx, cause)
}

// waitLoss waits until the session has ended; true if Close was called first.
func (v *supervisor) waitLoss(s *session.Session, o *outage) (closed bool) {
	var stays <-chan time.Time
	if o.short >= flapping {
		t := time.NewTimer(staying)
		defer t.Stop()
		stays = t.C
	}
	for {
		select {
		case <-s.Done():
			return false
		case <-v.closing():
			return true
		case <-stays:
			o.logStays(v.common, s)
		}
	}
}

// warnPlaintext says, once a client, that a login goes to another host in plain
// text: the secret is not in it, but who listens can try passwords against it,
// and whoever sits in between can take the session over.
func (v *supervisor) warnPlaintext(url string, methods []string) {
	if !v.warned {
		v.warned = true
		v.cfg.log.Warn("wamp: logging in to another host in plain text, use wss or tcps", "router", url, "methods", methods)
	}
}
