package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"strings"

	"github.com/wampgen/wampgen/generator/jsonschema"
	"github.com/wampgen/wampgen/schema"
)

// exportFormat is another form that an API can have.
type exportFormat struct {
	name, summary string
	// make returns a schema in that form.
	make func(*schema.Model) ([]byte, error)
}

// exportFormats are all of them.
var exportFormats = []exportFormat{
	{"ir", "the resolved schema as JSON, for other generators", intermediate},
	{"json-schema", "what is on the wire in JSON, as a JSON Schema", jsonschema.Generate},
}

// intermediate returns a Model as JSON for people to read, too.
func intermediate(m *schema.Model) ([]byte, error) {
	data, err := json.MarshalIndent(m, "", "  ")
	return append(data, '\n'), err
}

func exportVerb() *verb {
	return &verb{
		name: "export", usage: "FORMAT [file]", short: "print an API in another form, for other tools",
		long:    "Without a file it takes the one schema of wampgen.yaml or of this folder.\n\n" + formatList(),
		example: "wampgen export ir shop.wamp.yaml\nwampgen export -o shop.json json-schema shop.wamp.yaml",
		words:   formatNames,
		prepare: func(c *command, fs *flag.FlagSet) func() int {
			out := fs.String("o", "", "write to this `file`")
			c.formatFlag(fs)
			return func() int { return c.export(*out) }
		},
	}
}

// formatNames returns the formats and what they are.
func formatNames() (list []string) {
	for _, f := range exportFormats {
		list = append(list, f.name+"\t"+f.summary)
	}
	return list
}

// formatList describes the formats.
func formatList() string {
	var b strings.Builder
	b.WriteString("The formats:\n")
	for _, f := range exportFormats {
		fmt.Fprintf(&b, "\n  %-12s %s", f.name, f.summary)
	}
	return b.String()
}

// export prints one schema in a format, or writes it to a file.
func (c *command) export(out string) int {
	format, err := c.exportFormat()
	if err != nil {
		return c.fail(err)
	}
	c.args = c.args[1:]
	return c.print(out, "export", format.make)
}

// print prints what a verb makes of one schema, or writes it to a file.
func (c *command) print(out, verb string, generate func(*schema.Model) ([]byte, error)) int {
	data, code := c.make(verb, out, generate)
	if data == nil {
		return code
	}
	var err error
	if out != "" {
		err = writeWhole(out, data)
	} else {
		_, err = bytes.NewReader(data).WriteTo(c.stdout)
	}
	if err != nil {
		return c.fail(err)
	}
	return exitFine
}

// writeWhole writes a file, all of it or nothing; what is no file, such as a pipe, as
// far as it goes.
func writeWhole(name string, data []byte) error {
	info, err := os.Stat(name)
	switch {
	case err == nil && info.Mode().IsRegular():
		if err = replace(name, data); !errors.Is(err, fs.ErrPermission) { // the folder may be closed
			return err
		}
	case errors.Is(err, fs.ErrNotExist):
		if err = writeNew(name, data); !errors.Is(err, fs.ErrExist) { // the link to nothing is
			return err
		}
	}
	return os.WriteFile(name, data, 0o666)
}

// make returns what a verb makes of one schema, or nil and the exit code. The file
// out that it is for, if there is one, must be none of those that it is made from.
func (c *command) make(verb, out string, generate func(*schema.Model) ([]byte, error)) ([]byte, int) {
	in := c.inputs()
	if len(in.failed)+len(in.found) == 0 && len(in.files) != 1 {
		return nil, c.fail(fmt.Errorf("%s takes one schema, and there are %d", verb, len(in.files)))
	}
	all, found, sources, failed := load(in.files)
	maps.Copy(sources, in.sources)
	found = append(in.found, found...)
	if err := c.show(c.stderr, found, sources); err != nil {
		failed = append(failed, err)
	}
	for path := range sources {
		if sameFile(path, out) {
			failed = append(failed, fmt.Errorf("-o %s is a schema that the output is made from: it must be another file", out))
		}
	}
	switch failed = append(in.failed, failed...); {
	case len(failed) > 0:
		return nil, c.fail(failed...)
	case found.HasErrors():
		return nil, exitFindings
	}
	data, err := generate(all[0].model)
	if err != nil {
		return nil, c.fail(err)
	}
	return data, exitFine
}

// sameFile reports whether two paths lead to one file that exists.
func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// exportFormat returns the format that the first argument names.
func (c *command) exportFormat() (*exportFormat, error) {
	var names []string
	for i := range exportFormats {
		if len(c.args) > 0 && c.args[0] == exportFormats[i].name {
			return &exportFormats[i], nil
		}
		names = append(names, exportFormats[i].name)
	}
	list := strings.Join(names, ", ")
	if len(c.args) == 0 {
		return nil, errors.New("export takes a format: " + list)
	}
	return nil, fmt.Errorf("unknown format %q: must be one of %s", c.args[0], list)
}
