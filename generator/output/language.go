package output

import "strings"

// Language is what files are generated in: the end of their names. A plan is
// about the files of one language; those of another are not seen, though both
// may be of one schema and in one folder.
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
