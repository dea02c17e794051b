package randomschema

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// Author writes random schemas. Not safe for concurrent use.
type Author struct {
	*rand.Rand
	depth int             // of types in types
	used  map[string]bool // constructs in the current schema
}

// New returns an author whose schemas depend on the seed alone.
func New(seed uint64) *Author { return &Author{Rand: rand.New(rand.NewPCG(seed, 0))} }

// construct is one thing that the language can say.
type construct struct {
	name string
	// weight is how likely it is among others, where 0 means 1.
	weight int
	// write returns it as YAML in flow style.
	write func(a *Author) string
}

// says is a construct that is always the same text.
func says(name, text string) construct {
	return construct{name: name, write: func(*Author) string { return text }}
}

// Constructs returns the names of all constructs, sorted.
func Constructs() []string {
	var names []string
	for _, table := range tables() {
		for _, c := range table {
			names = append(names, c.name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// of writes one of the constructs of a table.
func (a *Author) of(table []construct) string {
	sum := 0
	for _, c := range table {
		sum += max(c.weight, 1)
	}
	n := a.IntN(sum)
	for _, c := range table {
		if n -= max(c.weight, 1); n < 0 {
			a.used[c.name] = true
			return c.write(a)
		}
	}
	return ""
}

// pick returns one of some words.
func (a *Author) pick(words ...string) string { return words[a.IntN(len(words))] }

// maybe reports whether one of n chances came true.
func (a *Author) maybe(n int) bool { return a.IntN(n) == 0 }

// How much there is of everything.
const (
	types      = 10
	failures   = 3
	procedures = 7
	topics     = 4
)

// Schema writes the next schema. It returns its files and the constructs that
// are in it. The schema is valid, but for types that would be infinitely large.
func (a *Author) Schema() (s Schema, used []string) {
	a.used = map[string]bool{}
	w := &writer{Author: a}
	head := fmt.Sprintf("wampgen: 1\napi: {name: random, %s}\n%s", a.keys("uri: com.example.random", apiKeys), a.of(files))
	if !a.maybe(3) {
		head += fmt.Sprintf("defaults: {%s}\n", a.of(defaults))
	}
	w.begin(head)
	w.now = "types"
	w.to(0, "%s", fixedTypes)
	w.put("  T0: {fields: {%s}}\n", a.fields("f"))
	for i := 1; i < types; i++ {
		w.put("  T%d: {%s}\n", i, a.keys(a.definition(), typeKeys))
	}
	w.now = "errors"
	for i := range failures {
		w.put("  e%d: {%s}\n", i, a.numbered(i, a.keys(a.of(payloads), errorKeys)))
	}
	w.now = "procedures"
	for i := range procedures {
		w.put("  %s%d: {%s}\n", a.of(procedureNames), i, a.numbered(i, a.keys(a.of(payloads), procedureKeys, procedureKeys)))
	}
	w.now = "topics"
	for i := range topics {
		w.put("  topic%d: {%s}\n", i, a.numbered(i, a.keys(a.of(payloads), topicKeys)))
	}
	for name := range a.used {
		used = append(used, name)
	}
	slices.Sort(used)
	return w.schema(), used
}

// definition is what a type is.
func (a *Author) definition() string {
	if a.maybe(3) {
		return a.of(kinds)
	}
	return a.of(definitions)
}

// keys adds keys of some tables to what a mapping has already, each at most
// once.
func (a *Author) keys(have string, tables ...[]construct) string {
	var list []string
	if have != "" {
		list = append(list, have)
	}
	for _, table := range tables {
		if a.maybe(3) {
			continue
		}
		entry := a.of(table)
		key, _, _ := strings.Cut(entry, ":")
		if !slices.ContainsFunc(list, func(s string) bool {
			return s == entry || strings.HasPrefix(s, key+":") || strings.Contains(s, ", "+key+":")
		}) {
			list = append(list, entry)
		}
	}
	return strings.Join(list, ", ")
}

// numbered puts a number where a text must differ from all others.
func (a *Author) numbered(i int, text string) string {
	return strings.ReplaceAll(text, "NUMBER", fmt.Sprint(i))
}

// params are positional parameters, of which the optional ones come last.
func (a *Author) params() string {
	var list []string
	for i := range 1 + a.IntN(3) {
		list = append(list, fmt.Sprintf("a%d: %s", i, a.of(required)))
	}
	for i := range a.IntN(3) {
		list = append(list, fmt.Sprintf("o%d: %s", i, a.of(trailing)))
	}
	return strings.Join(list, ", ")
}

// fields are the fields of a struct, or keywords.
func (a *Author) fields(prefix string) string {
	var list []string
	for i := range 1 + a.IntN(6) {
		list = append(list, fmt.Sprintf("%s: %s", a.numbered(i, strings.ReplaceAll(a.of(fieldNames), "PREFIX", prefix)), a.field()))
	}
	return strings.Join(list, ", ")
}

// field is the type of a field.
func (a *Author) field() string {
	return a.of([][]construct{required, trailing, omissible}[a.IntN(3)])
}

// use is a type where any type can stand.
func (a *Author) use() string {
	if a.depth >= 3 {
		return a.of(scalars)
	}
	a.depth++
	defer func() { a.depth-- }()
	return a.of(uses)
}
