package golang

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
)

// Check returns what keeps a schema from becoming a Go package: names that give
// no identifier, names that clash with each other or with generated code, and
// hints that Go does not understand. It is a [schema.Check].
func Check(m *schema.Model) diag.List {
	n := name(m)
	n.packageHints()
	return n.found
}

// Methods of generated types, which no field of them can be named like.
var (
	structMethods = []string{"CodeWAMP", "MarshalJSON", "UnmarshalJSON", "Validate"}
	errorMethods  = []string{"CodeWAMP", "DecodePayload", "Error", "ErrorURI", "Validate"}
)

// packageNames are what every generated package declares.
var packageNames = []string{"Caller", "NewCaller", "Callee", "Register"}

// vetMethods are the names of methods for which go vet demands the signature
// that they have in the standard library (its check stdmethods). The methods of
// Caller and Callee begin with a ctx, so they never have it.
var vetMethods = []string{
	"GobDecode", "GobEncode", "MarshalJSON", "MarshalXML", "ReadByte", "ReadRune", "UnmarshalJSON", "UnmarshalXML",
	"UnreadByte", "UnreadRune", "WriteByte",
}

// namer decides the exported names of an API and collects what is wrong with
// them.
type namer struct {
	*names
	model  *schema.Model
	claims []claim
	found  diag.List
	// nameless reports whether a declaration has no name at all, which is an error
	// of the language.
	nameless bool
	// groups are those whose names are claimed.
	groups map[string]bool
}

// name decides every exported identifier of an API and reports those that two
// declarations, or a declaration and the generated code, would share.
func name(m *schema.Model) *namer {
	n := &namer{names: newNames(), model: m, groups: map[string]bool{}}
	n.imported()
	for _, t := range m.Types {
		n.typ(t)
	}
	for _, e := range m.Errors {
		n.err(e)
	}
	for _, p := range m.Procedures {
		n.procedure(p)
	}
	for _, t := range m.Topics {
		n.topic(t)
	}
	n.settle()
	return n
}

// report adds an error and returns it, so that a hint can be added.
func (n *namer) report(at schema.Place, rule diag.Rule, format string, args ...any) *diag.Diagnostic {
	n.found = append(n.found, at.Finding(diag.Error, rule, fmt.Sprintf(format, args...)))
	return &n.found[len(n.found)-1]
}

// claim notes what a declaration needs beside its stem.
func (n *namer) claim(owner any, at schema.Place, name, what string) {
	n.claims = append(n.claims, claim{name: name, what: what, owner: owner, at: at})
}

// stem notes what the other names of a declaration are made from.
func (n *namer) stem(in scope, owner any, at schema.Place, name, what string) {
	n.claims = append(n.claims, claim{scope: in, name: name, what: what, owner: owner, at: at, stem: true})
}

// paramsStruct is the one value of go: {params: ...}.
const paramsStruct = "struct"

var paramsForm = regexp.MustCompile("^" + paramsStruct + "$")

// goNameForm is what a schema can ask for with go: {name: ...}.
var goNameForm = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)

// exported decides the name of a declaration: what the schema asks for, else
// what its name gives. It reports a name that gives none.
func (n *namer) exported(of any, name string, at schema.Place, hints *schema.GoHints, hint string) string {
	if asked := n.asked(hints); asked != "" {
		n.of[of] = asked
		return asked
	}
	if name == "" {
		n.nameless = true
		return ""
	}
	id, ok := goName(fixedPart(of, name))
	if !ok {
		n.report(at, RuleName, "%s gives no Go name that begins with a capital letter", diag.Quote(name)).Hint = hint
		return ""
	}
	n.of[of] = id
	return id
}

// uriParam is a parameter in the name of a procedure or topic.
var uriParam = regexp.MustCompile(`\{[^}]*\}`)

// fixedPart is a name without the parameters of a URI.
func fixedPart(of any, name string) string {
	switch of.(type) {
	case *schema.Procedure, *schema.Topic:
		return uriParam.ReplaceAllString(name, "")
	}
	return name
}

