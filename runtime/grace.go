package wamp

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/dispatch"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// graceOfOurs is how long a call of an idempotent procedure waits for a callee,
// and how long after a reconnect it does so for a procedure that is not known.
const graceOfOurs = 30 * time.Second

// grace is what one call knows of its wait for a callee. The zero value has
// none.
type grace struct {
	common    *common
	procedure *Procedure
	given     time.Duration // by the schema or WithGrace
	explicit  bool          // given counts, whatever is known of the procedure
	parks     bool          // the handler that the call belongs to holds no worker meanwhile

	began   time.Time   // when the wait began, zero if it has not
	until   time.Time   // when it ends
	own     bool        // the call itself was refused
	refusal error       // the last one, nil if there was none
	absence *absence    // nil while the call does not wait
	probe   *probe      // its turn, nil while it has none
	sent    time.Time   // when it was sent last
	found   *time.Timer // notices that a probe was not refused; nil while none is under way
}

// WithGrace sets how long a call that finds no callee waits for one. A call
// finds none if the router answers with [ErrNoSuchProcedure],
// [ErrNoAvailableCallee] or crossbar.error.max_concurrency_reached, or the
// callee with [ErrUnavailable] and retry_after_ms. Such a call has had no
// effect. It is sent again, with growing and random pauses, until d has passed
// or its ctx has ended; 0 turns that off, a negative d is an error. Of all calls
// of one procedure that wait, one at a time is sent to find out. Where callees are
// full and not missing, each call that one of them takes lets another one follow.
//
// The error of a call that has waited in vain is the last refusal; if the ctx
// ended it wraps the error of the ctx too.
//
// Default: grace of the schema. If it has none, calls of idempotent procedures
// wait for 30 s if the procedure has answered this client before (it remembers
// 65 536 of them), and otherwise until 30 s after a reconnect. While there is no
// session the 30 s do not begin. Other calls do not wait. A callee of another
// library may pass on such an answer from a nested call although it has run
// itself. Then the call runs twice. Consider that before you use WithGrace for
// a procedure that is not idempotent. A call with chunks is sent once, so it does
// not wait.
func WithGrace(d time.Duration) CallOption {
	return callOption(func(c *callConfig) { c.grace, c.graceSet = d, true })
}

// newGrace returns the grace of a call.
func newGrace(c *common, p *Procedure, cfg *callConfig, parks bool) grace {
	g := grace{common: c, procedure: p, given: cfg.grace, explicit: cfg.graceSet, parks: parks}
	switch {
	case p.Chunks:
		g.given, g.explicit = 0, true // it is sent once
	case !g.explicit && p.Grace != 0:
		g.given, g.explicit = max(p.Grace, 0), true
	}
	return g
}

// none reports whether the call never waits for a callee.
func (g *grace) none() bool {
	return g.explicit && g.given == 0 || !g.explicit && !g.procedure.Idempotent
}

// waits reports whether the call is still to wait for a callee. exists reports
// whether the procedure is certainly registered.
func (g *grace) waits(exists bool) bool {
	switch {
	case g.none():
		return false
	case g.explicit:
		g.until = g.began.Add(g.given)
	default:
		g.until = g.from(exists || g.common.absences.knows(g.procedure.URI)).Add(graceOfOurs)
	}
	return time.Now().Before(g.until)
}

// from returns when the time began that a call has by default, whose procedure is
// known or not. It has not begun while there is no session: what begins then has all
// of it once there is one.
func (g *grace) from(known bool) time.Time {
	from, open := g.common.reopened()
	switch {
	case !open:
		return time.Now()
	case known && g.began.After(from):
		return g.began
	}
	return from
}

// hold waits before a call is sent as long as its procedure has no callee. It
// returns nil when the call is to be sent.
func (g *grace) hold(ctx context.Context) error {
	for g.probe == nil {
		if g.absence == nil && !g.join() {
			break
		}
		if err := g.wait(ctx); err != nil {
			return err
		}
	}
	return nil
}

// join makes a call wait that has yet to find out that there is no callee. It
// reports false if it need not.
func (g *grace) join() bool {
	all := &g.common.absences
	if all.count.Load() == 0 || g.none() {
		return false
	}
	it := all.join(g.procedure.URI, false)
	if it == nil {
		return false
	}
	if g.began.IsZero() {
		g.began = time.Now()
	}
	if _, exists := all.lastRefusal(it); !g.waits(exists) {
		all.leave(it) // it is sent, and refused
		return false
	}
	g.absence = it
	return true
}

