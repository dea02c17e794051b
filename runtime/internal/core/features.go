package core

import "github.com/wampgen/wampgen/runtime/codec"

// Features is what a router announced in WELCOME.Details.roles. The zero value
// announces nothing.
type Features struct {
	roles codec.Raw
	// Broker and Dealer report which roles the router has (R013).
	Broker, Dealer bool
	// CallCanceling and CallTimeout are asked for on every call.
	CallCanceling, CallTimeout bool
}

// Has reports whether the role ("broker", "dealer") announced a feature. A
// missing dict, a missing key, false and null all mean no (R011).
func (f *Features) Has(role, feature string) bool {
	v := f.roles.Lookup(role).Lookup("features").Lookup(feature)
	var d codec.Decoder
	d.Start(v, "")
	return !v.Absent() && d.Kind() == codec.KindBool && d.Bool()
}

// newFeatures reads WELCOME.Details.roles; the frame outlives the session's
// handshake, so the dict is cloned.
func newFeatures(details codec.Raw) Features {
	f := Features{roles: details.Lookup("roles").Clone()}
	f.Broker = !f.roles.Lookup("broker").Absent()
	f.Dealer = !f.roles.Lookup("dealer").Absent()
	f.CallCanceling = f.Has("dealer", "call_canceling") || f.Has("dealer", "call_cancelling")
	f.CallTimeout = f.Has("dealer", "call_timeout")
	return f
}
