package schema

import (
	"slices"
	"strings"
	"time"
)

// readErrors reads the section errors.
func (r *reader) readErrors(pairs []pair) {
	pairs = r.indented(pairs, func(key string) bool { return slices.Contains(errorKeys.built, key) })
	for _, p := range pairs {
		if r.full() {
			return
		}
		e := &Error{Name: p.key.text, Place: r.place(p.key), Payload: &Payload{}}
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
		e.URI, e.URIPlace = r.uri(s, p.key, "error", r.model.URI+".error.")
		e.Payload = r.payload(s, e.Place, owner)
	}
}

// readDefaults reads what procedures have unless they say otherwise.
func (r *reader) readDefaults(n *node) {
	if n == nil {
		return
	}
	s, ok := r.section(n, "defaults", defaultsKeys)
	if !ok || s.get("procedure") == nil {
		return
	}
	if s, ok = r.section(s.get("procedure"), "defaults of procedures", policyKeys); ok {
		r.policy.timeout = r.timeout(s)
		r.policy.errors = r.errorRefs(s)
	}
}

// readProcedures reads the section procedures.
func (r *reader) readProcedures(pairs []pair) {
	pairs = r.indented(pairs, func(key string) bool { return slices.Contains(procedureKeys.built, key) })
	for _, p := range pairs {
		if r.full() {
			return
		}
		x := &Procedure{Name: p.key.text, Place: r.place(p.key), In: &Payload{}, Out: &Payload{}, Timeout: r.policy.timeout}
		r.refused[x] = template(p.key.text)
		r.model.Procedures = append(r.model.Procedures, x)
		owner := "procedure " + quote(x.Name)
		s, ok := r.section(p.value, owner, r.templateKeys(p.key, procedureKeys))
		if !ok {
			continue
		}
		x.Doc, x.DocPlace = s.doc()
		x.Go = s.goHints(procedureGoKeys)
		x.URI, x.URIPlace = r.uri(s, p.key, "procedure", r.model.URI+".")
		x.In = r.input(s, x.Place, owner)
		x.Out = r.result(s, returns, x.Place, owner)
		x.Progress = r.progress(s.get("stream"), x.Place, owner)
		x.Idempotent = s.flag("idempotent")
		if s.get("timeout") != nil {
			x.Timeout = r.timeout(s)
		}
		x.Errors = r.errorRefs(s)
		for _, e := range r.policy.errors {
			if !has(x.Errors, e.Error) {
				x.Errors = append(x.Errors, ErrorRef{e.Error, e.Place.derived()})
			}
		}
		slices.SortFunc(x.Errors, func(a, b ErrorRef) int { return compare(a.Name, b.Name) })
	}
}

// readTopics reads the section topics.
func (r *reader) readTopics(pairs []pair) {
	pairs = r.indented(pairs, func(key string) bool { return slices.Contains(topicKeys.built, key) })
	for _, p := range pairs {
		if r.full() {
			return
		}
		t := &Topic{Name: p.key.text, Place: r.place(p.key), Payload: &Payload{}}
		r.refused[t] = template(p.key.text)
		r.model.Topics = append(r.model.Topics, t)
		owner := "topic " + quote(t.Name)
		s, ok := r.section(p.value, owner, r.templateKeys(p.key, topicKeys))
		if !ok {
			continue
		}
		t.Doc, t.DocPlace = s.doc()
		t.Go = s.goHints(goKeys)
		t.URI, t.URIPlace = r.uri(s, p.key, "topic", r.model.URI+".")
		t.Payload = r.payload(s, t.Place, owner)
		t.History = s.flag("history")
	}
}

// templateKeys is t for a declaration with the given name. Where the name is
// a URI template, which is refused, params is what belongs to it and is not
// refused once more.
func (r *reader) templateKeys(name *node, t keyTable) keyTable {
	if template(name.text) {
		t.built = append(slices.Clone(t.built), "params")
	}
	return t
}

// uri decides the URI of a declaration: its key uri, else its name behind a
// prefix.
func (r *reader) uri(s section, name *node, kind, prefix string) (string, Place) {
	at, uri := name, prefix+name.text
	if n := s.get("uri"); n != nil {
		if !s.isString(n, "uri") {
			return "", Place{}
		}
		at, uri = n, n.text
	}
	if template(name.text) || template(at.text) {
		if !template(at.text) {
			at = name
		}
		r.notBuilt(r.src.token(at), "a URI with parameters")
		return "", Place{}
	}
	if r.model.URI == "" && at == name {
		r.checkURI(at, name.text, false)
		return "", Place{} // the prefix itself is reported
	}
	if !r.checkURI(at, uri, kind == "error") {
		return "", Place{}
	}
	if first := r.uris[kind+" "+uri]; first != nil {
		d := r.report(r.src.token(at), RuleURIClash, "%s %s has the URI of %s (line %d)", kind, quote(name.text), quote(first.text), first.pos.Line)
		r.relate(d, first.pos, "the first one")
		return "", Place{}
	}
	r.uris[kind+" "+uri] = name
	if at == name {
		return uri, r.place(name).derived()
	}
	return uri, r.place(at)
}

// checkURI checks a concrete URI. An error may be one of the protocol's own.
func (r *reader) checkURI(at *node, uri string, isError bool) bool {
	if problem := badURI(uri); problem != "" {
		d := r.report(r.src.token(at), RuleURI, "the URI %s %s", quote(uri), problem)
		d.Hint = "a URI is components with dots between them, as in com.acme.shop"
		return false
	}
	if !reserved(uri) || isError && predefined(uri) {
		return true
	}
	d := r.report(r.src.token(at), RuleURIReserved, "the URI %s begins with wamp, which belongs to the protocol", quote(uri))
	if isError {
		d.Hint = "only the errors that WAMP itself defines can be declared there"
	}
	return false
}

// timeout reads the key timeout; 0 switches it off.
func (r *reader) timeout(s section) time.Duration {
	n := s.get("timeout")
	if n == nil || !s.isString(n, "timeout") {
		return 0
	}
	d, problem := duration(n.text)
	if problem != "" {
		r.report(r.src.token(n), RuleBadValue, "timeout %s %s", quote(n.text), problem)
	}
	return d
}

// errorRefs reads the key errors: a list of names.
func (r *reader) errorRefs(s section) []ErrorRef {
	n := s.get("errors")
	if n == nil || !r.want(n, listNode, "errors") {
		return nil
	}
	var list []ErrorRef
	for _, item := range n.items {
		if !r.want(item, scalarNode, "the name of an error") {
			continue
		}
		e := r.errors[item.text]
		switch {
		case e == nil:
			r.unknownError(item)
		case has(list, e):
			r.report(r.src.token(item), RuleDuplicateKey, "duplicate error %s", quote(item.text))
		default:
			list = append(list, ErrorRef{e, r.place(item)})
		}
	}
	return list
}

// has reports whether an error is in a list.
func has(list []ErrorRef, e *Error) bool {
	return slices.ContainsFunc(list, func(x ErrorRef) bool { return x.Error == e })
}

// unknownError reports a name that no error has.
func (r *reader) unknownError(n *node) {
	if alias, _, ok := strings.Cut(n.text, "."); ok && r.aliases[alias] {
		r.notBuilt(r.src.token(n), "the error "+quote(n.text)+" of an imported schema")
		return
	}
	if r.full() || r.partial {
		return
	}
	d := r.report(r.src.token(n), RuleUnknownError, "unknown error %s", quote(n.text))
	r.suggest(d, n.text, "no error of that name here; define it under errors", r.errorNames)
}
