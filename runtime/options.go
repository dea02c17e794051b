package wamp

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/runtime/internal/core"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// reserved are the keys that this package sends, and the option that sets each;
// "" for none.
var reserved = map[core.Type]map[string]string{
	core.MsgCall: {
		"timeout": "WithCallTimeout", "disclose_me": "WithDiscloseMe", "receive_progress": "CallStream", "progress": "",
	},
	core.MsgPublish: {
		"acknowledge": "WithAcknowledge", "exclude_me": "WithExcludeMe", "disclose_me": "WithDiscloseMe", "retain": "WithRetain",
		"exclude": "WithExclude", "exclude_authid": "WithExcludeAuthID", "exclude_authrole": "WithExcludeAuthRole",
		"eligible": "WithEligible", "eligible_authid": "WithEligibleAuthID", "eligible_authrole": "WithEligibleAuthRole",
	},
	core.MsgRegister: {
		"match": "WithPrefix or WithWildcard", "invoke": "WithInvokePolicy", "disclose_caller": "WithDiscloseCaller",
		"forward_timeout": "WithForwardTimeout", "force_reregister": "WithForceReregister",
	},
	core.MsgSubscribe: {"match": "WithPrefix or WithWildcard", "get_retained": "WithGetRetained"},
}

// checkCustom refuses custom options of a message of type t that must not be
// sent (R154, R233).
func checkCustom(t core.Type, custom core.Dict) error {
	for _, f := range custom {
		if err := checkOption(t, f); err != nil {
			return session.Unsent(err)
		}
		if f.Key == "runmode" && f.Value == "partition" && !custom.Has("rkey") {
			return session.Unsent(fmt.Errorf("wamp: option runmode %q of %s needs the option rkey", f.Value, t))
		}
	}
	return nil
}

// checkOption refuses one custom option by its key.
func checkOption(t core.Type, f core.Field) error {
	instead, taken := reserved[t][f.Key]
	switch {
	case f.Key == "":
		return fmt.Errorf("wamp: an option of %s must have a key", t)
	case taken && instead != "":
		return fmt.Errorf("wamp: option %q of %s must be set with %s", f.Key, t, instead)
	case taken || strings.HasPrefix(f.Key, "ppt_"):
		return fmt.Errorf("wamp: option %q of %s is set by the client alone", f.Key, t)
	case f.Key == "rkey" || f.Key == "nkey" || f.Key == "runmode":
		if _, ok := f.Value.(string); !ok {
			return fmt.Errorf("wamp: option %q of %s must be a string, not %T", f.Key, t, f.Value)
		}
	}
	return nil
}

// set returns d with a field set, in memory of its own.
func set(d core.Dict, key string, value any) core.Dict {
	d = slices.Clone(d)
	for i := range d {
		if d[i].Key == key {
			d[i].Value = value
			return d
		}
	}
	return append(d, core.Field{Key: key, Value: value})
}
