package wamp

import (
	"errors"
	"slices"
	"time"

	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// CallOption changes one call. If an operation has two options of one kind, the
// last one wins.
type CallOption interface{ applyCall(*callConfig) }

// CallPublishOption changes a call or a publish.
type CallPublishOption interface {
	CallOption
	PublishOption
}

// ConnectCallOption changes a client or a call.
type ConnectCallOption interface {
	ConnectOption
	CallOption
}

type callOption func(*callConfig)

func (f callOption) applyCall(c *callConfig) { f(c) }

type failFastOption struct{}

func (failFastOption) applyConnect(c *config)  { c.failFast = true }
func (failFastOption) applyCall(c *callConfig) { c.failFast = true }

// WithFailFast makes a call, or all calls of a client, fail with [ErrNotReady]
// if there is no session. Default: calls wait for one under their ctx.
func WithFailFast() ConnectCallOption { return failFastOption{} }

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
	custom   core.Dict
	grace    time.Duration
	graceSet bool
	passthru *Passthru // how the payload is sent, nil as usual
	// passthruOnly: a result that came otherwise is refused.
	passthruOnly bool
	// operation is the one that interceptors see, nil if there are none.
	operation *Operation
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
		return session.Unsent(errors.New("wamp: timeout must not be negative"))
	}
	if c.grace < 0 {
		return session.Unsent(errors.New("wamp: grace must not be negative"))
	}
	switch c.cancel {
	case "", KillNoWait, Kill, Skip:
	default:
		return session.Unsent(errors.New("wamp: cancel mode must be killnowait, kill or skip"))
	}
	return checkCustom(core.MsgCall, c.custom)
}

// options are the CALL.Options that the router understands; nil when there are
// none. The timeout is sent only to dealers that announced it (R152).
func (c *callConfig) options(f *core.Features) core.Dict {
	d := slices.Clip(c.custom)
	if c.timeout > 0 && f.CallTimeout {
		d = append(d, core.Field{Key: "timeout", Value: milliseconds(c.timeout)})
	}
	if c.disclose && f.CallerIdentification {
		d = append(d, core.Field{Key: "disclose_me", Value: true})
	}
	return d
}

// milliseconds is a timeout in the unit of the wire, rounded up: 0 would mean
// none.
func milliseconds(d time.Duration) int64 {
	ms := d.Milliseconds()
	if d > time.Duration(ms)*time.Millisecond {
		ms++
	}
	return ms
}

// WithCallTimeout bounds a call: its ctx ends after d, which includes the wait
// for a session. A router that supports call timeouts gets d too, rounded up to
// milliseconds (specification "Call Timeouts"). 0 means no timeout; a negative
// d is an error. Default: the timeout of the schema.
func WithCallTimeout(d time.Duration) CallOption {
	return callOption(func(c *callConfig) { c.timeout = d })
}

// CancelMode says what happens at the callee when the ctx of a call ends
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

// WithCancelMode sets the cancel mode of a call. Default [KillNoWait]; a mode
// that is not one of the three is an error. If the router does not support call
// canceling, the call returns at once and nothing is sent.
func WithCancelMode(mode CancelMode) CallOption {
	return callOption(func(c *callConfig) { c.cancel = mode })
}

// WithDiscloseMe asks the router to disclose this client to the callee or the
// subscribers (specification "Caller Identification", "Publisher
// Identification"). Default: as the router is configured. A router may refuse
// with [ErrDisclosureRefused]; an unacknowledged publish is then lost without
// an error. A router that did not announce the feature is not asked.
func WithDiscloseMe() CallPublishOption { return discloseOption{} }
