package output

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Conflict is a reason why the code of a schema does not compile together with
// something else in its folder.
type Conflict struct {
	// Source is the schema, as in [Set]. Other is what it is in conflict with:
	// another schema, or a Go file that wampgen did not write.
	Source, Other string
	// Text says what is wrong. It continues "the schema", such as "makes package
	// shop beside package main of main.go".
	Text string
}

// inhabitant is who has Go files in a folder: a schema, or a file by itself.
type inhabitant struct {
	source  string // as messages call it
	name    string // of its package; "" if that cannot be read
	files   []File
	schema  bool
	names   map[string]bool // what it declares, once it has been asked for
	isTests bool            // a test file may be of the package name_test
}

// Conflicts returns what cannot be together in the folder dir: a schema and
// another Go package, or two schemas that declare the same names in one
// package. The code of a schema that no longer exists does not count, see
// [Plan.Orphans].
func Conflicts(dir string, sets ...Set) ([]Conflict, error) {
	var ours []*inhabitant
	for _, s := range sets {
		if len(s.Files) > 0 {
			ours = append(ours, &inhabitant{source: s.Source, name: packageName(s.Files[0].Data), files: s.Files, schema: true})
		}
	}
	others, err := inhabitants(dir, sets)
	if err != nil {
		return nil, err
	}
	var out []Conflict
	for i, x := range ours {
		for _, y := range slices.Concat(ours[:i], others) {
			text := x.against(y)
			if text == "" {
				continue
			}
			out = append(out, Conflict{Source: x.source, Other: y.source, Text: text})
			if !y.schema {
				break // the other files by hand say the same
			}
		}
	}
	return out, nil
}

// inhabitants reads who else is in a folder, in the order of the files' names.
func inhabitants(dir string, sets []Set) ([]*inhabitant, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	ours, targets := map[string]bool{}, map[string]bool{}
	for _, s := range sets {
		ours[s.origin()] = true
		for _, f := range s.Files {
			targets[strings.ToLower(f.Name)] = true
		}
	}
	var out []*inhabitant
	schemas := map[string]*inhabitant{}
	for _, entry := range entries {
		name := entry.Name()
		if !entry.Type().IsRegular() || !strings.HasSuffix(name, ".go") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // another run has removed it
		} else if err != nil {
			return nil, err
		}
		source := origin(data)
		switch {
		case ours[source], source != "" && gone(dir, source):
			continue
		case source == "" && targets[strings.ToLower(name)]:
			continue // it is in the way, as New says
		case source == "":
			if x := byHand(dir, name, data); x != nil {
				out = append(out, x)
			}
			continue
		}
		if schemas[source] == nil {
			schemas[source] = &inhabitant{source: locate(dir, source), name: packageName(data), schema: true}
			out = append(out, schemas[source])
		}
		schemas[source].files = append(schemas[source].files, File{name, data})
	}
	return out, nil
}

// byHand is a file that wampgen did not write; nil if it is no part of a
// package, or cannot be read as Go, which the compiler says.
func byHand(dir, name string, data []byte) *inhabitant {
	pkg := packageName(data)
	if built, err := build.Default.MatchFile(dir, name); err != nil || !built || pkg == "" || pkg == "documentation" {
		return nil
	}
	return &inhabitant{source: filepath.Join(dir, name), name: pkg, isTests: strings.HasSuffix(name, "_test.go")}
}

// against says why x cannot be where y is; "" if it can.
func (x *inhabitant) against(y *inhabitant) string {
	switch {
	case x.name == "" || y.name == "":
		return ""
	case x.name != y.name && y.isTests && x.name+"_test" == y.name:
		return ""
	case x.name != y.name:
		return fmt.Sprintf("makes package %s beside package %s of %s", x.name, y.name, y.source)
	case !y.schema:
		return ""
	}
	for _, f := range x.files {
		if slices.ContainsFunc(y.files, func(g File) bool { return strings.EqualFold(f.Name, g.Name) }) {
			return fmt.Sprintf("makes %s, and so does %s in the same folder", f.Name, y.source)
		}
	}
	var both []string
	for name := range x.declared() {
		if y.declared()[name] {
			both = append(both, name)
		}
	}
	if len(both) == 0 {
		return ""
	}
	return fmt.Sprintf("declares %s, and so does %s in the same package", firstOf(both), y.source)
}

// firstOf lists the first few names, exported ones before others.
func firstOf(names []string) string {
	const most = 3
	slices.Sort(names)
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// declared returns the names that the files declare in their package.
func (x *inhabitant) declared() map[string]bool {
	if x.names != nil {
		return x.names
	}
	x.names = map[string]bool{}
	for _, f := range x.files {
		tree, err := parser.ParseFile(token.NewFileSet(), f.Name, f.Data, parser.SkipObjectResolution)
		if err != nil {
			continue // the compiler says so
		}
		for _, d := range tree.Decls {
			for _, name := range declares(d) {
				x.names[name] = true
			}
		}
	}
	delete(x.names, "_")
	delete(x.names, "init")
	return x.names
}

// declares returns the names that a declaration puts into the package.
func declares(d ast.Decl) []string {
	var out []string
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			out = append(out, d.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				out = append(out, spec.Name.Name)
			case *ast.ValueSpec:
				for _, name := range spec.Names {
					out = append(out, name.Name)
				}
			}
		}
	}
	return out
}

// packageName is the name in the package clause of a file; "" if there is none.
func packageName(data []byte) string {
	tree, err := parser.ParseFile(token.NewFileSet(), "", data, parser.PackageClauseOnly)
	if err != nil {
		return ""
	}
	return tree.Name.Name
}
