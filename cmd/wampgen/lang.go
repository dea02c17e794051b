package main

import (
	"fmt"
	"strings"

	"github.com/wampgen/wampgen/generator"
	"github.com/wampgen/wampgen/generator/golang"
	"github.com/wampgen/wampgen/generator/output"
	"github.com/wampgen/wampgen/generator/typescript"
	"github.com/wampgen/wampgen/schema"
)

// lang is something to generate. It is the value of the flag -lang.
type lang struct {
	name, summary string
	// files are what it writes, apart from those of all others.
	files output.Language
	// checks are what a schema has to pass for it.
	checks []schema.Check
	// generate makes the files of a schema, which their first line calls source.
	generate func(m *schema.Model, source string) ([]generator.File, error)
}

// langs returns everything that can be generated; the first is the default.
func langs() []lang {
	return []lang{
		{"go", "a typed client and server in Go", output.Go, []schema.Check{golang.Check}, func(m *schema.Model, source string) ([]generator.File, error) {
			return golang.Generate(m, golang.Options{Source: source})
		}},
		{"ts-types", "TypeScript types of everything that is sent", output.TypeScript, nil, func(m *schema.Model, source string) ([]generator.File, error) {
			return typescript.Generate(m, typescript.Options{Source: source}), nil
		}},
	}
}

func (l *lang) String() string { return l.name }

// Set sets the language by its name.
func (l *lang) Set(name string) error {
	var names []string
	for _, x := range langs() {
		if x.name == name {
			*l = x
			return nil
		}
		names = append(names, x.name)
	}
	return fmt.Errorf("unknown language %q: must be one of %s", name, strings.Join(names, ", "))
}
