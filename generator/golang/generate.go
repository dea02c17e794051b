package golang

import (
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/wampgen/wampgen/generator"
	"github.com/wampgen/wampgen/schema"
)

// Options configures the output. The zero value is the default.
type Options struct {
	// Package is the name of the package. Default: that of [Package].
	Package string
	// Source is the schema file in the first line of every generated file: its
	// path relative to their folder, with slashes. It identifies the files of a
	// schema, so that two schemas with one base name can write to one folder.
	// Default: [schema.Model.File], for a folder that holds the schema too.
	Source string
}

// artefacts are the files of an API in the order in which [Generate] returns
// them. A file that would declare nothing is left out, except for the types:
// every API has at least that one, which holds the package's documentation.
var artefacts = []struct {
	name string
	emit func(*gen, *file)
}{
	{"types", (*gen).types},
	{"api", (*gen).api},
	{"codec", (*gen).codec},
	{"examples", (*gen).examples},
}

// Generate returns the Go files of an API. An error is the first finding of
// [Check], or means that m does not come from a valid schema, or a bug of
// wampgen. It is safe for concurrent use.
func Generate(m *schema.Model, o Options) ([]generator.File, error) {
	g, err := newGen(m, o)
	if err != nil {
		return nil, err
	}
	files := g.emit()
	if name, found := twice(files); found {
		return nil, fmt.Errorf("golang: two things of the schema become the Go name %s", name)
	}
	out := make([]generator.File, len(files))
	for i, f := range files {
		data, err := f.bytes()
		if err != nil {
			return nil, fmt.Errorf("golang: this is a bug of wampgen, please report it: %w", err)
		}
		out[i] = generator.File{Name: f.name, Data: data}
	}
	return out, nil
}

// emit builds and renders the files that have something to hold, side by side.
func (g *gen) emit() []*file {
	files, printers := make([]*file, len(artefacts)), make(chan struct{}, runtime.GOMAXPROCS(0))
	var emitters sync.WaitGroup
	for i, a := range artefacts {
		emitters.Go(func() { // joined below
			f := newFile(g.stem+"_"+a.name+".wamp.go", g.pkg, g.source, g.names.packages, printers)
			a.emit(g, f)
			f.finish()
			files[i] = f
		})
	}
	emitters.Wait()
	for _, f := range files {
		f.rendering.Wait()
	}
	return slices.DeleteFunc(files, func(f *file) bool {
		return len(f.chunks[0].announced) == 0 && f != files[0]
	})
}