// asked is the identifier that a schema asks for; "" if there is none.
func (n *namer) asked(hints *schema.GoHints) string {
	if hints == nil {
		return ""
	}
	return n.hint("name", hints.Name, goNameForm, "a Go name begins with a capital letter, as in OrderPlace")
}

// hint returns the text of a hint if it has its form.
func (n *namer) hint(key string, h schema.Hint, form *regexp.Regexp, about string) string {
	if !h.Given() && h.Text == "" {
		return ""
	}
	if !form.MatchString(h.Text) {
		n.report(h.Place, schema.RuleBadValue, "%s cannot be %s", key, diag.Quote(h.Text)).Hint = about
		return ""
	}
	return h.Text
}

// tagForm is what a schema can ask for as the key of a tag.
var tagForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

// tags checks the tags that a schema asks for.
func (n *namer) tags(f *schema.Field) {
	if f.Go == nil {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(f.Go.Tags)) {
		h := f.Go.Tags[key]
		switch {
		case key == "json":
			n.report(h.Place, schema.RuleBadValue, "the tag json is the name on the wire").Hint = "write  name:  for another one"
		case !tagForm.MatchString(key):
			n.report(h.Place, schema.RuleBadValue, "%s cannot be the key of a tag", diag.Quote(key)).Hint = "a key is a word, as in  tags: {db: price}"
		case strings.ContainsFunc(h.Text, func(c rune) bool { return c == '`' || !unicode.IsPrint(c) }):
			n.report(h.Place, schema.RuleBadValue, "the tag %s cannot be %s", key, diag.Quote(h.Text)).Hint = "a tag has no ` and only characters that can be seen"
		}
	}
}

// typ names a type, its fields and what its kind needs.
func (n *namer) typ(t *schema.Type) {
	what := diag.Quote(t.Name)
	id := n.exported(t, t.Name, t.Place, t.Go, renameHint(t))
	n.structFields("struct "+what, structMethods, t.Fields)
	if id == "" {
		return
	}
	n.stem(packageScope, t, t.Place, id, what)
	n.claimExamples(t, t.Place, id, what, t.Examples)
	n.customType(t.Base, false)
	new(gen).kind(t).claim(n)
}

// err names an error and the fields of its payload.
func (n *namer) err(e *schema.Error) {
	id := n.exported(e, e.Name, e.Place, e.Go, addName)
	if id == "" {
		return
	}
	asked := e.Go != nil && e.Go.Name.Text == id
	if !asked && !strings.HasSuffix(id, "Error") {
		id += "Error"
		n.of[e] = id
	}
	what := diag.Quote(e.Name)
	n.payload(n.failure(e), "error "+what, errorMethods)
	n.stem(packageScope, e, e.Place, id, what)
	n.claim(e, e.Place, errorURI(id), "the URI of "+what)
	n.claimExamples(e, e.Place, id, what, e.Examples)
}

// procedure names a procedure, what is derived from it, and the fields of its
// payloads.
func (n *namer) procedure(p *schema.Procedure) {
	id := n.exported(p, p.Name, p.Place, p.Go, addName)
	if slices.Contains(vetMethods, id) {
		n.report(p.Place, RuleName, "%s becomes method %s, for which go vet demands another signature", diag.Quote(p.Name), id).Hint = addName
	}
	if p.Go != nil {
		n.hint("params", p.Go.Params, paramsForm, "the one value is struct: a method takes one, also for none or one parameter")
	}
	what := diag.Quote(p.Name)
	n.structFields("the parameters of "+what, []string{"CodeURI"}, p.Params)
	if id != "" {
		n.apart(p, what)
		n.claimOptions(p, p.Place, id, what, p.Options)
		n.stem(methodScope, p, p.Place, id, what)
		n.claim(p, p.Place, procedureURI(id), "the URI of "+what)
		n.claim(p, p.Place, handleName(id), "the handler of "+what)
		if len(p.Examples) > 0 {
			n.claim(p, p.Place, exampleCallName(id), "an example of "+what)
			n.claim(p, p.Place, exampleCallsName(id), "the examples of "+what)
		}
		if hasStream(p) {
			n.claims = append(n.claims, claim{scope: methodScope, name: streamName(id), what: "the stream of " + what, owner: p, at: p.Place})
		}
	}
	for _, side := range []struct {
		payload
		what string
	}{
		{n.input(p), "the arguments of "}, {n.output(p), "the result of "}, {n.progress(p), "the progressive result of "},
		{n.chunk(p), "the chunk of "},
	} {
		if side.Payload == nil {
			continue
		}
		if id != "" && side.shape() == schema.ShapeRecord {
			n.claim(p, p.Place, side.goName(), side.what+what)
		}
		n.payload(side.payload, side.what+what, structMethods)
	}
}

