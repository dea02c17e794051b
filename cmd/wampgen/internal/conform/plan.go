package conform

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/data"
	"github.com/wampgen/wampgen/schema/value"
)

// Call is a call that can be made again.
type Call struct {
	// URI is what is called, with its parameters.
	URI     string
	Payload value.Payload
	// Chunks are what is sent behind the call.
	Chunks []value.Payload
	// Progress reports whether the call asks for progressive results.
	Progress bool
	// Timeout is how long an answer was waited for, 0 if one came.
	Timeout time.Duration
}

// input is what a procedure is called with.
type input struct {
	Call
	// problem is what is wrong with it, nil if it fits.
	problem *value.Problem
	// named reports whether positional parameters go by name, from the one at
	// this position on. same is then the key of the call where all go by position.
	named bool
	from  int
	same  string
	// what names it in a finding, kind is what is or is not wrong: input, a chunk, or
	// a URI.
	what, kind string
	// elsewhere reports whether nobody needs to serve its URI.
	elsewhere bool
	// progress reports whether it is an example that has progressive results.
	progress bool
}

// Plan is what a procedure is to be called with.
type Plan struct {
	procedure *schema.Procedure
	inputs    []input
	// Left says why there is nothing to call it with, "" if there is.
	Left string
}

// Calls is how many calls the plan has, if the procedure answers them all.
func (p *Plan) Calls() int { return len(p.inputs) }

// Make plans the calls of a procedure: its examples and a sample, all of it once
// more by name, and then what is at the borders and beyond. No call is made to what
// one of the others serves.
func Make(p *schema.Procedure, others ...*schema.Procedure) *Plan {
	plan := &Plan{procedure: p}
	examples, _ := value.Calls(p) // the tool has checked them
	uri, ok := address(p, examples)
	cases := value.Arguments(p).Cases()
	switch {
	case !ok:
		plan.Left = "no value of its parameters is found: give it an example"
		return plan
	case len(cases) == 0 && len(examples) == 0:
		plan.Left = "no input is found that fits: give it an example"
		return plan
	case p.LastChunk:
		plan.Left = "its last chunk comes with its last message"
		return plan
	}
	for _, x := range examples {
		plan.add(input{Call: Call{URI: x.URI, Payload: x.Payload, Chunks: x.Chunks}, what: "an example", progress: len(x.Progress) > 0})
	}
	chunks, ok := sampleChunks(p)
	if !ok {
		return plan
	}
	plan.arguments(uri, cases, chunks)
	plan.chunks(uri, cases, chunks)
	plan.addresses(others)
	by := map[string]bool{}
	for i := range plan.inputs {
		plan.inputs[i].Progress = p.Progress != nil
		plan.inputs[i].kind = cmp.Or(plan.inputs[i].kind, "input")
	}
	plan.inputs = slices.DeleteFunc(plan.inputs, func(in input) bool {
		key := in.key()
		seen := by[key]
		by[key] = true
		return seen
	})
	return plan
}

func (p *Plan) add(in ...input) { p.inputs = append(p.inputs, in...) }

// key is the same for calls that are the same on the wire.
func (c *Call) key() string {
	key := []byte(c.URI)
	for _, p := range slices.Concat([]value.Payload{c.Payload}, c.Chunks) {
		key = append(key, value.JSON(p)...)
	}
	return string(key)
}

// arguments plans what goes with the call itself: all that fits before what does
// not, and by position before by name.
func (p *Plan) arguments(uri string, cases []value.Case, chunks []value.Payload) {
	if p.procedure.Chunk != nil && p.procedure.In.Empty() {
		return // the first message is a chunk
	}
	var good, bad []input
	for i, c := range cases {
		in := input{Call: Call{URI: uri, Payload: c.Payload, Chunks: chunks}, problem: c.Problem, what: "input made up by its types"}
		switch {
		case i > 0 && c.Value == "":
			in.what = "input without " + c.Path
		case i > 0:
			in.what = "input with " + c.Path + " = " + short(c.Value)
		}
		if c.Problem == nil {
			good = append(good, in)
		} else {
			bad = append(bad, in)
		}
	}
	for _, in := range slices.Concat(p.inputs, good[:min(1, len(good))]) {
		for from := range slices.Backward(in.Payload.Args) {
			p.add(p.byName(in, from)...)
		}
	}
	for _, in := range slices.Concat(good, bad) {
		p.add(in)
		p.add(p.byName(in, 0)...)
	}
	slices.SortStableFunc(p.inputs, func(a, b input) int { return rank(&a) - rank(&b) })
}

