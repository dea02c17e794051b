package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/generator/golang"
	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
	"github.com/wampgen/wampgen/schema/lint"
	"github.com/wampgen/wampgen/schema/value"
)

func checkVerb() *verb {
	return &verb{
		name: "check", aliases: []string{"lint", "vet"}, usage: "[flags] [file... | dir/...]",
		short: "find errors in schemas, and what looks wrong",
		long: "It writes nothing, unless --fix is set. Without arguments it takes the\n" +
			"schemas of wampgen.yaml, or else every *.wamp.yaml of this folder or module; ./... walks.\n" +
			"Findings are the output; there is none if everything is fine.",
		example: "wampgen check ./...\nwampgen check --explain unused-type",
		prepare: func(c *command, fs *flag.FlagSet) func() int {
			k := &checking{command: c, levels: lint.Levels{}}
			fs.Func("rule", "switch `rules` on (+name), off (-name) or to a level (name=error);\nseveral with commas or by repeating the flag", k.rule)
			fs.Func("router", "find what a `router` does not have: crossbar or nexus; may be repeated", func(s string) error {
				k.routers = append(k.routers, s)
				return lint.CheckRouter(s)
			})
			fs.BoolVar(&k.fix, "fix", false, "write what findings suggest, where it is certain")
			fs.BoolVar(&k.list, "list-rules", false, "print the rules, their levels and what they find")
			fs.StringVar(&k.explain, "explain", "", "say what a `rule` is about")
			c.formatFlag(fs)
			return k.run
		},
	}
}

// checking is one run of the verb check.
type checking struct {
	*command
	levels    lint.Levels
	routers   []string
	fix, list bool
	explain   string
	// sources are the files that were read, for the findings; tried is the text of
	// one in place of that which it has.
	sources map[string][]byte
	tried   struct {
		path string
		src  []byte
	}
}

// rule reads a value of the flag -rule.
func (k *checking) rule(value string) error {
	for word := range strings.SplitSeq(value, ",") {
		name, level, ok := strings.Cut(word, "=")
		switch {
		case ok:
		case strings.HasPrefix(word, "+"):
			name, level = word[1:], string(lint.Warning)
		case strings.HasPrefix(word, "-"):
			name, level = word[1:], string(lint.Off)
		default:
			return fmt.Errorf("%q is neither +name, nor -name, nor name=level", word)
		}
		if err := k.levels.Set(diag.Rule(name), lint.Level(level)); err != nil {
			return err
		}
	}
	return nil
}

func (k *checking) run() int {
	switch {
	case k.list:
		return k.listRules()
	case k.explain != "":
		return k.explainRule(diag.Rule(k.explain))
	}
	in := k.inputs()
	found, failed := in.found, in.failed
	k.sources = in.sources
	if len(in.files) == 0 && len(found)+len(failed) == 0 {
		failed = []error{errors.New("there is no schema to check")}
	}
	maps.Copy(in.rules, k.levels) // what the command line says goes first
	k.levels = in.rules
	for _, path := range in.files {
		src, err := read(path)
		if err == nil && k.fix {
			src, err = k.fixed(path, src)
		}
		if err != nil {
			failed = append(failed, err)
			continue
		}
		found = append(found, k.file(path, src)...)
	}
	found = unique(found)
	if err := k.show(k.stdout, found, k.sources); err != nil {
		failed = append(failed, err)
	}
	switch {
	case len(failed) > 0:
		return k.fail(failed...)
	case len(found) > 0:
		return exitFindings
	}
	if k.verbose {
		fmt.Fprintf(k.stderr, "%s, no findings\n", count(len(in.files)))
	}
	return exitFine
}

// file returns what is found in one schema, by the language, by what wampgen
// makes of it without further flags, and by the rules, which judge only what is
// valid.
func (k *checking) file(path string, src []byte) diag.List {
	k.sources[path] = src
	m, found := schema.Load(path, src, func(path string) ([]byte, error) {
		if path == k.tried.path {
			k.sources[path] = k.tried.src
			return k.tried.src, nil
		}
		return readInto(k.sources, path)
	}, golang.Check, value.CheckExamples)
	if m == nil {
		return found
	}
	return append(found, lint.Check(m, path, k.sources, lint.Options{Levels: k.levels, Routers: k.routers})...)
}

// fixed returns the text of a schema with what findings suggest, and writes it
// and its fragments.
func (k *checking) fixed(path string, src []byte) ([]byte, error) {
	src, err := k.fixedFile(path, src, func(src []byte) diag.List { return k.file(path, src) })
	if err != nil {
		return src, err
	}
	include, _ := schema.Fragments(src)
	for _, f := range include {
		fragment := diag.Beside(path, f)
		text, err := read(fragment)
		if err != nil {
			continue // which is a finding
		}
		_, err = k.fixedFile(fragment, text, func(text []byte) diag.List {
			k.tried.path, k.tried.src = fragment, text
			return k.file(path, src)
		})
		k.tried.path = ""
		if err != nil {
			return src, err
		}
	}
	return src, nil
}

// fixedFile returns the text of a file with what findings suggest, and writes it.
func (k *checking) fixedFile(path string, src []byte, check func([]byte) diag.List) ([]byte, error) {
	src, changes := fix(src, func(src []byte) diag.List {
		return slices.DeleteFunc(check(src), func(d diag.Diagnostic) bool { return d.File != path })
	})
	if len(changes) == 0 {
		return src, nil
	}
	if err := replace(path, src); err != nil {
		return src, err
	}
	for _, d := range changes {
		if !k.quiet {
			fmt.Fprintf(k.stderr, "%s:%d: %q is now %q\n", path, d.Line, d.Suggestion.Replace, d.Suggestion.With)
		}
	}
	return src, nil
}

// listRules prints a line for each rule.
func (k *checking) listRules() int {
	var b strings.Builder
	for _, r := range lint.Rules() {
		level := r.Level
		if set, ok := k.levels[r.Name]; ok {
			level = set
		}
		fmt.Fprintf(&b, "%-25s  %-7s  %s\n", r.Name, level, r.Summary)
	}
	for _, r := range errorTexts() {
		fmt.Fprintf(&b, "%-25s  %-7s  %s\n", r.name, "always", r.summary)
	}
	if _, err := io.WriteString(k.stdout, b.String()); err != nil {
		return k.fail(err)
	}
	return exitFine
}
