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
	"singular": func(title string) string { return strings.ToLower(strings.TrimSuffix(title, "s")) },
}).Parse(pageSource))

// Generate returns the reference of an API as one HTML page. It works without a
// network, in light and dark, from a keyboard and with a screen reader, and
// without JavaScript except for its search. It is safe for concurrent use.
func Generate(m *schema.Model) ([]byte, error) {
	var b bytes.Buffer
	err := page.Execute(&b, reference.New(m))
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