// rank orders inputs: what fits and goes by position first.
func rank(in *input) int {
	switch {
	case in.problem != nil:
		return 2
	case in.named:
		return 1
	}
	return 0
}

// byName returns an input with its positional parameters by name, from the one at
// from on; none if they cannot be, or if that mends it or breaks it.
func (p *Plan) byName(in input, from int) []input {
	fields, args := p.procedure.In.Args, in.Payload.Args
	if p.procedure.Strict || from >= len(args) || len(args) > len(fields) || fields[len(args)-1].Variadic {
		return nil
	}
	kwargs := map[string]any{}
	maps.Copy(kwargs, in.Payload.Kwargs)
	for i := from; i < len(args); i++ {
		kwargs[fields[i].Name] = args[i]
	}
	in.named, in.from, in.same = true, from, in.key()
	in.Payload = value.Payload{Args: args[:from:from], Kwargs: kwargs}
	problems := value.Arguments(p.procedure).Check(in.Payload)
	if (len(problems) == 0) != (in.problem == nil) {
		return nil
	}
	return []input{in}
}

// chunks plans what goes behind the call.
func (p *Plan) chunks(uri string, cases []value.Case, chunks []value.Payload) {
	if p.procedure.Chunk == nil {
		return
	}
	first := p.procedure.In.Empty()
	for _, c := range value.Chunk(p.procedure).Cases() {
		in := input{Call: Call{URI: uri}, problem: c.Problem, what: "a chunk made up by its types", kind: "a chunk"}
		if c.Path != "" {
			in.what = "a chunk with " + c.Path + " = " + short(c.Value)
		}
		switch {
		case first:
			in.Payload, in.Chunks = c.Payload, chunks
		case len(cases) > 0:
			in.Payload, in.Chunks = cases[0].Payload, []value.Payload{chunks[0], c.Payload}
		default:
			return
		}
		p.add(in)
	}
}

// addresses plans calls with parameters of the URI that do not fit, and input that
// does.
func (p *Plan) addresses(others []*schema.Procedure) {
	if len(p.inputs) == 0 || p.inputs[0].problem != nil {
		return
	}
	for _, f := range p.procedure.Params {
		for _, text := range []string{"x", "0", "-1", "007", "99999999999999999999"} {
			in := p.inputs[0]
			in.URI = withParameter(p.procedure.URI, in.URI, f.Name, text)
			in.what, in.kind, in.elsewhere, in.progress = "a URI with "+f.Name+" = "+text, "a URI", true, false
			problems := value.CheckURI(p.procedure.URI, p.procedure.Params, in.URI)
			taken := slices.ContainsFunc(others, func(o *schema.Procedure) bool { return o != p.procedure && serves(o, in.URI) })
			if len(problems) > 0 && !taken {
				in.problem = &problems[0]
				p.add(in)
			}
		}
	}
}

// serves reports whether a callee of a procedure may get the calls of a URI.
func serves(p *schema.Procedure, uri string) bool {
	_, ok := value.Parameters(p.URI, uri)
	return ok || p.Prefix && strings.HasPrefix(uri, p.URI)
}

// withParameter is a URI of a template with another value of one parameter.
func withParameter(template, uri, name, text string) string {
	if before, open := strings.CutSuffix(template, "{"+name+"...}"); open {
		return before + text
	}
	components := strings.Split(uri, ".")
	if at := slices.Index(strings.Split(template, "."), "{"+name+"}"); at >= 0 {
		components[at] = text
	}
	return strings.Join(components, ".")
}

// sampleChunks are chunks that fit; ok is false if none are found and there must be
// some.
func sampleChunks(p *schema.Procedure) (all []value.Payload, ok bool) {
	if p.Chunk == nil {
		return nil, true
	}
	for n := range 2 {
		c, ok := value.Chunk(p).Sample(n)
		if !ok {
			return nil, false
		}
		all = append(all, c)
	}
	return all, true
}

// address is a URI of a procedure: that of an example, or one with sample values.
func address(p *schema.Procedure, examples []value.Example) (uri string, ok bool) {
	if len(examples) > 0 {
		return examples[0].URI, true
	}
	params := &data.Value{Kind: data.Map}
	for _, f := range p.Params {
		v, ok := value.Sample(f.Type, 0)
		if !ok {
			return "", false
		}
		params.Map = append(params.Map, data.Entry{Key: f.Name, Value: data.Of(v)})
	}
	uri, problems := value.Address(p.URI, p.Params, params)
	return uri, len(problems) == 0
}

// short is a value as a line can bear it.
func short(json string) string {
	const most = 40
	if letters := []rune(json); len(letters) > most {
		return string(letters[:most]) + "..."
	}
	return json
}
