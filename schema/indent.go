package schema

import (
	"strings"

	"github.com/wampgen/wampgen/schema/diag"
)

// indented reports entries that belong below the one before them, which is
// empty, and returns the others. The empty one is then known to be reported.
func (r *reader) indented(pairs []pair, belongsBelow func(key string) bool) []pair {
	kept := make([]pair, 0, len(pairs))
	for i := 0; i < len(pairs); i++ {
		p := pairs[i]
		next := i + 1
		for p.value.null() && next < len(pairs) && !belongsBelow(p.key.text) && belongsBelow(pairs[next].key.text) {
			next++
		}
		if next > i+1 {
			below := pairs[i+1].key
			d := r.report(below.token(), RuleWrongKind, "%s stands beside %s, not below it", quote(below.text), quote(p.key.text))
			d.Hint = "indent it further than " + clean(p.key.text)
			r.relate(d, p.key.pos, "this is empty")
			p.value = &node{kind: brokenNode, pos: p.value.pos, off: p.value.off, src: p.value.src}
		}
		kept = append(kept, p)
		i = next - 1
	}
	return kept
}

// misplaced returns the first line from there on whose indentation fits none of
// the lines above it; 0 if there is none. It sees block mappings and lists as
// people write them, not all of YAML.
func misplaced(s *diag.Source, from int) int {
	o := outline{opens: true, literal: -1}
	for n := from; n <= s.Lines(); n++ {
		text := s.Line(n)
		content := strings.Trim(text, " \t\r") // a no-break space is text to YAML
		indent := len(text) - len(strings.TrimLeft(text, " "))
		switch {
		case content == "" || content[0] == '#':
		case o.brackets > 0:
			o.count(content)
		case o.literal >= 0 && indent > o.literal:
		case len(o.levels) > 0 && indent < o.levels[0]:
			return 0 // what was being read has ended
		case !o.fits(indent):
			return n
		default:
			o.add(indent, content)
		}
	}
	return 0
}

// outline is the indentation of a YAML text so far.
type outline struct {
	levels   []int
	opens    bool // the last line may have something below it
	brackets int  // how many are open
	literal  int  // lines that are indented further are text; -1 if none are
}

// fits reports whether a line may be indented like that.
func (o *outline) fits(indent int) bool {
	deeper := len(o.levels) == 0 || indent > o.levels[len(o.levels)-1]
	for len(o.levels) > 0 && o.levels[len(o.levels)-1] > indent {
		o.levels = o.levels[:len(o.levels)-1]
	}
	return deeper && o.opens || !deeper && o.levels[len(o.levels)-1] == indent
}

// add takes note of a line that fits.
func (o *outline) add(indent int, content string) {
	if len(o.levels) == 0 || o.levels[len(o.levels)-1] < indent {
		o.levels = append(o.levels, indent)
	}
	o.literal = -1
	for strings.HasPrefix(content, "- ") { // what follows is a level of its own
		rest := strings.TrimLeft(content[1:], " ")
		indent += len(content) - len(rest)
		o.levels, content = append(o.levels, indent), rest
	}
	o.opens = strings.HasSuffix(content, ":") || content == "-"
	if value := strings.TrimRight(content, "+-"); strings.HasSuffix(value, " |") || strings.HasSuffix(value, " >") {
		o.literal = indent
	}
	o.count(content)
}

// count keeps account of brackets; it does not know quotes.
func (o *outline) count(content string) {
	for _, r := range content {
		switch r {
		case '[', '{':
			o.brackets++
		case ']', '}':
			o.brackets = max(o.brackets-1, 0)
		}
	}
}
