package wamp

import (
	"errors"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// CallOption changes one call. Of two options of a kind the last one wins, here
// and with the other operations.
type CallOption interface{ applyCall(*callConfig) }

// PublishOption changes one publish.
type PublishOption interface{ applyPublish(*publishConfig) }

// RegisterOption changes one registration.
type RegisterOption interface{ applyRegister(*intentConfig) }

// SubscribeOption changes one subscription.
type SubscribeOption interface{ applySubscribe(*intentConfig) }

// CallPublishOption changes a call or a publish.
type CallPublishOption interface {
	CallOption
	PublishOption
}

// PatternOption changes a registration or a subscription.
type PatternOption interface {
	RegisterOption
	SubscribeOption
}

type callOption func(*callConfig)

func (f callOption) applyCall(c *callConfig) { f(c) }

type publishOption func(*publishConfig)

func (f publishOption) applyPublish(c *publishConfig) { f(c) }

type registerOption func(*intentConfig)

func (f registerOption) applyRegister(c *intentConfig) { f(c) }

type subscribeOption func(*intentConfig)

func (f subscribeOption) applySubscribe(c *intentConfig) { f(c) }

type patternOption func(*intentConfig)

func (f patternOption) applyRegister(c *intentConfig)  { f(c) }
func (f patternOption) applySubscribe(c *intentConfig) { f(c) }

type discloseOption struct{}

func (discloseOption) applyCall(c *callConfig)       { c.disclose = true }
func (discloseOption) applyPublish(c *publishConfig) { c.disclose = true }

// callConfig is what the options of a call set.
type callConfig struct {
	timeout  time.Duration
	failFast bool
	disclose bool
	cancel   CancelMode
	fetch    bool // it belongs to a subscription that resumes
}

// with returns the config after options. It takes and returns values so that a
// call without options allocates nothing for them.
func (c callConfig) with(opts []CallOption) callConfig {
	for _, o := range opts {
		o.applyCall(&c)
	}
	return c
}

// check refuses what must not be sent (R148, R168).
func (c *callConfig) check() error {
	if c.timeout < 0 {
		return session.Unsent(errors.New("wamp: timeout: want 0 or more, got less"))
	}
	switch c.cancel {
	case "", KillNoWait, Kill, Skip:
		return nil
	}
	return session.Unsent(errors.New("wamp: cancel mode: want killnowait, kill or skip"))
}

// options are the CALL.Options that the router understands; nil when there are
// none. The timeout is sent only to dealers that announced it (R152).
func (c *callConfig) options(f *core.Features) core.Dict {
	var d core.Dict
	if c.timeout > 0 && f.CallTimeout {
		d = append(d, core.Field{Key: "timeout", Value: milliseconds(c.timeout)})
	}
	if c.disclose {
		d = append(d, core.Field{Key: "disclose_me", Value: true})
	}
	return d
}

// milliseconds is a timeout in the unit of the wire, rounded up: 0 would mean none.
func milliseconds(d time.Duration) int64 {
	ms := d.Milliseconds()
	if d > time.Duration(ms)*time.Millisecond {
		ms++
	}
	return ms
}

// publishConfig is what the options of a publish set.
type publishConfig struct {
	acknowledge, disclose, retain bool
	excludeMe                     *bool
	publication                   *ID
}

func (c publishConfig) with(opts []PublishOption) publishConfig {
	for _, o := range opts {
		o.applyPublish(&c)
	}
	return c
}

// options are the PUBLISH.Options; nil when there are none.
func (c *publishConfig) options() core.Dict {
	var d core.Dict
	if c.acknowledge {
		d = append(d, core.Field{Key: "acknowledge", Value: true})
	}
	if c.excludeMe != nil {
		d = append(d, core.Field{Key: "exclude_me", Value: *c.excludeMe})
	}
	if c.disclose {
		d = append(d, core.Field{Key: "disclose_me", Value: true})
	}
	if c.retain {
		d = append(d, core.Field{Key: "retain", Value: true})
	}
	return d
}

// feature is something the router must have announced.
type feature struct{ role, name string }

// intentConfig is what the options of a registration or subscription set.
type intentConfig struct {
	options     core.Dict
	needs       []feature
	match       core.Match
	concurrency int
	overflow    OverflowPolicy
	events      int
	bytes       int
	resume      bool
	to          **Subscription
}

// set sets an option; the last one of a kind wins.
func (c *intentConfig) set(key string, value any) {
	for i := range c.options {
		if c.options[i].Key == key {
			c.options[i].Value = value
			return
		}
	}
	c.options = append(c.options, core.Field{Key: key, Value: value})
}

// Timeout bounds a call: its ctx ends after d, the wait for a session included,
// and routers that know call timeouts get it in milliseconds, rounded up
// (specification "Call Timeouts"). It replaces the timeout of the schema; 0 means none, less is an
// error. Default: the timeout of the schema.
func Timeout(d time.Duration) CallOption {
	return callOption(func(c *callConfig) { c.timeout = d })
}

// FailFast makes the call fail with ErrNotReady when there is no session.
// Default: it waits under its ctx.
func FailFast() CallOption {
	return callOption(func(c *callConfig) { c.failFast = true })
}

// CancelMode is what happens to a call at the callee when its ctx ends
// (specification "Call Canceling").
type CancelMode string

// The cancel modes.
const (
	// KillNoWait interrupts the callee and returns at once. The default.
	KillNoWait CancelMode = "killnowait"
	// Kill interrupts the callee and waits for its answer, 5 s at most.
	Kill CancelMode = "kill"
	// Skip returns at once and lets the callee finish.
	Skip CancelMode = "skip"
)

// Cancel sets the cancel mode of a call. Default KillNoWait; another text than
// those of the three modes is an error. A router without call canceling is told
// nothing, and the call returns at once.
func Cancel(mode CancelMode) CallOption {
	return callOption(func(c *callConfig) { c.cancel = mode })
}

// DiscloseMe asks the router to tell the callee or the subscribers who we are
// (specification "Caller Identification", "Publisher Identification"). Default:
// what the router is configured for. A router may refuse with
// ErrDisclosureRefused; an unacknowledged publish is then lost silently.
func DiscloseMe() CallPublishOption { return discloseOption{} }

// Acknowledge makes a publish wait until the broker has taken the event, or tells
// why it has not (specification "Publishing and Events"). Default: it returns when the event
// is queued for writing.
func Acknowledge() PublishOption {
	return publishOption(func(c *publishConfig) { c.acknowledge = true })
}

// PublicationTo makes a publish wait as Acknowledge does and stores the
// publication id that the broker gave, before the publish returns nil; nil stores
// nothing.
func PublicationTo(id *ID) PublishOption {
	return publishOption(func(c *publishConfig) { c.acknowledge, c.publication = true, id })
}

// ExcludeMe tells whether the publisher's own subscriptions are left out
// (specification "Publisher Exclusion"). The broker's default is true.
func ExcludeMe(exclude bool) PublishOption {
	return publishOption(func(c *publishConfig) { c.excludeMe = &exclude })
}

// Retain asks the broker to keep the event for later subscribers that ask with
// GetRetained (specification "Event Retention"). A broker without event retention
// ignores it. Default: the event is not kept.
func Retain() PublishOption {
	return publishOption(func(c *publishConfig) { c.retain = true })
}

// Prefix makes the URI of a registration or subscription a string prefix:
// com.a matches com.a.b and com.ab (specification "Pattern-based Registrations",
// "Pattern-based Subscription"). Default: the URI itself. A router without the
// feature is not asked: ErrUnsupported. CallInfo and EventInfo tell the concrete URI.
func Prefix() PatternOption { return pattern("prefix", core.MatchPrefix) }

// Wildcard makes empty components of the URI of a registration or subscription
// match any one component: com..b matches com.a.b. Otherwise as Prefix.
func Wildcard() PatternOption { return pattern("wildcard", core.MatchWildcard) }

func pattern(name string, match core.Match) PatternOption {
	return patternOption(func(c *intentConfig) {
		c.set("match", name)
		c.match = match
	})
}

// InvokePolicy is how a dealer spreads calls over the callees that share a
// procedure (specification "Shared Registration").
type InvokePolicy string

// The invocation policies.
const (
	// InvokeSingle: there is one callee. The default.
	InvokeSingle InvokePolicy = "single"
	// InvokeRoundRobin: the callees take turns.
	InvokeRoundRobin InvokePolicy = "roundrobin"
	// InvokeRandom: any of them.
	InvokeRandom InvokePolicy = "random"
	// InvokeFirst: the one that registered first.
	InvokeFirst InvokePolicy = "first"
	// InvokeLast: the one that registered last.
	InvokeLast InvokePolicy = "last"
)

// Invoke shares the registration with other callees that use the same policy. One
// client is one callee: a procedure that it shares already is refused with
// ErrProcedureAlreadyExists when it registers it again; Concurrency bounds how many
// invocations it runs. Default InvokeSingle; another text than those of the policies is an error. A
// router that cannot share is not asked: ErrUnsupported.
func Invoke(p InvokePolicy) RegisterOption {
	return registerOption(func(c *intentConfig) {
		c.set("invoke", string(p))
		if p != InvokeSingle {
			c.needs = append(c.needs, feature{"dealer", "shared_registration"})
		}
	})
}

// Concurrency gives the registration a lane of its own in which at most n
// invocations run at a time, begun in arrival order; 1 is strictly serial: a handler
// that waits in a call keeps its place. Limits.Waiting more wait. Default, and for n below 1: the lane of Limits.Workers
// that all others share.
func Concurrency(n int) RegisterOption {
	return registerOption(func(c *intentConfig) { c.concurrency = n })
}

// DiscloseCaller asks the router to tell who calls, see CallInfo (specification
// "Caller Identification"). Default: what the router is configured for.
func DiscloseCaller() RegisterOption {
	return registerOption(func(c *intentConfig) { c.set("disclose_caller", true) })
}

// ForceReregister takes the procedure away from whoever has it, after a reconnect
// too. It is an extension of Crossbar.io; other routers ignore it. Default: the
// router refuses with ErrProcedureAlreadyExists.
func ForceReregister() RegisterOption {
	return registerOption(func(c *intentConfig) { c.set("force_reregister", true) })
}

// GetRetained asks for the retained event of the topic right after subscribing
// (specification "Event Retention"); see EventInfo.Retained. It comes after every
// reconnect again. Default: only events published from now on.
func GetRetained() SubscribeOption {
	return subscribeOption(func(c *intentConfig) { c.set("get_retained", true) })
}

// SubscriptionTo stores the subscription in s before the first event is handled, for
// a loop over [Events], which has no other way to [Subscription.Dropped],
// [Subscription.Gaps] and the rest; nil stores nothing. Default: not stored.
func SubscriptionTo(s **Subscription) SubscribeOption {
	return subscribeOption(func(c *intentConfig) { c.to = s })
}

// Resume fetches the events that a subscription missed while the session was lost
// from the broker's event history (specification "Event History"), delivers them in
// order before live ones and drops duplicates. The next event after a gap that could
// not be closed has EventInfo.Gap; what does not fit into the mailbox is dropped and
// counted as ever, but with [Disconnect] the next session brings it, and the mailbox
// takes one history beyond its bounds. Retained events are no part of this: they come
// once for each session. The topic must have history at the router: subscribing fails with what
// the router answers where it has none. Default: missed events are lost.
func Resume() SubscribeOption {
	return subscribeOption(func(c *intentConfig) { c.resume = true })
}

// OverflowPolicy is what a full mailbox does with the next event.
type OverflowPolicy int

// The overflow policies. None of them stops the reader.
const (
	// DropNewest drops the arriving event. The default.
	DropNewest OverflowPolicy = iota
	// DropOldest drops the event that has waited longest.
	DropOldest
	// Disconnect ends the session, which is then recovered; all that was in flight
	// on it is lost.
	Disconnect
)

// OnOverflow sets what happens when the handler does not keep up: when the mailbox is
// full, or when it is the fullest and Limits.InboundBytes is used up. Default
// DropNewest; [Subscription.Dropped] counts.
func OnOverflow(p OverflowPolicy) SubscribeOption {
	return subscribeOption(func(c *intentConfig) { c.overflow = p })
}

// Mailbox sets how many events, and how many bytes of their frames, wait for the
// handler; 0 or less leaves the default of Limits. An event of any size finds room
// where nothing waits.
func Mailbox(events, bytes int) SubscribeOption {
	return subscribeOption(func(c *intentConfig) { c.events, c.bytes = events, bytes })
}
