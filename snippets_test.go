package wampgen_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pages returns what users read, by path.
func pages(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for path, text := range texts(t) {
		if filepath.Ext(path) == ".md" && !strings.HasPrefix(path, "testdata") {
			all[path] = text
		}
	}
	return all
}

// fenced is a block of a page: what stands behind the fence, and its lines.
type fenced struct {
	page, kind, source string
	lines              []string
}

func fencedBlocks(t *testing.T) []fenced {
	t.Helper()
	var all []fenced
	for path, text := range pages(t) {
		open := false
		for l := range strings.SplitSeq(text, "\n") {
			info, fence := strings.CutPrefix(strings.TrimSpace(l), "```")
			switch {
			case fence && !open:
				kind, source, _ := strings.Cut(info, " ")
				all = append(all, fenced{page: path, kind: kind, source: source})
			case !fence && open:
				all[len(all)-1].lines = append(all[len(all)-1].lines, l)
			}
			open = open != fence
		}
	}
	return all
}

// excerpt reports whether lines stand in text one after the other, wherever they
// begin and whatever empty lines are between them.
func excerpt(text string, lines []string) bool {
	var b strings.Builder
	b.WriteString("\n")
	for _, l := range lines {
		if l = strings.TrimSpace(l); l != "" {
			b.WriteString(l + "\n")
		}
	}
	return strings.Contains(squeezed(text), b.String())
}

func squeezed(text string) string {
	var b strings.Builder
	b.WriteString("\n")
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" {
			b.WriteString(l + "\n")
		}
	}
	return b.String()
}

// ownTests are the blocks that are tested elsewhere, and where: those of a whole
// page, or the one that begins with a line.
var ownTests = map[string]string{
	"docs/language.md":            "TestLanguage",
	"docs/ir.md":                  "schema/ir_test.go",
	"schemas:":                    "TestDocs_Files of schema/config",
	"default: local":              "TestDocs_Files of schema/config",
	"latency: 20ms..80ms":         "TestDocs_Rules of cmd/wampgen/internal/mock",
	"async function call":         "TestDocs_Page of generator/typescript",
	"- uses: actions/checkout@v5": "TestAction of cmd/wampgen/internal/script, which runs action.yml",
}

// testedElsewhere reports whether a block is. Files begin with their version.
func (s fenced) testedElsewhere() bool {
	lines := s.lines
	if len(lines) > 1 && lines[0] == "version: 1" {
		lines = lines[1:]
	}
	for begin := range ownTests {
		if s.page == begin || len(lines) > 0 && strings.HasPrefix(lines[0], begin) {
			return true
		}
	}
	return false
}

// Code in documents is an excerpt of a file that the tests of this repository
// compile, generate from or run, or tested elsewhere. It names the file, as in "```go dir/file.go".
// A block of text is a picture.
func TestSnippets_AreExcerpts(t *testing.T) {
	count := 0
	for _, s := range fencedBlocks(t) {
		if s.testedElsewhere() || slices.Contains([]string{"sh", "console", "text"}, s.kind) {
			continue
		}
		if s.source == "" {
			t.Errorf("%s: a block of %s that begins %q names no file that has it", s.page, s.kind, s.lines[0])
			continue
		}
		count++
		text, err := os.ReadFile(s.source)
		if err != nil {
			t.Errorf("%s: %v", s.page, err)
		} else if !excerpt(string(text), s.lines) {
			t.Errorf("%s: %s does not have\n%s", s.page, s.source, strings.Join(s.lines, "\n"))
		}
	}
	if count < 20 {
		t.Errorf("only %d snippets", count)
	}
}

// notRun are commands that no test can run, and why.
var notRun = map[string]string{
	"go get -tool github.com/wampgen/wampgen/cmd/wampgen@latest": "there is no release yet; init.txtar does it from the clone",
	"wampgen export ir tick.wamp.yaml":                           "schema/ir_test.go holds the page against what it prints",
	"wampgen router &":                                           "router.txtar runs it on another port",
	"wampgen docs --try --serve localhost:8090 shop.wamp.yaml":   "docs.txtar runs it on another port",
	"go run ./hello":                                             "first_five_minutes.txtar runs it from its folder",
	"go run ./cmd/wampgen -C ~ init hello":                       "init.txtar does it elsewhere",
}

// Commands in documents are run by the gate, by a script of the tool, or by make.
func TestSnippets_CommandsAreRun(t *testing.T) {
	run := strings.ReplaceAll(read(t, ".ci/run"), "$PACKAGES", "./... ./testdata/golden/...") + read(t, "Makefile")
	scripts, err := filepath.Glob("cmd/wampgen/internal/script/testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range scripts {
		run += read(t, path)
	}
	count := 0
	for _, s := range fencedBlocks(t) {
		if s.kind != "sh" && s.kind != "console" {
			continue
		}
		for _, l := range s.lines {
			l, prompt := strings.CutPrefix(l, "$ ")
			if s.kind == "console" && !prompt {
				continue // what the command prints
			}
			l, _, _ = strings.Cut(l, "  #")
			for command := range strings.SplitSeq(l, " && ") {
				command = strings.TrimSpace(command)
				target, isMake := strings.CutPrefix(command, "make ")
				switch {
				case strings.HasPrefix(command, "cd "), notRun[command] != "", runsExample(command):
				case isMake && strings.Contains(run, "\n"+target+": ##"):
				case strings.Contains(run, strings.TrimPrefix(strings.TrimPrefix(command, "go tool "), "go run ./cmd/")):
				default:
					t.Errorf("%s: nothing runs %q", s.page, command)
				}
				count++
			}
		}
	}
	if count < 10 {
		t.Errorf("only %d commands", count)
	}
}

