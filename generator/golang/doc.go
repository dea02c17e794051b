// Package golang generates Go from a resolved schema.
//
// An API is three files: its types, its interface (caller, callee, topics) and its
// codecs. How a kind of type looks in Go and is coded is one implementation of
// the interface wire each; the emitters know nothing of kinds.
//
// jennifer prints whatever it is given, so text from a schema must not reach it
// unguarded. The file emit.go is the only one that hands jennifer a string that
// is not a literal of this package, a test keeps it so, and every rendered file
// is parsed again: its imports, comments and declarations must be those that
// the emitters announced.
package golang
