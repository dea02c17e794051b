package format_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/schema/diag"
	"github.com/wampgen/wampgen/schema/format"
	"github.com/wampgen/wampgen/schema/internal/syntax"
)

// TestSource_Random formats a thousand files of random shape and layout: they say
// the same afterwards, and have the same comments in the same order.
func TestSource_Random(t *testing.T) {
	for seed := range uint64(1000) {
		w := &writer{Rand: rand.New(rand.NewPCG(seed, 0))}
		w.mapping(0, 0)
		w.comment(0)
		src := w.String()
		got, found := format.Source("a.wamp.yaml", []byte(src))
		if found != nil {
			t.Fatalf("seed %d: refused: %v\n%s", seed, found, src)
		}
		keeps(t, []byte(src))
		if before, after := texts(src), texts(string(got)); before != after {
			t.Fatalf("seed %d: comments %s became %s\n%s\nbecame\n%s", seed, before, after, src, got)
		}
	}
}

// texts returns the texts of all comments.
func texts(src string) string {
	var all []string
	doc, err := syntax.Parse(diag.NewSource("", []byte(src)))
	if err != nil {
		return err.Error()
	}
	for _, c := range doc.Comments() {
		all = append(all, c.Text)
	}
	return strings.Join(all, " ")
}

// writer writes YAML that says anything, in any layout.
type writer struct {
	*rand.Rand
	strings.Builder
	names int
}

// maybe reports whether one of n chances came true.
func (w *writer) maybe(n int) bool { return w.IntN(n) == 0 }

// name returns a word that no other is equal to.
func (w *writer) name(prefix string) string {
	w.names++
	return fmt.Sprint(prefix, w.names)
}

// comment may write blank lines and comments of their own at an indentation.
func (w *writer) comment(indent int) {
	for range w.IntN(3) {
		w.WriteString("\n")
	}
	if w.maybe(4) {
		w.WriteString(strings.Repeat(" ", indent) + "# " + w.name("own") + "\n")
	}
}

// end ends a line, perhaps behind a comment.
func (w *writer) end() {
	if w.maybe(4) {
		w.WriteString(strings.Repeat(" ", 1+w.IntN(4)) + "# " + w.name("behind"))
	}
	w.WriteString(strings.Repeat(" ", w.IntN(2)) + "\n")
}

// mapping writes a block mapping.
func (w *writer) mapping(indent, depth int) {
	for range 1 + w.IntN(4) {
		w.comment(indent)
		w.WriteString(strings.Repeat(" ", indent) + w.name("key") + ":")
		w.value(indent, depth+1)
	}
}

// value writes what stands behind a key, and the end of the line.
func (w *writer) value(indent, depth int) {
	inner := indent + 1 + w.IntN(5)
	switch kind := w.IntN(6); {
	case kind == 0 && depth < 4:
		w.end()
		w.mapping(inner, depth)
	case kind == 1 && depth < 4:
		w.end()
		for range 1 + w.IntN(3) {
			w.comment(inner)
			w.WriteString(strings.Repeat(" ", inner) + "- " + w.flow(depth))
			w.end()
		}
	case kind == 2:
		w.WriteString(" |\n")
		for range 1 + w.IntN(3) {
			w.WriteString(strings.Repeat(" ", inner) + w.name("# no comment ") + "\n")
		}
	default:
		w.WriteString(strings.Repeat(" ", 1+w.IntN(3)) + w.flow(depth))
		w.end()
	}
}

// flow returns a value on one line.
func (w *writer) flow(depth int) string {
	gap := strings.Repeat(" ", w.IntN(3))
	var items []string
	switch kind := w.IntN(6); {
	case kind == 0 && depth < 6:
		for range w.IntN(4) {
			items = append(items, gap+w.flow(depth+1))
		}
		return "[" + strings.Join(items, ",") + gap + "]"
	case kind == 1 && depth < 6:
		for range w.IntN(4) {
			items = append(items, gap+w.name("key")+": "+gap+w.flow(depth+1))
		}
		return "{" + strings.Join(items, ",") + gap + "}"
	case kind == 2:
		return `"` + w.name("a # in quotes, ") + `"`
	case kind == 3:
		return `'` + w.name("it''s ") + `'`
	}
	return []string{"list<int>", "optional string|null", "5", "1.50", "true", "null", "10s", "a#b", "x = y"}[w.IntN(9)]
}
