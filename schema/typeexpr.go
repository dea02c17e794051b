package schema

import (
	"fmt"
	"strings"
)

// maxTypeDepth bounds list<list<...>> in one expression.
const maxTypeDepth = 32

// typeExpr is a type expression as written: [optional ]T[|null][ = default].
type typeExpr struct {
	optional, nullable bool
	// name is a built-in type, "list", "map" or a named type. It stands in the text
	// at the bytes from to to; with what is inside <> it ends at end.
	name          string
	from, to, end int
	// elem is T of list<T> and map<T>.
	elem *typeExpr
	// value is the default as written, at valueAt; hasDefault reports whether
	// there is one.
	value      string
	valueAt    int
	hasDefault bool
}

// String writes the expression in its one canonical spelling.
func (x *typeExpr) String() string {
	var b strings.Builder
	if x.optional {
		b.WriteString("optional ")
	}
	b.WriteString(x.name)
	if x.elem != nil {
		fmt.Fprintf(&b, "<%s>", x.elem)
	}
	if x.nullable {
		b.WriteString("|null")
	}
	if x.hasDefault {
		b.WriteString(" = " + x.value)
	}
	return b.String()
}

// typeError says what is wrong with a type expression, and with which bytes of
// it.
type typeError struct {
	from, to      int
	message, hint string
}

// parseType reads a type expression.
func parseType(text string) (*typeExpr, *typeError) {
	p := &typeParser{text: text}
	x := p.top()
	if p.err != nil {
		return nil, p.err
	}
	return x, nil
}

// typeParser reads a type expression from left to right. After the first
// error every method returns at once.
type typeParser struct {
	text string
	at   int
	err  *typeError
}

// fail records the first error, about the bytes from..to.
func (p *typeParser) fail(from, to int, hint, format string, args ...any) {
	if p.err == nil {
		p.err = &typeError{from, to, fmt.Sprintf(format, args...), hint}
	}
}

// space skips blanks.
func (p *typeParser) space() {
	for p.at < len(p.text) && p.text[p.at] == ' ' {
		p.at++
	}
}

// word takes a name: everything up to a blank or a mark of the grammar.
func (p *typeParser) word() string {
	p.space()
	from := p.at
	for p.at < len(p.text) && !strings.ContainsRune(" <>|=,?()[]{}", rune(p.text[p.at])) {
		p.at++
	}
	return p.text[from:p.at]
}

// take consumes one mark if it is next.
func (p *typeParser) take(mark byte) bool {
	p.space()
	if p.err != nil || p.at == len(p.text) || p.text[p.at] != mark {
		return false
	}
	p.at++
	return true
}

// top reads a whole expression.
func (p *typeParser) top() *typeExpr {
	optional := p.word() == "optional"
	if !optional {
		p.at = 0
	}
	x := p.nullable(0)
	if x == nil {
		return nil
	}
	x.optional = optional
	if p.take('=') {
		p.space()
		x.hasDefault, x.valueAt, x.value = true, p.at, strings.TrimRight(p.text[p.at:], " ")
		if x.value == "" {
			p.fail(p.at, p.at, "write a value after it, or  default:  in the long form", "a default must follow the =")
		}
		return x
	}
	if p.space(); p.at < len(p.text) {
		p.surplus()
	}
	return x
}

// surplus reports what stands behind a complete expression.
func (p *typeParser) surplus() {
	rest := p.text[p.at:]
	switch rest[0] {
	case '?':
		p.fail(p.at, p.at+1, "write  optional T  (may be absent) or  T|null  (may be null)", "a type has no question mark")
	case '[':
		p.fail(p.at, len(p.text), "write  list<T>", "a list is not written with brackets")
	default:
		p.fail(p.at, len(p.text), "", "unexpected %s after the type", quote(rest))
	}
}

// nullable reads T or T|null.
func (p *typeParser) nullable(depth int) *typeExpr {
	x := p.base(depth)
	if x == nil || !p.take('|') {
		return x
	}
	p.space()
	from := p.at
	if w := p.word(); w != "null" {
		p.fail(from, p.at, "", "only null can follow |, not %s", quote(w))
		return nil
	}
	x.nullable = true
	return x
}

// base reads a name, list<T> or map<T>.
func (p *typeParser) base(depth int) *typeExpr {
	p.space()
	from := p.at
	name := p.word()
	x := &typeExpr{name: name, from: from, to: p.at, end: p.at}
	switch {
	case name == "":
		p.missing(from)
	case name == "optional":
		p.fail(from, p.at, "only a field or a parameter can be absent; write  T|null  for an element", "optional cannot stand here")
	case !p.take('<'):
		if name == "list" || name == "map" {
			p.fail(from, x.to, "write  "+name+"<T>", "%s of what?", name)
		}
	default:
		p.element(x, depth+1)
	}
	if p.err != nil {
		return nil
	}
	return x
}

// missing reports that no type stands where one should.
func (p *typeParser) missing(at int) {
	hint := ""
	if strings.HasPrefix(p.text[at:], "[]") {
		hint = "write  list<T>"
	}
	if at == len(p.text) {
		p.fail(0, len(p.text), hint, "a type is missing")
		return
	}
	p.fail(at, at+1, hint, "expected a type, found %s", quote(p.text[at:]))
}

// element reads T> of list<T> and map<T>.
func (p *typeParser) element(x *typeExpr, depth int) {
	switch {
	case depth > maxTypeDepth:
		p.fail(x.from, x.to, "name the inner type", "nested deeper than %d levels", maxTypeDepth)
		return
	case x.name != "list" && x.name != "map":
		p.fail(x.from, x.to, "only list<T> and map<T> have a type inside", "%s takes no type in <>", quote(x.name))
		return
	}
	if x.elem = p.nullable(depth); x.elem == nil || p.take('>') {
		x.end = p.at
		return
	}
	hint := ""
	if p.at < len(p.text) && p.text[p.at] == ',' && x.name == "map" {
		hint = "the keys are always strings; write  map<T>  with the type of the values"
	}
	p.fail(x.from, len(p.text), hint, "%s<...> is not closed by >", x.name)
}
