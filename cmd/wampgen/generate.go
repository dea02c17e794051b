package main

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/wampgen/wampgen/generator"
	"github.com/wampgen/wampgen/generator/output"
	"github.com/wampgen/wampgen/schema/diag"
)

// generation is one run of the verb generate.
type generation struct {
	dir             string // -o
	check, toStdout bool
	format          diag.Format
	args            []string
	stdout, stderr  io.Writer
}

// generate writes the code of schemas, or tells what it would write.
func generate(v *verb, args []string, stdout, stderr io.Writer) int {
	g := generation{stdout: stdout, stderr: stderr}
	fs := v.flags(stderr)
	fs.StringVar(&g.dir, "o", "", "write into this `folder` (default: each schema's own)")
	fs.BoolVar(&g.check, "check", false, "write nothing; exit 1 if the code is not what the schemas make")
	fs.BoolVar(&g.toStdout, "stdout", false, "print the code, write nothing")
	format := fs.String("format", string(diag.Text), "`form` of the findings: text, json, github, sarif or junit")
	rest, code, ok := parse(fs, args, stdout)
	if !ok {
		return code
	}
	g.args, g.format = rest, diag.Format(*format)
	if err := g.format.Check(); err != nil {
		return g.fail(fmt.Errorf("-format: %w", err))
	}
	if g.check && g.toStdout {
		return g.fail(fmt.Errorf("-check and -stdout exclude each other"))
	}
	return g.run()
}

// fail reports that wampgen could not do its work.
func (g *generation) fail(err error) int {
	fmt.Fprintln(g.stderr, "wampgen:", err)
	return exitFailed
}

// run does everything in memory before it writes the first byte.
func (g *generation) run() int {
	paths, err := find(g.args)
	if err != nil {
		return g.fail(err)
	}
	all, found, sources, err := load(paths)
	if err != nil {
		return g.fail(err)
	}
	if len(found) > 0 {
		if err := diag.Render(g.stderr, g.format, found, sources); err != nil {
			return g.fail(err)
		}
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
	var plans []*output.Plan
	for _, dir := range dirs {
		p, err := output.New(dir, sets[dir]...)
		if err != nil {
			return g.fail(err)
		}
		plans = append(plans, p)
	}
	if g.check {
		return g.compare(plans)
	}
	return g.write(plans)
}

// sets generates the code of the schemas, by folder in order of appearance.
func (g *generation) sets(all []loaded) (dirs []string, sets map[string][]output.Set, err error) {
	sets = map[string][]output.Set{}
	for _, s := range all {
		files, err := generator.Generate(s.model, generator.Options{})
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", s.path, err)
		}
		dir := g.dir
		if dir == "" {
			dir = filepath.Dir(s.path)
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

// compare reports what is out of date.
func (g *generation) compare(plans []*output.Plan) int {
	var stale []output.Finding
	for _, p := range plans {
		stale = append(stale, p.Check()...)
	}
	if len(stale) == 0 {
		fmt.Fprintln(g.stdout, "everything is up to date")
		return exitFine
	}
	if g.format != diag.Text {
		if err := diag.Render(g.stderr, g.format, diagnostics(stale), nil); err != nil {
			return g.fail(err)
		}
		return exitFindings
	}
	for _, f := range stale {
		fmt.Fprintln(g.stderr, f)
	}
	fmt.Fprintf(g.stderr, "%s out of date; run: %s\n", count(len(stale)), g.cure())
	return exitFindings
}

// diagnostics makes findings about files ready for the machine formats.
func diagnostics(stale []output.Finding) diag.List {
	var out diag.List
	for _, f := range stale {
		line := max(f.Line, 1)
		out = append(out, diag.Diagnostic{File: f.Path, Line: line, Col: 1, EndCol: 1, Severity: diag.Error,
			Rule: diag.Rule(f.Kind), Message: strings.TrimPrefix(f.String(), f.Path+": ")})
	}
	return out
}

// cure is the command that brings the files up to date.
func (g *generation) cure() string {
	words := []string{"go tool wampgen generate"}
	if g.dir != "" {
		words = append(words, "-o", g.dir)
	}
	return strings.Join(append(words, g.args...), " ")
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
	return exitFine
}

func count(files int) string {
	if files == 1 {
		return "1 file"
	}
	return fmt.Sprintf("%d files", files)
}
