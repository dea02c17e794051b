package golang_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/wampgen/wampgen/generator/golang"
	"github.com/wampgen/wampgen/generator/output"
	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/value"
)

var update = flag.Bool("update", false, "accept what the generator makes of the golden cases")

// TestGolden_G10_SameBytes compares what the generator makes of every golden case
// with the files beside it; go test -run TestGolden -update is the only way to
// change them. Their own tests build them, and .ci/lint vets them and runs
// staticcheck on them, as on code that people write.
func TestGolden_G10_SameBytes(t *testing.T) {
	cases, err := filepath.Glob("../../testdata/golden/*/in.wamp.yaml")
	versions, err2 := filepath.Glob("../../testdata/golden/versions/*/in.wamp.yaml")
	if errors.Join(err, err2) != nil || len(cases) < 13 || len(versions) != 3 {
		t.Fatalf("%d cases, %d versions: %v", len(cases), len(versions), errors.Join(err, err2))
	}
	cases = append(cases, "../../testdata/golden/imports/common/in.wamp.yaml")
	for _, path := range slices.Concat(cases, versions) {
		dir := filepath.Dir(path)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			plan, err := output.New(dir, output.Go, set(t, path))
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				report, err := plan.Write()
				t.Log(report)
				if err != nil {
					t.Fatal(err)
				}
			} else {
				for _, f := range plan.Check() {
					t.Error(f)
				}
			}
		})
	}
}

// model reads a schema that has nothing wrong with it.
func model(t testing.TB, path string) *schema.Model {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, found := schema.Load(path, src, os.ReadFile, value.CheckExamples)
	for _, d := range found {
		t.Error(d.Error())
	}
	if m == nil {
		t.FailNow()
	}
	return m
}

// set is what the generator makes of a schema.
func set(t testing.TB, path string) output.Set {
	t.Helper()
	files, err := golang.Generate(model(t, path), golang.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := output.Set{Source: path}
	for _, f := range files {
		s.Files = append(s.Files, output.File(f))
	}
	return s
}
