package wampgen_test

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

var update = flag.Bool("update", false, "write the column of tests in docs/requirements.md and docs/cases.md anew")

// What a test cites: requirements as R051, TestR118_R119_Request or a range of
// a few (R064 to R069), and cases by the name of the test or in a comment.
var (
	requirement = regexp.MustCompile(`R(\d{3})(?: to R(\d{3})|-R?(\d{3}))?(?:[^\d]|$)`)
	caseInName  = regexp.MustCompile(`(?:Test|_)([HKEFSLG]\d{1,2})_`)
	caseInText  = regexp.MustCompile(`\b([HKEFSLG]\d{1,2})\b`)
)

// Every requirement has one row, which names a test that cites it. What the
// specification demands or recommends has such a test without exception; what it
// leaves open may be not built instead.
func TestRequirements(t *testing.T) {
	cited := citations(t)
	d := readTable(t, "docs/requirements.md", regexp.MustCompile(`^\| (R\d{3}) \| ([MSAG]) \|.*\| ([^|]*) \|$`))
	if len(d.rows) != 302 {
		t.Errorf("%s has %d requirements, not 302", d.path, len(d.rows))
	}
	binding := 0
	for i, r := range d.rows {
		if want := "R" + pad(i+1); r.id != want {
			t.Fatalf("%s: row %d is %s, not %s", d.path, i+1, r.id, want)
		}
		shown, binds := d.check(t, r, cited[r.id]), strings.Contains("MS", r.level)
		if binds {
			binding++
		}
		if shown == "open" || binds && strings.HasPrefix(shown, "not built") {
			t.Errorf("%s (%s): no test cites it", r.id, r.level)
		}
	}
	if binding != 176 {
		t.Errorf("%s has %d requirements of the levels M and S, not 176", d.path, binding)
	}
	d.close(t)
}

// Every case has one row that names a test with the case in its name.
func TestCases(t *testing.T) {
	cited := citations(t)
	d := readTable(t, "docs/cases.md", regexp.MustCompile(`^\| ([HKEFSLG]\d{1,2}) (\|).*\| ([^|]*) \|$`))
	if len(d.rows) != 73 {
		t.Errorf("%s has %d cases, not 73", d.path, len(d.rows))
	}
	for _, r := range d.rows {
		tests := slices.DeleteFunc(slices.Clone(cited[r.id]), func(test string) bool { return !named(test, r.id) })
		if shown := d.check(t, r, tests); !named(shown, r.id) {
			t.Errorf("%s: no test has its name", r.id)
		}
	}
	d.close(t)
}

// named reports whether a test has a case in its name.
func named(test, id string) bool {
	for _, m := range caseInName.FindAllStringSubmatch(test, -1) {
		if m[1] == id {
			return true
		}
	}
	return false
}

// Whatever is cited exists, and in this repository.
func TestCitations(t *testing.T) {
	known := map[string]bool{}
	for path, row := range map[string]string{
		"docs/requirements.md": `(?m)^\| (R\d{3}) \|`,
		"docs/cases.md":        `(?m)^\| ([HKEFSLG]\d{1,2}) \|`,
	} {
		for _, m := range regexp.MustCompile(row).FindAllStringSubmatch(read(t, path), -1) {
			known[m[1]] = true
		}
	}
	for id, tests := range citations(t) {
		if !known[id] {
			t.Errorf("%s cites %s, which does not exist", strings.Join(tests, ", "), id)
		}
	}
	document := regexp.MustCompile(`[\w./-]*\b[\w-]+\.md\b`)
	foreign := []string{"protocol.md", "reliability.md", "design.md", "schema-language.md", "peers.md", "house.md", "faults.md", "style.md"}
	for path, text := range texts(t) {
		for _, cited := range document.FindAllString(text, -1) {
			if base := filepath.Base(cited); slices.Contains(foreign, base) {
				t.Errorf("%s cites %s, which is not in the repository", path, cited)
			} else if strings.HasPrefix(cited, "docs/") {
				if _, err := os.Stat(cited); err != nil {
					t.Errorf("%s cites %s: %v", path, cited, err)
				}
			}
		}
	}
}

// table is a document with rows that name a test in their last cell.
type table struct {
	path  string
	lines []string
	rows  []row
	stale bool
}

type row struct {
	line             int
	id, level, shown string
}

func readTable(t *testing.T, path string, format *regexp.Regexp) *table {
	t.Helper()
	d := &table{path: path, lines: strings.Split(read(t, path), "\n")}
	for i, l := range d.lines {
		if m := format.FindStringSubmatch(l); m != nil {
			d.rows = append(d.rows, row{i, m[1], m[2], m[3]})
		}
	}
	return d
}

// check holds a row against the tests that cite it and returns what it shows.
// With -update the row names another test if the one it names does not cite it.
func (d *table) check(t *testing.T, r row, tests []string) string {
	switch open := r.shown == "open" || strings.HasPrefix(r.shown, "not built"); {
	case strings.HasPrefix(r.shown, "`testdata/"), open && len(tests) == 0:
	case slices.Contains(tests, strings.Trim(r.shown, "`")):
	case *update:
		shown := "open"
		if len(tests) > 0 {
			shown = "`" + tests[0] + "`"
		}
		d.lines[r.line] = strings.TrimSuffix(d.lines[r.line], r.shown+" |") + shown + " |"
		return shown
	case open:
		t.Errorf("%s:%d: %s is %s, but %s cites it", d.path, r.line+1, r.id, r.shown, tests[0])
		d.stale = true
	default:
		t.Errorf("%s:%d: %s does not cite %s", d.path, r.line+1, r.shown, r.id)
		d.stale = true
	}
	return r.shown
}

