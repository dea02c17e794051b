package wamp

import (
	"slices"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/core"
)

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

// intentConfig is what the options of a registration or subscription set.
type intentConfig struct {
	options     core.Dict
	match       core.Match
	concurrency int
	priority    Priority
	overflow    OverflowPolicy
	events      int
	bytes       int
	resume      bool
	// chunkTimeout is that of WithChunkTimeout.
	chunkTimeout time.Duration
	made         func(owner any) // is called with the subscription
	template     string          // of which the URI is made, "" if there is none
	roles        []string        // of the schema
	metadata     string          // the argument with it, "" if there is none
	bad          error           // why there is no URI
	loop         *loopState      // of a loop over Events; nil for a handler
	custom       core.Dict
	passthru     *Passthru // how results are sent, nil as the invocation came
	// passthruOnly: what came otherwise is refused.
	passthruOnly bool
}

// set sets an option; the last one of a kind wins.
func (c *intentConfig) set(key string, value any) { c.options = set(c.options, key, value) }

// WithPrefix makes the URI of a registration or subscription a string prefix:
// com.a matches com.a.b and com.ab (specification "Pattern-based
// Registrations", "Pattern-based Subscription"). [CallInfo.Procedure] and
// [EventInfo.Topic] are the concrete URI. If the router lacks the feature, the
// operation fails with [ErrUnsupported]. Default: the URI matches only itself.
func WithPrefix() PatternOption { return pattern(core.MatchPrefix) }

// WithWildcard makes each empty component in the URI of a registration or
// subscription match any one component: com..b matches com.a.b. Otherwise it is
// like [WithPrefix].
func WithWildcard() PatternOption { return pattern(core.MatchWildcard) }

func pattern(match core.Match) PatternOption {
	return patternOption(func(c *intentConfig) { c.matching(match) })
}

// matching sets how a URI matches, "" for exactly.
func (c *intentConfig) matching(match core.Match) {
	c.match = match
	if match != "" {
		c.set("match", string(match))
		return
	}
	c.options = slices.DeleteFunc(c.options, func(f core.Field) bool { return f.Key == "match" })
}

// InvokePolicy says how a dealer distributes calls over the callees that share
// a procedure (specification "Shared Registration").
type InvokePolicy string

// The invocation policies.
const (
	// InvokeSingle permits one callee only. The default.
	InvokeSingle InvokePolicy = "single"
	// InvokeRoundRobin calls the callees in turn.
	InvokeRoundRobin InvokePolicy = "roundrobin"
	// InvokeRandom calls a random callee.
	InvokeRandom InvokePolicy = "random"
	// InvokeFirst calls the callee that registered first.
	InvokeFirst InvokePolicy = "first"
	// InvokeLast calls the callee that registered last.
	InvokeLast InvokePolicy = "last"
)

// WithInvokePolicy shares the procedure with other callees that use the same
// policy. One client is one callee: registering a shared procedure a second
// time fails with [ErrProcedureAlreadyExists]. To run more invocations in one
// client, see [WithConcurrency]. If the router lacks the feature, registering
// fails with [ErrUnsupported]. Default [InvokeSingle]; a policy that is not one
// of the five is an error.
func WithInvokePolicy(p InvokePolicy) RegisterOption {
	return registerOption(func(c *intentConfig) { c.set("invoke", string(p)) })
}

// WithConcurrency makes at most n invocations of the registration run at a
// time; they begin in the order of their arrival, and up to [Limits.Waiting]
// more wait. With 1 they are strictly serial: the next one does not begin while
// a handler waits in a call. Default, and for n below 1: the registration
// shares the [Limits.Workers] with all others.
func WithConcurrency(n int) RegisterOption {
	return registerOption(func(c *intentConfig) { c.concurrency = n })
}

// Priority is the priority of the invocations of a registration.
type Priority int

// The priorities.
const (
	// PriorityNormal shares the [Limits.Workers] with all other registrations. The
	// default.
	PriorityNormal Priority = iota
	// PriorityHigh has workers and a queue of its own, as large as those of
	// PriorityNormal. Its invocations run even if all other workers are busy
	// and their queue is full, for example to cancel work or to report the
	// state.
	PriorityHigh
)

// WithPriority sets the priority of a registration. With [WithConcurrency] and
// for procedures with progressive results or chunks, which have workers of their
// own, it has no effect. Default [PriorityNormal]; any other value is an error.
func WithPriority(p Priority) RegisterOption {
	return registerOption(func(c *intentConfig) { c.priority = p })
}

