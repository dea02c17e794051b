package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
)

// pattern is what schema files are called.
const pattern = "*.wamp.yaml"

// most is how much is read of a file: one byte more than the schema may have,
// so that the parser says what is wrong.
const most = 8<<20 + 1

// find returns the schema files that the arguments mean, each once: a file, a
// folder, or all folders below one ("./..."). No argument means this folder.
func find(args []string) ([]string, error) {
	if len(args) == 0 {
		args = []string{"."}
	}
	var out []string
	for _, arg := range args {
		files, err := expand(arg)
		if err != nil {
			return nil, err
		}
		if len(files) == 0 {
			return nil, fmt.Errorf("no %s in %s", pattern, arg)
		}
		for _, f := range files {
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out, nil
}

func expand(arg string) ([]string, error) {
	if root, all := strings.CutSuffix(filepath.ToSlash(arg), "..."); all && (root == "" || strings.HasSuffix(root, "/")) {
		return walk(filepath.Clean(filepath.FromSlash(root)))
	}
	info, err := os.Stat(arg)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return filepath.Glob(filepath.Join(quoteGlob(arg), pattern))
	}
	return []string{filepath.Clean(arg)}, nil
}

// quoteGlob makes a folder's name mean itself in a pattern.
func quoteGlob(name string) string {
	if filepath.Separator == '\\' {
		return name // there is no quoting on Windows, and hardly a need
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(name)
}

// walk finds the schemas below a folder. As the Go tool, it leaves out
// testdata, vendor and folders that begin with "." or "_".
func walk(root string) ([]string, error) {
	var out []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && path != root && (name == "testdata" || name == "vendor" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")) {
			return fs.SkipDir
		}
		if match, _ := filepath.Match(pattern, name); match && entry.Type().IsRegular() {
			out = append(out, path)
		}
		return nil
	})
	return out, err
}

// loaded is a schema file that was read.
type loaded struct {
	path  string
	model *schema.Model
}

// load reads and resolves schema files. The sources are for the diagnostics.
func load(paths []string) (all []loaded, found diag.List, sources map[string][]byte, err error) {
	sources = map[string][]byte{}
	for _, path := range paths {
		src, err := read(path)
		if err != nil {
			return nil, nil, nil, err
		}
		sources[path] = src
		model, diagnostics := schema.Parse(path, src)
		found = append(found, diagnostics...)
		all = append(all, loaded{path, model})
	}
	found.Sort()
	return all, found, sources, nil
}

func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most))
}
