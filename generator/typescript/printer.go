package typescript

import (
	"strings"

	"github.com/wampgen/wampgen/generator/internal/doctext"
)

// width is where comments and tuples are broken.
const width = 97

// printer writes lines at an indentation.
type printer struct {
	strings.Builder
	depth int
}

// line writes a line.
func (p *printer) line(text string) {
	if text != "" {
		p.WriteString(strings.Repeat("  ", p.depth))
		p.WriteString(text)
	}
	p.WriteByte('\n')
}

// open writes a line; those after it are indented until close.
func (p *printer) open(text string) {
	p.line(text)
	p.depth++
}

// close ends what open began. A declaration has a blank line behind it.
func (p *printer) close(text string) {
	p.depth--
	p.line(text)
	if p.depth == 0 {
		p.line("")
	}
}

// doc writes a TSDoc comment: text of a schema, and tags of our own. There is
// none if both are empty.
func (p *printer) doc(text string, tags ...string) {
	lines := doctext.Lines(text, width-2*p.depth-len(" * "))
	for i, line := range lines {
		lines[i] = tame(line)
	}
	if len(tags) > 0 && len(lines) > 0 {
		lines = append(lines, "")
	}
	lines = append(lines, tags...)
	switch len(lines) {
	case 0:
		return
	case 1:
		p.line("/** " + lines[0] + " */")
		return
	}
	p.line("/**")
	for _, line := range lines {
		p.line(strings.TrimRight(" * "+line, " "))
	}
	p.line(" */")
}

// tame keeps a line of documentation from ending its comment and from being a
// tag, such as @deprecated or @ts-ignore.
func tame(line string) string {
	line = strings.ReplaceAll(line, "*/", `*\/`)
	line = strings.ReplaceAll(line, "{@", `{\@`)
	if text := strings.TrimLeft(line, " \t*/"); strings.HasPrefix(text, "@") {
		line = line[:len(line)-len(text)] + `\` + text
	}
	return line
}
