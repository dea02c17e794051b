package value

import (
	"strings"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/data"
)

// Address returns the URI of a procedure or topic: uri itself if it has no
// parameters, and otherwise with their values, which v has as an object, or as
// the value itself if there is one. v is nil if there is none.
func Address(uri string, params []*schema.Field, v *data.Value) (string, Problems) {
	w := &walker{written: true}
	if v != nil {
		v = w.embedded(v)
	}
	if len(params) == 1 && v != nil && v.Kind != data.Map {
		v = &data.Value{Kind: data.Map, Map: []data.Entry{{Key: params[0].Name, Value: v}}, Place: v.Place}
	}
	switch {
	case v == nil:
		v = &data.Value{Kind: data.Map}
	case v.Kind != data.Map:
		w.wrong(nil, v, "an object with the parameters of the URI")
		return "", w.problems
	}
	for _, e := range v.Map {
		if !has(params, e.Key) {
			w.unknown(e, "parameter of the URI", names(params), nil)
		}
	}
	for _, f := range params {
		uri = w.fill(uri, f, v)
	}
	if len(w.problems) > 0 {
		return "", w.problems
	}
	return uri, nil
}

// has reports whether there is a field of a name.
func has(fields []*schema.Field, name string) bool {
	for _, f := range fields {
		if f.Name == name {
			return true
		}
	}
	return false
}

// CheckURI returns what is wrong with the parameters that a concrete URI of a
// template has. The rule of all of it is uri.
func CheckURI(template string, params []*schema.Field, uri string) Problems {
	texts, ok := Parameters(template, uri)
	if !ok {
		return Problems{{Rule: ruleURI, Found: "the URI does not have the form " + template}}
	}
	v := &data.Value{Kind: data.Map}
	for _, f := range params {
		v.Map = append(v.Map, data.Entry{Key: f.Name, Value: &data.Value{Kind: data.Plain, Text: texts[f.Name]}})
	}
	w := &walker{written: true}
	for _, f := range params {
		before, place := len(w.problems), "{"+f.Name+"}"
		if !strings.Contains(template, place) {
			place = "{" + f.Name + "...}"
		}
		if as := w.fill(place, f, v); as != texts[f.Name] && len(w.problems) == before {
			w.fail((*path)(nil).field(f.Name), v.Get(f.Name), ruleURI, "the form that it has in a URI", "another one")
		}
	}
	for i := range w.problems {
		w.problems[i].Rule = ruleURI
	}
	return w.problems
}

// fill puts the value of a parameter into a URI.
func (w *walker) fill(uri string, f *schema.Field, v *data.Value) string {
	at := (*path)(nil).field(f.Name)
	given := v.Get(f.Name)
	x := w.field(f, given, v, at)
	if x == nil {
		return uri
	}
	rest := strings.Contains(uri, "{"+f.Name+"...}")
	if good := goodComponent(x.Text) || rest && goodURI(x.Text); !good {
		w.fail(at, given, ruleForm, "a component of a URI, without white space, dots and #", "another text")
	}
	return strings.NewReplacer("{"+f.Name+"}", x.Text, "{"+f.Name+"...}", x.Text).Replace(uri)
}

// Pattern returns what a callee registers or a subscriber subscribes to in order
// to get every URI of a template, and the match policy for it: wildcard, prefix,
// or "" for a URI without parameters.
func Pattern(template string) (uri, match string) {
	var out []string
	for component := range strings.SplitSeq(template, ".") {
		if strings.HasPrefix(component, "{") {
			component, match = "", "wildcard"
		}
		out = append(out, component)
	}
	if before, rest := strings.CutSuffix(template, "...}"); rest {
		return before[:strings.LastIndexByte(before, '{')], "prefix"
	}
	return strings.Join(out, "."), match
}

// Parameters returns the parameters of a template that a concrete URI has, as
// texts; ok is false if it is none of the template's.
func Parameters(template, uri string) (values map[string]string, ok bool) {
	values = map[string]string{}
	if before, open := strings.CutSuffix(template, "...}"); open {
		at := strings.LastIndexByte(before, '{')
		rest, found := strings.CutPrefix(uri, before[:at])
		values[before[at+1:]] = rest
		return values, found && rest != ""
	}
	pattern, given := strings.Split(template, "."), strings.Split(uri, ".")
	if len(pattern) != len(given) {
		return nil, false
	}
	for i, component := range pattern {
		if name, isParam := strings.CutPrefix(component, "{"); isParam {
			values[strings.TrimSuffix(name, "}")] = given[i]
		} else if component != given[i] {
			return nil, false
		}
	}
	return values, true
}
