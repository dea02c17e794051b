package core

import "github.com/wampgen/wampgen/runtime/codec"

// Feature is a feature of a role of the router, "broker" or "dealer".
type Feature struct{ Role, Name string }

// Overrides are features that a router is taken to have, or not to have,
// whatever it announces.
type Overrides struct{ Assume, Deny []Feature }

// Features is what a router announced in WELCOME.Details.roles, with the
// overrides of the client. The zero value announces nothing.
type Features struct {
	names map[Feature]bool
	// Broker and Dealer report which roles the router has (R013).
	Broker, Dealer bool
	// The features that operations ask for each time.
	CallCanceling, CallTimeout                                    bool
	CallerIdentification, PublisherIdentification, EventRetention bool
}

// Has reports whether the role ("broker", "dealer") has a feature. A missing
// dict, a missing key, false and null all mean no (R011).
func (f *Features) Has(role, feature string) bool { return f.names[Feature{role, feature}] }

// newFeatures reads WELCOME.Details.roles.
func newFeatures(details codec.Raw, o Overrides) Features {
	roles := details.Lookup("roles")
	f := Features{names: make(map[Feature]bool)}
	f.Broker = f.read(roles, "broker")
	f.Dealer = f.read(roles, "dealer")
	for _, a := range o.Assume {
		f.names[a] = true
	}
	for _, d := range o.Deny {
		delete(f.names, d)
	}
	f.CallCanceling = f.Has("dealer", "call_canceling") || f.Has("dealer", "call_cancelling")
	f.CallTimeout = f.Has("dealer", "call_timeout")
	f.CallerIdentification = f.Has("dealer", "caller_identification")
	f.PublisherIdentification = f.Has("broker", "publisher_identification")
	f.EventRetention = f.Has("broker", "event_retention")
	return f
}

// read reads the features of a role and reports whether the router has it.
func (f *Features) read(roles codec.Raw, role string) bool {
	v := roles.Lookup(role)
	if v.Absent() {
		return false
	}
	features := v.Lookup("features")
	var d codec.Decoder
	d.Start(features, "")
	if features.Absent() || d.Kind() != codec.KindMap {
		return true
	}
	for s := d.Map(); d.Next(&s); {
		name := string(d.Key())
		if d.Kind() != codec.KindBool {
			d.Skip()
		} else if d.Bool() {
			f.names[Feature{role, name}] = true
		}
	}
	return true
}
