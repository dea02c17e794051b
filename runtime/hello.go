package wamp

import (
	"maps"
	"slices"

	"github.com/wampgen/wampgen/runtime/auth"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// agent is what the client calls itself in HELLO (R008).
const agent = "wampgen"

// roles are what the client announces: every feature it uses and no other
// (R004-R007). The values are WAMP's own names.
var roles = core.Dict{
	role("caller", "call_canceling", "call_timeout", "caller_identification"),
	role("callee", "call_canceling", "call_timeout", "call_trustlevels", "caller_identification",
		"pattern_based_registration", "registration_revocation", "shared_registration"),
	role("publisher", "publisher_exclusion", "publisher_identification"),
	role("subscriber", "pattern_based_subscription", "publication_trustlevels", "publisher_identification",
		"subscription_revocation"),
}

// role is one entry of the roles dict.
func role(name string, features ...string) core.Field {
	var d core.Dict
	for _, f := range features {
		d = append(d, core.Field{Key: f, Value: true})
	}
	return core.Field{Key: name, Value: core.Dict{{Key: "features", Value: d}}}
}

// hello are the details of HELLO. Without a method the keys of authentication
// are left out, which every router takes for anonymous (R301).
func hello(o auth.Offer) core.Dict {
	d := core.Dict{{Key: "roles", Value: roles}, {Key: "agent", Value: agent}}
	if len(o.Methods) > 0 {
		d = append(d, core.Field{Key: "authmethods", Value: o.Methods})
	}
	if o.AuthID != "" {
		d = append(d, core.Field{Key: "authid", Value: o.AuthID})
	}
	if len(o.Extra) > 0 {
		d = append(d, core.Field{Key: "authextra", Value: o.Extra})
	}
	return d
}

// sorted is a map as a dict in the order of its keys.
func sorted(m map[string]any) core.Dict {
	var d core.Dict
	for _, k := range slices.Sorted(maps.Keys(m)) {
		d = append(d, core.Field{Key: k, Value: m[k]})
	}
	return d
}