func (d *table) close(t *testing.T) {
	if d.stale {
		t.Errorf("go test . -run %s -update brings %s up to date", t.Name(), d.path)
	}
	if *update {
		if err := os.WriteFile(d.path, []byte(strings.Join(d.lines, "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// citations returns, for every requirement and case, the tests that cite it:
// those that have it in their name first, then by name. What stands outside of a
// test counts for its file.
func citations(t *testing.T) map[string][]string {
	t.Helper()
	cited, err := findCitations()
	if err != nil {
		t.Fatal(err)
	}
	return cited
}

// findCitations looks for them once for all tests.
var findCitations = sync.OnceValues(func() (map[string][]string, error) {
	all, err := readOnce()
	if err != nil {
		return nil, err
	}
	inName, mentioned := map[string][]string{}, map[string][]string{}
	for path, text := range all {
		if !holdsTests(path) {
			continue
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, path, text, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		within := func(offset int) string {
			for _, d := range f.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok || fn.Recv != nil || !isTest(fn.Name.Name) {
					continue
				}
				from := fn.Pos()
				if fn.Doc != nil {
					from = fn.Doc.Pos()
				}
				if set.Position(from).Offset <= offset && offset < set.Position(fn.End()).Offset {
					return fn.Name.Name
				}
			}
			return filepath.ToSlash(path)
		}
		add := func(id string, offset int) {
			test := within(offset)
			if strings.Contains(test, id) {
				inName[id] = append(inName[id], test)
			} else if filepath.Dir(path) != "." { // which only speaks of them
				mentioned[id] = append(mentioned[id], test)
			}
		}
		for _, m := range requirement.FindAllStringSubmatchIndex(text, -1) {
			for n := number(text, m, 2); n <= max(number(text, m, 2), number(text, m, 4), number(text, m, 6)); n++ {
				add("R"+pad(n), m[0])
			}
		}
		for _, m := range caseInName.FindAllStringSubmatchIndex(text, -1) {
			add(text[m[2]:m[3]], m[0])
		}
		for _, group := range f.Comments {
			for _, c := range group.List {
				for _, m := range caseInText.FindAllStringSubmatchIndex(c.Text, -1) {
					add(c.Text[m[2]:m[3]], set.Position(c.Pos()).Offset+m[0])
				}
			}
		}
	}
	cited := map[string][]string{}
	for _, m := range []map[string][]string{inName, mentioned} {
		for id, tests := range m {
			slices.Sort(tests)
			cited[id] = append(cited[id], slices.Compact(tests)...)
		}
	}
	return cited, nil
})

// holdsTests reports whether a file has tests: those of golden packages are in
// files of cases, which one binary runs.
func holdsTests(path string) bool {
	return strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_cases.go")
}

func isTest(name string) bool {
	return strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Fuzz") ||
		strings.HasPrefix(name, "Example") || strings.HasPrefix(name, "Benchmark")
}

// number returns a submatch, 0 if there is none.
func number(text string, match []int, i int) int {
	if match[i] < 0 {
		return 0
	}
	n, _ := strconv.Atoi(text[match[i]:match[i+1]])
	return n
}

func pad(n int) string {
	text := strconv.Itoa(n)
	return strings.Repeat("0", max(0, 3-len(text))) + text
}

// texts returns what people write here: code, documents and scripts, by path.
func texts(t *testing.T) map[string]string {
	t.Helper()
	all, err := readOnce()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// readOnce reads them for all tests.
var readOnce = sync.OnceValues(func() (map[string]string, error) {
	all := map[string]string{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); name == ".git" || name == ".cache" || name == "node_modules" {
				return filepath.SkipDir
			}
			return nil
		}
		script := strings.HasPrefix(path, ".ci") || d.Name() == "Makefile"
		if ext := filepath.Ext(path); ext == ".go" || ext == ".md" || script {
			text, err := os.ReadFile(path)
			all[path] = string(text)
			return err
		}
		return nil
	})
	delete(all, "docs_test.go")
	return all, err
})

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Every cell of the table of streams names a test, and every test that it names
// exists.
func TestStreams(t *testing.T) {
	exists := map[string]bool{}
	for path, text := range texts(t) {
		if holdsTests(path) {
			for _, m := range regexp.MustCompile(`(?m)^func ((?:Test|Example)\w+)\(`).FindAllStringSubmatch(text, -1) {
				exists[m[1]] = true
			}
		}
	}
	named := regexp.MustCompile("`((?:Test|Example)[A-Z]\\w+)`")
	rows := 0
	for line := range strings.SplitSeq(read(t, "docs/streams.md"), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || strings.TrimSpace(cells[1]) == "" || cells[1] == "---" {
			continue
		}
		rows++
		for _, cell := range cells[2:4] {
			tests := named.FindAllStringSubmatch(cell, -1)
			if len(tests) == 0 {
				t.Errorf("docs/streams.md: %s: no test shows %q", strings.TrimSpace(cells[1]), strings.TrimSpace(cell))
			}
			for _, m := range tests {
				if !exists[m[1]] {
					t.Errorf("docs/streams.md: %s does not exist", m[1])
				}
			}
		}
	}
	if rows < 15 {
		t.Errorf("docs/streams.md: %d rows", rows)
	}
}
