package typescript

import (
	"strings"

	"github.com/wampgen/wampgen/generator/internal/doctext"
	"github.com/wampgen/wampgen/schema"
)

// failure writes a declared error.
func (g *gen) failure(e *schema.Error) {
	g.message(e.Payload, about{g.names.of[e], "error", e.URI, e.Doc, e.Deprecated, e.Since, nil})
	g.close("}")
}

// topic writes what the events of a topic carry.
func (g *gen) topic(t *schema.Topic) {
	g.message(t.Payload, about{g.names.of[t], "topic", t.URI, t.Doc, t.Deprecated, t.Since, t.Params})
	g.close("}")
}

// procedure writes what a procedure takes and gives.
func (g *gen) procedure(p *schema.Procedure) {
	g.message(p.In, about{g.names.of[p], "procedure", p.URI, p.Doc, p.Deprecated, p.Since, p.Params})
	if p.Chunk != nil {
		g.result("chunk", p.Chunk)
	}
	if p.Progress != nil {
		g.result("progress", p.Progress)
	}
	g.result("result", p.Out)
	errors := make([]string, len(p.Errors))
	for i, e := range p.Errors {
		errors[i] = g.names.of[e.Error]
	}
	if len(errors) == 0 {
		errors = []string{"never"}
	}
	g.line("errors: " + strings.Join(errors, " | ") + ";")
	g.close("}")
}

// about is what a message is sent to, or what it is.
type about struct {
	name, kind, uri, doc, deprecated, since string
	params                                  []*schema.Field // of the URI
}

// message writes a URI and opens the interface with what is sent to it.
func (g *gen) message(p *schema.Payload, a about) {
	uri := "typeof " + a.name + "URI"
	g.doc("The URI of " + a.name + ".")
	if len(a.params) > 0 {
		uri = "ReturnType<" + uri + ">"
		g.line("export const " + a.name + "URI = " + g.template(a.uri, a.params) + ";")
	} else {
		g.line("export const " + a.name + "URI = " + quote(a.uri) + " as const;")
	}
	g.line("")
	g.doc(doctext.Paragraphs("The "+a.kind+" "+a.uri+".", a.doc, sinceText(a.since)), deprecatedTag(a.deprecated)...)
	g.open("export interface " + a.name + " {")
	g.line("uri: " + uri + ";")
	g.args(p.Args)
	g.kwargs(p)
}

// template is the function that makes a URI with parameters.
func (g *gen) template(uri string, params []*schema.Field) string {
	list := make([]string, len(params))
	text := escapeTemplate(strings.Replace(uri, "...}", "}", 1))
	for i, f := range params {
		list[i] = label(f.Name) + ": " + g.ref(f.Type)
		text = strings.Replace(text, "{"+f.Name+"}", "${"+label(f.Name)+"}", 1)
	}
	return "(" + strings.Join(list, ", ") + ") => `" + text + "` as const"
}

// sinceText says since when something is there.
func sinceText(since string) string {
	if since == "" {
		return ""
	}
	return "Since version " + since + "."
}

// deprecatedTag is the TSDoc tag for what should no longer be used.
func deprecatedTag(instead string) []string {
	if instead == "" {
		return nil
	}
	return []string{"@deprecated " + tame(strings.Join(doctext.Lines(strings.Join(strings.Fields(instead), " "), 1<<20), " "))}
}

// result writes a result of a procedure, under the name key, as clients for
// JavaScript give it: the value if there is one alone, otherwise args and kwargs.
func (g *gen) result(key string, p *schema.Payload) {
	switch {
	case p.Empty():
		g.line(key + ": void;")
	case len(p.Args) == 1 && len(p.Kwargs) == 0:
		f := p.Args[0]
		text := g.ref(f.Type)
		if absent(f) {
			text = g.orNull(f.Type) // clients give null if there is no value
		}
		g.doc(doctext.Paragraphs(f.Doc, note(f.Type)))
		g.line(key + ": " + text + ";")
	default:
		g.open(key + ": {")
		g.args(p.Args)
		g.kwargs(p)
		g.close("};")
	}
}

// args writes the positional parameters as a tuple.
func (g *gen) args(fields []*schema.Field) {
	params, about := g.elements(fields)
	g.doc(strings.Join(about, "\n"))
	if one := "args: [" + strings.Join(params, ", ") + "];"; len(one) <= width {
		g.line(one)
		return
	}
	g.open("args: [")
	for _, p := range params {
		g.line(p + ",")
	}
	g.close("];")
}

// elements are the elements of a tuple, and what there is to say about them.
func (g *gen) elements(fields []*schema.Field) (params, about []string) {
	params = make([]string, len(fields))
	for i, f := range fields {
		params[i] = g.param(f, i == len(fields)-1)
		text := strings.TrimSpace(f.Doc + " " + note(f.Type))
		if f.Default != nil {
			text = strings.TrimSpace(text + " Absent means " + literal(f.Default.OnWire(f.Type)) + ".")
		}
		if text != "" {
			about = append(about, "- "+f.Name+": "+strings.Join(strings.Fields(text), " "))
		}
	}
	return params, about
}

// param is a parameter in a tuple. One that is absent before another is sent as
// null.
func (g *gen) param(f *schema.Field, last bool) string {
	text := g.ref(f.Type)
	if f.Variadic {
		return "..." + label(f.Name) + ": " + text
	}
	if !absent(f) {
		return label(f.Name) + ": " + text
	}
	if !last {
		text = g.orNull(f.Type)
	}
	return label(f.Name) + "?: " + text
}

// kwargs writes the keyword parameters.
func (g *gen) kwargs(p *schema.Payload) {
	switch {
	case p.Spread != nil:
		g.line("kwargs: " + g.names.of[p.Spread.Named] + ";")
	case len(p.Kwargs) == 1 && p.Kwargs[0].CatchAll:
		g.line("kwargs: " + g.ref(p.Kwargs[0].Type) + ";")
	case len(p.Kwargs) == 0:
		g.line("kwargs: { [key: string]: never };")
	default:
		g.open("kwargs: {")
		g.properties(p.Kwargs)
		g.close("};")
	}
}
