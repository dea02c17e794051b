package wampgen_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/generator/golang"
	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
	values "github.com/wampgen/wampgen/schema/value"
)

const languageReference = "docs/language.md"

// languageHead stands before a schema of the reference that has no head of its
// own.
const languageHead = "wampgen: 1\napi: {name: demo, uri: com.example.demo}\n"

// snippet is a fenced block of the reference: its language, its lines, and the
// line of the document that the first of them is.
type snippet struct {
	kind  string
	lines []string
	line  int
}

func (s snippet) text() string { return strings.Join(s.lines, "\n") + "\n" }

// value is a Go value of the reference, and the wire form below it.
type value struct {
	pkg  int
	expr string
	wire snippet
}

// Every snippet of the reference holds: a schema (yaml) generates, or has the
// findings that stand below it (findings). Of the Go code below it, declarations
// are generated from it, and a value has the wire form (wire) that follows.
// -update writes the findings and wire forms anew.
func TestLanguage(t *testing.T) {
	d := &reference{lines: strings.Split(read(t, languageReference), "\n"), overlay: map[string]string{}, dir: t.TempDir()}
	blocks := d.fragments(d.snippets(t))
	for i, s := range blocks {
		var next snippet
		if i+1 < len(blocks) {
			next = blocks[i+1]
		}
		switch {
		case s.kind == "yaml":
			d.schema(t, s, next)
		case s.kind == "go" && next.kind == "wire":
			d.values = append(d.values, value{len(d.code) - 1, s.text(), next})
		case s.kind == "go":
			d.declarations(t, s)
		}
	}
	d.encode(t)
	if *update {
		slices.SortFunc(d.edits, func(a, b edit) int { return a.line - b.line })
		for _, e := range slices.Backward(d.edits) {
			d.lines = slices.Replace(d.lines, e.line, e.line+len(e.lines), strings.Split(e.got, "\n")...)
		}
		if err := os.WriteFile(languageReference, []byte(strings.Join(d.lines, "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// reference is the document and what its schemas generate.
type reference struct {
	lines   []string
	code    []string // what each schema generates; "" if it has findings
	values  []value
	edits   []edit
	overlay map[string]string // generated files by the path that Go is to see
	files   map[string]string // fragments
	dir     string
}

// snippets returns the fenced blocks in order. One that is not closed would turn
// all others inside out.
func (d *reference) snippets(t *testing.T) []snippet {
	t.Helper()
	var all []snippet
	open := false
	for i, l := range d.lines {
		kind, fence := strings.CutPrefix(l, "```")
		switch {
		case fence && open && kind != "":
			t.Fatalf("%s:%d: a block begins inside another one", languageReference, i+1)
		case fence && !open:
			all = append(all, snippet{kind: kind, line: i + 1})
		case !fence && open:
			s := &all[len(all)-1]
			s.lines = append(s.lines, l)
		}
		open = open != fence
	}
	return all
}

// fragment is the first line of a block that is a file of its own.
var fragment = regexp.MustCompile(`^# (\S+\.wamp\.yaml)$`)

// fragments keeps the files that schemas include, and returns the other blocks.
func (d *reference) fragments(blocks []snippet) []snippet {
	d.files = map[string]string{}
	return slices.DeleteFunc(blocks, func(s snippet) bool {
		name := fragment.FindStringSubmatch(s.lines[0])
		if s.kind != "yaml" || name == nil {
			return false
		}
		d.files[name[1]] = s.text()
		return true
	})
}

// edit is what a block must be.
type edit struct {
	snippet
	got string
}

// replace notes what a block must be if it differs and -update is given.
func (d *reference) replace(t *testing.T, s snippet, got string) {
	t.Helper()
	got = strings.TrimSuffix(got, "\n")
	switch {
	case got == strings.Join(s.lines, "\n"):
	case *update:
		d.edits = append(d.edits, edit{s, got})
	default:
		t.Errorf("%s:%d: got\n%s\ngo test . -run TestLanguage -update writes it", languageReference, s.line, got)
	}
}

// schema generates the code of a schema, or compares its findings.
func (d *reference) schema(t *testing.T, s, next snippet) {
	t.Helper()
	src := s.text()
	if !strings.HasPrefix(src, "wampgen:") {
		src = languageHead + src
	}
	d.code = append(d.code, "")
	m, found := schema.Load("api.wamp.yaml", []byte(src), d.read, values.CheckExamples)
	if next.kind == "findings" {
		var b bytes.Buffer
		if err := diag.Render(&b, diag.Text, found, map[string][]byte{"api.wamp.yaml": []byte(src)}); err != nil {
			t.Fatal(err)
		}
		d.replace(t, next, b.String())
		return
	}
	for _, f := range found {
		t.Errorf("%s:%d: %s", languageReference, s.line, f.Error())
	}
	if m == nil {
		return
	}
	files, err := golang.Generate(m, golang.Options{Package: "demo"})
	if err != nil {
		t.Fatalf("%s:%d: %v", languageReference, s.line, err)
	}
	for _, f := range files {
		d.code[len(d.code)-1] += string(f.Data)
		d.write(t, filepath.Join(fmt.Sprintf("s%d", len(d.code)-1), f.Name), string(f.Data))
	}
}

// read reads what schemas of the reference include, and import: common.wamp.yaml.
func (d *reference) read(path string) ([]byte, error) {
	if text, ok := d.files[path]; ok {
		return []byte(text), nil
	}
	if path != "common.wamp.yaml" {
		return nil, fs.ErrNotExist
	}
	return os.ReadFile("testdata/golden/imports/common/in.wamp.yaml")
}

// write makes Go see a file below testdata/language.
func (d *reference) write(t *testing.T, name, text string) {
	t.Helper()
	root, err := filepath.Abs("testdata/language")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(d.dir, strings.ReplaceAll(name, string(filepath.Separator), "_"))
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	d.overlay[filepath.Join(root, name)] = file
}

// declarations sees that every line of a block is generated.
func (d *reference) declarations(t *testing.T, s snippet) {
	t.Helper()
	if len(d.code) == 0 {
		t.Errorf("%s:%d: Go code without a schema above it", languageReference, s.line)
		return
	}
	generated := map[string]bool{"": true}
	for l := range strings.Lines(d.code[len(d.code)-1]) {
		generated[strings.Join(strings.Fields(l), " ")] = true
	}
	for i, l := range s.lines {
		if !generated[strings.Join(strings.Fields(l), " ")] {
			t.Errorf("%s:%d: this is not generated: %s", languageReference, s.line+1+i, l)
		}
	}
}

const (
	languageValues = `package demo

import (
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
)

var _ = time.Second
var _ wamp.URI

func pointer[T any](v T) codec.Value { return any(&v).(codec.Value) }
`
	languageMain = `
func show(i int, v codec.Value) {
	back := reflect.New(reflect.TypeOf(v).Elem()).Interface().(codec.Value)
	for _, f := range []codec.Format{codec.JSON, codec.MessagePack, codec.CBOR} {
		text, raw := encode(f, v)
		var d codec.Decoder
		if len(raw) > 0 {
			d.Payload(codec.Payload{Args: raw[0], Kwargs: raw[1]}, back, nil, codec.Input)
		} else {
			d.Start(codec.Raw{Format: f, Data: text}, "")
			back.CodeWAMP(d.Coder())
			d.End()
		}
		if err := d.Err(); err != nil {
			panic(fmt.Sprint(i, f, err))
		}
		if again, _ := encode(f, back); string(again) != string(text) {
			panic(fmt.Sprintf("%d %v: %q became %q", i, f, text, again))
		}
		line := string(text)
		if len(raw) > 0 {
			line = spell(f, raw[0].Data)
			if len(raw[1].Data) > 0 {
				line += "  " + spell(f, raw[1].Data)
			}
		} else {
			line = spell(f, text)
		}
		fmt.Printf("%d %-12s %s\n", i, f, line)
	}
}

func spell(f codec.Format, b []byte) string {
	if f == codec.JSON {
		return string(b)
	}
	return fmt.Sprintf("% x", b)
}

// encode returns a value, or a payload and its parts.
func encode(f codec.Format, v codec.Value) ([]byte, []codec.Raw) {
	var e codec.Encoder
	e.Reset(f, nil)
	n := e.Payload(v, nil)
	if err := e.Err(); err != nil {
		panic(err)
	}
	if n == 0 {
		return e.Bytes(), nil
	}
	parts, rest := make([]codec.Raw, 2), e.Bytes()
	for i := range n {
		var d codec.Decoder
		d.Start(codec.Raw{Format: f, Data: bytes.TrimPrefix(rest, []byte(","))}, "")
		parts[i] = d.Raw()
		rest = bytes.TrimPrefix(rest, []byte(","))[len(parts[i].Data):]
	}
	return e.Bytes(), parts
}
`
)

// encode builds one program of all values, runs it and compares the wire forms.
func (d *reference) encode(t *testing.T) {
	t.Helper()
	packages := map[int]string{}
	for i, v := range d.values {
		packages[v.pkg] += fmt.Sprintf("\nfunc V%d() codec.Value { return pointer(%s) }\n", i, strings.TrimSpace(v.expr))
	}
	imports, calls := "\t\"bytes\"\n\t\"fmt\"\n\t\"reflect\"\n\t\"github.com/wampgen/wampgen/runtime/codec\"\n", ""
	for pkg, text := range packages {
		if d.code[pkg] == "" {
			t.Fatalf("%s: values of a schema with findings: %s", languageReference, text)
		}
		d.write(t, filepath.Join(fmt.Sprintf("s%d", pkg), "values.go"), languageValues+text)
		imports += fmt.Sprintf("\ts%d \"github.com/wampgen/wampgen/testdata/language/s%[1]d\"\n", pkg)
	}
	for i, v := range d.values {
		calls += fmt.Sprintf("\tshow(%d, s%d.V%[1]d())\n", i, v.pkg)
	}
	d.write(t, "main.go", "package main\n\nimport (\n"+imports+")\n\nfunc main() {\n"+calls+"}\n"+languageMain)
	overlay, err := json.Marshal(map[string]any{"Replace": d.overlay})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(d.dir, "overlay.json")
	if err := os.WriteFile(file, overlay, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "run", "-overlay", file, "./testdata/language").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got := map[string]string{}
	for l := range strings.Lines(string(out)) {
		i, text, _ := strings.Cut(l, " ")
		got[i] += text
	}
	for i, v := range d.values {
		d.replace(t, v.wire, got[fmt.Sprint(i)])
	}
}
