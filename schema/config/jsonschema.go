package config

import (
	_ "embed"
	"slices"
)

//go:embed wampgen.config.schema.json
var jsonSchema []byte

// JSONSchema returns the keys of the file as a JSON Schema of draft 7, for
// editors.
func JSONSchema() []byte { return slices.Clone(jsonSchema) }
