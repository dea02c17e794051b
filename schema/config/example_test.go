package config_test

import (
	"encoding/json"
	"fmt"

	"github.com/wampgen/wampgen/schema/config"
)

// The file says what commands without arguments work on, and how strict they are.
func ExampleParse() {
	c, _ := config.Parse("wampgen.yaml", []byte("version: 1\nschemas: [{file: api/..., out: gen}]\nrules: {doc-missing: error}\n"))
	fmt.Println(c.Schemas, c.Rules)
	_, found := config.Parse("wampgen.yaml", []byte("version: 1\nrule: {}\n"))
	fmt.Println(found[0].Error(), found[0].Hint)
	// Output:
	// [{api/... gen}] map[doc-missing:error]
	// wampgen.yaml:2:1: unknown key "rule" did you mean "rules"?
}

// Editors check and complete the file by its JSON Schema.
func ExampleJSONSchema() {
	var s struct{ Title string }
	fmt.Println(json.Unmarshal(config.JSONSchema(), &s), s.Title)
	// Output: <nil> wampgen.yaml, version 1
}
