package wampgen_test

import (
	"regexp"
	"strings"
	"testing"
)

// Every built-in type is in every table that has to know it: those of the
// generators, of breaking changes, of random schemas, and of the documents.
func TestScalars_AreInEveryTable(t *testing.T) {
	declared := regexp.MustCompile(`(?m)^\t(\w+)\s+Scalar = "(\w+)"$`).FindAllStringSubmatch(read(t, "schema/scalar.go"), -1)
	if len(declared) < 20 {
		t.Fatalf("found only %d types", len(declared))
	}
	sized := regexp.MustCompile(`^(u?int)\d+$|^float32$`) // documents name them as a range
	for _, m := range declared {
		for _, path := range []string{"generator/golang/wire_scalar.go", "generator/typescript/types.go", "schema/breaking/relation.go"} {
			if !regexp.MustCompile(`schema\.` + m[1] + `\b`).MatchString(read(t, path)) {
				t.Errorf("%s does not know %s", path, m[2])
			}
		}
		if !regexp.MustCompile(`\b` + m[2] + `\b`).MatchString(read(t, "generator/internal/randomschema/constructs.go")) {
			t.Errorf("random schemas have no %s", m[2])
		}
		if !sized.MatchString(m[2]) && !strings.Contains(read(t, "docs/language.md"), "`"+m[2]+"`") {
			t.Errorf("docs/language.md does not show %s", m[2])
		}
	}
}
