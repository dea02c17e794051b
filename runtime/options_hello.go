package wamp

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// WithAssignedRealm sends HELLO without a realm, so that the router assigns one,
// such as by the user who logs in. The realm of [Connect] must then be empty.
// [Client.Realm] returns the assigned one. It is an extension of Crossbar.io;
// other routers refuse such a client. Default: the realm of Connect is sent.
func WithAssignedRealm() ConnectOption {
	return connectOption(func(c *config) { c.anyRealm = true })
}

// WithAuthExtra sends entries in HELLO.Details.authextra (specification
// "Authentication"), for a router that wants to know more than a method sends.
// The values are dynamic ones, as those of a [Payload]. [Connect] encodes them:
// a later change has no effect. It refuses values that cannot be encoded, and
// the keys that methods use themselves: nonce, channel_binding and pubkey. They
// are sent in plain text unless the connection is encrypted. Default: none.
func WithAuthExtra(extra map[string]any) ConnectOption {
	return connectOption(func(c *config) { c.authExtra = maps.Clone(extra) })
}

// checkRealm refuses a realm that no router can have.
func (c *config) checkRealm(realm string) error {
	if c.anyRealm {
		if realm != "" {
			return errors.New("wamp: realm must be empty with WithAssignedRealm")
		}
		return nil
	}
	if err := core.CheckURI(realm, core.MatchExact, false); err != nil {
		return fmt.Errorf("wamp: realm: %w", part{invalidURI{err}})
	}
	return nil
}

// methodExtras are the keys of authextra that methods use.
var methodExtras = []string{"nonce", "channel_binding", "pubkey"}

// encodeExtra returns the user's entries of authextra, which must fit every
// format that may be offered.
func (c *config) encodeExtra() (d core.Dict, err error) {
	formats := append(slices.Clone(c.link.Formats), codec.CBOR) // the last one is kept
	if len(c.link.Formats) == 0 {
		formats = []codec.Format{codec.JSON, codec.CBOR}
	}
	for _, key := range slices.Sorted(maps.Keys(c.authExtra)) {
		if slices.Contains(methodExtras, key) {
			return nil, fmt.Errorf("wamp: authextra %q is set by the authentication methods, it must not be given", key)
		}
		var raw codec.Raw
		for _, f := range formats {
			var e codec.Encoder
			e.Reset(f, nil)
			e.Any(c.authExtra[key])
			if err := e.Err(); err != nil {
				return nil, fmt.Errorf("wamp: authextra %q: %w", key, part{err})
			}
			raw = codec.Raw{Format: f, Data: e.Bytes()}
		}
		d = append(d, core.Field{Key: key, Value: raw})
	}
	return d, nil
}
