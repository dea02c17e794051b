// Package generator turns a resolved schema into Go source.
//
// [Generate] is pure: a [schema.Model] goes in, files as bytes come out, and
// the same model makes the same bytes on every machine and at every
// GOMAXPROCS. Nothing is read from or written to disk; generator/output does
// that.
//
// Each artefact has an emitter file of its own (types, codec, errors, caller,
// callee, publisher, subscriber). Above every jennifer chain stands a block
// comment with the Go that it makes, placeholders in angle brackets.
//
// jennifer prints whatever it is given, so text from a schema must not reach it
// unguarded. The file emit.go is the only one that hands jennifer a string that
// is not a literal of this package, a test keeps it so, and every rendered file
// is parsed again: its imports, comments and declarations must be those that
// the emitters announced.
package generator
