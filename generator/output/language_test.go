package output

import (
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// plan is what a run in a language would do to a folder.
func plan(t *testing.T, dir string, lang Language, sets ...Set) *Plan {
	t.Helper()
	p, err := New(dir, lang, sets...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A run sees the files of its own language alone, both of a schema that makes
// them no more and of one that is gone, in either direction.
func TestLanguage_SeesItsOwn(t *testing.T) {
	for _, lang := range Languages() {
		t.Run(string(lang), func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, "shop.wamp.yaml", "")
			lost := string(from("gone.wamp.yaml", "", "").Files[0].Data)
			for _, l := range Languages() {
				put(t, dir, "shop"+string(l), first+"1")
				put(t, dir, "old"+string(l), first)
				put(t, dir, "gone"+string(l), lost)
			}
			p := plan(t, dir, lang, shop("1", "shop"+string(lang)))
			var found []string
			for _, f := range p.Check() {
				found = append(found, filepath.Base(f.Path)+" "+f.Kind)
			}
			if want := []string{"gone" + string(lang) + " orphan", "old" + string(lang) + " orphan"}; !slices.Equal(found, want) {
				t.Errorf("found %q, want %q", found, want)
			}
			p.Clean = true
			if r, err := p.Write(); err != nil || len(r.Removed) != 2 || r.Unchanged != 1 || len(r.Wrote) != 0 {
				t.Errorf("%+v %v", r, err)
			}
			left := content(t, dir)
			for _, l := range Languages() {
				for _, stem := range []string{"shop", "old", "gone"} {
					_, is := left[stem+string(l)]
					if want := l != lang || stem == "shop"; is != want {
						t.Errorf("%s%s is there: %v", stem, l, is)
					}
				}
			}
		})
	}
}

// A language writes no file of another, and never over one by hand.
func TestLanguage_Names(t *testing.T) {
	dir := t.TempDir()
	for lang, name := range map[Language]string{Go: "a.wamp.ts", TypeScript: "a.wamp.go"} {
		if _, err := New(dir, lang, shop("x", name)); err == nil || !strings.Contains(err.Error(), "cannot be the name") {
			t.Errorf("%s makes %s: %v", lang, name, err)
		}
	}
	for _, lang := range Languages() {
		name := "mine" + string(lang)
		put(t, dir, name, "by hand")
		if _, err := New(dir, lang, shop("x", name)); err == nil || !strings.Contains(err.Error(), "in the way") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Two languages in one folder at the same time wait for each other and keep
// what the other has written.
func TestLanguage_ParallelRuns(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "shop.wamp.yaml", "")
	var runs sync.WaitGroup
	for _, lang := range Languages() {
		runs.Go(func() { // joined below
			for round := range 20 {
				p, err := New(dir, lang, shop(strings.Repeat("x", round), "shop"+string(lang)))
				if err == nil {
					_, err = p.Write()
				}
				if err != nil {
					t.Errorf("%s, round %d: %v", lang, round, err)
				}
			}
		})
	}
	runs.Wait()
	if got := content(t, dir); len(got) != 3 {
		t.Errorf("%v", got)
	}
}
