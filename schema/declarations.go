package schema

import (
	"slices"
	"strings"

	"github.com/wampgen/wampgen/schema/diag"
)

// readErrors reads the section errors.
func (r *reader) readErrors(pairs []pair) {
	for _, p := range pairs {
		if r.full() {
			return
		}
		e := &Error{Name: p.key.text, Place: p.key.place(), Payload: &Payload{}}
		r.errors[e.Name], r.refused[e] = e, template(p.key.text)
		r.model.Errors = append(r.model.Errors, e)
		r.errorNames = append(r.errorNames, e.Name)
		owner := "error " + quote(e.Name)
		s, ok := r.section(p.value, owner, errorKeys)
		if !ok {
			continue
		}
		e.Doc, e.DocPlace = s.doc()
		e.Go = s.goHints(goKeys)
		e.Deprecated, e.Since = s.lifetime()
		e.URI, e.URIPlace, _ = r.uri(s, p.key, "error", r.model.URI+".error.")
		e.Payload = r.payload(s, e.Place, owner)
		e.Examples = r.examples(s, errorExampleKeys)
	}
}

// readProcedures reads the section procedures.
func (r *reader) readProcedures(pairs []pair) {
	for _, p := range pairs {
		if r.full() {
			return
		}
		x := new(r.defaults.procedure)
		x.Name, x.Place, x.In, x.Out = p.key.text, p.key.place(), &Payload{}, &Payload{}
		r.refused[x] = malformed(p.key.text)
		r.model.Procedures = append(r.model.Procedures, x)
		owner := "procedure " + quote(x.Name)
		s, ok := r.section(p.value, owner, procedureKeys)
		if !ok {
			continue
		}
		x.Doc, x.DocPlace = s.doc()
		x.Go = s.goHints(procedureGoKeys)
		var params *uriParams
		x.URI, x.URIPlace, params = r.uri(s, p.key, "procedure", r.model.URI+".")
		x.In = r.input(s, x.Place, owner)
		x.Params = r.params(s, params, owner)
		x.Options = r.options(s, owner)
		r.paramShadows(x.Params, x.In)
		r.group(s, p.key, x)
		x.Out = r.result(s, returns, x.Place, owner)
		r.stream(s.get("stream"), x, owner)
		x.Deprecated, x.Since = s.lifetime()
		x.Examples = r.examples(s, procedureExampleKeys)
		r.procedurePolicies(s, x)
		r.lenient(s, x.Lenient, owner, x.In, x.Out, x.Progress, x.Chunk)
		x.Prefix = r.prefix(s, params, owner)
		x.Errors = r.errorRefs(s, r.defaults.procedure.Errors)
		slices.SortFunc(x.Errors, func(a, b ErrorRef) int { return compare(a.Name, b.Name) })
	}
}

// readTopics reads the section topics.
func (r *reader) readTopics(pairs []pair) {
	for _, p := range pairs {
		if r.full() {
			return
		}
		t := new(r.defaults.topic)
		t.Name, t.Place, t.Payload = p.key.text, p.key.place(), &Payload{}
		r.refused[t] = malformed(p.key.text)
		r.model.Topics = append(r.model.Topics, t)
		owner := "topic " + quote(t.Name)
		s, ok := r.section(p.value, owner, topicKeys)
		if !ok {
			continue
		}
		t.Doc, t.DocPlace = s.doc()
		t.Go = s.goHints(goKeys)
		var params *uriParams
		t.URI, t.URIPlace, params = r.uri(s, p.key, "topic", r.model.URI+".")
		t.Payload = r.payload(s, t.Place, owner)
		t.Params = r.params(s, params, owner)
		t.Options = r.options(s, owner)
		r.paramShadows(t.Params, t.Payload)
		t.Deprecated, t.Since = s.lifetime()
		t.Examples = r.examples(s, topicExampleKeys)
		r.topicPolicies(s, t)
		r.lenient(s, t.Lenient, owner, t.Payload)
		t.Prefix = r.prefix(s, params, owner)
	}
}

// uri decides the URI of a declaration: its key uri, else its name behind a
// prefix. The parameters are nil if it is refused.
func (r *reader) uri(s section, name *node, kind, prefix string) (string, Place, *uriParams) {
	at, uri := name, prefix+name.text
	if n := s.get("uri"); n != nil {
		if !s.isString(n, "uri") {
			return "", Place{}, nil
		}
		at, uri = n, n.text
		if badURI(concrete(name.text)) != "" {
			d := r.report(name.token(), RuleNameStyle, "%s cannot be the name of this %s", quote(name.text), kind)
			d.Hint = "a name is components with dots between them, as in order.place"
		}
	}
	params := &uriParams{at: at}
	switch {
	case !template(at.text) && !template(name.text):
	case kind == "error":
		r.report(at.token(), RuleURITemplate, "the URI of an error has no parameters")
		return "", Place{}, nil
	case !template(at.text):
		d := r.report(name.token(), RuleURITemplate, "%s has parameters, but the key uri has none", quote(name.text))
		d.Hint = "write the parameters into  uri"
		return "", Place{}, nil
	default:
		if params = r.templateURI(at, at.text); params == nil {
			return "", Place{}, nil
		}
	}
	if r.model.URI == "" && at == name {
		r.checkURI(at, concrete(name.text), false)
		return "", Place{}, params // the prefix itself is reported
	}
	if !r.checkURI(at, concrete(uri), kind == "error") {
		return "", Place{}, params
	}
	if r.clashingURI(name, at, kind, anonymous(uri)) {
		return "", Place{}, params
	}
	if at == name {
		return uri, name.place().derived(), params
	}
	return uri, at.place(), params
}

