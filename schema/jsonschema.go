package schema

import (
	_ "embed"
	"slices"
)

//go:embed wampgen.schema.json
var jsonSchema []byte

// JSONSchema returns the language as a JSON Schema of draft 7, for editors. It
// has exactly the keys that [Parse] accepts.
func JSONSchema() []byte { return slices.Clone(jsonSchema) }
