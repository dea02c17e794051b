package main

import (
	"errors"
	"flag"

	"github.com/wampgen/wampgen/schema"
)

func schemaVerb() *verb {
	return &verb{
		name: "schema", short: "print the JSON Schema of the language, for editors",
		long: "Editors with a YAML language server read its address from the first line of a\n" +
			"schema. To use it offline, write it to a file and name that one:\n\n" +
			"  # yaml-language-server: $schema=wampgen.schema.json",
		example: "wampgen schema >wampgen.schema.json",
		prepare: func(c *command, _ *flag.FlagSet) func() int { return c.schema },
	}
}

// schema prints the JSON Schema.
func (c *command) schema() int {
	if len(c.args) > 0 {
		return c.fail(errors.New("schema takes no arguments"))
	}
	if _, err := c.stdout.Write(schema.JSONSchema()); err != nil {
		return c.fail(err)
	}
	return exitFine
}