// clashingURI reports whether another declaration of the kind has the URI.
func (r *reader) clashingURI(name, at *node, kind, uri string) bool {
	if first := r.uris[kind+" "+uri]; first != nil {
		r.clash(name, at, kind, first.text, first.pos)
		return true
	}
	r.uris[kind+" "+uri] = name
	return false
}

// clash reports at a place that a name stands for the URI that another one has.
func (r *reader) clash(name, at *node, kind, first string, firstAt diag.Pos) {
	d := r.report(at.token(), RuleURIClash, "%s %s has the URI of %s (%s)", kind, quote(name.text), quote(first), r.model.Where(firstAt, at.pos))
	r.relate(d, firstAt, "the first one")
}

// checkURI checks a concrete URI. An error may be one of the protocol's own.
func (r *reader) checkURI(at *node, uri string, isError bool) bool {
	if problem := badURI(uri); problem != "" {
		d := r.report(at.token(), RuleURI, "the URI %s %s", quote(uri), problem)
		d.Hint = "a URI is components with dots between them, as in com.acme.shop"
		return false
	}
	if !reserved(uri) || isError && predefined(uri) || r.model.External {
		return true
	}
	d := r.report(at.token(), RuleURIReserved, "the URI %s begins with wamp, which belongs to the protocol", quote(uri))
	if isError {
		d.Hint = "only the errors that WAMP itself defines can be declared there"
	} else {
		d.Hint = "add  external: true  to api if others implement it"
	}
	return false
}

// errorRefs reads the key errors, a list of names, and adds the defaults.
func (r *reader) errorRefs(s section, defaults []ErrorRef) []ErrorRef {
	var items []*node
	if n := s.get("errors"); n != nil && r.want(n, listNode, "errors") {
		items = n.items
	}
	var list []ErrorRef
	for _, item := range items {
		if !r.want(item, scalarNode, "the name of an error") {
			continue
		}
		e := r.errors[item.text]
		i, name, known := r.imported(item.text)
		if i != nil && e == nil {
			e = importedError(i, name)
		}
		switch {
		case known && i == nil: // its file is reported
		case e == nil:
			r.unknownError(item)
		case has(list, e):
			r.report(item.token(), RuleDuplicateKey, "duplicate error %s", quote(item.text))
		case r.sharesURI(item, e, list), r.sharesURI(item, e, defaults):
		default:
			list = append(list, ErrorRef{e, item.place(), i})
		}
	}
	for _, e := range defaults {
		if !has(list, e.Error) {
			list = append(list, ErrorRef{e.Error, e.Place.derived(), e.Import})
		}
	}
	return list
}

// sharesURI reports whether an error has the URI of another one in a list, one of
// another API, and makes that a finding. An error that is refused has no URI.
func (r *reader) sharesURI(at *node, e *Error, list []ErrorRef) bool {
	for _, x := range list {
		if x.Error != e && x.URI == e.URI && e.URI != "" {
			r.clash(at, at, "error", x.Import.qualified(x.Name), x.Place.Pos)
			return true
		}
	}
	return false
}

// has reports whether an error is in a list.
func has(list []ErrorRef, e *Error) bool {
	return slices.ContainsFunc(list, func(x ErrorRef) bool { return x.Error == e })
}

// unknownError reports a name that no error has.
func (r *reader) unknownError(n *node) {
	if r.full() || r.partial {
		return
	}
	d := r.report(n.token(), RuleUnknownError, "unknown error %s", quote(n.text))
	i, _, known := r.imported(n.text)
	if i != nil {
		names := make([]string, len(i.Model.Errors))
		for k, e := range i.Model.Errors {
			names[k] = i.Alias + "." + e.Name
		}
		r.suggest(d, n.text, i.Model.File+" has no error of that name", names)
		return
	}
	otherwise := "no error of that name here; define it under errors"
	if alias, _, _ := strings.Cut(n.text, "."); !known && imported.MatchString(n.text) {
		otherwise += ", or add " + alias + " to imports"
	}
	r.suggestDeclared(d, n.text, otherwise, r.errorNames)
}