// wait waits for the turn to probe, or for the end of the absence.
func (g *grace) wait(ctx context.Context) error {
	if g.parks {
		turn := dispatch.TurnOf(ctx)
		if !turn.Park() {
			return session.Unsent(ErrOverflow)
		}
		defer turn.Unpark(ctx)
	}
	it := g.absence
	limit := time.NewTimer(time.Until(g.until))
	defer limit.Stop()
	select {
	case <-it.over:
		return g.released(ctx)
	case <-it.turn:
		g.probe = &probe{absence: it}
		return g.untilProbe(ctx)
	case <-limit.C:
		if _, exists := g.common.absences.lastRefusal(it); g.waits(exists) {
			return nil // there was an outage
		}
		return g.inVain(nil)
	case <-ctx.Done():
		return g.inVain(ctx.Err())
	case <-g.common.closing():
		return session.Unsent(g.common.endError())
	}
}

// untilProbe waits for the time of the next probe. At the end of its grace the
// call is sent for the last time.
func (g *grace) untilProbe(ctx context.Context) error {
	next := g.common.absences.nextProbe(g.absence)
	if next.After(g.until) {
		next = g.until
	}
	t := time.NewTimer(time.Until(next))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-g.absence.turn:
		g.common.absences.merge(g.absence)
		return nil
	case <-g.absence.over:
		return g.released(ctx)
	case <-ctx.Done():
		return g.inVain(ctx.Err())
	case <-g.common.closing():
		return session.Unsent(g.common.endError())
	}
}

// released ends the wait of a call that is sent because there is a callee, after
// a moment that keeps many of them from being sent at once.
func (g *grace) released(ctx context.Context) error {
	calls := g.common.absences.waiting(g.absence)
	g.leave()
	if calls > 1 && !pause(rand.N(spread(calls)), ctx.Done(), nil) {
		return g.inVain(ctx.Err())
	}
	return nil
}

// inVain returns the error of a call that has waited in vain; cause is why the
// wait ended early, nil if it did not.
func (g *grace) inVain(cause error) error {
	if g.absence != nil {
		g.refusal, _ = g.common.absences.lastRefusal(g.absence)
	}
	err := g.explain(cause)
	if cause == nil {
		err = fmt.Errorf("%w (found no callee for %v)", g.refusal, time.Since(g.began).Round(time.Millisecond))
	}
	if !g.own {
		err = session.Unsent(err)
	}
	return err
}

// explain adds the last refusal to an error of the ctx.
func (g *grace) explain(err error) error {
	if g.refusal == nil || !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) || IsPeer(err) {
		return err
	}
	return fmt.Errorf("%w, last answer: %w", err, part{g.refusal})
}

// begin notes that the call is sent. If it probes and is not refused in the time
// that a refusal takes, there is a callee: the others need not wait for its
// result.
func (g *grace) begin() {
	g.sent = time.Now()
	if p := g.probe; p != nil {
		all := &g.common.absences
		g.found = time.AfterFunc(all.patience(p.absence), func() { all.accepted(p) })
	}
}

// again reports whether a call that was answered found no callee and is to be
// sent again. Any other answer ends the absence of its procedure.
func (g *grace) again(w *session.Waiter) bool {
	r, ok := refusalOf(w)
	if !ok {
		g.answered(w)
		return false
	}
	if g.began.IsZero() {
		g.began = g.sent
	}
	if w.Stopped != nil || !g.waits(r.exists) {
		return false
	}
	if g.absence != nil && g.absence.hasEnded() {
		g.leave()
	}
	if g.absence == nil {
		g.absence = g.common.absences.join(g.procedure.URI, true)
	}
	g.own, g.refusal = true, g.common.typedError(g.procedure.URI, g.procedure.Errors, w)
	if g.common.absences.refused(g.absence, r, g.refusal, time.Since(g.sent), g.probe != nil) {
		g.common.cfg.log.Warn("wamp: procedure has no callee, calls wait for one", "procedure", g.procedure.URI, "reason", text(g.refusal))
	}
	if g.yield(true) { // and left: a refusal that took long
		g.absence = g.common.absences.join(g.procedure.URI, true)
	}
	return true
}

// answered notes that the call was answered by its callee, or by the router in a
// way that says nothing about one.
func (g *grace) answered(w *session.Waiter) {
	all := &g.common.absences
	if g.procedure.Idempotent && (!w.Failed || !quotable(w.URI) || w.URI == ErrInvalidArgument.URI) {
		all.answered(g.procedure.URI)
	}
	if all.count.Load() == 0 {
		return
	}
	if it := all.find(g.procedure.URI); it != nil {
		all.found(it)
	}
}

func (g *grace) stopTimer() {
	if g.found != nil {
		g.found.Stop()
		g.found = nil
	}
}

// yield gives the turn to the next call that waits; refused reports whether it led to
// a refusal. It reports whether the call had been served, so that it does not wait
// any more.
func (g *grace) yield(refused bool) (served bool) {
	if g.probe != nil {
		served = g.common.absences.pass(g.probe, refused)
		g.probe = nil
	}
	return served
}

// leave ends the wait of a call.
func (g *grace) leave() {
	if g.absence == nil {
		return
	}
	if !g.yield(false) {
		g.common.absences.leave(g.absence)
	}
	g.absence = nil
}
