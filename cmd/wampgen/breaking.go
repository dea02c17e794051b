package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"strings"

	"github.com/wampgen/wampgen/generator/golang"
	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/breaking"
	"github.com/wampgen/wampgen/schema/diag"
)

// Rules of findings that are not the change of a declaration.
const (
	ruleAPIRemoved diag.Rule = "api-removed"
	ruleVersion    diag.Rule = "version"
)

func breakingVerb() *verb {
	return &verb{
		name: "breaking", usage: "--against VERSION [flags] [file... | dir/...]",
		short: "find what breaks since another version of the schemas",
		long: "VERSION is a file, a folder, or git:REF, where REF:path names another file or folder.\n" +
			"The levels are wire (messages are misunderstood), peer (a peer of the old version\n" +
			"gets an error or loses data) and go (Go code does not compile any more).\n" +
			"Findings are the output; there is none if nothing breaks.",
		example: "wampgen breaking --against git:origin/main ./...\nwampgen breaking --against git:v1.4.0 --semver shop.wamp.yaml",
		prepare: func(c *command, fs *flag.FlagSet) func() int {
			k := &comparing{command: c, level: breaking.Go}
			fs.StringVar(&k.against, "against", "", "the `version` to compare with")
			fs.Func("level", "the least `level` that is found: wire, peer or go (default go)", func(s string) (err error) {
				k.level, err = breaking.ParseLevel(s)
				return err
			})
			fs.BoolVar(&k.semver, "semver", false, "find only what api.version does not announce")
			fs.BoolVar(&k.changelog, "changelog", false, "print what breaks and what is new for people, as Markdown, and find nothing")
			fs.BoolVar(&k.list, "list-rules", false, "print the rules, their levels and what they find")
			c.formatFlag(fs)
			return k.run
		},
	}
}

// comparing is one run of the verb breaking.
type comparing struct {
	*command
	against                 string
	level                   breaking.Level
	semver, changelog, list bool
	// What was found, and the texts of files.
	found   diag.List
	sources map[string][]byte
}

func (k *comparing) run() int {
	switch {
	case k.list:
		return k.listRules()
	case k.against == "":
		return k.fail(errors.New("--against is missing: name a file, a folder, or git:REF to compare with"))
	}
	in := k.inputs()
	base, err := openBaseline(k.against)
	switch {
	case err != nil:
		return k.fail(err)
	case len(in.failed) > 0:
		return k.fail(in.failed...)
	case in.found.HasErrors(): // and no schema is known
	case isFile(base) && len(in.files) != 1:
		return k.fail(fmt.Errorf("--against %s is one file, and there are %d schemas to compare with it", k.against, len(in.files)))
	}
	all, found, sources, failed := load(in.files, golang.Check)
	k.found, k.sources = append(in.found, found...), sources
	maps.Copy(sources, in.sources)
	if len(failed) > 0 {
		return k.fail(failed...)
	}
	if !k.found.HasErrors() {
		for _, file := range all {
			if err := k.file(base, file); err != nil {
				return k.fail(err)
			}
		}
		if err := k.removed(base, &in); err != nil {
			return k.fail(err)
		}
	}
	return k.finish()
}

// file compares one schema with the version of it in base.
func (k *comparing) file(base baseline, file loaded) error {
	name, src, err := base.read(file.path, "")
	if err != nil {
		return err
	}
	if src == nil || wasFragment(base, src) {
		if k.verbose {
			k.say("%s: there is none in %s", file.path, k.against)
		}
		return nil
	}
	old, found := k.old(base, file.path, name, src)
	if old == nil {
		k.found = append(k.found, found...)
		return nil
	}
	changes := breaking.Compare(old, file.model)
	inGo, err := golang.Breaking(old, file.model)
	if err != nil {
		return fmt.Errorf("%s: %w", file.path, err)
	}
	changes = join(changes, inGo)
	if k.changelog {
		_, err := io.WriteString(k.stdout, breaking.Changelog(old, file.model, changes))
		return err
	}
	k.report(file, name, old, changes)
	return nil
}

