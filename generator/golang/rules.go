package golang

import "github.com/wampgen/wampgen/schema/diag"

// The rules of [Check].
const (
	// RuleName means that a name does not become a Go identifier.
	RuleName diag.Rule = "go-name"
	// RuleNameClash means that two names become the same Go identifier.
	RuleNameClash diag.Rule = "go-name-clash"
	// RuleImport means that Go cannot import an API.
	RuleImport diag.Rule = "go-import"
)

// Rules returns the names of all rules of [Check], sorted. Their findings are
// errors.
func Rules() []diag.Rule { return []diag.Rule{RuleImport, RuleName, RuleNameClash} }

// Explain returns the description of a rule of [Check]: a summary in one line,
// followed by what to do. It returns "" if there is no such rule.
func Explain(rule diag.Rule) string {
	switch rule {
	case RuleName:
		return "a name gives no Go identifier\nSay which one it has:  go: {name: ...}."
	case RuleImport:
		return "Go cannot import an API\nIts schema says where its package is:  api: {go: {import: example.com/api/common}}."
	case RuleNameClash:
		return "two names give one Go identifier\norder_place and order.place are both OrderPlace. Add  go: {name: ...}  to one."
	}
	return ""
}
