// Package golden runs the tests of what is generated from the golden schemas. They
// are functions of the packages below, in files named NAME_cases.go, since they
// look inside; one binary for all of them takes a fraction of the time that one for
// each would.
package golden

import (
	"bytes"
	"flag"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"testing"

	"github.com/wampgen/wampgen/runtime/wamptest/router"
)

//go:generate go test . -run TestCases_AreListed -update

var update = flag.Bool("update", false, "list the cases anew")

func TestMain(m *testing.M) {
	if router.ServeFromEnv() {
		return
	}
	debug.SetGCPercent(400) // a quarter of the time went into the garbage of values
	os.Exit(m.Run())
}

// test is one function of a package below.
type test struct {
	name string
	run  func(*testing.T)
}

func TestCases(t *testing.T) {
	for _, test := range tests {
		t.Run(test.name, test.run)
	}
}

// Every function of a file of cases is run: cases_test.go lists them.
func TestCases_AreListed(t *testing.T) {
	files, err := filepath.Glob("*/*_cases.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	var imports, list bytes.Buffer
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Dir(path)
		fmt.Fprintf(&imports, "\t%q\n", "github.com/wampgen/wampgen/testdata/golden/"+filepath.ToSlash(dir))
		for _, m := range regexp.MustCompile(`(?m)^func (Test\w*)\(`).FindAllSubmatch(text, -1) {
			fmt.Fprintf(&list, "\t{%q, %s.%s},\n", dir+"/"+string(m[1]), dir, m[1])
		}
	}
	want, err := format.Source(fmt.Appendf(nil, "package golden\n\nimport (\n%s)\n\n// tests are what the files of cases have; -update writes it.\nvar tests = []test{\n%s}\n", imports.String(), list.String()))
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("cases_test.go", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, err := os.ReadFile("cases_test.go"); err != nil || !bytes.Equal(got, want) {
		t.Errorf("cases_test.go does not list what the files of cases have: go test ./testdata/golden -update (%v)", err)
	}
}
