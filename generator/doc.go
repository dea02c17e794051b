// Package generator holds what every back end gives: files as bytes.
//
// A back end, such as generator/golang, turns a resolved schema model into
// files and is pure: the same model makes the same bytes on every machine and at
// every GOMAXPROCS. Nothing is read from or written to disk; generator/output does
// that.
package generator

// File is one generated file.
type File struct {
	// Name is the file's name without a folder, such as shop_types.wamp.go.
	Name string
	// Data is the content.
	Data []byte
}
