package schema

import (
	"regexp"
	"slices"
	"strings"
)

// templateParam is a component of a URI template.
var templateParam = regexp.MustCompile(`^\{[a-z][a-z0-9_]*\}$`)

// template reports whether a URI has a parameter: {name}, or <name> as other
// tools write it.
func template(uri string) bool { return strings.ContainsAny(uri, "{}<>") }

// splitTemplate returns the names of the parameters of a URI template, and
// whether the last of them stands for one or more components. It says what is
// wrong with the template, and what to write.
func splitTemplate(uri string) (names []string, rest bool, problem, hint string) {
	const whole = "a parameter is a whole component, as in  device.{id}.state"
	uri, rest = cutRest(uri)
	if strings.Contains(uri, "...}") {
		return nil, false, "has components behind {name...}", "{name...} stands for all that follows, so it comes last"
	}
	for component := range strings.SplitSeq(uri, ".") {
		switch {
		case strings.ContainsAny(component, "<>"):
			return nil, false, "has a parameter in angle brackets", "write  {name}  for a parameter"
		case !template(component):
			continue
		case !templateParam.MatchString(component):
			return nil, false, "has a malformed parameter", whole
		}
		name := component[1 : len(component)-1]
		if slices.Contains(names, name) {
			return nil, false, "has the parameter " + quote(name) + " more than once", "give each of them a name of its own"
		}
		names = append(names, name)
	}
	if rest && len(names) > 1 {
		return nil, false, "has a parameter before {" + names[len(names)-1] + "...}",
			"WAMP has no pattern with an open component and an open end"
	}
	return names, rest, "", ""
}

// malformed reports whether a name is a template and is refused.
func malformed(name string) bool {
	_, _, problem, _ := splitTemplate(name)
	return problem != ""
}

// cutRest turns a {name...} at the end of a template into {name}.
func cutRest(uri string) (string, bool) {
	before, rest := strings.CutSuffix(uri, "...}")
	if rest {
		before += "}"
	}
	return before, rest
}

// concrete is a URI that a template could become.
func concrete(uri string) string {
	uri, _ = cutRest(uri)
	return withoutBraces.Replace(uri)
}

var withoutBraces = strings.NewReplacer("{", "", "}", "")

// anonymous is a template without the names of its parameters, which URIs do
// not show.
var paramName = regexp.MustCompile(`\{[a-z0-9_]*`)

func anonymous(uri string) string { return paramName.ReplaceAllString(uri, "{") }

// uriParams are the parameters of the URI of a procedure or topic.
type uriParams struct {
	// at is where the template stands.
	at    *node
	names []string
	rest  bool
}

// templateURI checks a URI template and returns its parameters, nil once it is
// reported.
func (r *reader) templateURI(at *node, uri string) *uriParams {
	names, rest, problem, hint := splitTemplate(uri)
	if problem != "" {
		r.report(at.token(), RuleURITemplate, "the URI %s %s", quote(uri), problem).Hint = hint
		return nil
	}
	return &uriParams{at, names, rest}
}

// params reads the key params: the types of the parameters of a URI, which are
// strings unless it says otherwise.
func (r *reader) params(s section, t *uriParams, owner string) []*Field {
	given := map[string]*Field{}
	for _, p := range s.named("params") {
		if t == nil {
			continue
		}
		if !slices.Contains(t.names, p.key.text) {
			d := r.report(p.key.token(), RuleUnknownParam, "%s is not a parameter of the URI of %s", quote(p.key.text), owner)
			r.suggest(d, p.key.text, "write it into the URI as  {"+clean(p.key.text)+"}", t.names)
			continue
		}
		f := r.field(p)
		r.nowhere([]*Field{f})
		r.ownGo(f.Type)
		given[f.Name] = f
		r.paramType(p, f, t.rest)
	}
	if t == nil {
		return nil
	}
	var fields []*Field
	for _, name := range t.names {
		f := given[name]
		if f == nil {
			f = &Field{Name: name, Place: t.at.place(), Type: &Ref{Scalar: String}}
		}
		fields = append(fields, f)
	}
	return fields
}

