package wampgen_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// unitTest is the test of a generated caller that the README shows.
const unitTest = "examples/quickstart/unit_test.go"

// TestFreshModule_HasLittle puts the unit test of the README into a module of its
// own: it runs there, and go.sum knows nothing of the router that this repository
// tests itself with, nor of OpenTelemetry.
func TestFreshModule_HasLittle(t *testing.T) {
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile(unitTest)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"shop_test.go": strings.Replace(string(code), "package main", "package fresh", 1),
		"go.mod": "module example.com/fresh\n\ngo 1.26\n\nrequire " + strings.TrimSuffix(module, "/") + " v0.0.0\n\nreplace " +
			strings.TrimSuffix(module, "/") + " => " + root + "\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"mod", "tidy"}, {"test", "./..."}} {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOSUMDB=off", "GOWORK=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	sum, err := os.ReadFile(filepath.Join(dir, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(sum), "nexus") || strings.Contains(string(sum), "opentelemetry") || !strings.Contains(string(sum), "gorilla/websocket") {
		t.Errorf("go.sum of a module that tests with wamptest:\n%s", sum)
	}
}

// TestReadme_UnitTest: the README shows that test as it is.
func TestReadme_UnitTest(t *testing.T) {
	code, err := os.ReadFile(unitTest)
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, test, _ := strings.Cut(string(code), "\nfunc ")
	if !strings.Contains(string(readme), "\nfunc "+test) {
		t.Errorf("README.md does not hold the test of %s", unitTest)
	}
}
