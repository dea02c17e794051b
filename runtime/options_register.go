package wamp

import "github.com/wampgen/wampgen/runtime/internal/core"

// RegisterOption changes one registration.
type RegisterOption interface{ applyRegister(*intentConfig) }

// SubscribeOption changes one subscription.
type SubscribeOption interface{ applySubscribe(*intentConfig) }

// PatternOption changes a registration or a subscription.
type PatternOption interface {
	RegisterOption
	SubscribeOption
}

type registerOption func(*intentConfig)

func (f registerOption) applyRegister(c *intentConfig) { f(c) }

type subscribeOption func(*intentConfig)

func (f subscribeOption) applySubscribe(c *intentConfig) { f(c) }

type patternOption func(*intentConfig)

func (f patternOption) applyRegister(c *intentConfig)  { f(c) }
func (f patternOption) applySubscribe(c *intentConfig) { f(c) }

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
	made        func(owner any) // is called with the subscription
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

// WithPrefix makes the URI of a registration or subscription a string prefix:
// com.a matches com.a.b and com.ab (specification "Pattern-based Registrations",
// "Pattern-based Subscription"). Default: the URI itself. A router without the
// feature is not asked: ErrUnsupported. CallInfo and EventInfo tell the concrete URI.
func WithPrefix() PatternOption { return pattern("prefix", core.MatchPrefix) }

// WithWildcard makes empty components of the URI of a registration or subscription
// match any one component: com..b matches com.a.b. Otherwise as [WithPrefix].
func WithWildcard() PatternOption { return pattern("wildcard", core.MatchWildcard) }

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

// WithInvokePolicy shares the registration with other callees that use the same policy. One
// client is one callee: a procedure that it shares already is refused with
// ErrProcedureAlreadyExists when it registers it again; [WithConcurrency] bounds how many
// invocations it runs. Default InvokeSingle; another text than those of the policies is an error. A
// router that cannot share is not asked: ErrUnsupported.
func WithInvokePolicy(p InvokePolicy) RegisterOption {
	return registerOption(func(c *intentConfig) {
		c.set("invoke", string(p))
		if p != InvokeSingle {
			c.needs = append(c.needs, feature{"dealer", "shared_registration"})
		}
	})
}

// WithConcurrency gives the registration a lane of its own in which at most n
// invocations run at a time, begun in arrival order; 1 is strictly serial: a handler
// that waits in a call keeps its place. Limits.Waiting more wait. Default, and for n below 1: the lane of Limits.Workers
// that all others share.
func WithConcurrency(n int) RegisterOption {
	return registerOption(func(c *intentConfig) { c.concurrency = n })
}

// WithDiscloseCaller asks the router to tell who calls, see CallInfo (specification
// "Caller Identification"). Default: what the router is configured for.
func WithDiscloseCaller() RegisterOption {
	return registerOption(func(c *intentConfig) { c.set("disclose_caller", true) })
}

// WithForceReregister takes the procedure away from whoever has it, after a reconnect
// too. It is an extension of Crossbar.io; other routers ignore it. Default: the
// router refuses with ErrProcedureAlreadyExists.
func WithForceReregister() RegisterOption {
	return registerOption(func(c *intentConfig) { c.set("force_reregister", true) })
}

// WithGetRetained asks for the retained event of the topic right after subscribing
// (specification "Event Retention"); see EventInfo.Retained. It comes after every
// reconnect again. Default: only events published from now on.
func WithGetRetained() SubscribeOption {
	return subscribeOption(func(c *intentConfig) { c.set("get_retained", true) })
}

// WithResume fetches the events that a subscription missed while the session was lost
// from the broker's event history (specification "Event History"), delivers them in
// order before live ones and drops duplicates. The next event after a gap that could
// not be closed has EventInfo.Gap; what does not fit into the mailbox is dropped and
// counted as ever, but with [Disconnect] the next session brings it, and the mailbox
// takes one history beyond its bounds. Retained events are no part of this: they come
// once for each session. The topic must have history at the router: subscribing fails with what
// the router answers where it has none. Default: missed events are lost.
func WithResume() SubscribeOption {
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

// WithOverflow sets what happens when the handler does not keep up: when the mailbox is
// full, or when it is the fullest and Limits.InboundBytes is used up. Default
// DropNewest; [Subscription.Dropped] counts.
func WithOverflow(p OverflowPolicy) SubscribeOption {
	return subscribeOption(func(c *intentConfig) { c.overflow = p })
}

// WithMailbox sets how many events, and how many bytes of their frames, wait for the
// handler; 0 or less leaves the default of Limits. An event of any size finds room
// where nothing waits.
func WithMailbox(events, bytes int) SubscribeOption {
	return subscribeOption(func(c *intentConfig) { c.events, c.bytes = events, bytes })
}
