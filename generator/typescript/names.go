package typescript

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/wampgen/wampgen/schema"
)

// reserved are the names that a declaration of the file must not have: those
// that the file itself uses or declares, and those that TypeScript refuses.
var reserved = func() map[string]bool {
	m := map[string]bool{}
	for name := range strings.FieldsSeq(`Procedures Topics Errors Uint8Array
		any bigint boolean never null number object string symbol undefined unknown void
		break case catch class const continue debugger default delete do else enum export extends false finally for function if
		import in instanceof new return super switch this throw true try typeof var while with
		implements interface let package private protected public static yield`) {
		m[name] = true
	}
	return m
}()

// names are the names of everything that the file exports, each once: of a
// *schema.Type, *schema.Error, *schema.Procedure or *schema.Topic. The constant
// with a URI is called as its type, with URI behind it.
type names struct {
	of    map[any]string
	taken map[string]bool
}

// newNames decides all names of a file. Types keep theirs. What has the name of
// something before it gets a number.
func newNames(m *schema.Model) *names {
	n := &names{of: map[any]string{}, taken: map[string]bool{}}
	for _, i := range m.Imports {
		n.imported(i)
	}
	for _, t := range m.Types {
		if !reserved[t.Name] && !n.taken[t.Name] {
			n.of[t], n.taken[t.Name] = t.Name, true
		}
	}
	for _, t := range m.Types {
		if n.of[t] == "" {
			n.of[t] = n.free(t.Name)
		}
	}
	for _, e := range m.Errors {
		n.add(e, pascal(e.Name)+"Error")
	}
	for _, p := range m.Procedures {
		n.add(p, pascal(withoutParams(p.Name))+"Procedure")
	}
	for _, t := range m.Topics {
		n.add(t, pascal(withoutParams(t.Name))+"Topic")
	}
	return n
}

// uriParam is a parameter in the name of a procedure or topic.
var uriParam = regexp.MustCompile(`\{[^}]*\}`)

func withoutParams(name string) string { return uriParam.ReplaceAllString(name, "") }

// imported names an import and what is in it.
func (n *names) imported(i *schema.Import) {
	alias := n.free(label(i.Alias))
	n.of[i] = alias
	other := newNames(i.Model)
	for _, t := range i.Model.Types {
		n.of[t] = alias + "." + other.of[t]
	}
	for _, e := range i.Model.Errors {
		n.of[e] = alias + "." + other.of[e]
	}
}

// add names a declaration and the constant with its URI.
func (n *names) add(of any, name string) {
	n.of[of] = n.free(name, "URI")
}

// free takes the first free name of name, name2, name3, ..., which is also free
// with each of the suffixes behind it.
func (n *names) free(name string, suffixes ...string) string {
	for i := 1; ; i++ {
		try := name
		if i > 1 {
			try += strconv.Itoa(i)
		}
		all := []string{try}
		for _, s := range suffixes {
			all = append(all, try+s)
		}
		if n.take(all) {
			return try
		}
	}
}

// take takes names unless one of them is taken.
func (n *names) take(all []string) bool {
	for _, name := range all {
		if reserved[name] || n.taken[name] {
			return false
		}
	}
	for _, name := range all {
		n.taken[name] = true
	}
	return true
}

// pascal is a name of a schema as an identifier: words begin with a capital,
// and everything but letters and digits is between words. TypeScript knows
// fewer letters than Go beyond the basic plane; they become their numbers.
func pascal(name string) string {
	var b strings.Builder
	begins := true
	for _, r := range name {
		switch letter := unicode.IsLetter(r); {
		case !letter && !unicode.IsDigit(r):
			begins = true
			continue
		case r > 0xFFFF:
			fmt.Fprintf(&b, "U%X", r)
		case begins && letter:
			b.WriteRune(unicode.ToUpper(r))
		case b.Len() == 0:
			b.WriteString("_" + string(r)) // an identifier begins with a letter
		default:
			b.WriteRune(r)
		}
		begins = false
	}
	if b.Len() == 0 {
		return "_"
	}
	return b.String()
}

// label is the name of a parameter in a tuple. It is for the reader alone: two
// may be the same.
func label(name string) string {
	switch {
	case reserved[name]:
		return name + "_"
	case plain.MatchString(name):
		return name
	}
	name = strings.Map(func(r rune) rune {
		if r == '_' || r == '$' || r <= 0xFFFF && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return r
		}
		return '_'
	}, name)
	if name == "" || !unicode.IsLetter([]rune(name)[0]) {
		return "_" + name
	}
	return name
}