// defaultChunkTimeout is how long a handler waits for a chunk. A router such as
// nexus does not notify a callee whose caller is gone.
const defaultChunkTimeout = 10 * time.Minute

// WithChunkTimeout bounds how long the handler of a procedure with chunks waits
// for the next one while it sends no progressive result either. Then the
// invocation ends with [ErrTimeout], which its caller gets. It frees handlers
// whose caller is gone: some routers do not notify the callee. Default 10 minutes;
// below 0 for no bound, 0 for the default.
func WithChunkTimeout(d time.Duration) RegisterOption {
	return registerOption(func(c *intentConfig) { c.chunkTimeout = d })
}

// idle is how long a handler waits for a chunk.
func (c *intentConfig) idle() time.Duration {
	switch d := c.chunkTimeout; {
	case d < 0:
		return 1<<63 - 1
	case d > 0:
		return d
	}
	return defaultChunkTimeout
}

// WithDiscloseCaller asks the router to disclose the callers, see [CallInfo]
// (specification "Caller Identification"). A router that did not announce the
// feature is not asked. Default: as the router is configured.
func WithDiscloseCaller() RegisterOption {
	return registerOption(func(c *intentConfig) { c.set("disclose_caller", true) })
}

// WithForwardTimeout asks the dealer to forward the timeouts of calls instead of
// keeping them itself (specification "Call Timeouts"). When one has passed the
// ctx of the handler ends with the cause [ErrTimeout], which the caller then
// gets. [CallInfo.Timeout] is the timeout. A dealer that did not announce call
// timeouts is not asked. Default: as the dealer decides; what it forwards is
// kept in any case.
func WithForwardTimeout() RegisterOption {
	return registerOption(func(c *intentConfig) { c.set("forward_timeout", true) })
}

// WithForceReregister takes the procedure from any callee that has registered
// it, also after a reconnect. It is an extension of Crossbar.io; other routers
// ignore it. Default: the router refuses with [ErrProcedureAlreadyExists].
func WithForceReregister() RegisterOption {
	return registerOption(func(c *intentConfig) { c.set("force_reregister", true) })
}

// WithGetRetained asks for the retained event of the topic right after
// subscribing, and again after every reconnect (specification "Event
// Retention"), see [EventInfo.Retained]. Of several handlers of one topic those
// that ask for it get it, each of them once a session. A broker that did not announce the
// feature is not asked, which is logged once. Default: only events that are
// published after subscribing.
func WithGetRetained() SubscribeOption {
	return subscribeOption(func(c *intentConfig) { c.set("get_retained", true) })
}

// WithResume fetches the events that a subscription missed between two sessions
// from the broker's event history (specification "Event History"). It delivers
// them in order, before live events and without duplicates. If missed events
// cannot be fetched, the next event has [EventInfo.Gap]. Default: missed events
// are lost.
//
// The topic must have a history at the router; otherwise subscribing fails with
// the router's answer. Events that do not fit into the mailbox are dropped and
// counted. With [Disconnect] they are fetched on the next session instead, and
// the mailbox then accepts one history beyond its bounds. Retained events are
// delivered once for each session and are not resumed.
func WithResume() SubscribeOption {
	return subscribeOption(func(c *intentConfig) { c.resume = true })
}

// OverflowPolicy says what happens to the next event of a full mailbox.
type OverflowPolicy int

// The overflow policies. None of them makes other subscriptions wait for a slow
// handler.
const (
	// DropNewest drops the arriving event. The default.
	DropNewest OverflowPolicy = iota
	// DropOldest drops the event that has waited longest.
	DropOldest
	// Disconnect ends the session, which is then replaced; everything in flight on
	// it is lost.
	Disconnect
)

// WithOverflow sets what happens if the handler does not keep up: if the
// mailbox is full, or if it is the fullest one and [Limits.InboundBytes] is
// used up. [Subscription.Dropped] counts dropped events. Default [DropNewest].
func WithOverflow(p OverflowPolicy) SubscribeOption {
	return subscribeOption(func(c *intentConfig) { c.overflow = p })
}

// WithMailbox sets how many events, and how many bytes of their frames, may
// wait for the handler. 0 or less leaves the default of [Limits]. If nothing
// waits there is room for an event of any size.
func WithMailbox(events, bytes int) SubscribeOption {
	return subscribeOption(func(c *intentConfig) { c.events, c.bytes = events, bytes })
}
