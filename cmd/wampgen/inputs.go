package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/wampgen/wampgen/schema/config"
	"github.com/wampgen/wampgen/schema/diag"
	"github.com/wampgen/wampgen/schema/lint"
)

// inputs are the schemas that a run is about, and what wampgen.yaml says of
// them.
type inputs struct {
	search
	// outs are the folders of code by schema, where wampgen.yaml names one.
	outs  map[string]string
	rules lint.Levels
	// What was found in wampgen.yaml, and its text.
	found   diag.List
	sources map[string][]byte
}

// inputs returns the schemas that the arguments of the command mean.
func (c *command) inputs() inputs { return inputsOf(c.args) }

// inputsOf returns the schemas that arguments mean. Without arguments they are
// those of wampgen.yaml, or all of this folder or module. A fragment means the
// schemas that include it.
func inputsOf(args []string) inputs {
	in := namedFiles(args)
	in.files = whole(in.files)
	return in
}

// namedFiles returns the files that arguments mean, schemas and fragments.
func namedFiles(args []string) inputs {
	in := inputs{outs: map[string]string{}, rules: lint.Levels{}, sources: map[string][]byte{}}
	conf, err := in.read()
	if err != nil {
		in.failed = []error{err}
		return in
	}
	if in.found.HasErrors() {
		return in
	}
	all := args
	for _, s := range conf.Schemas {
		file := filepath.FromSlash(s.File)
		if len(args) == 0 {
			all = append(all, file)
		}
		if s.Out == "" {
			continue
		}
		for _, path := range find([]string{file}).files {
			in.outs[path] = filepath.Clean(filepath.FromSlash(s.Out))
		}
	}
	in.rules, in.search = conf.Rules, find(all)
	return in
}

// read reads wampgen.yaml, if there is one.
func (in *inputs) read() (*config.Config, error) {
	src, err := read(config.File)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &config.Config{Rules: lint.Levels{}}, nil
	case err != nil:
		return nil, err
	case len(src) == most:
		return nil, fmt.Errorf("%s is too large", config.File)
	}
	conf, found := config.Parse(config.File, src)
	in.found, in.sources[config.File] = found, src
	return conf, nil
}
