package randomschema

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
)

// Schema is a random schema.
type Schema struct {
	// Text is the schema file, and Fragments are those that it includes.
	Text      string
	Fragments map[string]string
}

// Read returns the text of a fragment.
func (s Schema) Read(path string) ([]byte, error) {
	if text, ok := s.Fragments[filepath.ToSlash(path)]; ok {
		return []byte(text), nil
	}
	return nil, fs.ErrNotExist
}

// String returns all files for a message.
func (s Schema) String() string {
	var b strings.Builder
	b.WriteString(s.Text)
	for name, fragment := range s.Fragments {
		fmt.Fprintf(&b, "-- %s --\n%s", name, fragment)
	}
	return b.String()
}

// fragments are the files beside the schema file.
var fragments = []string{"one.wamp.yaml", "more/two.wamp.yaml"}

// files say whether a schema has fragments.
var files = []construct{
	{name: "one file", weight: 2, write: func(*Author) string { return "" }},
	says("include", fmt.Sprintf("include: [%s]\n", strings.Join(fragments, ", "))),
}

// writer writes the files of a schema.
type writer struct {
	*Author
	texts []strings.Builder // of the schema file and the fragments
	now   string            // the section
	in    []string          // the section that each file is in
}

// begin writes the heads of the files.
func (w *writer) begin(head string) {
	n := 1
	if w.used["include"] {
		n += len(fragments)
	}
	w.texts, w.in = make([]strings.Builder, n), make([]string, n)
	w.texts[0].WriteString(head)
	for i := range fragments[:n-1] {
		w.texts[i+1].WriteString("wampgen: 1\n")
	}
}

// put writes a declaration of the section to one of the files.
func (w *writer) put(format string, args ...any) {
	w.to(w.IntN(len(w.texts)), format, args...)
}

// to writes a declaration of the section to a file.
func (w *writer) to(file int, format string, args ...any) {
	b := &w.texts[file]
	if w.in[file] != w.now {
		w.in[file] = w.now
		b.WriteString(w.now + ":\n")
	}
	fmt.Fprintf(b, format, args...)
}

func (w *writer) schema() Schema {
	s := Schema{Text: w.texts[0].String(), Fragments: map[string]string{}}
	for i := range w.texts[1:] {
		s.Fragments[fragments[i]] = w.texts[i+1].String()
	}
	return s
}
