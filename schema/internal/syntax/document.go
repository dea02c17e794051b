// Package syntax reads the YAML of schemas and of wampgen.yaml for whoever needs
// it: with positions, with comments, and without the panics of the parser.
package syntax

import (
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/wampgen/wampgen/schema/diag"
	"gopkg.in/yaml.v3"
)

// Document is a file that is YAML.
type Document struct {
	*diag.Source
	// Root is what the file says, with lines and columns of the file; nil if it
	// says nothing.
	Root *yaml.Node
	// Head is the line of the --- behind directives and comments, 0 if the file
	// has no such line.
	Head int
	// Second is the line at which a second document begins, 0 if there is none.
	Second int
}

// Error is why a file is not YAML.
type Error struct {
	// Line is where the parser noticed it, counted from 1.
	Line int
	// Problem is what the parser says.
	Problem string
}

// Error returns the problem.
func (e *Error) Error() string { return e.Problem }

// Parse reads a file. If there is an [Error], the Document is what comes before
// it, and nil if that is not known.
func Parse(src *diag.Source) (*Document, *Error) {
	if at, why := NotText([]byte(src.Text)); why != "" {
		return nil, &Error{src.Pos(at).Line, why}
	}
	dec := yaml.NewDecoder(strings.NewReader(yaml11(src.Text)))
	doc := &Document{Source: src, Head: head(src)}
	var first, second yaml.Node
	switch err := decode(dec, &first); {
	case errors.Is(err, io.EOF):
		return doc, nil
	case err != nil:
		return nil, newError(err)
	}
	if len(first.Content) == 1 {
		doc.Root = first.Content[0]
	}
	switch err := decode(dec, &second); {
	case errors.Is(err, io.EOF):
	case err != nil:
		return doc, newError(err)
	default:
		doc.Second = max(second.Line, 1)
	}
	return doc, nil
}

// head returns the line of the --- with which the document begins, 0 if it
// begins without one.
func head(src *diag.Source) int {
	for n := 1; n <= src.Lines(); n++ {
		line := strings.TrimRight(src.Line(n), " \t")
		switch {
		case line == "---":
			return n
		case line != "" && line[0] != '%' && line[0] != '#':
			return 0
		}
	}
	return 0
}

// directive is a %YAML directive with a version of YAML 1; the minor number is
// its group.
var directive = regexp.MustCompile(`^%YAML[ \t]+1\.([0-9]+)`)

// yaml11 returns a text whose %YAML directive names the version that yaml.v3
// accepts. A processor must accept every minor version (YAML 1.2.2, 6.8.1). No
// other byte changes, so that positions stay true.
func yaml11(text string) string {
	for at := 0; at < len(text); {
		end := len(text)
		if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		line := text[at:end]
		if m := directive.FindStringSubmatchIndex(line); m != nil {
			return text[:at+m[2]] + "1" + strings.Repeat(" ", m[3]-m[2]-1) + text[at+m[3]:]
		}
		if trimmed := strings.TrimSpace(line); trimmed != "" && trimmed[0] != '#' && trimmed[0] != '%' {
			return text // the document has begun
		}
		at = end
	}
	return text
}

// decode is dec.Decode without its panics: what a foreign parser does with a
// hostile file must not take the tool down.
func decode(dec *yaml.Decoder, into *yaml.Node) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("yaml: the parser gave up on this file")
		}
	}()
	return dec.Decode(into)
}

// syntaxLine takes the message of yaml.v3 apart.
var syntaxLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// ofScanner are the messages that begin like those of the parser of yaml.v3
// but come from its scanner, which counts lines otherwise.
var ofScanner = regexp.MustCompile(`alphabetic or numeric|whitespace|line break|digit|URI|hexdecimal|comment`)

// newError takes an error of yaml.v3 apart.
func newError(err error) *Error {
	text, _, _ := strings.Cut(err.Error(), "\n")
	m := syntaxLine.FindStringSubmatch(text)
	if m == nil {
		return &Error{1, text}
	}
	line, problem := 1, m[2]
	if n, err := strconv.Atoi(m[1]); err == nil {
		line = n
		// The parser counts from 0, the scanner from 1.
		if strings.HasPrefix(problem, "did not find expected") && !ofScanner.MatchString(problem) {
			line++
		}
	}
	return &Error{line, problem}
}
