package typescript

import (
	"cmp"
	"strings"

	"github.com/wampgen/wampgen/generator"
	"github.com/wampgen/wampgen/generator/internal/doctext"
	"github.com/wampgen/wampgen/schema"
)

// Options are what a user may choose about the output. The zero value is the
// default.
type Options struct {
	// Source is the schema file as the first line names it: the path from the
	// folder of the generated file, with slashes. Empty means
	// [schema.Model.File], which is right beside the schema.
	Source string
}

// Generate returns the TypeScript file of an API. Every model has one. It is
// safe for concurrent use.
func Generate(m *schema.Model, o Options) []generator.File {
	g := &gen{model: m, names: newNames(m)}
	g.line(doctext.Header(cmp.Or(o.Source, m.File)))
	g.line("")
	g.head()
	for _, i := range m.Imports {
		g.line("import type * as " + g.names.of[i] + " from " + quote("./"+doctext.Stem(i.Model.Name)+".wamp") + ";")
	}
	if len(m.Imports) > 0 {
		g.line("")
	}
	for _, t := range m.Types {
		g.declare(t)
	}
	for _, e := range m.Errors {
		g.failure(e)
	}
	for _, p := range m.Procedures {
		g.procedure(p)
	}
	for _, t := range m.Topics {
		g.topic(t)
	}
	g.maps()
	return []generator.File{{Name: doctext.Stem(m.Name) + ".wamp.ts", Data: []byte(strings.TrimRight(g.String(), "\n") + "\n")}}
}

// gen is one file in the making.
type gen struct {
	printer
	model *schema.Model
	names *names
}

// head writes what the whole file is about.
func (g *gen) head() {
	about := "The API " + g.model.Name
	if g.model.Version != "" {
		about += ", version " + g.model.Version
	}
	g.doc(doctext.Paragraphs(about+".", g.model.Doc), "@packageDocumentation")
	g.line("")
}

// mapped is one entry of an interface that is keyed by URI.
type mapped struct{ uri, name string }

// maps writes the interfaces that are keyed by URI.
func (g *gen) maps() {
	var procedures, topics, errors []mapped
	for _, p := range g.model.Procedures {
		if len(p.Params) > 0 {
			continue // its URI is no key
		}
		procedures = append(procedures, mapped{p.URI, g.names.of[p]})
	}
	for _, t := range g.model.Topics {
		if len(t.Params) > 0 {
			continue
		}
		topics = append(topics, mapped{t.URI, g.names.of[t]})
	}
	for _, e := range g.model.Errors {
		errors = append(errors, mapped{e.URI, g.names.of[e]})
	}
	g.byURI("Procedures", "The procedures by URI. For a typed call:\n\n"+
		"    <U extends keyof Procedures>(uri: U, args: Procedures[U][\"args\"], kwargs: Procedures[U][\"kwargs\"]) =>\n"+
		"      Promise<Procedures[U][\"result\"]>", procedures)
	g.byURI("Topics", "The topics by URI.", topics)
	g.byURI("Errors", "The declared errors by URI.", errors)
}

func (g *gen) byURI(name, doc string, list []mapped) {
	g.doc(doc)
	if len(list) == 0 {
		g.line("export interface " + name + " {}")
		g.line("")
		return
	}
	g.open("export interface " + name + " {")
	for _, m := range list {
		g.line(quote(m.uri) + ": " + m.name + ";")
	}
	g.close("}")
}
