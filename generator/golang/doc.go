// Package golang generates Go from a resolved schema.
//
// An API becomes three files: its types, its interface (caller, callee, topics)
// and its codecs. Each kind of type has one implementation of the interface
// wire, which decides its Go type and its coding; the emitters do not
// distinguish kinds.
//
// jennifer prints any string unchecked, so text from a schema must not reach it
// directly. Only emit.go passes it strings that are not literals of this
// package, which a test checks. Every rendered file is parsed again: its
// imports, comments and declarations must be those that the emitters announced.
package golang
