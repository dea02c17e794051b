package main

import (
	"io"
	"os"
	"slices"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
	"github.com/wampgen/wampgen/schema/value"
)

// most is how much is read of a file: one byte more than the schema may have,
// so that the parser says what is wrong.
const most = 8<<20 + 1

// loaded is a schema file that was read.
type loaded struct {
	path  string
	model *schema.Model
	// others is what the files hold that it includes and imports, one after the
	// other.
	others []byte
}

// load reads and resolves schema files that pass the checks. The sources are for the diagnostics;
// failed are the files that could not be read.
func load(paths []string, checks ...schema.Check) (all []loaded, found diag.List, sources map[string][]byte, failed []error) {
	sources = map[string][]byte{}
	for _, path := range paths {
		src, err := read(path)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		sources[path] = src
		var others []byte
		model, diagnostics := schema.Load(path, src, func(path string) ([]byte, error) {
			src, err := readInto(sources, path)
			others = append(others, src...)
			return src, err
		}, append(slices.Clip(checks), value.CheckExamples)...)
		found = append(found, diagnostics...)
		all = append(all, loaded{path, model, others})
	}
	return all, unique(found), sources, failed
}

func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most))
}

// readInto reads a file that a schema includes or imports and keeps it for the
// diagnostics, or nothing if there is no such file.
func readInto(sources map[string][]byte, path string) ([]byte, error) {
	src, err := read(path)
	sources[path] = src
	return src, err
}

// unique sorts findings. A file that several schemas import has them once.
func unique(found diag.List) diag.List {
	found.Sort()
	return slices.CompactFunc(found, func(a, b diag.Diagnostic) bool {
		return a.File == b.File && a.Line == b.Line && a.Col == b.Col && a.Rule == b.Rule && a.Message == b.Message
	})
}
