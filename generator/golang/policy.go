package golang

import (
	"errors"
	"fmt"
	"time"

	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// The constants of package wamp for the values of policies.
var (
	invokePolicies = map[string]string{
		"single": "InvokeSingle", "roundrobin": "InvokeRoundRobin", "random": "InvokeRandom", "first": "InvokeFirst", "last": "InvokeLast",
	}
	cancelModes = map[string]string{"killnowait": "KillNoWait", "kill": "Kill", "skip": "Skip"}
)

// vetPolicies refuses policies that package wamp does not know.
func vetPolicies(m *schema.Model) error {
	var errs []error
	for _, p := range m.Procedures {
		if p.Invoke != "" && invokePolicies[p.Invoke] == "" || p.Cancel != "" && cancelModes[p.Cancel] == "" {
			errs = append(errs, fmt.Errorf("golang: procedure %q has an unknown policy", p.Name))
		}
	}
	return errors.Join(errs...)
}

// optionList is a field of a descriptor that holds options.
/*
	Register: []wamp.RegisterOption{<wamp.WithConcurrency(2)>}
*/
func optionList(name, kind string, options []jen.Code) []jen.Code {
	if len(options) == 0 {
		return nil
	}
	return []jen.Code{entry(name, jen.Index().Add(wampID(kind)).Values(options...))}
}

// with is an option of package wamp.
func with(name string, args ...jen.Code) jen.Code { return wampID("With" + name).Call(args...) }

// procedureOptions are the options that calls and registrations of a procedure
// begin with.
func procedureOptions(p *schema.Procedure) []jen.Code {
	var call, register []jen.Code
	if p.DiscloseMe {
		call = append(call, with("DiscloseMe"))
	}
	if p.Cancel != "" {
		call = append(call, with("CancelMode", wampID(cancelModes[p.Cancel])))
	}
	if p.Prefix {
		register = append(register, with("Prefix"))
	}
	if p.Invoke != "" {
		register = append(register, with("InvokePolicy", wampID(invokePolicies[p.Invoke])))
	}
	if p.Concurrency > 0 {
		register = append(register, with("Concurrency", number(p.Concurrency)))
	}
	if p.DiscloseCaller {
		register = append(register, with("DiscloseCaller"))
	}
	if p.Priority == "high" {
		register = append(register, with("Priority", wampID("PriorityHigh")))
	}
	if p.ForwardTimeout {
		register = append(register, with("ForwardTimeout"))
	}
	return append(optionList("Call", "CallOption", call), optionList("Register", "RegisterOption", register)...)
}

// topicOptions are the options that publishes and subscriptions of a topic
// begin with.
func topicOptions(t *schema.Topic) []jen.Code {
	var publish, subscribe []jen.Code
	if t.Acknowledge {
		publish = append(publish, with("Acknowledge"))
	}
	if t.ExcludeMe != nil {
		publish = append(publish, with("ExcludeMe", truth(*t.ExcludeMe)))
	}
	if t.DiscloseMe {
		publish = append(publish, with("DiscloseMe"))
	}
	if t.Retain {
		publish = append(publish, with("Retain"))
	}
	if t.Prefix {
		subscribe = append(subscribe, with("Prefix"))
	}
	if t.GetRetained {
		subscribe = append(subscribe, with("GetRetained"))
	}
	return append(optionList("Publish", "PublishOption", publish), optionList("Subscribe", "SubscribeOption", subscribe)...)
}

// graceLiteral is how long a call waits for a callee, as package wamp has it: a
// negative number for not at all.
func graceLiteral(d time.Duration) *jen.Statement {
	if d == 0 {
		return digits("-1")
	}
	return durationValue(d)
}

// access is who may use a procedure or topic, and where its metadata travels.
func access(roles []string, metadata string) (entries []jen.Code) {
	if len(roles) > 0 {
		var list []jen.Code
		for _, r := range roles {
			list = append(list, text(r))
		}
		entries = append(entries, entry("Roles", jen.Index().String().Values(list...)))
	}
	if metadata != "" {
		entries = append(entries, entry("Metadata", text(metadata)))
	}
	return entries
}
