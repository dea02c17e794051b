// Package markdown makes the reference of an API as Markdown.
package markdown

import (
	"fmt"
	"html"
	"strings"

	"github.com/wampgen/wampgen/generator/internal/examples"
	"github.com/wampgen/wampgen/generator/internal/reference"
	"github.com/wampgen/wampgen/schema"
)

// Generate returns the reference of an API as one document. It is safe for
// concurrent use.
func Generate(m *schema.Model) []byte {
	p := reference.New(m)
	w := &writer{}
	w.line("# %s", escape(title(p)))
	w.doc(p.Doc)
	w.line("Its URIs begin with `%s`.", p.URI)
	for _, s := range p.Sections {
		w.line("## %s", s.Title)
		for _, e := range s.Entries {
			w.entry(e)
		}
	}
	return []byte(w.String())
}

// title returns the name of an API and its version.
func title(p *reference.Page) string {
	return strings.TrimSpace(p.Name + " " + p.Version)
}

// writer builds the document.
type writer struct{ strings.Builder }

// line writes a paragraph.
func (w *writer) line(format string, args ...any) {
	if w.Len() > 0 {
		w.WriteByte('\n')
	}
	fmt.Fprintf(w, format+"\n", args...)
}

// doc writes paragraphs.
func (w *writer) doc(paragraphs []string) {
	for _, p := range paragraphs {
		w.line("%s", escape(p))
	}
}

// entry writes one declaration.
func (w *writer) entry(e reference.Entry) {
	w.line(`<a id="%s"></a>`, html.EscapeString(e.ID))
	w.WriteString("\n### " + escape(e.Name) + "\n")
	if e.URI != "" {
		w.line("`%s`", e.URI)
	}
	if e.Deprecated != "" {
		w.line("**Deprecated:** %s", escape(e.Deprecated))
	}
	w.doc(e.Doc)
	var facts []string
	if e.Since != "" {
		facts = append(facts, "Since: "+escape(e.Since))
	}
	for _, f := range e.Facts {
		facts = append(facts, escape(f.Name)+": "+texts(f.Value))
	}
	for i, f := range facts {
		if i == 0 {
			w.WriteByte('\n')
		}
		w.WriteString("- " + f + "\n")
	}
	for _, t := range e.Tables {
		w.table(t)
	}
	if len(e.Errors) > 0 {
		var links []string
		for _, x := range e.Errors {
			links = append(links, texts([]reference.Text{x}))
		}
		w.line("Errors: %s", strings.Join(links, ", "))
	}
	for _, x := range e.Examples {
		w.example(x)
	}
}

// example writes one example as a block of JSON with comments.
func (w *writer) example(x examples.Example) {
	title := "**Example**"
	if x.Doc != "" {
		title += ": " + escape(oneLine(x.Doc))
	}
	w.line("%s", title)
	var lines []string
	for _, m := range x.Messages {
		if len(x.Messages) > 1 || strings.Contains(m.Label, " ") {
			lines = append(lines, "// "+m.Label)
		}
		lines = append(lines, m.JSON)
	}
	text := strings.Join(lines, "\n")
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	w.line("%sjsonc\n%s\n%s", fence, text, fence)
}

// table writes a table, or the sentence instead of it.
func (w *writer) table(t reference.Table) {
	w.line("**%s**", t.Title)
	if t.Note != "" {
		w.line("%s", escape(t.Note))
	}
	if len(t.Rows) == 0 {
		return
	}
	w.WriteString("\n| Name | Type | Use | Meaning |\n|---|---|---|---|\n")
	for _, r := range t.Rows {
		doc := strings.Join(r.Doc, " ")
		if r.Since != "" {
			doc += " Since " + r.Since + "."
		}
		if r.Deprecated != "" {
			doc += " Deprecated: " + r.Deprecated
		}
		name := "value"
		if r.Name != "" {
			name = "`" + cell(r.Name) + "`"
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s |\n", name, strings.ReplaceAll(texts(r.Type), "\n", " "), escape(oneLine(r.Use)), escape(oneLine(doc)))
	}
}

// texts writes a line with links.
func texts(all []reference.Text) string {
	var b strings.Builder
	for _, t := range all {
		if t.Link != "" {
			fmt.Fprintf(&b, "[%s](#%s)", escape(t.Text), t.Link)
		} else {
			b.WriteString(escape(t.Text))
		}
	}
	return b.String()
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// cell returns what can stand between backquotes in a table.
func cell(s string) string {
	return strings.NewReplacer("`", "'", "|", `\|`, "\n", " ").Replace(s)
}

// escape returns text that Markdown and HTML show as it is, except for code in
// backquotes.
func escape(s string) string {
	var b strings.Builder
	parts := strings.Split(s, "`")
	for i, part := range parts {
		code := i%2 == 1 && i < len(parts)-1
		if code {
			b.WriteString("`" + strings.ReplaceAll(part, "|", `\|`) + "`")
			continue
		}
		if i > 0 && i == len(parts)-1 && i%2 == 1 {
			b.WriteString("\\`") // without a partner
		}
		b.WriteString(special.Replace(part))
	}
	return b.String()
}

var special = strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "[", `\[`, "]", `\]`, "#", `\#`, "|", `\|`)
