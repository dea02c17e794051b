package schema

import (
	"slices"
	"strings"
)

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

// claim is the wish of a declaration for a Go identifier.
type claim struct {
	// scope is "" for the package, "method" for the methods of Caller and
	// Callee, "topic" for what stands between the words of a topic's functions.
	scope, name string
	// what names the claimant in messages, owner is its declaration, key its node.
	what  string
	owner any
	key   *node
	// stem reports whether the other claims of the owner are made from this one.
	stem bool
}

// names decides every Go identifier of the model and reports those that two
// declarations, or a declaration and the generated code, would share.
func (r *reader) names() {
	var claims []claim
	for _, t := range r.model.Types {
		claims = append(claims, r.typeClaims(t)...)
	}
	for _, e := range r.model.Errors {
		claims = append(claims, r.errorClaims(e)...)
	}
	for _, p := range r.model.Procedures {
		claims = append(claims, r.procedureClaims(p)...)
	}
	for _, t := range r.model.Topics {
		claims = append(claims, r.topicClaims(t)...)
	}
	r.settle(claims)
	r.locals()
}

// named returns the Go name of a declaration: what the schema asks for, else
// what its name gives. It reports a name that gives none.
func (r *reader) named(of any, name, hint string) string {
	if asked := r.goNames[of]; asked != "" {
		return asked
	}
	// A name that is refused anyway has no identifier to look for.
	if name == "" || becomesURI(of) && template(name) {
		return ""
	}
	id, ok := goName(name)
	if !ok {
		d := r.report(r.src.token(r.keys[of]), RuleGoName, "%s gives no Go name that begins with a capital letter", quote(name))
		d.Hint = hint
		return ""
	}
	return id
}

// becomesURI reports whether the name of a declaration is part of a URI: a
// template there has been reported.
func becomesURI(of any) bool {
	switch of.(type) {
	case *Error, *Procedure, *Topic:
		return true
	}
	return false
}

const (
	addGoName  = "add  go: {name: ...}"
	longField  = "write  {type: ..., go: {name: ...}}"
	otherNames = "write  enum: {name: value}  with other names"
)

// goNameHint says where a declaration can ask for another Go name. What is
// written in the short form has to become long for that.
func (r *reader) goNameHint(owner any) string {
	if _, field := owner.(*Field); field || r.short[owner] {
		return longField
	}
	return addGoName
}

// typeClaims names a type and the constants of an enum.
func (r *reader) typeClaims(t *Type) []claim {
	if !pascalCase.MatchString(t.Name) {
		return nil // the name itself is reported
	}
	if t.GoName = r.named(t, t.Name, r.goNameHint(t)); t.GoName == "" {
		return nil
	}
	claims := []claim{{name: t.GoName, what: quote(t.Name), owner: t, key: r.keys[t], stem: true}}
	if t.Kind == Enum {
		claims = append(claims, claim{name: t.GoName + "Values", what: "the values of " + quote(t.Name), owner: t, key: r.keys[t]})
	}
	for i := range t.Values {
		v, key := &t.Values[i], r.valueKeys[t][i]
		id := pascal(words(v.Name))
		if id == "" {
			r.report(r.src.token(key), RuleGoName, "%s gives no Go name", quote(v.Name)).Hint = otherNames
			continue
		}
		v.GoName = t.GoName + id
		claims = append(claims, claim{name: v.GoName, what: "value " + quote(v.Name) + " of " + quote(t.Name), owner: t, key: key})
	}
	return claims
}

// errorClaims names an error and the fields of its payload.
func (r *reader) errorClaims(e *Error) []claim {
	if e.GoName = r.named(e, e.Name, addGoName); e.GoName == "" {
		return nil
	}
	if r.goNames[e] == "" && !strings.HasSuffix(e.GoName, "Error") {
		e.GoName += "Error"
	}
	e.Payload.GoName = e.GoName
	r.payloadNames(e.Payload, "error "+quote(e.Name), errorMethods)
	return []claim{
		{name: e.GoName, what: quote(e.Name), owner: e, key: r.keys[e], stem: true},
		{name: e.GoName + "URI", what: "the URI of " + quote(e.Name), owner: e, key: r.keys[e]},
	}
}

