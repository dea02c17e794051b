package wampgen_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// licences are words that the text of a licence has.
var licences = map[string][]string{
	"MIT":                {"Permission is hereby granted, free of charge"},
	"MIT and Apache-2.0": {"Permission is hereby granted, free of charge", "Apache License, Version 2.0"},
	"Apache-2.0":         {"Apache License", "Version 2.0, January 2004"},
	"BSD-2-Clause":       {"Redistribution and use in source and binary forms", "provided with the distribution."},
	"BSD-3-Clause":       {"Redistribution and use in source and binary forms", "endorse or promote products"},
}

// docs/dependencies.md names every module of go.mod and no other, under the
// licence that comes with it.
func TestDependencies(t *testing.T) {
	listed := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^|]+) \\| [^|]+ \\|$").FindAllStringSubmatch(read(t, "docs/dependencies.md"), -1) {
		listed[m[1]] = m[2]
	}
	required := regexp.MustCompile(`(?m)^(?:require )?\t?(\S+\.\S+/\S+) v\S+`)
	for _, m := range required.FindAllStringSubmatch(read(t, "go.mod"), -1) {
		licence, ok := listed[m[1]]
		if !ok {
			t.Errorf("docs/dependencies.md does not name %s", m[1])
			continue
		}
		delete(listed, m[1])
		text := licenceOf(t, m[1])
		for _, want := range licences[licence] {
			if !strings.Contains(text, want) {
				t.Errorf("%s: docs/dependencies.md says %s, but its licence has no %q", m[1], licence, want)
			}
		}
		if licences[licence] == nil || licence == "BSD-2-Clause" && strings.Contains(text, "endorse or promote") {
			t.Errorf("%s: %q is not its licence", m[1], licence)
		}
	}
	for path := range listed {
		t.Errorf("docs/dependencies.md names %s, which is not in go.mod", path)
	}
}

// Only what the first two tables list is in the binaries of users.
func TestDependencies_OfBinaries(t *testing.T) {
	tables := strings.Split(read(t, "docs/dependencies.md"), "\nIn ")
	for i, packages := range [][]string{{"./runtime", "./runtime/wamptest"}, {"./cmd/wampgen"}} {
		table := tables[1] + tables[1+i]
		for _, p := range list(t, append([]string{"-deps"}, packages...)...) {
			if p.Module != nil && p.Module.Path+"/" != module && !strings.Contains(table, "`"+p.Module.Path+"`") {
				t.Errorf("%s is in a binary of %v, but docs/dependencies.md does not say so", p.Module.Path, packages)
			}
		}
	}
}

// licenceOf returns the licence file of a module, with single spaces.
func licenceOf(t *testing.T, module string) string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "LICENSE"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(text)), " ")
}
