package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/data"
	"github.com/wampgen/wampgen/schema/diag"
	"github.com/wampgen/wampgen/schema/value"
)

// mostInput is how many bytes a value may have that comes from a file.
const mostInput = 16 << 20

// words are the arguments of a call as a command line has them.
type words struct {
	positional []*data.Value
	named      []data.Entry
	// whole is all of it, as JSON; nil if there are words.
	whole *data.Value
	// broken are texts that begin as JSON does and are none; they may be meant as
	// strings.
	broken []error
	// stdin is nil once it was read.
	stdin io.Reader
}

// namedWord is a word that gives a parameter by its name.
var namedWord = regexp.MustCompile(`^([\p{L}_@$][\p{L}\d_.@$-]*)=`)

// readWords reads the words behind a procedure, or all arguments from a file.
func readWords(args []string, file string, stdin io.Reader) (*words, error) {
	w := &words{stdin: stdin}
	if file != "" {
		if len(args) > 0 {
			return nil, fmt.Errorf("--input has all arguments, and there is %s as well", diag.Quote(args[0]))
		}
		text, err := w.file(file)
		if err == nil {
			w.whole, err = data.Parse(text)
		}
		if err != nil {
			return nil, fmt.Errorf("--input %s: %w", file, err)
		}
		return w, nil
	}
	for _, arg := range args {
		m := namedWord.FindStringSubmatch(arg)
		if m == nil {
			v, err := w.value(arg)
			if err != nil {
				return nil, fmt.Errorf("argument %d: %w", len(w.positional)+1, err)
			}
			w.positional = append(w.positional, v)
			continue
		}
		v, err := w.value(arg[len(m[0]):])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m[1], err)
		}
		if w.get(m[1]) != nil {
			return nil, fmt.Errorf("duplicate parameter %q", m[1])
		}
		w.named = append(w.named, data.Entry{Key: m[1], Value: v})
	}
	return w, nil
}

// get returns the value of a name, nil if there is none.
func (w *words) get(name string) *data.Value {
	for _, e := range w.named {
		if e.Key == name {
			return e.Value
		}
	}
	return nil
}

// value reads one word: @file and @- are the text of a file, what is in double
// quotes is a string, and anything else is what the parameter makes of it.
func (w *words) value(word string) (*data.Value, error) {
	if path, ok := strings.CutPrefix(word, "@"); ok {
		text, err := w.file(path)
		if err != nil {
			return nil, err
		}
		word = strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	}
	trimmed := strings.TrimSpace(word)
	if trimmed == "" || !strings.Contains(`"{[`, trimmed[:1]) {
		return &data.Value{Kind: data.Plain, Text: word}, nil
	}
	v, err := data.Parse([]byte(trimmed))
	switch {
	case err != nil:
		w.broken = append(w.broken, err)
	case v.Kind == data.Text:
		return v, nil
	}
	return &data.Value{Kind: data.Plain, Text: word}, nil
}

// file reads a file, or the standard input for "-".
func (w *words) file(path string) ([]byte, error) {
	if path == "" {
		return nil, errors.New("@ needs the name of a file, or - for the standard input")
	}
	from := w.stdin
	if path == "-" {
		if from == nil {
			return nil, errors.New("the standard input is there once, and was read already")
		}
		w.stdin = nil
	} else {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		from = f
	}
	text, err := io.ReadAll(io.LimitReader(from, mostInput+1))
	if err == nil && len(text) > mostInput {
		err = errors.New("more than 16 MiB")
	}
	return text, err
}

// take removes the named words that are parameters of the URI and returns their
// values, behind those that are in the name of d already.
func (w *words) take(d *declared) (*data.Value, error) {
	if len(d.params) == 0 {
		return nil, nil
	}
	v := &data.Value{Kind: data.Map}
	for _, f := range d.params {
		if text, ok := d.given[f.Name]; ok {
			if w.get(f.Name) != nil {
				return nil, fmt.Errorf("duplicate parameter %q: the name has it already", f.Name)
			}
			v.Map = append(v.Map, data.Entry{Key: f.Name, Value: &data.Value{Kind: data.Plain, Text: text}})
			continue
		}
		for i, e := range w.named {
			if e.Key == f.Name {
				v.Map = append(v.Map, e)
				w.named = append(w.named[:i:i], w.named[i+1:]...)
				break
			}
		}
	}
	return v, nil
}

// spread takes one JSON object for the parameters by name, where there are several
// and it has no other keys.
func (w *words) spread(p *schema.Payload) {
	fields := slices.Concat(p.Args, p.Kwargs)
	if len(w.positional) != 1 || len(w.named) > 0 || len(fields) < 2 {
		return
	}
	v, err := data.Parse([]byte(w.positional[0].Text))
	if err != nil || v.Kind != data.Map {
		return
	}
	for _, e := range v.Map {
		if !slices.ContainsFunc(fields, func(f *schema.Field) bool { return f.Name == e.Key }) {
			return
		}
	}
	w.positional, w.named = nil, v.Map
}

// read reads the words as a schema takes them.
func (w *words) read(m value.Message) (value.Payload, value.Problems) {
	named := &data.Value{Kind: data.Map, Map: w.named}
	switch {
	case w.whole != nil:
		return m.Read(w.whole)
	case len(w.positional) == 0:
		return m.ReadNamed(named)
	}
	return m.ReadParts(w.positional, named)
}

// typed returns the payload that the words make of a message of a schema.
func (w *words) typed(m value.Message) (wamp.Payload, error) {
	p, problems := w.read(m)
	if len(problems) == 0 {
		return wamp.Payload(p), nil
	}
	var text strings.Builder
	text.WriteString("the arguments do not fit the schema, and nothing was sent:")
	for _, problem := range problems {
		text.WriteString("\n  " + problem.Error())
	}
	for _, err := range w.broken {
		text.WriteString("\n  an argument begins as JSON does, but is not JSON: " + err.Error())
	}
	return wamp.Payload{}, errors.New(text.String())
}

// raw returns the payload that the words make without a schema.
func (w *words) raw() (p wamp.Payload, err error) {
	if len(w.broken) > 0 {
		return p, fmt.Errorf("an argument begins as JSON does, but is not JSON: %w", w.broken[0])
	}
	args, kwargs := w.positional, w.named
	if w.whole != nil {
		for _, e := range w.whole.Map {
			if e.Key != "args" && e.Key != "kwargs" {
				return p, fmt.Errorf("without a schema the input has the keys args and kwargs, and there is %s", diag.Quote(e.Key))
			}
		}
		a, k := w.whole.Get("args"), w.whole.Get("kwargs")
		if w.whole.Kind != data.Map || a != nil && a.Kind != data.List || k != nil && k.Kind != data.Map {
			return p, errors.New("without a schema the input must be {\"args\": [...], \"kwargs\": {...}}")
		}
		if a != nil {
			args = a.List
		}
		if k != nil {
			kwargs = k.Map
		}
	}
	for _, v := range args {
		x, err := anything(v)
		if err != nil {
			return p, err
		}
		p.Args = append(p.Args, x)
	}
	for _, e := range kwargs {
		if p.Kwargs == nil {
			p.Kwargs = map[string]any{}
		}
		if p.Kwargs[e.Key], err = anything(e.Value); err != nil {
			return p, fmt.Errorf("%s: %w", e.Key, err)
		}
	}
	return p, nil
}

// anything returns a value of no type in particular.
func anything(v *data.Value) (any, error) {
	x, problems := value.Read(&schema.Ref{Scalar: schema.Any}, v)
	if len(problems) > 0 {
		return nil, problems
	}
	return x, nil
}