// procedureClaims names a procedure, what is derived from it, and the fields
// of its payloads.
func (r *reader) procedureClaims(p *Procedure) []claim {
	p.GoName = r.named(p, p.Name, addGoName)
	if slices.Contains(vetMethods, p.GoName) {
		d := r.report(r.src.token(r.keys[p]), RuleGoName, "%s becomes method %s, for which go vet demands another signature", quote(p.Name), p.GoName)
		d.Hint = addGoName
	}
	owner, key := quote(p.Name), r.keys[p]
	claims := []claim{
		{scope: "method", name: p.GoName, what: owner, owner: p, key: key, stem: true},
		{name: p.GoName + "Procedure", what: "the URI of " + owner, owner: p, key: key},
		{name: "Handle" + p.GoName, what: "the handler of " + owner, owner: p, key: key},
	}
	if p.GoName != "" && needsStruct(p.In, true) {
		p.In.GoName = p.GoName + "Args"
		claims = append(claims, claim{name: p.In.GoName, what: "the arguments of " + owner, owner: p, key: key})
	}
	if p.GoName != "" && needsStruct(p.Out, false) {
		p.Out.GoName = p.GoName + "Result"
		claims = append(claims, claim{name: p.Out.GoName, what: "the result of " + owner, owner: p, key: key})
	}
	if p.Progress != nil {
		if p.GoName != "" {
			claims = append(claims, claim{scope: "method", name: p.GoName + "Stream", what: "the stream of " + owner, owner: p, key: key})
		}
		if p.GoName != "" && needsStruct(p.Progress, false) {
			p.Progress.GoName = p.GoName + "Progress"
			claims = append(claims, claim{name: p.Progress.GoName, what: "the progressive result of " + owner, owner: p, key: key})
		}
		r.payloadNames(p.Progress, "the progressive result of "+owner, structMethods)
	}
	r.payloadNames(p.In, "the arguments of "+owner, structMethods)
	r.payloadNames(p.Out, "the result of "+owner, structMethods)
	if p.GoName == "" {
		return nil
	}
	return claims
}

// needsStruct reports whether a payload gets a Go struct of its own. It does
// not where it is nothing, one struct of the schema, a result of one value, or,
// as an input, one required positional parameter.
func needsStruct(p *Payload, input bool) bool {
	switch {
	case p.Empty(), p.Single, p.Spread != nil && len(p.Args) == 0:
		return false
	case input && len(p.Args) == 1 && len(p.Kwargs) == 0:
		return p.Args[0].Optional || p.Args[0].Default != nil
	}
	return true
}

// topicClaims names a topic, what is derived from it, and the fields of its
// event.
func (r *reader) topicClaims(t *Topic) []claim {
	t.GoName = r.named(t, t.Name, addGoName)
	owner, key := quote(t.Name), r.keys[t]
	t.Payload.GoName = t.GoName
	if t.Payload.Spread == nil || len(t.Payload.Args) > 0 { // else they are those of the struct
		r.payloadNames(t.Payload, "topic "+owner, structMethods)
	}
	if t.GoName == "" {
		return nil
	}
	claims := []claim{
		{scope: "topic", name: t.GoName, what: owner, owner: t, key: key, stem: true},
		{name: t.GoName + "Topic", what: "the URI of " + owner, owner: t, key: key},
		{name: "Publish" + t.GoName, what: "the publisher of " + owner, owner: t, key: key},
		{name: "Subscribe" + t.GoName, what: "the subscriber of " + owner, owner: t, key: key},
		{name: t.GoName + "Events", what: "the events of " + owner, owner: t, key: key},
	}
	return append(claims, claim{name: t.GoName, what: owner, owner: t, key: key})
}

