package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/generator/golang"
	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/breaking"
	"github.com/wampgen/wampgen/schema/diag"
	"github.com/wampgen/wampgen/schema/format"
	"github.com/wampgen/wampgen/schema/lint"
)

// ruleText is what people may want to know of a rule, whichever command has it.
type ruleText struct {
	name diag.Rule
	// level says what a finding of it is, summary what it finds, and more why it
	// matters and what to do.
	level, summary, more string
}

// ruleTexts returns the texts of all rules.
func ruleTexts() (all []ruleText) {
	for _, r := range lint.Rules() {
		all = append(all, ruleText{r.Name, string(r.Level) + " by default", r.Summary, r.Explain})
	}
	all = append(all, errorTexts()...)
	for _, name := range format.Rules() {
		all = append(all, split(name, format.Explain(name)))
	}
	for _, r := range breakingRules() {
		level, more := "level "+r.Level.String(), "To avoid it: "+r.Cure+"."
		if r.Level == breaking.Safe {
			level, more = r.Level.String(), "It breaks nobody."
		}
		all = append(all, ruleText{r.Name, "of breaking, " + level, r.Summary, more})
	}
	return all
}

// errorTexts returns the texts of the rules of check that are always errors.
func errorTexts() (all []ruleText) {
	for _, name := range slices.Sorted(slices.Values(slices.Concat(schema.Rules(), golang.Rules()))) {
		all = append(all, split(name, cmp.Or(schema.Explain(name), golang.Explain(name))))
	}
	return all
}

// split returns the text of a rule that is always an error.
func split(name diag.Rule, text string) ruleText {
	summary, more, _ := strings.Cut(text, "\n")
	return ruleText{name, "always an error", summary, more}
}

// breakingRules returns the rules of breaking, also that of Go code.
func breakingRules() []breaking.Rule {
	return append(breaking.Rules(), golang.BreakingRule())
}

// explainRule prints what a rule is about.
func (c *command) explainRule(name diag.Rule) int {
	for _, r := range ruleTexts() {
		if r.name == name {
			fmt.Fprintf(c.stdout, "%s (%s): %s.\n\n%s\n", name, r.level, r.summary, r.more)
			return exitFine
		}
	}
	return c.fail(fmt.Errorf("unknown rule %q; wampgen check --list-rules and wampgen breaking --list-rules list them", name))
}
