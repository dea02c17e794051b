package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/data"
	"github.com/wampgen/wampgen/schema/diag"
	"gopkg.in/yaml.v3"
)

// Mock are the rules of a mock: what it answers and publishes. Its values are as
// the file writes them; whoever knows the schema holds them against it.
type Mock struct {
	// Latency is how long an answer takes if its rule does not say so.
	Latency Latency
	// Procedures and Topics are the rules by name, in the order of the file.
	Procedures, Topics []MockRules
}

// MockRules are the rules of one procedure or topic.
type MockRules struct {
	// Name is that of the schema, at Place.
	Name  string
	Place diag.Span
	Rules []MockRule
}

// MockRule is one answer of a procedure, or one event of a topic.
type MockRule struct {
	Place diag.Span
	// When are values that the parameters must have, by name; nil for all calls.
	When *data.Value
	// Weight is how often the rule is taken, compared with others that fit.
	Weight int
	// Latency is how long the answer takes; nil for that of the file. Every is the
	// time between two progressive results, or between two events; 0 for the
	// default.
	Latency *Latency
	Every   time.Duration
	// Returns is the result and Out are progressive results; nil if there are none.
	Returns *data.Value
	Out     []*data.Value
	// Error is the name of a declared error or a URI, at ErrorPlace; "" for none.
	Error      string
	ErrorPlace diag.Span
	// Params, Args and Kwargs are those of the event, Args and Kwargs also those of
	// the error; nil if the rule does not have them.
	Params, Args, Kwargs *data.Value
}

// Latency is a range of durations.
type Latency struct{ From, To time.Duration }

// The keys of the mappings.
var (
	mockKeys          = []string{"version", "latency", "procedures", "topics"}
	mockProcedureKeys = []string{"when", "weight", "latency", "every", "returns", "out", "error", "args", "kwargs"}
	mockTopicKeys     = []string{"weight", "every", "params", "args", "kwargs"}
)

// ParseMock reads the rules of a mock. The Mock is nil if there is any finding;
// all of them are errors. File is the path as findings show it.
func ParseMock(file string, src []byte) (*Mock, diag.List) {
	r := &mockReader{reader: reader{src: diag.NewSource(file, src)}}
	m := &Mock{}
	if root := r.load(); root != nil && r.plain(root, 0) {
		values := r.mapping(root, "a file of rules", mockKeys)
		if root.Kind == yaml.MappingNode {
			r.version(root, values["version"], "a file of rules")
		}
		if n := values["latency"]; n != nil {
			m.Latency = r.latency(n)
		}
		m.Procedures = r.rules(values["procedures"], "procedures", mockProcedureKeys)
		m.Topics = r.rules(values["topics"], "topics", mockTopicKeys)
	}
	if r.found != nil {
		r.found.Sort()
		return nil, r.found
	}
	return m, nil
}

// mockReader reads one file of rules.
type mockReader struct {
	reader
	nodes int
}

// Bounds of a file of rules.
const (
	maxMockDepth = 64
	maxMockNodes = 100_000
)

// plain reports whether a tree has no aliases and is neither deep nor large, and
// reports it otherwise.
func (r *mockReader) plain(n *yaml.Node, depth int) bool {
	r.nodes++
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		r.report(n, schema.RuleYAMLAlias, "anchors and aliases are not allowed in a file of rules").Hint = "write the value out"
		return false
	case depth > maxMockDepth || r.nodes > maxMockNodes:
		r.report(n, schema.RuleYAMLLimit, "a file of rules has at most %d levels and %d nodes", maxMockDepth, maxMockNodes)
		return false
	}
	for _, inner := range n.Content {
		if !r.plain(inner, depth+1) {
			return false
		}
	}
	return true
}

// rules reads the rules by the names of what they are for.
func (r *mockReader) rules(n *yaml.Node, what string, keys []string) (all []MockRules) {
	if n == nil {
		return nil
	}
	r.mapping(n, what, nil)
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, list := n.Content[i], n.Content[i+1]
		x := MockRules{Name: name.Value, Place: r.span(name)}
		if list.Kind != yaml.SequenceNode {
			r.report(list, schema.RuleWrongKind, "the rules of %s must be a list", diag.Quote(name.Value)).Hint = "write  - returns: ...  below it"
			continue
		}
		for _, item := range list.Content {
			if item.Kind != yaml.MappingNode {
				r.report(item, schema.RuleWrongKind, "a rule must be a mapping")
				continue
			}
			x.Rules = append(x.Rules, r.rule(item, keys))
		}
		all = append(all, x)
	}
	return all
}

