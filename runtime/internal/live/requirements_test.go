package live

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// root is the top of the repository.
const root = "../../.."

// citation is a requirement as tests cite it: R051, TestR118_R119_Request, or a
// range of a few (R064 to R069).
var citation = regexp.MustCompile(`R(\d{3})(?: to R(\d{3})|-R?(\d{3}))?(?:[^\d]|$)`)

// Every requirement that is M or S is shown by a test that cites its number,
// or the table beside this file says why not yet.
func TestRequirements(t *testing.T) {
	cited := citations(t)
	for level, text := range map[string]string{"M": must, "S": should} {
		for _, n := range numbers(t, text) {
			if !cited[n] && notYet[n] == "" && shownByFile[n] == "" {
				t.Errorf("R%03d (%s): no test cites it, and notYet does not say why", n, level)
			}
		}
	}
	for n, file := range shownByFile {
		if _, err := os.Stat(filepath.Join(root, file)); err != nil {
			t.Errorf("R%03d: %v", n, err)
		}
	}
}

// citations are the requirements that the tests of the repository cite.
func citations(t *testing.T) map[int]bool {
	t.Helper()
	cited := map[int]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if err == nil && d.Name() == ".git" {
				return filepath.SkipDir
			}
			return err
		}
		if name := d.Name(); !strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "requirements_") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range citation.FindAllStringSubmatch(string(text), -1) {
			from, to := decimal(m[1]), decimal(m[2]+m[3])
			if to == 0 {
				to = from
			}
			if from < 1 || to > requirements || to < from || to-from > 20 {
				t.Errorf("%s: %s is no requirement", path, strings.TrimSpace(m[0]))
			}
			for n := from; n <= to; n++ {
				cited[n] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return cited
}

// numbers reads a list of numbers and ranges.
func numbers(t *testing.T, text string) (list []int) {
	t.Helper()
	for _, word := range strings.Fields(text) {
		var from, to int
		if n, _ := fmt.Sscanf(word, "%d-%d", &from, &to); n == 1 {
			to = from
		}
		if from < 1 || to < from {
			t.Fatalf("%q is no number and no range", word)
		}
		for n := from; n <= to; n++ {
			list = append(list, n)
		}
	}
	return list
}

func decimal(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}