// apart names what the procedures of a group have together, or the one procedure
// with parameters in its URI alone.
func (n *namer) apart(p *schema.Procedure, what string) {
	unit := n.unit(p)
	if p.Group != "" {
		if n.groups[p.Group] {
			return
		}
		n.groups[p.Group] = true
		what = "group " + diag.Quote(p.Group)
		n.claim(p, p.Place, calleeName(unit), "the callee of "+what)
		n.claim(p, p.Place, registerName(unit), "the function that registers "+what)
		if len(p.Params) > 0 {
			n.claim(p, p.Place, registerAllName(unit), "the function that registers all of "+what)
		}
	}
	if len(p.Params) > 1 {
		n.claim(p, p.Place, paramsName(unit), "the parameters of "+what)
	}
}

// topic names a topic, what is derived from it, and the fields of its event.
func (n *namer) topic(t *schema.Topic) {
	id := n.exported(t, t.Name, t.Place, t.Go, addName)
	what := diag.Quote(t.Name)
	methods := structMethods
	if len(t.Params) > 0 {
		methods = append([]string{"CodeURI"}, methods...)
	}
	n.payload(n.event(t), "topic "+what, methods)
	if id == "" {
		return
	}
	n.stem(topicScope, t, t.Place, id, what)
	n.claim(t, t.Place, topicURI(id), "the URI of "+what)
	n.claim(t, t.Place, publishName(id), "the publisher of "+what)
	n.claim(t, t.Place, subscribeName(id), "the subscriber of "+what)
	n.claim(t, t.Place, eventsName(id), "the events of "+what)
	n.claim(t, t.Place, id, what)
	n.claimExamples(t, t.Place, id, what, t.Examples)
	n.claimOptions(t, t.Place, id, what, t.Options)
	if len(t.Params) > 0 {
		n.claim(t, t.Place, matchName(id), "what matches "+what)
	}
}

// payload names the parameters of a payload. Only the fields of a struct can be
// in each other's way; those of a type alone are its own business.
func (n *namer) payload(p payload, owner string, methods []string) {
	switch {
	case p.Shape == schema.ShapeSpread && p.Spread.Import == nil && p.kind != kindError && len(p.uri) == 0:
	case p.shape() == schema.ShapeRecord && p.stem != "":
		n.structFields(owner, methods, slices.Concat(p.uri, p.params()))
	default:
		for _, f := range p.params() {
			n.field(f)
		}
	}
}

// field names a field once: a struct that is spread over several payloads
// shares its fields with them.
func (n *namer) field(f *schema.Field) string {
	if id, done := n.of[f]; done {
		return id
	}
	id := n.exported(f, cmp.Or(f.Label, f.Name), f.Place, f.Go, longField)
	n.customType(f.Type, f.Default != nil)
	n.tags(f)
	n.of[f] = id
	return id
}

// structFields names the fields of one struct.
func (n *namer) structFields(owner string, methods []string, fields []*schema.Field) {
	taken := make(map[string]*schema.Field, len(fields))
	for _, f := range fields {
		id := n.field(f)
		if id == "" {
			continue
		}
		if slices.Contains(methods, id) {
			n.report(f.Place, RuleNameClash, "%s becomes Go name %s, which is a method of %s", diag.Quote(f.Name), id, owner).Hint = longField
			continue
		}
		if first := taken[id]; first != nil && first.Name != f.Name {
			n.clash(claim{name: id, what: diag.Quote(f.Name), owner: f, at: f.Place}, claim{what: diag.Quote(first.Name), at: first.Place})
			continue
		}
		taken[id] = f
	}
}
