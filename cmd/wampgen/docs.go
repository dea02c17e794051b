package main

import (
	"flag"
	"fmt"

	"github.com/wampgen/wampgen/generator/html"
	"github.com/wampgen/wampgen/generator/markdown"
	"github.com/wampgen/wampgen/schema"
)

func docsVerb() *verb {
	return &verb{
		name: "docs", usage: "[flags] [file]", short: "print the reference of an API, for its users",
		long:    "Without a file it takes the one schema of wampgen.yaml or of this folder.\nMarkdown is for repositories; html is one page that needs nothing from elsewhere.",
		example: "wampgen docs shop.wamp.yaml\nwampgen docs --format html -o shop.html shop.wamp.yaml",
		prepare: func(c *command, fs *flag.FlagSet) func() int {
			out := fs.String("o", "", "write to this `file`")
			generate := reference["markdown"]
			fs.Func("format", "`form` of the reference: markdown or html (default markdown)", func(s string) error {
				if generate = reference[s]; generate == nil {
					return fmt.Errorf("unknown form %q: must be markdown or html", s)
				}
				return nil
			})
			return func() int { return c.print(*out, "docs", generate) }
		},
	}
}

// reference makes the reference of an API in each form.
var reference = map[string]func(*schema.Model) ([]byte, error){
	"markdown": func(m *schema.Model) ([]byte, error) { return markdown.Generate(m), nil },
	"html":     html.Generate,
}
