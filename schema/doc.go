// Package schema reads a *.wamp.yaml file and turns it into a Model: the one
// description of a WAMP API that code is generated from.
//
// The way of the data:
//
//	bytes -> load (syntax tree with positions) -> reader (declarations, types,
//	defaults, URIs) -> names (every Go identifier) -> *Model
//
// Parse does all of it. It never stops at the first mistake: every finding of a
// file comes back as a Diagnostic with the position it belongs to, and what
// merely follows from another finding is left out. Input is hostile until it
// is read: bytes, depth and nodes are bounded before and while YAML is parsed,
// and aliases, anchors, tags, merge keys and duplicate keys are refused.
//
// A Model is sorted and never changes, so that what is generated from it is
// the same in every run.
package schema