// What documents say in a sentence can be made and called, too.
func TestSnippets_InSentences(t *testing.T) {
	makefile, tool := read(t, "Makefile"), ""
	for path, text := range texts(t) {
		if filepath.Dir(path) == filepath.Join("cmd", "wampgen") {
			tool += text
		}
	}
	target, verb := regexp.MustCompile("`make ([a-z0-9-]+)"), regexp.MustCompile("`(?:go tool )?wampgen ([a-z]+)")
	count := 0
	for path, text := range pages(t) {
		for _, m := range target.FindAllStringSubmatch(text, -1) {
			if count++; !strings.Contains(makefile, "\n"+m[1]+": ##") && !strings.Contains(makefile, "\n"+m[1]+": lint") {
				t.Errorf("%s: there is no make %s", path, m[1])
			}
		}
		for _, m := range verb.FindAllStringSubmatch(text, -1) {
			if count++; m[1] != "help" && !strings.Contains(tool, `name: "`+m[1]+`"`) {
				t.Errorf("%s: there is no wampgen %s", path, m[1])
			}
		}
	}
	if count < 30 {
		t.Errorf("only %d", count)
	}
}

// runsExample reports whether a command runs an example with a test, which does
// so too.
func runsExample(command string) bool {
	dir, ok := strings.CutPrefix(command, "go run ./")
	_, err := os.Stat(filepath.Join(dir, "main_test.go"))
	return ok && strings.HasPrefix(dir, "examples/") && err == nil
}

// Links within the repository lead somewhere.
func TestDocs_Links(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)\s]+)\)|(?m)^\[[^\]]+\]: (\S+)`)
	code := regexp.MustCompile("(?s)\n```.*?\n```|`[^`\n]*`")
	heading := regexp.MustCompile(`(?m)^#+ (.*)$`)
	other := regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	anchors := map[string][]string{}
	all := pages(t)
	for path, text := range all {
		for _, m := range heading.FindAllStringSubmatch(text, -1) {
			name := other.ReplaceAllString(strings.ToLower(m[1]), "")
			anchors[path] = append(anchors[path], strings.ReplaceAll(name, " ", "-"))
		}
	}
	for path, text := range all {
		text = code.ReplaceAllString(text, "")
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			to := m[1] + m[2]
			if strings.Contains(to, "://") || strings.HasPrefix(to, "mailto:") {
				continue
			}
			file, anchor, _ := strings.Cut(to, "#")
			target := path
			if file != "" {
				target = filepath.ToSlash(filepath.Join(filepath.Dir(path), file))
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: %s leads nowhere", path, to)
			} else if anchor != "" && !slices.Contains(anchors[target], anchor) {
				t.Errorf("%s: %s has no heading %s", path, target, anchor)
			}
		}
	}
}

// Whatever documents name of the packages of the runtime exists.
func TestDocs_NameWhatExists(t *testing.T) {
	exported := map[string]map[string]bool{}
	declared := regexp.MustCompile(`(?m)^\s*(?:func (?:\([^)]*\) )?|type |var |const )?([A-Z]\w*)`)
	for name, dir := range map[string]string{"wamp": "runtime", "auth": "runtime/auth", "codec": "runtime/codec", "wamptest": "runtime/wamptest"} {
		exported[name] = map[string]bool{}
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && filepath.Dir(path) == dir && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
				for _, m := range declared.FindAllStringSubmatch(read(t, path), -1) {
					exported[name][m[1]] = true
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	file := regexp.MustCompile("`([\\w.-]+/[\\w./-]+\\.(?:go|json|md|yaml|yml|txtar|svg))`")
	for _, page := range []string{"CONTRIBUTING.md", "docs/architecture.md"} {
		for _, m := range file.FindAllStringSubmatch(read(t, page), -1) {
			if _, err := os.Stat(m[1]); err != nil && !strings.Contains(m[1], "VERB") {
				t.Errorf("%s names %s: %v", page, m[1], err)
			}
		}
	}
	named := regexp.MustCompile(`\b(wamp|auth|codec|wamptest)\.([A-Z]\w*)`)
	for path, text := range pages(t) {
		for _, m := range named.FindAllStringSubmatch(text, -1) {
			if !exported[m[1]][m[2]] {
				t.Errorf("%s names %s, which does not exist", path, m[0])
			}
		}
	}
}

// The README is short.
func TestReadme_Length(t *testing.T) {
	if n := strings.Count(read(t, "README.md"), "\n"); n > 160 {
		t.Errorf("README.md has %d lines, at most 160", n)
	}
}
