package serving

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
	"github.com/wampgen/wampgen/schema/value"
)

// The rules of findings.
const (
	ruleNotServed     diag.Rule = "not-served"
	ruleInvokeDiffers diag.Rule = "invoke-differs"
	ruleMatchDiffers  diag.Rule = "match-differs"
)

// Report is what a schema and a system have to do with each other.
type Report struct {
	// Procedures and Topics have a row for each of the schema.
	Procedures, Topics []Row
	// Found is where the system is not as the schema says.
	Found diag.List
}

// Row is one declaration, by its name in the schema, and who has to do with it: a
// line for each registration.
type Row struct {
	Name string
	Who  []string
}

// Judge compares a schema with the system.
func (v *View) Judge(m *schema.Model) *Report {
	r := &Report{}
	for _, p := range m.Procedures {
		row := Row{Name: p.Name}
		for _, reg := range v.servers(p) {
			row.Who = append(row.Who, reg.describe(p))
		}
		r.Procedures = append(r.Procedures, row)
		r.Found = append(r.Found, v.judge(p)...)
	}
	for _, t := range m.Topics {
		r.Topics = append(r.Topics, v.topic(t))
	}
	return r
}

// Strangers returns the registrations below the URIs of some APIs that none of them
// has.
func (v *View) Strangers(models []*schema.Model) (list []string) {
	known, below := map[*Registration]bool{}, map[*Registration]bool{}
	for _, m := range models {
		for _, p := range m.Procedures {
			for _, reg := range v.servers(p) {
				known[reg] = true
			}
		}
		for i := range v.Registrations {
			if reg := &v.Registrations[i]; strings.HasPrefix(reg.URI, m.URI+".") {
				below[reg] = true
			}
		}
	}
	for i := range v.Registrations {
		if reg := &v.Registrations[i]; below[reg] && !known[reg] {
			list = append(list, fmt.Sprintf("%s (%s), %s", reg.URI, reg.Match, reg.who()))
		}
	}
	return list
}

// who says how calls are shared, and by whom.
func (reg *Registration) who() string { return reg.Invoke + ": " + strings.Join(reg.Callees, "; ") }

// expected is what callees register for a procedure.
func expected(p *schema.Procedure) (uri, match, invoke string) {
	uri, match = value.Pattern(p.URI)
	if p.Prefix {
		match = "prefix"
	}
	return uri, cmp.Or(match, "exact"), cmp.Or(p.Invoke, "single")
}

// servers are the registrations that calls of a procedure can reach, and those that
// only have another match policy than the schema.
func (v *View) servers(p *schema.Procedure) (list []*Registration) {
	uri, _, _ := expected(p)
	for i := range v.Registrations {
		if reg := &v.Registrations[i]; reg.URI == uri || meets(reg.URI, reg.Match, p.URI) {
			list = append(list, reg)
		}
	}
	return list
}

// describe is one registration as a person reads it below a procedure.
func (reg *Registration) describe(p *schema.Procedure) string {
	text := reg.who()
	if uri, match, _ := expected(p); reg.URI != uri || reg.Match != match {
		text = reg.URI + " (" + reg.Match + "), " + text
	}
	return text
}

// judge finds how the system differs from one procedure.
func (v *View) judge(p *schema.Procedure) (found diag.List) {
	uri, match, invoke := expected(p)
	add := func(severity diag.Severity, rule diag.Rule, hint, format string, args ...any) {
		d := p.Place.Finding(severity, rule, fmt.Sprintf(format, args...))
		d.Hint = hint
		found = append(found, d)
	}
	served, all := false, v.servers(p)
	for _, reg := range all {
		instance := len(p.Params) > 0 && reg.Match == "exact"
		switch {
		case reg.URI == uri && reg.Match != match:
			add(diag.Error, ruleMatchDiffers, "callees and schema must agree, or calls do not reach them",
				"procedure %q: registered with match %s, and the schema has %s", p.Name, reg.Match, match)
		case reg.URI != uri && !instance:
			continue // for more than this procedure
		case reg.Invoke != invoke:
			add(diag.Error, ruleInvokeDiffers, "generated callees take invoke from the schema; another policy cannot share the registration",
				"procedure %q: registered with invoke %s, and the schema has %s", p.Name, reg.Invoke, invoke)
		}
		served = true
	}
	switch {
	case len(all) == 0:
		add(diag.Error, ruleNotServed, "start its callee, or look for it in another realm", "procedure %q: nobody serves %s", p.Name, uri)
	case !served:
		add(diag.Warning, ruleMatchDiffers, "start its own callee, unless that one is to serve it",
			"procedure %q: only %s (%s) serves it, which is for other URIs too", p.Name, all[0].URI, all[0].Match)
	}
	return found
}

// topic counts the subscribers of a topic.
func (v *View) topic(t *schema.Topic) Row {
	n := 0
	for _, s := range v.Subscriptions {
		if meets(s.URI, s.Match, t.URI) {
			n += s.Subscribers
		}
	}
	switch {
	case v.Subscriptions == nil:
		return Row{t.Name, []string{"not seen"}}
	case n == 0:
		return Row{t.Name, nil}
	case n == 1:
		return Row{t.Name, []string{"1 subscriber"}}
	}
	return Row{t.Name, []string{fmt.Sprintf("%d subscribers", n)}}
}

// meets reports whether a registration or subscription is for URIs of a template,
// which may have no parameter.
func meets(uri, match, template string) bool {
	if match == "exact" {
		_, ok := value.Parameters(template, uri)
		return ok
	}
	template, rest := strings.CutSuffix(template, "...}") // its last component is a parameter
	given, components := strings.Split(uri, "."), strings.Split(template, ".")
	for i, component := range components {
		param, last := strings.HasPrefix(component, "{"), i == len(given)-1
		switch {
		case match == "prefix" && last:
			return param || strings.HasPrefix(component, given[i])
		case i >= len(given), !param && given[i] != component && !(match == "wildcard" && given[i] == ""),
			param && given[i] == "" && match == "prefix":
			return false
		}
	}
	return len(given) == len(components) || rest
}
