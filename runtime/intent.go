package wamp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// intent is a registration or subscription that the user wants, for as long as
// the client lives; every session gets it anew, in the order of the list.
type intent struct {
	common *common
	kind   core.Type // MsgRegister or MsgSubscribe
	uri    string
	config intentConfig
	owner  owner
	// done is closed when the intent is no longer wanted; err is set before.
	done chan struct{}

	// Protected by common.mu:
	session *session.Session // where it is in place, since placed; nil while nowhere
	id      uint64           // the router's id there
	err     error            // why it ended, set when done is closed
	removed bool             // it is restored no more
	placed  time.Time

	// The supervisor's: how many sessions ended over it, when last over an event
	// that was too large, and the last session that refused it.
	strikes   int
	oversize  time.Time
	refusedOn *session.Session
}

// owner is the registration or subscription of an intent.
type owner interface {
	// request queues REGISTER or SUBSCRIBE.
	request(context.Context, *session.Session, *session.Waiter) session.Pending
	// handle is what the session knows the owner by.
	handle() any
	// ended is called when the intent has ended.
	ended()
	// hold stops events until the history on a session is in, if there is one.
	hold(on *session.Session)
	// behind reports whether events were missed that have yet to be fetched.
	behind() bool
	// resume fetches that history; begin reports whether it is the first time.
	resume(ctx context.Context, on *session.Session, id uint64, begin bool) error
}

// check refuses locally what the specification forbids (R080, R081, R204).
func (it *intent) check() error {
	if it.config.bad != nil {
		return it.config.bad
	}
	if err := core.CheckURI(it.uri, it.config.match, false); err != nil {
		return invalidURI{err}
	}
	if it.kind == core.MsgRegister && core.Reserved(it.uri) {
		return invalidURI{fmt.Errorf("%w: %s is reserved", core.ErrInvalidURI, it.uri)}
	}
	for _, f := range it.config.options {
		if p, ok := f.Value.(string); ok && f.Key == "invoke" && !invokes[InvokePolicy(p)] {
			return session.Unsent(errors.New("wamp: invocation policy must be single, roundrobin, random, first or last"))
		}
	}
	if p := it.config.priority; p != PriorityNormal && p != PriorityHigh {
		return session.Unsent(errors.New("wamp: priority must be PriorityNormal or PriorityHigh"))
	}
	return cmp.Or(it.common.cfg.payloadCodecs.supports(it.config.passthru), checkCustom(it.kind, it.config.custom))
}

var invokes = map[InvokePolicy]bool{
	InvokeSingle: true, InvokeRoundRobin: true, InvokeRandom: true, InvokeFirst: true, InvokeLast: true,
}

// shared reports whether several callees may register the procedure.
func (it *intent) shared() bool {
	for _, f := range it.config.options {
		if f.Key == "invoke" {
			return f.Value != string(InvokeSingle)
		}
	}
	return false
}

// supported reports whether the router of s announced what the intent needs; a
// pattern would silently become an exact URI where it did not (R201, R225).
func (it *intent) supported(f *core.Features) error {
	role, pattern, has := "dealer", "pattern_based_registration", f.Dealer
	if it.kind == core.MsgSubscribe {
		role, pattern, has = "broker", "pattern_based_subscription", f.Broker
	}
	if !has {
		return fmt.Errorf("%w: the router is not a %s", ErrUnsupported, role)
	}
	if it.config.match != "" && it.config.match != core.MatchExact && !f.Has(role, pattern) {
		return fmt.Errorf("%w: %s", ErrUnsupported, pattern)
	}
	if it.shared() && !f.Has("dealer", "shared_registration") {
		return fmt.Errorf("%w: shared_registration", ErrUnsupported)
	}
	return passthruSupported(f, role, it.config.passthru != nil || it.config.passthruOnly)
}

// options are the REGISTER.Options or SUBSCRIBE.Options that the router of f
// understands.
func (it *intent) options(f *core.Features) core.Dict {
	var d core.Dict
	for _, o := range it.config.options {
		switch {
		case o.Key == "disclose_caller" && !f.CallerIdentification, o.Key == "forward_timeout" && !f.CallTimeout,
			o.Key == "get_retained" && !f.EventRetention:
		default:
			d = append(d, o)
		}
	}
	return append(d, it.config.custom...)
}

// send queues REGISTER or SUBSCRIBE on s; w gets the reply.
func (it *intent) send(ctx context.Context, s *session.Session, w *session.Waiter) session.Pending {
	if err := it.supported(s.Features()); err != nil {
		return session.Failed(session.Unsent(err))
	}
	return it.owner.request(ctx, s, w)
}

// result is the outcome of putting one intent in place.
type result struct {
	id  uint64
	err error
}

// failed returns err with the name of the intent that could not be put in
// place.
func (it *intent) failed(err error) error {
	do, _ := it.verbs()
	return named(do, it.uri, err)
}

// key is what a line of the log calls the intent's URI.
func (it *intent) key() string {
	if it.kind == core.MsgSubscribe {
		return "topic"
	}
	return "procedure"
}

// verbs name what puts an intent in place and what takes it back.
func (it *intent) verbs() (do, undo string) {
	if it.kind == core.MsgSubscribe {
		return "subscribe", "unsubscribe"
	}
	return "register", "unregister"
}

// finish announces the end of an intent that was dropped, and why.
func (it *intent) finish(err error) {
	it.common.mu.Lock()
	it.err = err
	it.common.mu.Unlock()
	close(it.done)
	it.owner.ended()
}

// reason returns why an intent ended.
func (it *intent) reason() error {
	it.common.mu.Lock()
	defer it.common.mu.Unlock()
	return it.err
}

// take takes an intent out of a session; wait reports whether its end is
// awaited.
func (it *intent) take(s *session.Session, id uint64, wait bool) departure {
	return depart(s, []*intent{it}, id, wait)
}

// departure is an UNREGISTER or UNSUBSCRIBE under way. The zero value is none.
type departure struct {
	common  *common
	waiter  *session.Waiter // nil if the reply is not awaited
	request session.Pending
}

// depart queues UNREGISTER or UNSUBSCRIBE for what its have in common. A
// session that is gone has nothing left to take.
func depart(s *session.Session, its []*intent, id uint64, wait bool) departure {
	d := departure{common: its[0].common}
	if wait {
		d.waiter = d.common.spare.Waiter()
	}
	if its[0].kind == core.MsgRegister {
		d.request = s.Unregister(d.waiter, id)
		return d
	}
	handles := make([]any, len(its))
	for i, it := range its {
		handles[i] = it.owner.handle()
	}
	d.request = s.Unsubscribe(d.waiter, id, handles...)
	return d
}

// wait waits for the reply. A router that does not know the thing any more
// (R210) has taken it already, and so has the end of the session.
func (d *departure) wait(ctx context.Context) error {
	replied, err := d.request.Wait(ctx)
	if d.waiter == nil {
		return err
	}
	defer d.common.spare.PutWaiter(d.waiter)
	if replied {
		err = replyError(d.waiter)
	}
	if errors.Is(err, ErrLost) || errors.Is(err, ErrNoSuchRegistration) || errors.Is(err, ErrNoSuchSubscription) {
		return nil
	}
	return err
}
