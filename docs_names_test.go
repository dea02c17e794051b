package wampgen_test

import (
	"io/fs"
	"path/filepath"
	"regexp"
	"testing"
)

// Every test that a document names exists.
func TestDocs_NameTestsThatExist(t *testing.T) {
	exist := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)\w+)\(`)
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && holdsTests(path) {
			for _, m := range declared.FindAllStringSubmatch(read(t, path), -1) {
				exist[m[1]] = true
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`((?:Test|Fuzz|Benchmark)[A-Z]\\w*)`")
	documents, err := filepath.Glob("*.md")
	if err != nil || len(documents) == 0 {
		t.Fatal(documents, err)
	}
	count := 0
	for _, path := range append(documents, "docs/cases.md", "docs/requirements.md") {
		for _, m := range named.FindAllStringSubmatch(read(t, path), -1) {
			if count++; !exist[m[1]] {
				t.Errorf("%s names %s, which does not exist", path, m[1])
			}
		}
	}
	if count < 100 {
		t.Errorf("only %d tests are named", count)
	}
}
