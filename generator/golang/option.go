package golang

import (
	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/generator/internal/doctext"
	"github.com/wampgen/wampgen/schema"
)

func optionName(stem, option string) string { return "With" + stem + option }

// claimOptions names the options of a procedure or topic.
func (n *namer) claimOptions(owner any, at schema.Place, stem, what string, options []*schema.Field) {
	for _, f := range options {
		if id := n.field(f); id != "" && stem != "" {
			n.claim(owner, at, optionName(stem, id), "the option "+f.Name+" of "+what)
		}
	}
}

// optionFuncs emits a function for each option of a procedure, of the given
// kind, or of a topic.
/*
	// With<LegacySum><Trace> sets the option <_trace> of <a call of com.acme.legacy.sum>.
	func With<LegacySum><Trace>(v <string>) wamp.<CallOption> { return wamp.WithOption(<"_trace">, v) }
*/
func (g *gen) optionFuncs(f *file, stem, kind, what string, options []*schema.Field) {
	for _, o := range options {
		name := optionName(stem, g.names.of[o])
		f.declare(doctext.Paragraphs(name+" sets the option "+o.Name+" of "+what+".", o.Doc, lifetime(o.Deprecated, o.Since)),
			jen.Func().Add(ident(name)).Params(jen.Id("v").Add(g.goType(o.Type))).Add(wampID(kind)).
				Add(oneLine(jen.Return(wampID("WithOption").Call(text(o.Name), jen.Id("v"))))), "func "+name)
	}
}
