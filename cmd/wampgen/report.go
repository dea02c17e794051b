package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/generator/output"
	"github.com/wampgen/wampgen/schema/diag"
)

// rulePackageClash is the finding that two packages, or two APIs, do not fit
// into one folder.
const rulePackageClash diag.Rule = "package-clash"

// conflicts finds the schemas whose code does not compile in its folder.
func conflicts(dirs []string, sets map[string][]output.Set, all []loaded) (diag.List, error) {
	byPath := map[string]loaded{}
	for _, s := range all {
		byPath[s.path] = s
	}
	var found diag.List
	for _, dir := range dirs {
		list, err := output.Conflicts(dir, sets[dir]...)
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			m := byPath[c.Source].model
			d := diag.Diagnostic{File: c.Source, Line: m.PackagePos.Line, Col: m.PackagePos.Col, EndCol: m.PackagePos.Col + len(m.Package),
				Severity: diag.Error, Rule: rulePackageClash, Message: "the schema " + c.Text,
				Hint: "give it a folder of its own: move the schema, or generate it with  -o folder"}
			if other, ok := byPath[c.Other]; ok {
				at := other.model.PackagePos
				d.Related = []diag.Related{{File: c.Other, Line: at.Line, Col: at.Col, Message: "the other one"}}
			}
			found = append(found, d)
		}
	}
	found.Sort()
	return found, nil
}

// compare reports what is out of date.
func (g *generation) compare(plans []*output.Plan) int {
	var stale, gone []output.Finding
	for _, p := range plans {
		stale, gone = append(stale, p.Check()...), append(gone, p.Orphans()...)
	}
	if len(stale) == 0 {
		fmt.Fprintln(g.stdout, "everything is up to date")
		return exitFine
	}
	summary := fmt.Sprintf("%s out of date; run: %s", count(len(stale)), g.cure(len(gone) > 0))
	if code := g.files(stale, diag.Error, summary); code != exitFine {
		return code
	}
	return exitFindings
}

// leftovers reports the files that Write left alone because only their schema
// could say whether they are of use.
func (g *generation) leftovers(plans []*output.Plan) int {
	var gone []output.Finding
	for _, p := range plans {
		if !p.Clean {
			gone = append(gone, p.Orphans()...)
		}
	}
	if len(gone) == 0 {
		return exitFine
	}
	return g.files(gone, diag.Warning, fmt.Sprintf("%s without a schema; to remove them run: %s", count(len(gone)), g.cure(true)))
}

// files prints findings about files, sorted by path. The summary is for people.
func (g *generation) files(list []output.Finding, severity diag.Severity, summary string) int {
	slices.SortFunc(list, func(a, b output.Finding) int { return strings.Compare(a.Path, b.Path) })
	if g.format == diag.Text {
		for _, f := range list {
			fmt.Fprintln(g.stderr, f)
		}
		fmt.Fprintln(g.stderr, summary)
		return exitFine
	}
	var found diag.List
	for _, f := range list {
		found = append(found, diag.Diagnostic{File: f.Path, Line: max(f.Line, 1), Col: 1, EndCol: 1, Severity: severity,
			Rule: diag.Rule(f.Kind), Message: strings.TrimPrefix(f.String(), f.Path+": ")})
	}
	if err := diag.Render(g.stderr, g.format, found, nil); err != nil {
		return g.fail(err)
	}
	return exitFine
}

// cure is the command that brings the files up to date, ready for a shell.
func (g *generation) cure(clean bool) string {
	words := []string{"go tool wampgen generate"}
	if clean {
		words = append(words, "--clean")
	}
	if g.dir != "" {
		words = append(words, "-o", shellQuote(g.dir))
	}
	for _, arg := range g.args {
		words = append(words, shellQuote(arg))
	}
	return strings.Join(words, " ")
}

// shellWord is a word that a shell takes as it is.
var shellWord = regexp.MustCompile(`^[A-Za-z0-9_./@%+=:,-]+$`)

// shellQuote quotes a word for a shell if it needs that.
func shellQuote(word string) string {
	if shellWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

func count(files int) string {
	if files == 1 {
		return "1 file"
	}
	return fmt.Sprintf("%d files", files)
}
