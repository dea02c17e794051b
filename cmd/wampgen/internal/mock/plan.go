package mock

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/config"
	"github.com/wampgen/wampgen/schema/data"
	"github.com/wampgen/wampgen/schema/diag"
	"github.com/wampgen/wampgen/schema/value"
)

// Options say what no rule does.
type Options struct {
	// Every is the time between two events of a topic without rules, 0 for none.
	Every time.Duration
	// Seed chooses by weight and within latencies, always in the same way.
	Seed uint64
	// Call is called for every call that was answered; it may be nil.
	Call func(Call)
}

// Call is a call that was answered.
type Call struct {
	// Procedure is the URI that was called.
	Procedure string
	// Input and Answer are what came and went, in JSON. Error is the URI of the
	// error that it was answered with, "" if it was none.
	Input, Answer []byte
	Error         string
}

// Mock is what a mock does. [New] returns one.
type Mock struct {
	options    Options
	procedures []*procedure
	topics     []*topic

	mu   sync.Mutex
	rand *rand.Rand
}

// procedure is one that is served.
type procedure struct {
	*schema.Procedure
	in value.Message
	// rules are those of the file, examples those of the schema.
	rules, examples []*answer
	sample          *answer
}

// answer is what a call is answered with.
type answer struct {
	// when are the conditions on parameters, input what an example was called with.
	when  []condition
	input []byte

	weight         int
	latency        config.Latency
	every          time.Duration
	progress       []value.Payload
	result         value.Payload
	fault          *wamp.Error
	hasConsequence bool // an example may have an input and nothing else
}

// topic is one that is published to.
type topic struct {
	*schema.Topic
	events []event
}

// event is what is published.
type event struct {
	uri     string
	payload value.Payload
	weight  int
	every   time.Duration
}

// New returns the mock of some APIs, and what is wrong with its rules; rules is
// nil for none.
func New(models []*schema.Model, rules *config.Mock, o Options) (*Mock, diag.List) {
	m := &Mock{options: o, rand: rand.New(rand.NewPCG(o.Seed, 0))}
	if rules == nil {
		rules = &config.Mock{}
	}
	p := planner{mock: m, rules: rules, used: map[string]bool{}}
	for _, model := range models {
		for _, x := range model.Procedures {
			m.procedures = append(m.procedures, p.procedure(x))
		}
		for _, x := range model.Topics {
			m.topics = append(m.topics, p.topic(x))
		}
	}
	p.unknown(models)
	p.found.Sort()
	return m, p.found
}

// planner holds rules against schemas.
type planner struct {
	mock  *Mock
	rules *config.Mock
	used  map[string]bool
	found diag.List
}

// report adds a finding.
func (p *planner) report(at diag.Span, rule diag.Rule, format string, args ...any) *diag.Diagnostic {
	p.found = append(p.found, at.Finding(diag.Error, rule, fmt.Sprintf(format, args...)))
	return &p.found[len(p.found)-1]
}

// misfits adds what does not fit a type; at is where, if that is not known.
func (p *planner) misfits(at diag.Span, what string, problems value.Problems) {
	for _, x := range problems {
		if x.Place.Line > 0 {
			at = x.Place
		}
		p.report(at, schema.RuleExample, "the %s does not fit: %s", what, x.Error())
	}
}

// of returns the rules of a name.
func (p *planner) of(all []config.MockRules, kind, name string) []config.MockRule {
	for _, r := range all {
		if r.Name == name {
			p.used[kind+name] = true
			return r.Rules
		}
	}
	return nil
}

// unknown reports rules of what no schema has.
func (p *planner) unknown(models []*schema.Model) {
	var procedures, topics []string
	for _, m := range models {
		for _, x := range m.Procedures {
			procedures = append(procedures, x.Name)
		}
		for _, x := range m.Topics {
			topics = append(topics, x.Name)
		}
	}
	check := func(all []config.MockRules, kind string, names []string) {
		for _, r := range all {
			if p.used[kind+r.Name] {
				continue
			}
			d := p.report(r.Place, schema.RuleUnknownKey, "unknown %s %s", kind, diag.Quote(r.Name))
			if with := diag.Closest(r.Name, names); with != "" {
				d.Replace(r.Name, with)
			} else {
				d.Hint = "no schema has it; write the name that it has there"
			}
		}
	}
	check(p.rules.Procedures, "procedure", procedures)
	check(p.rules.Topics, "topic", topics)
}

// procedure plans the answers of a procedure.
func (p *planner) procedure(x *schema.Procedure) *procedure {
	out := &procedure{Procedure: x, in: value.Arguments(x)}
	for _, r := range p.of(p.rules.Procedures, "procedure", x.Name) {
		out.rules = append(out.rules, p.answer(out, r))
	}
	calls, _ := value.Calls(x) // the tool has checked them
	for _, c := range calls {
		a := &answer{weight: 1, latency: p.rules.Latency, progress: c.Progress, hasConsequence: c.Result != nil || len(c.Progress) > 0 || value.Result(x).Empty()}
		a.input, _ = out.in.Render(c.Payload)
		switch {
		case c.Result != nil:
			a.result = *c.Result
		case !value.Result(x).Empty():
			a.result, a.hasConsequence = value.Payload{}, false
		}
		out.examples = append(out.examples, a)
	}
	out.sample = p.sample(x)
	return out
}

