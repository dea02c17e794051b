package wamp

import (
	"fmt"

	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// WithAssumeFeatures makes the client use features of a role although its
// routers do not announce them, such as "pattern_based_registration" of the
// role "dealer" (specification "Feature Announcement"): xconn does not announce
// all of them. The role is "broker" or "dealer"; [Connect] refuses others and
// empty names. A router that lacks the feature ignores or refuses the request.
// Options add up, and [WithDenyFeatures] takes precedence. Default: none.
func WithAssumeFeatures(role string, features ...string) ConnectOption {
	return connectOption(func(c *config) { c.overrides.Assume = append(c.overrides.Assume, featuresOf(role, features)...) })
}

// WithDenyFeatures makes the client do without features of a role although its
// routers announce them, such as "call_canceling" of the role "dealer", which
// some versions of xconn announce and ignore. Otherwise it is like
// [WithAssumeFeatures]. Default: none.
func WithDenyFeatures(role string, features ...string) ConnectOption {
	return connectOption(func(c *config) { c.overrides.Deny = append(c.overrides.Deny, featuresOf(role, features)...) })
}

// WithStrictProtocol ends the session with [ErrProtocolViolation] on messages that
// no router should send, and that the client otherwise ignores or reads all the
// same: events and invocations of what it has never subscribed to or registered,
// errors of requests that cannot fail, and null in place of arguments. It is for
// tests of routers: some routers send them. Default: the session continues.
func WithStrictProtocol() ConnectOption {
	return connectOption(func(c *config) { c.strict = true })
}

func featuresOf(role string, names []string) (list []core.Feature) {
	for _, name := range names {
		list = append(list, core.Feature{Role: role, Name: name})
	}
	return list
}

// checkFeatures refuses overrides of what no router can have.
func (c *config) checkFeatures() error {
	for _, list := range [][]core.Feature{c.overrides.Assume, c.overrides.Deny} {
		for _, f := range list {
			if f.Role != "broker" && f.Role != "dealer" {
				return fmt.Errorf("wamp: role of feature %q must be broker or dealer, not %q", f.Name, f.Role)
			}
			if f.Name == "" {
				return fmt.Errorf("wamp: a feature of role %s must have a name", f.Role)
			}
		}
	}
	return nil
}

// warnRetention says, once a router, that events are not retained there.
func (c *common) warnRetention(s *session.Session, option, topic string) {
	if _, known := c.unretained.LoadOrStore(s.URL(), nil); !known {
		c.cfg.log.Warn("wamp: router does not announce event_retention, it is not asked for it", "option", option,
			"topic", topic, "router", s.URL())
	}
}
