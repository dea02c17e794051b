// Package lint checks valid schemas: each rule finds one thing that the
// language allows but that the author probably did not intend.
package lint

import (
	"fmt"
	"strings"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
)

// Level is the severity of a rule's findings.
type Level string

// The levels.
const (
	// Off disables a rule.
	Off Level = "off"
	// Warning makes its findings warnings, Error makes them errors.
	Warning Level = "warning"
	Error   Level = "error"
)

// Rule is one check.
type Rule struct {
	// Name is the name of the rule in ignore comments and options.
	Name diag.Rule
	// Level is the default level.
	Level Level
	// Summary says in one line what the rule finds, Explain why that matters and
	// what to do.
	Summary, Explain string

	check func(*checker)
}

// Rules returns all rules, sorted by name.
func Rules() []Rule { return append([]Rule(nil), rules...) }

// rules are all rules, sorted by name. Each is a variable in the file of its
// subject.
var rules = []Rule{clusterRlink, deprecatedUse, docMissing, idempotentStream, ignoreComment, int64JSON, paramUnsafe, patternOverlap, retainWithoutAck,
	routerSupport, unusedError, unusedType, uriStyle}

// Levels are the levels of rules by name. A rule that is not in it has its
// default level.
type Levels map[diag.Rule]Level

// Set sets the level of a rule. It returns an error if there is no such rule or
// level.
func (l Levels) Set(rule diag.Rule, level Level) error {
	if schema.Explain(rule) != "" {
		return fmt.Errorf("the findings of %s are errors of the language and have no other level", rule)
	}
	if find(rule) == nil {
		names := make([]string, len(rules))
		for i, r := range rules {
			names[i] = string(r.Name)
		}
		if with := diag.Closest(string(rule), names); with != "" {
			return fmt.Errorf("unknown rule %q: did you mean %q?", rule, with)
		}
		return fmt.Errorf("unknown rule %q: must be one of %s", rule, strings.Join(names, ", "))
	}
	switch level {
	case Off, Warning, Error:
		l[rule] = level
		return nil
	}
	return fmt.Errorf("unknown level %q of rule %s: must be off, warning or error", level, rule)
}

// of returns the level of a rule.
func (l Levels) of(r *Rule) Level {
	if level, ok := l[r.Name]; ok {
		return level
	}
	return r.Level
}

// find returns the rule of a name, nil if there is none.
func find(name diag.Rule) *Rule {
	for i := range rules {
		if rules[i].Name == name {
			return &rules[i]
		}
	}
	return nil
}

// Options configures [Check]. The zero value is the default.
type Options struct {
	// Levels are the levels of rules that do not have their default one.
	Levels Levels
	// Routers are the routers that the API is used with, of [Routers], for the rule
	// router-support. Default: none.
	Routers []string
}

// Check returns the findings of the rules in a schema, sorted. m was loaded from
// file; the sources are the texts of it and of its fragments by their paths. Check
// respects their ignore comments.
func Check(m *schema.Model, file string, sources map[string][]byte, o Options) diag.List {
	c := &checker{model: m, routers: o.Routers}
	for _, part := range append([]string{""}, m.Include...) {
		c.sources = append(c.sources, diag.NewSource(part, sources[diag.Beside(file, part)]))
	}
	levels := o.Levels
	for i := range rules {
		c.rule = &rules[i]
		if c.level = levels.of(c.rule); c.level != Off && c.rule.check != nil {
			c.rule.check(c)
		}
	}
	found := c.ignore(levels)
	for i := range found {
		found[i].File = diag.Beside(file, found[i].File)
	}
	found.Sort()
	return found
}

// checker is one run over one schema.
type checker struct {
	model   *schema.Model
	sources []*diag.Source // of the schema and its fragments
	routers []string
	found   diag.List
	// The rule that runs.
	rule  *Rule
	level Level
}

// report adds a finding and returns it, so that a hint can be added.
func (c *checker) report(at schema.Place, format string, args ...any) *diag.Diagnostic {
	severity := diag.Warning
	if c.level == Error {
		severity = diag.Error
	}
	c.found = append(c.found, at.Finding(severity, c.rule.Name, fmt.Sprintf(format, args...)))
	return &c.found[len(c.found)-1]
}
