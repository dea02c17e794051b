// Package typescript generates TypeScript declarations from a resolved schema.
//
// An API is one file: its types, what its procedures, topics and errors carry,
// their URIs, and three interfaces that map a URI to all of that. A client for
// JavaScript becomes a typed one in a few lines over them.
//
// Text from a schema reaches the output in four ways: as a name from names.go,
// as a key or a literal from literal.go, and in a comment from printer.go.
package typescript
