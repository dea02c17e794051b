package output

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestConflicts: what a folder holds beside the code of a schema, and what is
// said about it.
func TestConflicts(t *testing.T) {
	const users, code = "users.wamp.yaml", "package api\n\ntype Caller struct{}\n\nfunc NewCaller() {}\n\nfunc (Caller) Get() {}\n\nconst A, B = 1, 2\n\nvar _ = A\n"
	for _, c := range []struct{ name, file, text, want string }{
		{"alone", "", "", ""},
		{"its own file", "users_old.wamp.go", originStart + users + originEnd + "\npackage other\n", ""},
		{"its own package", "service.go", "package api\n\ntype service struct{}\n", ""},
		{"package main", "main.go", "package main\n", "makes package api beside package main of DIR/main.go"},
		{"a program that is not built", "gen.go", "//go:build ignore\n\npackage main\n", ""},
		{"a hidden file", "_x.go", "package main\n", ""},
		{"the documentation", "doc.go", "package documentation\n", ""},
		{"no Go", "broken.go", "pack age\n", ""},
		{"its tests", "a_test.go", "package api\n", ""},
		{"tests from outside", "a_test.go", "package api_test\n", ""},
		{"tests of another", "a_test.go", "package other_test\n", "makes package api beside package other_test of DIR/a_test.go"},
		{"a package called tests", "a.go", "package api_test\n", "makes package api beside package api_test of DIR/a.go"},
		{"another schema, another package", "orders.wamp.go", originStart + "orders.wamp.yaml" + originEnd + "\npackage orders\n", "makes package api beside package orders of DIR/orders.wamp.yaml"},
		{"another schema, other names", "orders.wamp.go", originStart + "orders.wamp.yaml" + originEnd + "\npackage api\n\ntype Order struct{}\n\nfunc (Order) NewCaller() {}\n\nvar _ = 1\n", ""},
		{"another schema, the same names", "orders.wamp.go", originStart + "orders.wamp.yaml" + originEnd + "\n" + code, "declares A, B, Caller and 1 more, and so does DIR/orders.wamp.yaml in the same package"},
		{"another schema, the same file", "Users.wamp.go", originStart + "orders.wamp.yaml" + originEnd + "\npackage api\n", "makes users.wamp.go, and so does DIR/orders.wamp.yaml in the same folder"},
		{"a schema that is gone", "old.wamp.go", originStart + "old.wamp.yaml" + originEnd + "\npackage old\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, "orders.wamp.yaml", "")
			if c.file != "" {
				put(t, dir, c.file, c.text)
			}
			got, err := Conflicts(dir, from(users, "users.wamp.go", code))
			if err != nil {
				t.Fatal(err)
			}
			text := ""
			for _, x := range got {
				text += filepath.ToSlash(strings.ReplaceAll(x.Text, dir, "DIR"))
			}
			if text != c.want || text != "" && got[0].Source != users {
				t.Errorf("got %q, want %q (%+v)", text, c.want, got)
			}
		})
	}
}

// Schemas of one run are compared with each other, each pair once, and nothing
// needs to be in the folder for that.
func TestConflicts_OneRun(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	const code = "package api\n\ntype Caller struct{}\n"
	got, err := Conflicts(dir, from("a", "a.wamp.go", code), from("b", "b.wamp.go", code), from("c", "c.wamp.go", "package api\n"))
	if err != nil || len(got) != 1 || got[0] != (Conflict{"b", "a", "declares Caller, and so does a in the same package"}) {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Error("the folder was made")
	}
}
