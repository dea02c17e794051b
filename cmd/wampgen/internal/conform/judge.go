package conform

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
	"github.com/wampgen/wampgen/schema/value"
)

// The rules of findings.
const (
	ruleNotServed   diag.Rule = "not-served"
	ruleNotAllowed  diag.Rule = "not-allowed"
	ruleNoAnswer    diag.Rule = "no-answer"
	ruleRefused     diag.Rule = "valid-refused"
	ruleAccepted    diag.Rule = "invalid-accepted"
	ruleNotByName   diag.Rule = "not-by-name"
	ruleResult      diag.Rule = "result-differs"
	ruleProgress    diag.Rule = "progress-differs"
	ruleErrorUnsaid diag.Rule = "error-undeclared"
	ruleError       diag.Rule = "error-differs"
)

// Options say how to call.
type Options struct {
	// Timeout is how long a call may take: 0 for what the schema says, or else ten
	// seconds.
	Timeout time.Duration
}

// Finding is one way in which a callee differs from its schema.
type Finding struct {
	Rule diag.Rule
	// Message says what differs, and Call shows it.
	Message string
	Call    Call
	// More is how many other calls show it too.
	More int
}

// Report is what came of the calls of a procedure.
type Report struct {
	// Calls is how many were made.
	Calls int
	Found []*Finding
}

// run is one Run.
type run struct {
	*Plan
	client  *wamp.Client
	options Options
	report  Report
	found   map[string]*Finding
	// refusals are the errors that calls were answered with, by their keys.
	refusals map[string]string
	late     int
	// served reports that there was an answer before, and unnamed that parameters
	// are not taken by name.
	served, unnamed bool
}

// mostLate is after how many calls without an answer the others are not made.
const mostLate = 3

// Run makes the calls of a plan, one after the other. Its error is that of a
// session that has ended; the report is then what was found before.
func Run(ctx context.Context, client *wamp.Client, plan *Plan, o Options) (*Report, error) {
	r := &run{Plan: plan, client: client, options: o, found: map[string]*Finding{}, refusals: map[string]string{}}
	for i := range plan.inputs {
		in := &plan.inputs[i]
		if in.named && r.unnamed {
			continue
		}
		a, err := r.call(ctx, &in.Call)
		if err != nil {
			return &r.report, err
		}
		r.report.Calls++
		if !r.judge(in, &a) {
			break
		}
	}
	return &r.report, nil
}

// add adds a finding. Those of one rule and about one thing are one finding, with
// the shortest call.
func (r *run) add(in *input, rule diag.Rule, about, format string, args ...any) {
	key := string(rule) + about
	f := &Finding{Rule: rule, Call: in.Call, Message: fmt.Sprintf("procedure %q: ", r.procedure.Name) + fmt.Sprintf(format, args...)}
	old := r.found[key]
	switch {
	case old == nil:
		r.found[key] = f
		r.report.Found = append(r.report.Found, f)
	case len(in.key()) < len(old.Call.key()):
		f.More = old.More + 1
		*old = *f
	default:
		old.More++
	}
}

// judge holds an answer against the schema. It reports whether further calls make
// sense.
func (r *run) judge(in *input, a *answer) bool {
	switch {
	case a.unsent:
		return true
	case a.late:
		r.late++
		in.Timeout = r.patience()
		r.add(in, ruleNoAnswer, "", "no answer within %s to %s", r.patience(), in.text())
		return r.late < mostLate
	case a.reply == nil:
		r.judgeResult(in, a)
	case in.elsewhere && slices.ContainsFunc(unreached, func(e *wamp.Error) bool { return errors.Is(a.reply, e) }):
		return true
	case errors.Is(a.reply, wamp.ErrNoSuchProcedure) && r.served:
		r.add(in, ruleNotServed, "", "nobody serves %s any longer", in.URI)
		return false
	case errors.Is(a.reply, wamp.ErrNoSuchProcedure):
		r.add(in, ruleNotServed, "", "nobody serves %s", in.URI)
		return false
	case errors.Is(a.reply, wamp.ErrNotAuthorized), errors.Is(a.reply, wamp.ErrAuthorizationFailed):
		r.add(in, ruleNotAllowed, "", "this user may not call %s", in.URI)
		return false
	default:
		r.judgeError(in, a.reply)
	}
	for _, item := range a.progress {
		if problems := value.Progress(r.procedure).Check(item); len(problems) > 0 {
			r.add(in, ruleProgress, about(&problems[0]), "a progressive result does not fit: %v", problems[0])
		}
	}
	r.served = true
	return true
}

// unreached are the answers of a router that asks no callee: nobody serves the URI,
// this user may not call it, or it is none. A strict router takes no "-1" in it.
var unreached = []*wamp.Error{wamp.ErrNoSuchProcedure, wamp.ErrNotAuthorized, wamp.ErrAuthorizationFailed, wamp.ErrInvalidURI}

// judgeResult holds a result against the schema.
func (r *run) judgeResult(in *input, a *answer) {
	if in.problem != nil {
		how := ""
		if in.named {
			how = ", by name"
		}
		r.add(in, ruleAccepted, in.kind+about(in.problem), "accepts %s that does not fit%s: %v", in.kind, how, in.problem)
		return
	}
	if problems := value.Result(r.procedure).Check(a.result); len(problems) > 0 {
		r.add(in, ruleResult, about(&problems[0]), "the result does not fit: %v", problems[0])
	}
	if in.progress && len(a.progress) == 0 {
		r.add(in, ruleProgress, "", "no progressive result comes, and the example has some")
	}
}

// judgeError holds an error against the schema.
func (r *run) judgeError(in *input, reply *wamp.Error) {
	invalid := errors.Is(reply, wamp.ErrInvalidArgument)
	r.refusals[in.key()] = reply.URI
	for _, e := range r.procedure.Errors {
		if e.URI == reply.URI {
			r.judgeDeclared(in, e, reply)
			return
		}
	}
	switch {
	case in.problem != nil && invalid:
	case in.problem != nil:
		r.add(in, ruleErrorUnsaid, in.kind+reply.URI, "answers %s that does not fit with %s, and not with %s: %v", in.kind, reply.URI, wamp.ErrInvalidArgument.URI, in.problem)
	case in.named && r.refusals[in.same] == reply.URI: // found there
	case in.named:
		r.unnamed = true
		r.add(in, ruleNotByName, "", "parameter %q is not taken by name: %s", r.procedure.In.Args[in.from].Name, reply.URI)
	case invalid:
		r.add(in, ruleRefused, in.what, "refuses %s, which fits", in.text())
	default:
		r.add(in, ruleErrorUnsaid, reply.URI, "answers %s with %s, which the schema does not declare", in.text(), reply.URI)
	}
}

// judgeDeclared holds the payload of a declared error against the schema.
func (r *run) judgeDeclared(in *input, e schema.ErrorRef, reply *wamp.Error) {
	if problems := value.Failure(e.Error).Check(value.Payload{Args: reply.Args, Kwargs: reply.Kwargs}); len(problems) > 0 {
		r.add(in, ruleError, e.URI+about(&problems[0]), "the error %s does not fit: %v", e.Name, problems[0])
	}
}

// about is the same for problems that are the same.
func about(p *value.Problem) string { return " " + p.Path + " " + p.Rule }

// text names an input.
func (in *input) text() string {
	if in.named {
		return in.what + ", by name"
	}
	return in.what
}
