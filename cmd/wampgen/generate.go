package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/wampgen/wampgen/generator"
	"github.com/wampgen/wampgen/generator/output"
	"github.com/wampgen/wampgen/schema/diag"
)

func generateVerb() *verb {
	return &verb{
		name: "generate", usage: "[flags] [file... | dir/...]", short: "write the code of schemas, in Go or as TypeScript types",
		long: "Without arguments it takes the schemas of wampgen.yaml, or else every *.wamp.yaml\n" +
			"of this folder or module; ./... walks.\n" +
			"Nothing is written if there is any finding. Findings go to stderr.",
		example: "wampgen generate ./...\nwampgen generate --check ./...\nwampgen generate --lang ts-types -o web/src/api shop.wamp.yaml",
		prepare: func(c *command, fs *flag.FlagSet) func() int {
			g := newGeneration(c)
			fs.Var(&g.lang, "lang", "`what` to generate: go, or ts-types for the types of TypeScript; neither touches the files of the other")
			fs.StringVar(&g.out, "o", "", "write into this `folder` (default: each schema's own)")
			fs.BoolVar(&g.check, "check", false, "write nothing; exit 1 if the code is not what the schemas make")
			fs.BoolVar(&g.toStdout, "stdout", false, "print the code, write nothing")
			fs.BoolVar(&g.dryRun, "dry-run", false, "write nothing; say what would be written and removed")
			fs.BoolVar(&g.watching, "watch", false, "go on, and generate again whenever a schema changes")
			fs.BoolVar(&g.clean, "clean", false, "remove generated files whose schema is gone, too")
			c.formatFlag(fs)
			return g.start
		},
	}
}

// generation is one run of the verb generate.
type generation struct {
	*command
	lang                           lang
	out                            string // -o
	check, toStdout, dryRun, clean bool
	watching                       bool

	// What the run has found: in schemas, with their texts, and in folders.
	found   diag.List
	sources map[string][]byte
	folders folderFindings
	// outs are the folders that wampgen.yaml names, by schema.
	outs map[string]string
	// changed counts the files that were written or removed.
	changed int
}

// newGeneration is a run for Go, with no flag set.
func newGeneration(c *command) *generation { return &generation{command: c, lang: langs()[0]} }

// start checks the flags and runs.
func (g *generation) start() int {
	set := 0
	for _, mode := range []bool{g.check, g.toStdout, g.dryRun, g.watching} {
		if mode {
			set++
		}
	}
	if set > 1 || g.clean && (g.check || g.toStdout) {
		return g.fail(errors.New("-check, -stdout, -dry-run and -watch exclude each other, and -check and -stdout exclude -clean"))
	}
	if g.watching {
		ctx, stop := interruptible()
		defer stop()
		return g.watch(ctx)
	}
	return g.run()
}

// run does everything in memory before it writes the first byte. All findings
// are shown at the end, and behind them what could not be done.
func (g *generation) run() int {
	failed := g.work()
	if err := g.showAll(); err != nil {
		failed = append(failed, err)
	}
	switch {
	case len(failed) > 0:
		return g.fail(failed...)
	case g.found.HasErrors() || g.folders.severity == diag.Error:
		return exitFindings
	}
	g.took()
	return exitFine
}

// work generates and writes. Files that are missing do not hide what is found
// in the others.
func (g *generation) work() (failed []error) {
	in := g.inputs()
	all, found, sources, failed := load(in.files, g.lang.checks...)
	maps.Copy(sources, in.sources)
	g.outs, g.found, g.sources = in.outs, append(in.found, found...), sources
	if failed = slices.Concat(in.failed, failed); len(failed) > 0 || g.found.HasErrors() {
		return failed
	}
	dirs, sets, err := g.sets(all)
	if err != nil {
		return []error{err}
	}
	if g.toStdout {
		return g.print(dirs, sets)
	}
	if g.lang.files == output.Go { // the others have no packages
		if found, err = conflicts(dirs, sets, all); err != nil {
			return []error{err}
		}
		if g.found = append(g.found, found...); g.found.HasErrors() {
			return nil
		}
	}
	plans, err := g.plans(dirs, sets, in.dirs)
	switch {
	case err != nil:
		return []error{err}
	case g.check:
		g.compare(plans)
		return nil
	case g.dryRun:
		g.preview(plans)
		return nil
	}
	return g.write(plans)
}

