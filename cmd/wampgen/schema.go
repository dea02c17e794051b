package main

import (
	"errors"
	"flag"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/config"
)

func schemaVerb() *verb {
	return &verb{
		name: "schema", usage: "[config]", short: "print the JSON Schema of the language, for editors",
		long: "Editors with a YAML language server read its address from the first line of a\n" +
			"schema. To use it offline, write it to a file and name that one:\n\n" +
			"  # yaml-language-server: $schema=wampgen.schema.json\n\n" +
			"With the argument config it prints the JSON Schema of wampgen.yaml.",
		example: "wampgen schema >wampgen.schema.json",
		words:   func() []string { return []string{"config"} },
		prepare: func(c *command, _ *flag.FlagSet) func() int { return c.schema },
	}
}

// schema prints the JSON Schema.
func (c *command) schema() int {
	text := schema.JSONSchema()
	switch {
	case len(c.args) == 1 && c.args[0] == "config":
		text = config.JSONSchema()
	case len(c.args) > 0:
		return c.fail(errors.New("schema takes no argument but config"))
	}
	if _, err := c.stdout.Write(text); err != nil {
		return c.fail(err)
	}
	return exitFine
}
