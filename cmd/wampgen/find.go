package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/generator/output"
)

// schemaSuffix is how the names of schemas end.
const schemaSuffix = ".wamp.yaml"

// search is what the arguments of a command mean.
type search struct {
	// files are the schemas, each once.
	files []string
	// dirs are the folders that were searched and hold generated code.
	dirs []string
	// roots are the folders below which all were searched ("./...").
	roots []string
	// failed are the arguments that mean nothing, and why.
	failed []error
}

// find returns the schemas that the arguments mean: a file, a folder, or all
// folders below one ("./..."). No argument means this folder, or all of a module
// whose root it is, if it has no schema itself.
func find(args []string) search {
	if len(args) == 0 {
		args = []string{"."}
		if here, err := expand("."); err == nil && len(here.files) == 0 && isModule(".") {
			args = []string{"./..."}
		}
	}
	var out search
	for _, arg := range args {
		s, err := expand(arg)
		switch {
		case err != nil:
			out.failed = append(out.failed, err)
		case len(s.files) == 0 && !slices.ContainsFunc(s.dirs, abandoned):
			out.failed = append(out.failed, fmt.Errorf("no *%s in %s", schemaSuffix, arg))
		}
		for _, f := range s.files {
			if !slices.Contains(out.files, f) {
				out.files = append(out.files, f)
			}
		}
		out.dirs, out.roots = append(out.dirs, s.dirs...), append(out.roots, s.roots...)
	}
	return out
}

// abandoned reports whether a folder holds code whose schema is gone.
func abandoned(dir string) bool {
	return slices.ContainsFunc(output.Languages(), func(l output.Language) bool {
		p, err := output.New(dir, l)
		return err == nil && len(p.Orphans()) > 0
	})
}

// generated reports whether a name is that of a generated file.
func generated(name string) bool {
	return slices.ContainsFunc(output.Languages(), func(l output.Language) bool { return l.Owns(name) })
}

func expand(arg string) (search, error) {
	var s search
	if root, all := strings.CutSuffix(filepath.ToSlash(arg), "..."); all && (root == "" || strings.HasSuffix(root, "/")) {
		err := s.walk(filepath.Clean(filepath.FromSlash(root)))
		return s, err
	}
	info, err := os.Stat(arg)
	if err != nil {
		return s, err
	}
	if !info.IsDir() {
		s.files = []string{filepath.Clean(arg)}
		return s, nil
	}
	entries, err := os.ReadDir(arg)
	for _, entry := range entries {
		s.add(filepath.Join(arg, entry.Name()), entry)
	}
	return s, err
}

// walk searches the folders below root. As the go command, it leaves out other
// modules, testdata, vendor, and folders that begin with "." or "_".
func (s *search) walk(root string) error {
	s.roots = append(s.roots, root)
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !entry.IsDir():
			s.add(path, entry)
		case path != root && (leftOut(entry.Name()) || isModule(path)):
			return fs.SkipDir
		}
		return nil
	})
}

func leftOut(dir string) bool {
	return dir == "testdata" || dir == "vendor" || strings.HasPrefix(dir, ".") || strings.HasPrefix(dir, "_")
}

func isModule(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil && info.Mode().IsRegular()
}

// add takes note of a file if it is a schema, by itself or by a link, or
// generated code.
func (s *search) add(path string, entry fs.DirEntry) {
	switch name := entry.Name(); {
	case generated(name) && entry.Type().IsRegular():
		if dir := filepath.Dir(path); !slices.Contains(s.dirs, dir) {
			s.dirs = append(s.dirs, dir)
		}
	case strings.HasSuffix(name, schemaSuffix):
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			s.files = append(s.files, path)
		}
	}
}
