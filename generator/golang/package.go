package golang

import (
	"go/token"
	"regexp"
	"strings"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
)

// The forms of what a schema can say about its package.
var (
	packageForm = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	importForm  = regexp.MustCompile(`^[A-Za-z0-9_~-][A-Za-z0-9._~-]*(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*$`)
)

// Package returns the name of the Go package of an API, and where the schema
// says it: go.package, or else the name of the API.
func Package(m *schema.Model) (name string, at diag.Span) {
	if m.Go != nil && m.Go.Package.Given() {
		return m.Go.Package.Text, m.Go.Package.Place.Span
	}
	return m.Name, m.NamePlace.Span
}

// packageHints reports a package that others cannot import.
func (n *namer) packageHints() {
	if hints := n.model.Go; hints != nil {
		n.hint("import", hints.Import, importForm, "an import path is like example.com/acme/api/shop")
		if hints.Package.Given() && n.hint("package", hints.Package, packageForm, "a package name has small letters, digits and _") == "" {
			return
		}
	}
	name, at := Package(n.model)
	if problem := badPackage(name); name != "" && problem != "" {
		d := n.report(schema.Place{Span: at}, RuleName, "%s cannot be the name of a Go package: %s", diag.Quote(name), problem)
		d.Hint = "add  go: {package: ...}  to api"
	}
}

// badPackage says why a snake_case name cannot name a Go package that others
// import; "" if it can.
func badPackage(name string) string {
	switch {
	case !token.IsIdentifier(name):
		return "it is a keyword of Go"
	case name == "main":
		return "package main is a program, which cannot be imported"
	case name == "init":
		return "an import could not use it as a name"
	case name == "documentation":
		return "the go command ignores the files of that package"
	case strings.HasSuffix(name, "_test"):
		return "packages that end in _test are for tests"
	}
	return ""
}