// payloadNames names the parameters of a payload. Only the fields of a struct
// can be in each other's way.
func (r *reader) payloadNames(p *Payload, owner string, methods []string) {
	fields := slices.Concat(p.Args, p.Kwargs)
	if p.GoName == "" {
		for _, f := range fields {
			r.fieldName(f)
		}
		return
	}
	r.fieldNames(owner, methods, fields)
}

// fieldName decides the Go name of a field once: a struct that is spread over
// several payloads shares its fields with them.
func (r *reader) fieldName(f *Field) string {
	if !r.namedFields[f] {
		r.namedFields[f] = true
		f.GoName = r.named(f, f.Name, longField)
	}
	return f.GoName
}

// fieldNames decides the Go names of the fields of one struct.
func (r *reader) fieldNames(owner string, methods []string, fields []*Field) {
	taken := make(map[string]*Field, len(fields))
	for _, f := range fields {
		id := r.fieldName(f)
		if id == "" {
			continue
		}
		if slices.Contains(methods, id) {
			d := r.report(r.src.token(r.keys[f]), RuleGoNameClash, "%s becomes Go name %s, which is a method of %s", quote(f.Name), id, owner)
			d.Hint = longField
			continue
		}
		if first := taken[id]; first != nil && first.Name != f.Name {
			r.clash(claim{name: id, what: quote(f.Name), owner: f, key: r.keys[f]}, claim{what: quote(first.Name), key: r.keys[first]})
			continue
		}
		taken[id] = f
	}
}

// settle gives every identifier to the first that claims it, in the order of
// the file, and reports the others. Two declarations clash only once, however
// many identifiers they share, and none more often than its stem.
func (r *reader) settle(claims []claim) {
	slices.SortStableFunc(claims, func(a, b claim) int { return a.key.off - b.key.off })
	taken := map[[2]string]claim{}
	for _, name := range packageNames {
		taken[[2]string{"", name}] = claim{}
	}
	reported := map[[2]any]bool{}
	lost := map[any]bool{} // owners whose stem is taken
	for _, c := range claims {
		id := [2]string{c.scope, c.name}
		first, twice := taken[id]
		pair := [2]any{first.owner, c.owner}
		switch {
		case lost[c.owner]:
		case !twice:
			taken[id] = c
		case first.key == nil:
			d := r.report(r.src.token(c.key), RuleGoNameClash, "%s becomes Go name %s, which every generated package has", c.what, c.name)
			d.Hint = r.goNameHint(c.owner)
		case !reported[pair] || first.owner == c.owner:
			reported[pair], lost[c.owner] = true, c.stem
			r.clash(c, first)
		}
	}
}

// clash reports that two names become one.
func (r *reader) clash(c, first claim) {
	d := r.report(r.src.token(c.key), RuleGoNameClash, "%s and %s (line %d) both become Go name %s", c.what, first.what, first.key.pos.Line, c.name)
	d.Hint = addGoName + "  to one of them"
	if r.goNameHint(c.owner) == longField {
		d.Hint = longField + "  for one of them"
	}
	if _, ok := c.owner.(*Type); ok && c.owner == first.owner {
		d.Hint = otherNames
	}
	r.relate(d, first.key.pos, "the other one")
}

// locals names the descriptors and the parameters. They may meet: parameters
// are what users see in a signature, so the generator then takes another name
// for the descriptor.
func (r *reader) locals() {
	vars := map[string]bool{}
	descriptor := func(exported string) string {
		if exported == "" {
			return ""
		}
		id := localName(exported, func(id string) bool { return vars[id] })
		vars[id] = true
		return id
	}
	for _, p := range r.model.Procedures {
		p.Var = descriptor(p.GoName)
	}
	for _, t := range r.model.Topics {
		t.Var = descriptor(t.GoName)
	}
	for f := range r.namedFields {
		if f.GoName != "" {
			f.Param = localName(f.GoName, func(string) bool { return false })
		}
	}
}
