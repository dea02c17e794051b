package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
)

// whole returns the schemas that files belong to: a fragment means the schemas
// that include it, from its folder or one above, and stays if there is none.
func whole(files []string) []string {
	includes, included := map[string][]string{}, map[string]bool{}
	var schemas, fragments []string
	for _, file := range files {
		names, fragment := headOf(file)
		for _, name := range names {
			f := diag.Beside(file, name)
			includes[file] = append(includes[file], f)
			included[f] = included[f] || f != file
		}
		if fragment {
			fragments = append(fragments, file)
		} else {
			schemas = append(schemas, file)
		}
	}
	reached := map[string]bool{}
	for _, s := range schemas {
		reach(s, includes, reached)
	}
	// Those that include each other are behind those that no file includes.
	first := slices.DeleteFunc(slices.Clone(fragments), func(f string) bool { return included[f] })
	for _, f := range append(first, fragments...) {
		if reached[f] {
			continue
		}
		reach(f, includes, reached)
		owners := including(f)
		if len(owners) == 0 {
			owners = []string{f}
		}
		for _, o := range owners {
			if !slices.Contains(schemas, o) {
				schemas = append(schemas, o)
			}
		}
	}
	return schemas
}

// reach marks a file and those that it includes.
func reach(file string, includes map[string][]string, reached map[string]bool) {
	if reached[file] {
		return
	}
	reached[file] = true
	for _, f := range includes[file] {
		reach(f, includes, reached)
	}
}

// headOf returns what a file says of fragments. One that cannot be read is found
// out about when it is loaded.
func headOf(file string) (includes []string, fragment bool) {
	src, err := read(file)
	if err != nil {
		return nil, false
	}
	return schema.Fragments(src)
}

// including returns the schemas that include a fragment. They are looked for up
// to the folder of the module or the repository.
func including(fragment string) (owners []string) {
	for dir := filepath.Dir(fragment); ; dir = filepath.Join(dir, "..") {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return owners
		}
		top := false
		for _, e := range entries {
			top = top || e.Name() == "go.mod" || e.Name() == ".git"
			if !strings.HasSuffix(e.Name(), schemaSuffix) {
				continue
			}
			file := filepath.Join(dir, e.Name())
			if same(file, fragment) {
				continue
			}
			includes, _ := headOf(file)
			if slices.ContainsFunc(includes, func(f string) bool { return same(diag.Beside(file, f), fragment) }) {
				owners = append(owners, file)
			}
		}
		if abs, err := filepath.Abs(dir); top || err != nil || filepath.Dir(abs) == abs {
			return owners
		}
	}
}

// same reports whether two paths are those of one file.
func same(a, b string) bool {
	x, errX := filepath.Abs(a)
	y, errY := filepath.Abs(b)
	return errX == nil && errY == nil && x == y
}
