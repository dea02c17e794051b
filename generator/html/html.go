// Package html makes the reference of an API as one page, which needs nothing
// from elsewhere.
package html

import (
	"bytes"
	_ "embed" // the page, its style and its script
	"html/template"
	"strings"

	"github.com/wampgen/wampgen/generator/internal/reference"
	"github.com/wampgen/wampgen/schema"
)

//go:embed page.html
var pageSource string

//go:embed page.css
var style string

//go:embed page.js
var script string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"code":  inlineCode,
	"style": func() template.CSS { return template.CSS(style) },
	"script": func() template.JS {
		return template.JS(script)
	},
	"singular":  func(title string) string { return strings.ToLower(strings.TrimSuffix(title, "s")) },
	"tryStyle":  func() template.CSS { return template.CSS(tryStyle) },
	"tryScript": func() template.JS { return template.JS(tryScript) },
	"client":    func() template.JS { return template.JS(client) },
}).Parse(pageSource + trySource))

// document is what the page shows. Forms are nil if it cannot be tried.
type document struct {
	*reference.Page
	Forms map[string]*form // by the anchor of the declaration
}

// Generate returns the reference of an API as one HTML page. It works without a
// network, in light and dark, from a keyboard and with a screen reader, and
// without JavaScript except for its search. It is safe for concurrent use.
func Generate(m *schema.Model) ([]byte, error) {
	return render(document{Page: reference.New(m)})
}

// GenerateTry returns the page of [Generate] with what it takes to try the API
// out: its reader connects to a router, calls procedures, and publishes and
// subscribes. The client is autobahn-js, which makes the page about 360 kB larger.
// The only connection that the page makes is the one that its reader asks for. It
// is safe for concurrent use.
func GenerateTry(m *schema.Model) ([]byte, error) {
	return render(document{reference.New(m), forms(m)})
}

func render(d document) ([]byte, error) {
	var b bytes.Buffer
	err := page.Execute(&b, d)
	return b.Bytes(), err
}

// piece is a part of a paragraph.
type piece struct {
	Text string
	Code bool
}

// inlineCode splits a paragraph at backquotes: between two of them is code.
func inlineCode(s string) (all []piece) {
	parts := strings.Split(s, "`")
	for i, part := range parts {
		code := i%2 == 1 && i < len(parts)-1
		if i%2 == 1 && !code {
			part = "`" + part // without a partner
		}
		if part != "" {
			all = append(all, piece{part, code})
		}
	}
	return all
}
