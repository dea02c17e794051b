package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
	"github.com/wampgen/wampgen/schema/format"
)

// ruleNotFormatted is the finding that a schema is not in its canonical form.
const ruleNotFormatted diag.Rule = "not-formatted"

func fmtVerb() *verb {
	return &verb{
		name: "fmt", aliases: []string{"format"}, usage: "[-l] [-d] [-w] [file... | dir/... | -]",
		short: "write schemas in their canonical form",
		long: "It prints the result, or does what -l, -d and -w say. Without arguments it takes\n" +
			"the schemas of wampgen.yaml, or else every *.wamp.yaml of this folder or module; ./... walks;\n" +
			"- is the standard input. With -l or -d and without -w, the exit code is 1 if a file is not\n" +
			"formatted. A file is refused, and stays as it is, if it is not YAML or if a comment has no place in\n" +
			"the canonical form.",
		example: "wampgen fmt -w ./...\nwampgen fmt -l ./...",
		prepare: func(c *command, fs *flag.FlagSet) func() int {
			f := &formatting{command: c, sources: map[string][]byte{}}
			fs.BoolVar(&f.list, "l", false, "print the names of files that are not formatted")
			fs.BoolVar(&f.diff, "d", false, "print what would change")
			fs.BoolVar(&f.write, "w", false, "write the result to the file")
			c.formatFlag(fs)
			return f.run
		},
	}
}

// formatting is one run of the verb fmt.
type formatting struct {
	*command
	list, diff, write bool // -l -d -w

	refused, differ diag.List
	sources         map[string][]byte
	failed          []error
}

// run formats every file, also behind one that is refused.
func (f *formatting) run() int {
	if len(f.args) == 1 && f.args[0] == "-" {
		f.stream()
	} else {
		in := namedFiles(f.args)
		f.sources, f.refused, f.failed = in.sources, in.found, in.failed
		if len(in.files) == 0 && len(f.refused)+len(f.failed) == 0 {
			f.failed = []error{errors.New("there is no schema to format")}
		}
		for _, path := range in.files {
			src, err := read(path)
			if err != nil {
				f.failed = append(f.failed, err)
				continue
			}
			f.file(path, src)
		}
	}
	return f.finish()
}

// stream formats the standard input.
func (f *formatting) stream() {
	if f.write {
		f.failed = append(f.failed, errors.New("-w needs a file, and the standard input is none"))
		return
	}
	src, err := io.ReadAll(io.LimitReader(f.stdin, most))
	if err != nil {
		f.failed = append(f.failed, err)
		return
	}
	f.file("<standard input>", src)
}

// file formats one file.
func (f *formatting) file(path string, src []byte) {
	if len(src) == most { // the end of it was not even read
		f.failed = append(f.failed, fmt.Errorf("%s is larger than 8 MiB, which no schema is", path))
		return
	}
	tidy, refused := format.Source(path, src)
	if f.sources[path] = src; refused != nil {
		f.refused = append(f.refused, why(path, src, refused)...)
		return
	}
	if !f.list && !f.diff && !f.write {
		f.print(string(tidy))
		return
	}
	if bytes.Equal(src, tidy) {
		return
	}
	line := firstDifference(src, tidy)
	f.differ = append(f.differ, diag.Diagnostic{File: path, Line: line, Col: 1, EndCol: 1, Severity: diag.Error, Rule: ruleNotFormatted,
		Message: "the file is not formatted", Hint: "run: go tool wampgen fmt -w " + shellQuote(path)})
	if f.format == diag.Text && f.list {
		f.print(path + "\n")
	}
	if f.format == diag.Text && f.diff {
		name := filepath.ToSlash(path)
		f.print(string(unified(name+".orig", src, name, tidy)))
	}
	if f.write {
		if err := replace(path, tidy); err != nil {
			f.failed = append(f.failed, err)
		} else if f.verbose {
			f.say("formatted %s", path)
		}
	}
}

// why returns the findings of a file that is refused: if check does not take it for
// YAML either, what check says, which knows the frequent mistakes.
func why(path string, src []byte, refused diag.List) diag.List {
	_, found := schema.Parse(path, src)
	found = slices.DeleteFunc(found, func(d diag.Diagnostic) bool { return !strings.HasPrefix(string(d.Rule), "yaml-") })
	if len(found) > 0 {
		return found
	}
	return refused
}

// print writes to the standard output.
func (f *formatting) print(text string) {
	if _, err := io.WriteString(f.stdout, text); err != nil {
		f.failed = append(f.failed, err)
	}
}

// finish shows what was refused and returns the exit code. Findings for
// programs are on the standard output, since a list is what -l and -d are for.
func (f *formatting) finish() int {
	found := f.refused
	if !f.write {
		found = append(found, f.differ...)
	}
	to, shown := f.stderr, f.refused
	if f.format != diag.Text {
		to, shown = f.stdout, found
	}
	shown.Sort()
	if f.format == diag.Text || f.list || f.diff || f.write {
		if err := f.show(to, shown, f.sources); err != nil {
			f.failed = append(f.failed, err)
		}
	} else {
		f.failed = append(f.failed, fmt.Errorf("-format %s needs -l, -d or -w: without them the output is the formatted text", f.format))
	}
	switch {
	case len(f.failed) > 0:
		return f.fail(f.failed...)
	case len(found) > 0:
		return exitFindings
	}
	f.took()
	return exitFine
}

// firstDifference returns the first line that two texts do not share.
func firstDifference(a, b []byte) int {
	same := 0
	for same < len(a) && same < len(b) && a[same] == b[same] {
		same++
	}
	return 1 + bytes.Count(a[:same], []byte("\n"))
}

// replace gives a file another text at once: a reader sees the old one or the
// new one, and its mode stays. A link stays a link, and what may not be written as
// it is.
func replace(path string, data []byte) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_ = f.Close() // nothing was written
	temp, err := os.CreateTemp(filepath.Dir(path), ".wampgen-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(data)
	if err == nil {
		err = temp.Chmod(info.Mode().Perm())
	}
	if err = errors.Join(err, temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}
