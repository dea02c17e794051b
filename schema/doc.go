// Package schema parses a *.wamp.yaml file into a [Model], the description of a
// WAMP API from which code is generated.
//
// The data passes these steps:
//
//	bytes -> syntax (YAML with positions) -> nodes -> reader (declarations, types,
//	defaults, URIs) -> checks of back ends -> *Model
//
// [Parse] performs all of them. It does not stop at the first mistake but
// returns every finding of a file as a [diag.Diagnostic] with its position. A
// mistake that only follows from another one is not reported.
//
// Input is treated as hostile: bytes, depth and nodes are bounded before and
// while YAML is parsed, and aliases, anchors, tags, merge keys and duplicate
// keys are errors.
//
// A Model belongs to no language. It is sorted and immutable, so that every run
// generates the same code from it.
package schema