// sample is the answer that is made up.
func (p *planner) sample(x *schema.Procedure) *answer {
	a := &answer{weight: 1, latency: p.rules.Latency}
	var ok bool
	if a.result, ok = value.Result(x).Sample(0); !ok {
		a.fault = wamp.NewError("wamp.error.runtime_error", "wampgen mock finds no result of "+x.Name+" that fits: give the procedure an example")
	}
	if x.Progress == nil {
		return a
	}
	for n := range 3 {
		if item, ok := value.Progress(x).Sample(n); ok {
			a.progress = append(a.progress, item)
		}
	}
	return a
}

// answer plans one rule.
func (p *planner) answer(of *procedure, r config.MockRule) *answer {
	a := &answer{weight: r.Weight, latency: p.rules.Latency, every: r.Every, hasConsequence: true}
	if r.Latency != nil {
		a.latency = *r.Latency
	}
	if r.When != nil {
		a.when = p.conditions(of, r.When)
	}
	for _, item := range r.Out {
		progress, problems := value.Progress(of.Procedure).ReadGiven(item)
		p.misfits(item.Place, "progressive result", problems)
		a.progress = append(a.progress, progress)
	}
	switch result := value.Result(of.Procedure); {
	case r.Error != "":
		a.fault = p.fault(of, r)
	case r.Returns != nil:
		var problems value.Problems
		a.result, problems = result.ReadGiven(r.Returns)
		p.misfits(r.Returns.Place, "result", problems)
	default:
		a.result, _ = result.Sample(0)
	}
	return a
}

// fault is the error of a rule.
func (p *planner) fault(of *procedure, r config.MockRule) *wamp.Error {
	var args []*data.Value
	if r.Args != nil {
		args = r.Args.List
	}
	i := slices.IndexFunc(of.Errors, func(e schema.ErrorRef) bool { return e.Name == r.Error || e.URI == r.Error })
	if i < 0 {
		if !strings.Contains(r.Error, ".") {
			p.unknownError(of, r)
		}
		out := &wamp.Error{URI: r.Error}
		for _, v := range args {
			out.Args = append(out.Args, v.Any())
		}
		if r.Kwargs != nil {
			out.Kwargs, _ = r.Kwargs.Any().(map[string]any)
		}
		return out
	}
	e := of.Errors[i].Error
	failure := value.Failure(e)
	if r.Args == nil && r.Kwargs == nil {
		payload, _ := failure.Sample(0)
		if failures, _ := value.Failures(e); len(failures) > 0 {
			payload = failures[0].Payload
		}
		return &wamp.Error{URI: e.URI, Args: payload.Args, Kwargs: payload.Kwargs}
	}
	payload, problems := failure.ReadParts(args, r.Kwargs)
	p.misfits(r.Place, "error", problems)
	return &wamp.Error{URI: e.URI, Args: payload.Args, Kwargs: payload.Kwargs}
}

// unknownError reports an error that the procedure does not declare.
func (p *planner) unknownError(of *procedure, r config.MockRule) {
	var names []string
	for _, e := range of.Errors {
		names = append(names, e.Name)
	}
	d := p.report(r.ErrorPlace, schema.RuleUnknownError, "procedure %s has no error %s", diag.Quote(of.Name), diag.Quote(r.Error))
	if with := diag.Closest(r.Error, names); with != "" {
		d.Replace(r.Error, with)
	} else {
		d.Hint = "write the name of an error that the procedure declares, or a whole URI"
	}
}

// topic plans the events of a topic.
func (p *planner) topic(x *schema.Topic) *topic {
	out := &topic{Topic: x}
	rules := p.of(p.rules.Topics, "topic", x.Name)
	for _, r := range rules {
		e := event{weight: r.Weight, every: r.Every}
		if e.every == 0 {
			e.every = p.mock.options.Every
		}
		uri, problems := value.Address(x.URI, x.Params, orMap(r.Params))
		p.misfits(r.Place, "event", problems)
		var args []*data.Value
		if r.Args != nil {
			args = r.Args.List
		}
		e.uri = uri
		e.payload, problems = value.Event(x).ReadParts(args, r.Kwargs)
		p.misfits(r.Place, "event", problems)
		out.events = append(out.events, e)
	}
	if len(rules) > 0 {
		return out
	}
	examples, _ := value.Events(x)
	for _, e := range examples {
		out.events = append(out.events, event{uri: e.URI, payload: e.Payload, weight: 1, every: p.mock.options.Every})
	}
	if len(examples) == 0 {
		out.events = sampleEvents(x, p.mock.options.Every)
	}
	return out
}

// orMap is a map, an empty one for nil.
func orMap(v *data.Value) *data.Value {
	if v == nil {
		return &data.Value{Kind: data.Map}
	}
	return v
}

// sampleEvents are events that are made up; none if none is found that fits.
func sampleEvents(x *schema.Topic, every time.Duration) []event {
	params := &data.Value{Kind: data.Map}
	for _, f := range x.Params {
		v, ok := value.Sample(f.Type, 0)
		if text, isText := v.(string); isText && text == "text" {
			v = f.Name // says more
		}
		if !ok {
			return nil
		}
		params.Map = append(params.Map, data.Entry{Key: f.Name, Value: data.Of(v)})
	}
	uri, problems := value.Address(x.URI, x.Params, params)
	payload, ok := value.Event(x).Sample(0)
	if len(problems) > 0 || !ok {
		return nil
	}
	return []event{{uri: uri, payload: payload, weight: 1, every: every}}
}
