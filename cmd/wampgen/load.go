package main

import (
	"io"
	"os"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
)

// most is how much is read of a file: one byte more than the schema may have,
// so that the parser says what is wrong.
const most = 8<<20 + 1

// loaded is a schema file that was read.
type loaded struct {
	path  string
	model *schema.Model
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
		model, diagnostics := schema.Parse(path, src, checks...)
		found = append(found, diagnostics...)
		all = append(all, loaded{path, model})
	}
	found.Sort()
	return all, found, sources, failed
}

func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most))
}