// rule reads one rule.
func (r *mockReader) rule(n *yaml.Node, keys []string) MockRule {
	values := r.mapping(n, "a rule", keys)
	x := MockRule{Place: r.span(n), Weight: 1, Returns: r.value(values["returns"])}
	x.When, x.Kwargs = r.part(values["when"], "when", yaml.MappingNode), r.part(values["kwargs"], "kwargs", yaml.MappingNode)
	x.Params, x.Args = r.part(values["params"], "params", yaml.MappingNode), r.part(values["args"], "args", yaml.SequenceNode)
	if out := r.part(values["out"], "out", yaml.SequenceNode); out != nil {
		x.Out = out.List
	}
	if w := values["weight"]; w != nil {
		var err error
		if x.Weight, err = strconv.Atoi(w.Value); err != nil || x.Weight < 1 || x.Weight > 1_000_000 {
			r.report(w, schema.RuleBadValue, "weight must be a whole number from 1 to 1000000")
		}
	}
	if l := values["latency"]; l != nil {
		x.Latency = new(r.latency(l))
	}
	if e := values["every"]; e != nil {
		x.Every = r.duration(e, e.Value)
	}
	if e := values["error"]; e != nil {
		x.Error, _ = r.text(e, "error")
		x.ErrorPlace = r.span(e)
	}
	switch {
	case x.Error != "" && x.Returns != nil:
		r.report(values["error"], schema.RuleBadValue, "a rule has either an error or a result").Hint = "leave out  error  or  returns"
	case x.Error == "" && keys[0] == mockProcedureKeys[0] && x.Args != nil:
		r.report(values["args"], schema.RuleBadValue, "args and kwargs of a rule are those of an error").Hint = "write  returns: ...  for a result,  when: {name: value}  for the input"
	}
	return x
}

// latency reads a duration, or two with dots between them.
func (r *mockReader) latency(n *yaml.Node) Latency {
	from, to, isRange := strings.Cut(n.Value, "..")
	l := Latency{From: r.duration(n, from)}
	if l.To = l.From; isRange {
		l.To = r.duration(n, to)
	}
	if l.To < l.From {
		r.report(n, schema.RuleBadValue, "the latency ends before it begins")
	}
	return l
}

// duration reads a duration of at most an hour.
func (r *mockReader) duration(n *yaml.Node, text string) time.Duration {
	d, err := time.ParseDuration(text)
	if n.Kind != yaml.ScalarNode || err != nil || d < 0 || d > time.Hour {
		r.report(n, schema.RuleBadValue, "%s is not a duration of at most an hour", diag.Quote(text)).Hint = "write it as in  50ms,  or  20ms..80ms  for a latency"
		return 0
	}
	return d
}

// part is a list or a mapping, nil if n is nil or is none.
func (r *mockReader) part(n *yaml.Node, key string, kind yaml.Kind) *data.Value {
	if n == nil {
		return nil
	}
	if n.Kind != kind {
		what := "mapping"
		if kind == yaml.SequenceNode {
			what = "list"
		}
		r.report(n, schema.RuleWrongKind, "%s must be a %s", key, what)
		return nil
	}
	return r.value(n)
}

// value is the value that a node writes; nil if n is nil.
func (r *mockReader) value(n *yaml.Node) *data.Value {
	if n == nil {
		return nil
	}
	v := &data.Value{Place: r.span(n), Kind: data.Text, Text: n.Value}
	switch {
	case n.Kind == yaml.SequenceNode:
		v.Kind, v.Text, v.List = data.List, "", []*data.Value{}
		for _, item := range n.Content {
			v.List = append(v.List, r.value(item))
		}
	case n.Kind == yaml.MappingNode:
		v.Kind, v.Text, v.Map = data.Map, "", []data.Entry{}
		seen := map[string]bool{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			if seen[key.Value] {
				r.report(key, schema.RuleDuplicateKey, "duplicate key %s", diag.Quote(key.Value))
			}
			seen[key.Value] = true
			v.Map = append(v.Map, data.Entry{Key: key.Value, Place: r.span(key), Value: r.value(n.Content[i+1])})
		}
	case n.Tag == "!!null":
		v.Kind, v.Text = data.Null, ""
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0:
		v.Kind = data.Plain
	}
	return v
}

// span is where a node stands, as far as it is on its first line.
func (r *mockReader) span(n *yaml.Node) diag.Span {
	at := diag.Pos{Line: n.Line, Col: n.Column}
	width := 1
	if n.Kind == yaml.ScalarNode {
		width = max(1, len([]rune(n.Value)))
	}
	return at.To(min(at.Col+width, 1+len([]rune(r.src.Line(n.Line)))))
}

// String returns the latency as a file of rules has it.
func (l Latency) String() string {
	if l.From == l.To {
		return l.From.String()
	}
	return fmt.Sprintf("%s..%s", l.From, l.To)
}
