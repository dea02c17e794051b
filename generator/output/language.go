package output

import "strings"

// Language is the language of generated files: the suffix of their names. A
// [Plan] is about the files of one language and ignores those of others, even
// of the same schema in the same folder.
type Language string

// The languages.
const (
	Go         Language = ".wamp.go"
	TypeScript Language = ".wamp.ts"
)

// Languages returns all languages.
func Languages() []Language { return []Language{Go, TypeScript} }

// Owns reports whether a name is that of a generated file of the language.
func (l Language) Owns(name string) bool { return strings.HasSuffix(name, string(l)) }
