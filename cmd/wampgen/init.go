package main

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	goformat "go/format"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/wampgen/wampgen/generator/golang"
	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
	"github.com/wampgen/wampgen/schema/format"
)

//go:embed project
var projectFiles embed.FS

func initVerb() *verb {
	return &verb{
		name: "init", usage: "[--replace dir] name", short: "make a small project that runs at once",
		long: "It writes the folder NAME with a program, its test, a schema and the code that is\n" +
			"generated from it. Inside a Go module the folder becomes part of it; elsewhere it\n" +
			"becomes a module, of the workspace if there is one. Files that are there already are never\n" +
			"overwritten, and what fails leaves nothing behind.",
		example: "wampgen init hello",
		prepare: func(c *command, fs *flag.FlagSet) func() int {
			p := &project{command: c}
			fs.StringVar(&p.checkout, "replace", "", "use the checkout of wampgen in this `folder`")
			return p.run
		},
	}
}

// project is one run of the verb init, and what its templates are filled with.
type project struct {
	*command
	checkout string // -replace

	// Name is the name of the folder and of the API, Title the same as the first
	// word of a sentence.
	Name, Title string
	// Import is the import path of the folder.
	Import string
	// EditorSchema is where an editor finds the JSON Schema of the language.
	EditorSchema string
}

// run writes everything, or nothing if something is in the way or fails.
func (p *project) run() int {
	if len(p.args) != 1 {
		return p.fail(errors.New("init takes one argument, the name of the project"))
	}
	p.Name = p.args[0]
	if _, err := exec.LookPath("go"); err != nil {
		return p.fail(fmt.Errorf("init needs the go command: %w", err))
	}
	ctx, stop := interruptible()
	defer stop()
	from, err := origin(p.checkout)
	if err != nil {
		return p.fail(err)
	}
	mod, err := findModule(ctx)
	if err != nil {
		return p.fail(err)
	}
	p.EditorSchema = from.editorSchema()
	if p.Import = p.Name; mod.path != "" {
		p.Import = path.Join(mod.path, mod.below, p.Name)
	}
	files, err := p.render()
	if err != nil {
		return p.fail(err)
	}
	if mod.path == "" {
		files = append(files, file{filepath.Join(p.Name, "go.mod"), []byte("module " + p.Name + "\n\ngo 1.26.0\n")})
	}
	before, err := takeSnapshot(p.Name, mod.files()...)
	if err != nil {
		return p.fail(err)
	}
	if err := p.make(ctx, mod, from, files); err != nil {
		return p.fail(errors.Join(err, before.restore()))
	}
	p.say("%s is ready; to run it:", p.Name)
	fmt.Fprintln(p.stdout, p.running(mod))
	return exitFine
}

// make writes the files, generates the code of the schema, and makes it all a part
// of the module.
func (p *project) make(ctx context.Context, mod module, from provenance, files []file) error {
	if err := p.write(files); err != nil {
		return err
	}
	if p.generate() != exitFine {
		return errors.New("the code of the schema cannot be generated; nothing is left of the project")
	}
	err := mod.use(ctx, from, p.Name)
	switch {
	case ctx.Err() != nil:
		return errors.New("interrupted; nothing is left of the project")
	case err != nil:
		return fmt.Errorf("%w\nnothing is left of the project", err)
	}
	return nil
}

// running is the command line that runs the project.
func (p *project) running(mod module) string {
	command := "go run ./" + p.Name
	switch {
	case mod.path == "":
		return "cd " + shellQuote(filepath.Join(p.dir, p.Name)) + " && go run ."
	case mod.vendored():
		command = "go mod vendor && " + command
	}
	if p.dir != "" {
		command = "cd " + shellQuote(p.dir) + " && " + command
	}
	return command
}

// file is a file to write, its name beginning with that of the project.
type file struct {
	name string
	data []byte
}

// render fills the templates. It returns an error if the schema, which holds
// the name, is none.
func (p *project) render() (files []file, err error) {
	if p.Name == "" || strings.ContainsAny(p.Name, `/\`) {
		return nil, fmt.Errorf("%q cannot be the name of a project: it is the name of one folder", p.Name)
	}
	p.Title = capital(p.Name)
	templates, err := template.ParseFS(projectFiles, "project/*.tmpl", "project/api/*.tmpl")
	if err != nil {
		return nil, err
	}
	for _, f := range [][2]string{ // the schema says first what is wrong with a name
		{"schema.wamp.yaml", "api/" + p.Name + schemaSuffix}, {"gen.go", "api/gen.go"},
		{"main.go", "main.go"}, {"main_test.go", "main_test.go"}, {"AGENTS.md", "AGENTS.md"},
	} {
		var b bytes.Buffer
		if err := templates.ExecuteTemplate(&b, f[0]+".tmpl", p); err != nil {
			return nil, err
		}
		data, err := p.tidy(f[0], b.Bytes())
		if err != nil {
			return nil, err
		}
		files = append(files, file{filepath.Join(p.Name, filepath.FromSlash(f[1])), data})
	}
	return files, nil
}

// tidy formats what a template made: how long a name is decides where comments
// and imports stand.
func (p *project) tidy(name string, data []byte) ([]byte, error) {
	switch path.Ext(name) {
	case ".go":
		return goformat.Source(data)
	case ".yaml":
		if _, found := schema.Parse(p.Name, data, golang.Check); found.HasErrors() {
			return nil, badName(p.Name, found)
		}
		data, _ = format.Source(p.Name, data)
	}
	return data, nil
}

// badName says why a schema cannot have a name.
func badName(name string, found diag.List) error {
	d := found[0]
	if d.Hint != "" {
		d.Message += ": " + d.Hint
	}
	return fmt.Errorf("%q cannot be the name of a project: %s", name, d.Message)
}

// write writes the files, unless one of them exists.
func (p *project) write(files []file) error {
	for _, f := range files {
		if _, err := os.Lstat(f.name); err == nil {
			return fmt.Errorf("%s exists already, and init never overwrites; nothing was written", f.name)
		}
	}
	for _, f := range files {
		if err := os.MkdirAll(filepath.Dir(f.name), 0o777); err != nil {
			return err
		}
		if err := writeNew(f.name, f.data); err != nil {
			return err
		}
		if p.verbose {
			p.say("wrote %s", f.name)
		}
	}
	return nil
}

// writeNew writes a file that does not exist, all of it or nothing.
func writeNew(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		err = errors.Join(err, os.Remove(name))
	}
	return err
}

// generate writes the code of the schema.
func (p *project) generate() int {
	c := *p.command
	c.args, c.quiet = []string{filepath.Join(p.Name, "api", p.Name+schemaSuffix)}, !p.verbose
	return newGeneration(&c).run()
}
