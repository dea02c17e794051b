package interop

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// elsewhere are the deviations of docs/requirements.md 5.3 that have no record:
// tests of other packages show them, or the record of another deviation does, or
// there is nothing that a client could do wrong.
var elsewhere = map[string]string{
	"crossbar 5":  "TestInterrupt_ConcurrencyOfTheDealer",
	"crossbar 6":  "crossbar 14",
	"crossbar 12": "TestF4_AbortReachesABusyRouter",
	"crossbar 13": "TestFallsBackToJSON",
	"crossbar 17": "TestVectorsCryptosign",
	"crossbar 18": "TestSCRAM_Argon2InBothForms",
	"crossbar 19": "TestOptions_NotAnnounced",
	"crossbar 20": "TestOptions_NotAnnounced",
	"crossbar 21": "TestIDs_OneCounter",
	"crossbar 27": "TestFallsBackToJSON",
	"crossbar 29": "TestMatrix",
	"nexus 2":     "TestOptions_CancelModeIsChecked",
	"nexus 4":     "TestInvocation_LateParts",
	"nexus 9":     "TestAbort",
	"nexus 11":    "TestIDs_OneCounter",
	"nexus 15":    "TestTime_OffsetWithoutColon",
	"xconn 7":     "TestInvocation_LateParts",
	"xconn 11":    "TestH2_HalfOpen",
	"xconn 13":    "xconn 4",
	"fox 3":       "TestOptions_NotAnnounced",
	"fox 7":       "nothing to survive: a realm that should not exist has nobody in it",
}

// Every deviation of docs/requirements.md 5.3 is shown once: by a record of frames,
// by a test that exists, or with a reason why there is none.
func TestDeviations_Complete(t *testing.T) {
	recorded := map[string]bool{}
	for _, d := range slices.Concat(deviations, moreDeviations) {
		recorded[d.name] = true
	}
	tests := allTests(t)
	for _, name := range listed(t) {
		by := elsewhere[name]
		switch {
		case recorded[name] == (by != ""):
			t.Errorf("%s: recorded %v and elsewhere by %q", name, recorded[name], by)
		case strings.HasPrefix(by, "Test") && !strings.Contains(tests, "func "+by):
			t.Errorf("%s: there is no %s", name, by)
		}
	}
}

// listed are the deviations of the document, by router and number.
func listed(t *testing.T) (all []string) {
	t.Helper()
	text, err := os.ReadFile("../../../docs/requirements.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "### 5.3 Deviations")
	section, _, _ = strings.Cut(section, "\n## ")
	router := ""
	for line := range strings.Lines(section) {
		if m := regexp.MustCompile(`^(Crossbar|nexus|xconn|fox)\S* [\d(]`).FindStringSubmatch(line); m != nil {
			router = strings.ToLower(m[1])
		}
		if m := regexp.MustCompile(`^(\d+)\. `).FindStringSubmatch(line); m != nil {
			all = append(all, fmt.Sprintf("%s %s", router, m[1]))
		}
	}
	if len(all) < 60 {
		t.Fatalf("%d deviations: %v", len(all), all)
	}
	return all
}

// allTests is the text of every test file of the runtime.
func allTests(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir("../..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		b.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