// folder returns where the code of a schema belongs.
func (g *generation) folder(path string) string {
	switch {
	case g.out != "":
		return filepath.Clean(g.out)
	case g.outs[path] != "":
		return g.outs[path]
	}
	return filepath.Dir(path)
}

// sets generates the code of the schemas, by folder in order of appearance.
func (g *generation) sets(all []loaded) (dirs []string, sets map[string][]output.Set, err error) {
	sets = map[string][]output.Set{}
	for _, s := range all {
		dir := g.folder(s.path)
		source, err := output.Origin(dir, s.path)
		if err != nil {
			return nil, nil, err
		}
		files, err := g.files(s, dir, source)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", s.path, err)
		}
		if sets[dir] == nil {
			dirs = append(dirs, dir)
		}
		set := output.Set{Source: s.path}
		for _, f := range files {
			set.Files = append(set.Files, output.File(f))
		}
		sets[dir] = append(sets[dir], set)
	}
	return dirs, sets, nil
}

// files returns the code of a schema, which its files call source. A run that
// writes reads what is in the folder if that is the code.
func (g *generation) files(s loaded, dir, source string) ([]generator.File, error) {
	if g.check || g.toStdout || g.dryRun {
		return g.lang.generate(s.model, source)
	}
	m := openMemory()
	key := m.key(slices.Concat(g.sources[s.path], s.others), g.lang.name, source)
	if files := m.recall(key, dir); files != nil {
		return files, nil
	}
	files, err := g.lang.generate(s.model, source)
	if err == nil {
		m.remember(key, files)
	}
	return files, err
}

// plans compares the code with the folders, and looks for what schemas that are
// gone have left in the others that were searched.
func (g *generation) plans(dirs []string, sets map[string][]output.Set, searched []string) ([]*output.Plan, error) {
	var plans []*output.Plan
	for _, dir := range slices.Concat(dirs, searched) {
		if len(plans) >= len(dirs) && slices.Contains(dirs, dir) {
			continue
		}
		p, err := output.New(dir, g.lang.files, sets[dir]...)
		if err != nil {
			return nil, err
		}
		p.Clean = g.clean
		plans = append(plans, p)
	}
	return plans, nil
}

// print shows the code as a txtar archive.
func (g *generation) print(dirs []string, sets map[string][]output.Set) []error {
	var b bytes.Buffer
	for _, dir := range dirs {
		for _, set := range sets[dir] {
			for _, f := range set.Files {
				fmt.Fprintf(&b, "-- %s --\n%s", filepath.ToSlash(filepath.Join(dir, f.Name)), f.Data)
			}
		}
	}
	if _, err := b.WriteTo(g.stdout); err != nil {
		return []error{err}
	}
	return nil
}

// write changes the folders and says what changed.
func (g *generation) write(plans []*output.Plan) []error {
	unchanged := 0
	for _, p := range plans {
		report, err := p.Write()
		for _, path := range report.Wrote {
			g.say("wrote %s", path)
		}
		for _, path := range report.Removed {
			g.say("removed %s", path)
		}
		if err != nil {
			return []error{err}
		}
		g.changed += len(report.Wrote) + len(report.Removed)
		unchanged += report.Unchanged
	}
	switch {
	case g.changed == 0:
		g.say("nothing changed: %s up to date", count(unchanged))
	case g.verbose:
		g.say("%s up to date before", count(unchanged))
	}
	g.leftovers(plans)
	return nil
}

// preview says what write would change.
func (g *generation) preview(plans []*output.Plan) {
	changes := 0
	for _, p := range plans {
		list := p.Check()
		if !p.Clean {
			gone := p.Orphans()
			list = slices.DeleteFunc(list, func(f output.Finding) bool { return slices.Contains(gone, f) })
		}
		for _, f := range list {
			verb := "write"
			if f.Kind == output.Orphan {
				verb = "remove"
			}
			g.say("would %s %s", verb, f.Path)
		}
		changes += len(list)
	}
	if changes == 0 {
		g.say("nothing would change")
	}
	g.leftovers(plans)
}
