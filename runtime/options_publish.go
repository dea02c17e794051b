package wamp

import (
	"fmt"
	"slices"

	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// PublishOption changes one publish.
type PublishOption interface{ applyPublish(*publishConfig) }

type publishOption func(*publishConfig)

func (f publishOption) applyPublish(c *publishConfig) { f(c) }

// publishConfig is what the options of a publish set.
type publishConfig struct {
	acknowledge, disclose, retain bool
	excludeMe                     *bool
	publication                   *ID
	receivers                     core.Dict // who gets it, and who does not
	custom                        core.Dict
	passthru                      *Passthru // how the payload is sent, nil as usual
}

func (c publishConfig) with(opts []PublishOption) publishConfig {
	for _, o := range opts {
		o.applyPublish(&c)
	}
	return c
}

// check refuses what must not be sent.
func (c *publishConfig) check() error {
	for _, f := range c.receivers {
		ids, _ := f.Value.([]ID)
		for _, id := range ids {
			if id == 0 || id > core.MaxID {
				return session.Unsent(fmt.Errorf("wamp: a session id of %s must be 1 to 2^53", f.Key))
			}
		}
	}
	return checkCustom(core.MsgPublish, c.custom)
}

// supported reports whether the router of f can do what must not be left out: a
// broker that does not know who is to receive an event sends it to everybody
// (R224).
func (c *publishConfig) supported(f *core.Features) error {
	if len(c.receivers) > 0 && !f.Has("broker", "subscriber_blackwhite_listing") {
		return session.Unsent(fmt.Errorf("%w: subscriber_blackwhite_listing", ErrUnsupported))
	}
	return passthruSupported(f, "broker", c.passthru != nil)
}

// options are the PUBLISH.Options that the router understands; nil when there
// are none.
func (c *publishConfig) options(f *core.Features) core.Dict {
	d := append(slices.Clip(c.custom), c.receivers...)
	if c.acknowledge {
		d = append(d, core.Field{Key: "acknowledge", Value: true})
	}
	if c.excludeMe != nil {
		d = append(d, core.Field{Key: "exclude_me", Value: *c.excludeMe})
	}
	if c.disclose && f.PublisherIdentification {
		d = append(d, core.Field{Key: "disclose_me", Value: true})
	}
	if c.retain && f.EventRetention {
		d = append(d, core.Field{Key: "retain", Value: true})
	}
	return d
}

// WithAcknowledge makes a publish wait until the broker has accepted or refused
// the event (specification "Publishing and Events"). Default: it returns when
// the event is queued for writing.
func WithAcknowledge() PublishOption {
	return publishOption(func(c *publishConfig) { c.acknowledge = true })
}

// WithPublicationTo makes a publish wait as [WithAcknowledge] does and stores
// the publication id that the broker assigned in *id before the publish returns
// nil. A nil id stores nothing.
func WithPublicationTo(id *ID) PublishOption {
	return publishOption(func(c *publishConfig) { c.acknowledge, c.publication = true, id })
}

// WithExcludeMe sets whether the event is kept from this client's own
// subscriptions (specification "Publisher Exclusion"). The broker's default is
// true.
func WithExcludeMe(exclude bool) PublishOption {
	return publishOption(func(c *publishConfig) { c.excludeMe = &exclude })
}

// WithRetain asks the broker to keep the event for later subscribers that use
// [WithGetRetained] (specification "Event Retention"). A broker that did not
// announce the feature is not asked, which is logged once. Default: the event
// is not kept.
func WithRetain() PublishOption {
	return publishOption(func(c *publishConfig) { c.retain = true })
}

// WithExclude keeps the event from these sessions, see [Client.SessionID]
// (specification "Subscriber Black- and Whitelisting"). If the router lacks the
// feature, the publish fails with [ErrUnsupported], since everybody would get
// the event. The same holds for the other options that exclude or select
// receivers. They add up, and the last one of each kind wins. An id that is no
// session id is an error. Default: nobody is excluded but the publisher, see
// [WithExcludeMe].
func WithExclude(sessions ...ID) PublishOption { return receivers("exclude", sessions) }

// WithExcludeAuthID keeps the event from the sessions of these authids, see
// [WithExclude].
func WithExcludeAuthID(authids ...string) PublishOption {
	return receivers("exclude_authid", authids)
}

// WithExcludeAuthRole keeps the event from the sessions of these authroles, see
// [WithExclude].
func WithExcludeAuthRole(authroles ...string) PublishOption {
	return receivers("exclude_authrole", authroles)
}

// WithEligible sends the event only to those of these sessions that have
// subscribed (specification "Subscriber Black- and Whitelisting"), see
// [WithExclude]. Without an id nobody gets the event, except that nexus 3.3.0
// sends it to everybody. Default: everybody.
func WithEligible(sessions ...ID) PublishOption { return receivers("eligible", sessions) }

// WithEligibleAuthID sends the event to the sessions of these authids only, see
// [WithEligible].
func WithEligibleAuthID(authids ...string) PublishOption {
	return receivers("eligible_authid", authids)
}

// WithEligibleAuthRole sends the event to the sessions of these authroles only,
// see [WithEligible].
func WithEligibleAuthRole(authroles ...string) PublishOption {
	return receivers("eligible_authrole", authroles)
}

// receivers sets one of the lists that say who gets an event (R223).
func receivers[T any](key string, list []T) PublishOption {
	list = append([]T{}, list...) // the caller's own; never null
	return publishOption(func(c *publishConfig) { c.receivers = set(c.receivers, key, list) })
}
