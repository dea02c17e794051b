package main

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/wampgen/wampgen/generator"
	"github.com/wampgen/wampgen/generator/output"
	"github.com/wampgen/wampgen/schema/diag"
)

// generation is one run of the verb generate.
type generation struct {
	dir                    string // -o
	check, toStdout, clean bool
	format                 diag.Format
	args                   []string
	stdout, stderr         io.Writer
}

// generate writes the code of schemas, or says what it would write.
func generate(v *verb, args []string, stdout, stderr io.Writer) int {
	g := generation{stdout: stdout, stderr: stderr}
	fs := v.flags(stderr)
	fs.StringVar(&g.dir, "o", "", "write into this `folder` (default: each schema's own)")
	fs.BoolVar(&g.check, "check", false, "write nothing; exit 1 if the code is not what the schemas make")
	fs.BoolVar(&g.toStdout, "stdout", false, "print the code, write nothing")
	fs.BoolVar(&g.clean, "clean", false, "remove generated files whose schema is gone, too")
	format := fs.String("format", string(diag.Text), "`form` of the findings: text, json, github, sarif or junit")
	rest, code, ok := parse(fs, args, stdout)
	if !ok {
		return code
	}
	g.args, g.format = rest, diag.Format(*format)
	if err := g.format.Check(); err != nil {
		return g.fail(fmt.Errorf("-format: %w", err))
	}
	if g.check && g.toStdout || g.check && g.clean || g.toStdout && g.clean {
		return g.fail(fmt.Errorf("-check, -stdout and -clean exclude each other"))
	}
	return g.run()
}

// fail reports that wampgen could not do its work.
func (g *generation) fail(errs ...error) int {
	for _, err := range errs {
		fmt.Fprintln(g.stderr, "wampgen:", err)
	}
	return exitFailed
}

// run does everything in memory before it writes the first byte. Files that are
// missing do not hide what is found in the others.
func (g *generation) run() int {
	where := find(g.args)
	all, found, sources, failed := load(where.files)
	if code := g.show(found, sources); code != exitFine && code != exitFindings {
		return code
	}
	if failed = slices.Concat(where.failed, failed); len(failed) > 0 {
		return g.fail(failed...)
	}
	if found.HasErrors() {
		return exitFindings
	}
	dirs, sets, err := g.sets(all)
	if err != nil {
		return g.fail(err)
	}
	if g.toStdout {
		return g.print(dirs, sets)
	}
	if found, err = conflicts(dirs, sets, all); err != nil {
		return g.fail(err)
	}
	if code := g.show(found, sources); code != exitFine {
		return code
	}
	plans, err := g.plans(dirs, sets, where.dirs)
	switch {
	case err != nil:
		return g.fail(err)
	case g.check:
		return g.compare(plans)
	}
	return g.write(plans)
}

// show prints findings, if there are any, and returns the exit code.
func (g *generation) show(found diag.List, sources map[string][]byte) int {
	if len(found) == 0 {
		return exitFine
	}
	if err := diag.Render(g.stderr, g.format, found, sources); err != nil {
		return g.fail(err)
	}
	if found.HasErrors() {
		return exitFindings
	}
	return exitFine
}

// sets generates the code of the schemas, by folder in order of appearance.
func (g *generation) sets(all []loaded) (dirs []string, sets map[string][]output.Set, err error) {
	sets = map[string][]output.Set{}
	for _, s := range all {
		dir := filepath.Dir(s.path)
		if g.dir != "" {
			dir = filepath.Clean(g.dir)
		}
		source, err := output.Origin(dir, s.path)
		if err != nil {
			return nil, nil, err
		}
		files, err := generator.Generate(s.model, generator.Options{Source: source})
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

// plans compares the code with the folders, and looks for what schemas that are
// gone have left in the others that were searched.
func (g *generation) plans(dirs []string, sets map[string][]output.Set, searched []string) ([]*output.Plan, error) {
	var plans []*output.Plan
	for _, dir := range slices.Concat(dirs, searched) {
		if len(plans) >= len(dirs) && slices.Contains(dirs, dir) {
			continue
		}
		p, err := output.New(dir, sets[dir]...)
		if err != nil {
			return nil, err
		}
		p.Clean = g.clean
		plans = append(plans, p)
	}
	return plans, nil
}

// print shows the code as a txtar archive.
func (g *generation) print(dirs []string, sets map[string][]output.Set) int {
	var b bytes.Buffer
	for _, dir := range dirs {
		for _, set := range sets[dir] {
			for _, f := range set.Files {
				fmt.Fprintf(&b, "-- %s --\n%s", filepath.ToSlash(filepath.Join(dir, f.Name)), f.Data)
			}
		}
	}
	if _, err := b.WriteTo(g.stdout); err != nil {
		return g.fail(err)
	}
	return exitFine
}

// write changes the folders and says what changed.
func (g *generation) write(plans []*output.Plan) int {
	changed, unchanged := 0, 0
	for _, p := range plans {
		report, err := p.Write()
		for _, path := range report.Wrote {
			fmt.Fprintln(g.stdout, "wrote", path)
		}
		for _, path := range report.Removed {
			fmt.Fprintln(g.stdout, "removed", path)
		}
		if err != nil {
			return g.fail(err)
		}
		changed += len(report.Wrote) + len(report.Removed)
		unchanged += report.Unchanged
	}
	if changed == 0 {
		fmt.Fprintf(g.stdout, "nothing changed: %s up to date\n", count(unchanged))
	}
	return g.leftovers(plans)
}
