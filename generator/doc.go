// Package generator defines the result of every back end: files as bytes.
//
// A back end, such as generator/golang, turns a resolved schema model into
// files and is deterministic: the same model gives the same bytes on every
// machine. It does not read or write files; package generator/output does.
package generator

// File is one generated file.
type File struct {
	// Name is the file's name without a folder, such as shop_types.wamp.go.
	Name string
	// Data is the content.
	Data []byte
}