// wasFragment reports whether the old version of a schema was a fragment, so that
// its API is new. If it is the file to compare with, that is a mistake.
func wasFragment(base baseline, src []byte) bool {
	_, fragment := schema.Fragments(src)
	return fragment && !isFile(base)
}

// old resolves the old version of a schema, with the old versions of what it
// includes and imports.
func (k *comparing) old(base baseline, path, name string, src []byte) (*schema.Model, diag.List) {
	k.sources[name] = src
	return schema.Load(name, src, func(other string) ([]byte, error) {
		file, err := filepath.Rel(filepath.Dir(name), other)
		if err != nil {
			return nil, err
		}
		_, src, err := base.read(path, file)
		if err == nil && src == nil {
			err = fs.ErrNotExist
		}
		k.sources[other] = src
		return src, err
	})
}

// join puts the changes of Go code behind the others. That a procedure or a
// topic is gone needs no more words.
func join(changes, inGo []breaking.Change) []breaking.Change {
	gone := map[string]bool{}
	for _, c := range changes {
		gone[c.Subject] = gone[c.Subject] || c.Rule == "procedure-removed" || c.Rule == "topic-removed"
	}
	for _, c := range inGo {
		if !gone[c.Subject] {
			changes = append(changes, c)
		}
	}
	breaking.Sort(changes)
	return changes
}

// report adds the findings about one schema.
func (k *comparing) report(file loaded, oldName string, old *schema.Model, changes []breaking.Change) {
	least, ok := breaking.Version(old, file.model, changes)
	if k.semver && ok && old.Version != "" {
		return
	}
	for _, c := range changes {
		if c.Level < k.level {
			continue
		}
		d := k.finding(file.path, c.New, c.Rule, c.Subject+": "+c.Text)
		d.Hint = c.Cure
		if c.Old.Line > 0 {
			d.Relate(c.Old.Pos, "the old version")
			d.Related[0].File = diag.Beside(oldName, c.Old.File)
		}
		k.found = append(k.found, d)
	}
	if k.semver && !ok {
		d := k.finding(file.path, file.model.NamePlace, ruleVersion,
			fmt.Sprintf("after these changes api.version must be at least %s, not %s", least, cmp.Or(file.model.Version, "absent")))
		k.found = append(k.found, d)
	}
}

// finding returns an error at a place.
func (k *comparing) finding(file string, at schema.Place, rule diag.Rule, message string) diag.Diagnostic {
	return diag.Diagnostic{File: diag.Beside(file, at.File), Line: max(at.Line, 1), Col: max(at.Col, 1), EndCol: max(at.End, 1),
		Severity: diag.Error, Rule: rule, Message: message}
}

// removed adds the schemas of the old version that are gone.
func (k *comparing) removed(base baseline, in *inputs) error {
	if k.changelog {
		return nil
	}
	gone, err := base.gone(in.files, in.roots)
	for _, path := range gone {
		_, src, err := base.read(path, "")
		if err != nil {
			return err
		}
		if _, fragment := schema.Fragments(src); !fragment {
			k.found = append(k.found, k.finding(path, schema.Place{}, ruleAPIRemoved,
				"the schema is gone: nobody serves its procedures any more"))
		}
	}
	return err
}

// finish prints what was found.
func (k *comparing) finish() int {
	k.found = unique(k.found)
	if k.changelog && len(k.found) == 0 {
		return exitFine
	}
	if err := k.show(k.stdout, k.found, k.sources); err != nil {
		return k.fail(err)
	}
	if len(k.found) > 0 {
		return exitFindings
	}
	if k.verbose {
		fmt.Fprintln(k.stderr, "nothing breaks")
	}
	return exitFine
}

// listRules prints a line for each rule.
func (k *comparing) listRules() int {
	var b strings.Builder
	for _, r := range breakingRules() {
		fmt.Fprintf(&b, "%-22s  %-4s  %s\n", r.Name, r.Level, r.Summary)
	}
	if _, err := io.WriteString(k.stdout, b.String()); err != nil {
		return k.fail(err)
	}
	return exitFine
}
