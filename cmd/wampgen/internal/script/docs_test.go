package script

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocs_Transcript: the README shows what the first five minutes really print.
func TestDocs_Transcript(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(checkout, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	story, err := os.ReadFile(filepath.Join("testdata", "first_five_minutes.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	files := strings.Split(string(story), "\n-- ")[1:]
	for _, f := range files {
		name, text, _ := strings.Cut(f, " --\n")
		if !strings.Contains(string(page), "\n"+text) {
			t.Errorf("README.md does not show %s:\n%s", name, text)
		}
	}
	if len(files) == 0 {
		t.Error("the story prints nothing")
	}
}
