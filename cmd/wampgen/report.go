package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/generator/golang"
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
			_, at := golang.Package(byPath[c.Source].model)
			d := diag.Diagnostic{File: c.Source, Line: at.Line, Col: at.Col, EndCol: at.End,
				Severity: diag.Error, Rule: rulePackageClash, Message: "the schema " + c.Text,
				Hint: "give it a folder of its own: move the schema, or generate it with  -o folder"}
			if other, ok := byPath[c.Other]; ok {
				_, at := golang.Package(other.model)
				d.Related = []diag.Related{{File: c.Other, Line: at.Line, Col: at.Col, Message: "the other one"}}
			}
			found = append(found, d)
		}
	}
	found.Sort()
	return found, nil
}

// folderFindings are differences between folders and what they should hold.
type folderFindings struct {
	list     []output.Finding
	severity diag.Severity
	// summary is for people: how many there are, and the cure.
	summary string
}

// compare finds what is out of date.
func (g *generation) compare(plans []*output.Plan) {
	var stale, gone []output.Finding
	for _, p := range plans {
		stale, gone = append(stale, p.Check()...), append(gone, p.Orphans()...)
	}
	if len(stale) == 0 {
		g.say("everything is up to date")
		return
	}
	g.folders = folderFindings{stale, diag.Error,
		fmt.Sprintf("%s out of date; run: %s", count(len(stale)), g.cure(len(gone) > 0))}
}

// leftovers finds the files that Write leaves alone because only their schema
// could say whether they are of use.
func (g *generation) leftovers(plans []*output.Plan) {
	var gone []output.Finding
	for _, p := range plans {
		if !p.Clean {
			gone = append(gone, p.Orphans()...)
		}
	}
	if len(gone) > 0 {
		g.folders = folderFindings{gone, diag.Warning,
			fmt.Sprintf("%s without a schema; to remove them run: %s", count(len(gone)), g.cure(true))}
	}
}

// showAll prints all that was found, in schemas and in folders.
func (g *generation) showAll() error {
	f := g.folders
	slices.SortFunc(f.list, func(a, b output.Finding) int { return strings.Compare(a.Path, b.Path) })
	if g.format != diag.Text {
		return g.show(g.stderr, append(g.found, f.diagnostics()...), g.sources)
	}
	if err := g.show(g.stderr, g.found, g.sources); err != nil {
		return err
	}
	for _, d := range f.list {
		fmt.Fprintln(g.stderr, d)
	}
	if f.summary != "" {
		fmt.Fprintln(g.stderr, f.summary)
	}
	return nil
}

// diagnostics are the findings for programs.
func (f folderFindings) diagnostics() (found diag.List) {
	for _, d := range f.list {
		found = append(found, diag.Diagnostic{File: d.Path, Line: max(d.Line, 1), Col: 1, EndCol: 1, Severity: f.severity,
			Rule: diag.Rule(d.Kind), Message: strings.TrimPrefix(d.String(), d.Path+": ")})
	}
	return found
}

// cure is the command that brings the files up to date, ready for a shell.
func (g *generation) cure(clean bool) string {
	words := []string{"go tool wampgen generate"}
	if g.lang.files != output.Go {
		words = append(words, "--lang", g.lang.name)
	}
	if clean {
		words = append(words, "--clean")
	}
	if g.out != "" {
		words = append(words, "-o", shellQuote(g.out))
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