// paramType checks that a parameter can stand in a URI.
func (r *reader) paramType(p pair, f *Field, rest bool) {
	if f.Type == nil {
		return
	}
	kind := paramScalar(f.Type)
	switch {
	case f.Optional || f.Type.Nullable || f.Default != nil:
		d := r.report(p.value.token(), RuleParamType, "the parameter %s of a URI must not be optional, nullable or defaulted", quote(f.Name))
		d.Hint = "a URI has all of its components"
	case len(f.Type.Constraints) > 0:
		d := r.report(p.value.token(), RuleParamType, "the parameter %s of a URI must not have constraints of its own", quote(f.Name))
		d.Hint = "define a type with them and write its name here"
	case f.Type.Underlying().Go != nil:
		r.report(p.value.token(), RuleParamType, "the parameter %s of a URI must not have another Go type", quote(f.Name))
	case kind == "":
		d := r.report(p.value.token(), RuleParamType, "the parameter %s of a URI must be a string, an enum, an integer, a uuid or a bool", quote(f.Name))
		d.Hint = "or a named type of one of these"
	case rest && kind != String:
		r.report(p.value.token(), RuleParamType, "the parameter %s stands for several components, so it must be a string", quote(f.Name))
	}
}

// paramScalar is the built-in type by which a parameter is written into a URI;
// "" if there is none.
func paramScalar(ref *Ref) Scalar {
	for depth := 0; ref != nil && depth < maxDepth; depth++ {
		switch t := ref.Named; {
		case t == nil:
			switch ref.Scalar {
			case String, Bool, UUID, Int, Int8, Int16, Int32, Int64, Uint, Uint8, Uint16, Uint32, Uint64:
				return ref.Scalar
			}
			return ""
		case t.Kind == Enum && t.IntEnum:
			return Int64
		case t.Kind == Enum:
			return String
		case t.Kind != Newtype:
			return ""
		default:
			ref = t.Base
		}
	}
	return ""
}

// paramShadows reports parameters of the payload that have the name of one of
// the URI: in Go they stand side by side.
func (r *reader) paramShadows(params []*Field, p *Payload) {
	for _, f := range params {
		for _, other := range slices.Concat(p.Args, p.Kwargs) {
			if other.Name != f.Name {
				continue
			}
			d := r.report(f.Place.Span, RuleKwargShadow, "%s is a parameter of the URI and of the payload (%s)", quote(f.Name), r.model.Where(other.Place.Pos, f.Place.Pos))
			r.relate(d, other.Place.Pos, "the other one")
			d.Hint = "give the one of the URI another name, which no peer sees"
		}
	}
}

// group reads the key group: procedures that a callee implements together, and
// apart from all others.
func (r *reader) group(s section, key *node, p *Procedure) {
	if s.get("group") == nil {
		return
	}
	p.Group = s.match("group", snake, "a group is snake_case, as in sensor")
	if p.Group == "" || p.URI == "" {
		return
	}
	first := r.groups[p.Group]
	if first == nil {
		r.groups[p.Group] = p
		return
	}
	if leading(p) != leading(first) {
		d := r.report(key.token(), RuleGroup, "procedures of group %s must begin with one template: %s here, %s in %s (%s)",
			quote(p.Group), leadingText(p), leadingText(first), quote(first.Name), r.model.Where(first.Place.Pos, key.pos))
		r.relate(d, first.Place.Pos, "the first one")
		d.Hint = "a callee of the group has the same parameters in all of its procedures"
		return
	}
	for i, f := range p.Params {
		if a, b := f.Type, first.Params[i].Type; a != nil && b != nil && (a.Scalar != b.Scalar || a.Named != b.Named) {
			d := r.report(f.Place.Span, RuleGroup, "the parameter %s of group %s has another type in %s (%s)",
				quote(f.Name), quote(p.Group), quote(first.Name), r.model.Where(first.Place.Pos, key.pos))
			r.relate(d, first.Params[i].Place.Pos, "the other type")
		}
	}
}

// leading is the URI of a procedure up to its last parameter; "" if it has none.
func leading(p *Procedure) string {
	return p.URI[:strings.LastIndexByte(p.URI, '}')+1]
}

func leadingText(p *Procedure) string {
	if text := leading(p); text != "" {
		return text
	}
	return "no parameter"
}
