package main

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/cmd/wampgen/internal/connection"
	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
	"github.com/wampgen/wampgen/schema/value"
)

// declared is a procedure or a topic of a schema; the other one is nil.
type declared struct {
	name, uri string
	params    []*schema.Field
	procedure *schema.Procedure
	topic     *schema.Topic
	// given are the parameters of the URI that the command line has in the name.
	given map[string]string
}

// schemaFlag declares the flag for the schemas of a verb whose arguments are
// something else.
func schemaFlag(fs *flag.FlagSet) *[]string {
	var paths []string
	fs.Func("schema", "`file` or folder with the schema; several are possible (default: those of wampgen.yaml, or of this folder or module)", func(s string) error {
		paths = append(paths, s)
		return nil
	})
	return &paths
}

// models reads schemas. It prints what is wrong with them, and returns nil then.
func (c *command) models(paths []string) []*schema.Model {
	in := inputsOf(paths)
	all, found, sources, failed := load(in.files)
	maps.Copy(sources, in.sources)
	found = append(in.found, found...)
	if err := c.show(c.stderr, found, sources); err != nil {
		failed = append(failed, err)
	}
	if failed = append(in.failed, failed...); len(failed) > 0 {
		c.fail(failed...)
		return nil
	}
	if found.HasErrors() {
		return nil
	}
	models := make([]*schema.Model, len(all))
	for i, s := range all {
		models[i] = s.model
	}
	return models
}

// procedures returns the procedures of some APIs.
func procedures(models []*schema.Model) (list []declared) {
	for _, m := range models {
		for _, p := range m.Procedures {
			list = append(list, declared{name: p.Name, uri: p.URI, params: p.Params, procedure: p})
		}
	}
	return list
}

// topics returns the topics of some APIs.
func topics(models []*schema.Model) (list []declared) {
	for _, m := range models {
		for _, t := range m.Topics {
			list = append(list, declared{name: t.Name, uri: t.URI, params: t.Params, topic: t})
		}
	}
	return list
}

// pick returns what a word means: a name of the schema or a URI, each with its
// parameters in braces or with values in their place.
func pick(what, word string, from []declared) (declared, error) {
	var found []declared
	for _, same := range []func(*declared) bool{
		func(d *declared) bool { return d.uri == word },
		func(d *declared) bool { return d.name == word },
		func(d *declared) bool { return d.fits(word) },
	} {
		for _, d := range from {
			if same(&d) {
				found = append(found, d)
			}
		}
		if len(found) > 0 {
			break
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return declared{}, &connection.Error{Text: fmt.Sprintf("%s %s is in more than one schema", what, word),
			Hint: "name it by its URI, " + found[0].uri + " or " + found[1].uri + ", or choose the schema with --schema"}
	case len(from) == 0:
		return declared{}, errors.New("the schema has no " + what)
	}
	return declared{}, &connection.Error{Text: fmt.Sprintf("there is no %s %s in the schema", what, diag.Quote(word)), Hint: alternatives(word, from)}
}

// fits reports whether a word is the URI or the name with values in the place of
// its parameters, and takes note of them.
func (d *declared) fits(word string) bool {
	if len(d.params) == 0 {
		return false
	}
	values, ok := value.Parameters(d.uri, word)
	if !ok {
		values, ok = value.Parameters(d.name, word)
	}
	d.given = values
	return ok
}

// alternatives says what else could have been meant.
func alternatives(word string, from []declared) string {
	const few = 12
	var names []string
	for _, d := range from {
		names = append(names, d.name)
	}
	if with := diag.Closest(word, names); with != "" {
		return fmt.Sprintf("did you mean %q? Without the schema, --raw takes any URI", with)
	}
	if len(names) > few {
		names = append(names[:few:few], "...")
	}
	return "it has " + strings.Join(names, ", ") + "; without the schema, --raw takes any URI"
}

// names are candidates of completion: names and what they are for.
func names(all []declared) (list []string) {
	for _, d := range all {
		doc := ""
		switch {
		case d.procedure != nil:
			doc = d.procedure.Doc
		case d.topic != nil:
			doc = d.topic.Doc
		}
		doc, _, _ = strings.Cut(doc, "\n")
		list = append(list, d.name+"\t"+doc)
	}
	return list
}

// parameters are candidates of completion: those of the URI and of a payload that
// the words do not have yet.
func (d *declared) parameters(words []string, of *schema.Payload) (list []string) {
	fields := slices.Concat(of.Args, of.Kwargs)
	if d.given == nil {
		fields = append(slices.Clone(d.params), fields...)
	}
	for _, f := range fields {
		has := func(word string) bool { return strings.HasPrefix(word, f.Name+"=") }
		if !f.Variadic && !f.CatchAll && !slices.ContainsFunc(words, has) {
			list = append(list, f.Name+"=\t"+typeName(f.Type))
		}
	}
	return list
}
