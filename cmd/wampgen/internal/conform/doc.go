// Package conform calls a procedure with input that fits its schema and input that
// does not, by position and by name, and finds what its callee answers otherwise
// than the schema says.
package conform
