package schema

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// The values of policies with few of them, as WAMP spells them.
var (
	invokeValues   = []string{"single", "roundrobin", "random", "first", "last"}
	cancelValues   = []string{"killnowait", "kill", "skip"}
	matchValues    = []string{"exact", "prefix", "wildcard"}
	priorityValues = []string{"normal", "high"}
)

// readDefaults reads what procedures and topics have unless they say otherwise.
func (r *reader) readDefaults(n *node) {
	if n == nil {
		return
	}
	s, ok := r.section(n, "defaults", defaultsKeys)
	if !ok {
		return
	}
	if n := s.get("procedure"); n != nil {
		if p, ok := r.section(n, "defaults of procedures", policyKeys); ok {
			r.procedurePolicies(p, &r.defaults.procedure)
			r.defaults.procedure.Errors = r.errorRefs(p, nil)
		}
	}
	if n := s.get("topic"); n != nil {
		if t, ok := r.section(n, "defaults of topics", topicPolicyKeys); ok {
			r.topicPolicies(t, &r.defaults.topic)
		}
	}
}

// procedurePolicies reads how a procedure is called and registered. What s does
// not say stays.
func (r *reader) procedurePolicies(s section, p *Procedure) {
	s.setDuration("timeout", &p.Timeout)
	s.setFlag("forward_timeout", &p.ForwardTimeout)
	s.setFlag("idempotent", &p.Idempotent)
	s.setFlag("disclose_me", &p.DiscloseMe)
	s.setFlag("disclose_caller", &p.DiscloseCaller)
	s.setFlag("strict", &p.Strict)
	s.setFlag("lenient", &p.Lenient)
	s.setOneOf("invoke", invokeValues, &p.Invoke)
	s.setOneOf("cancel", cancelValues, &p.Cancel)
	s.setOneOf("priority", priorityValues, &p.Priority)
	s.setCount("concurrency", &p.Concurrency)
	if s.get("grace") != nil {
		p.Grace = new(time.Duration)
		s.setDuration("grace", p.Grace)
	}
	s.setRoles(&p.Roles)
	r.metadata(s, &p.Metadata)
}

// topicPolicies reads how a topic is published to and subscribed to. What s
// does not say stays.
func (r *reader) topicPolicies(s section, t *Topic) {
	s.setFlag("acknowledge", &t.Acknowledge)
	s.setFlag("disclose_me", &t.DiscloseMe)
	s.setFlag("retain", &t.Retain)
	s.setFlag("get_retained", &t.GetRetained)
	s.setFlag("history", &t.History)
	s.setFlag("lenient", &t.Lenient)
	if s.get("exclude_me") != nil {
		t.ExcludeMe = new(bool)
		s.setFlag("exclude_me", t.ExcludeMe)
	}
	s.setRoles(&t.Roles)
	r.metadata(s, &t.Metadata)
}

// prefix reads the key match, which says what the URI does already, but for a
// fixed URI that is a prefix. It reports whether it is one.
func (r *reader) prefix(s section, params *uriParams, owner string) bool {
	var match string
	s.setOneOf("match", matchValues, &match)
	if match == "" || params == nil {
		return false
	}
	derived, hint := "exact", "write the open components as parameters, as in  device.{id}.state"
	switch {
	case params.rest:
		derived, hint = "prefix", "leave match out: {name...} makes it a prefix"
	case len(params.names) > 0:
		derived, hint = "wildcard", "leave match out: a parameter makes it a wildcard"
	}
	if match != derived && !(match == "prefix" && derived == "exact") {
		d := r.report(s.get("match").token(), RuleBadValue, "match of %s must be %s, not %s", owner, derived, match)
		d.Hint = hint
	}
	return match == "prefix" && derived == "exact"
}

// metadata reads the key metadata: which keyword carries what a tracer adds.
func (r *reader) metadata(s section, to *string) {
	n := s.get("metadata")
	if n == nil {
		return
	}
	m, ok := r.section(n, "metadata", metadataKeys)
	if !ok {
		return
	}
	if kwarg := m.need("kwarg"); kwarg != nil && r.isString(kwarg, "kwarg") {
		*to = kwarg.text
		r.wireName(kwarg)
	}
}

// lifetime is what the lifetime of a declaration says.
func (s section) lifetime() (deprecated, since string) {
	if n := s.get("deprecated"); n != nil && s.isString(n, "deprecated") {
		if deprecated = strings.TrimSpace(n.text); deprecated == "" {
			s.report(n.token(), RuleBadValue, "deprecated must not be empty").Hint = "say what to use instead"
		}
	}
	return deprecated, s.match("since", semver, "a version is three numbers, as in 1.4.0")
}

// setFlag sets what the key says, if it is there.
func (s section) setFlag(key string, to *bool) {
	if s.get(key) != nil {
		*to = s.flag(key)
	}
}

// setDuration sets what the key says, if it is there; 0 switches something off.
func (s section) setDuration(key string, to *time.Duration) {
	n := s.get(key)
	if n == nil || !s.isString(n, key) {
		return
	}
	d, problem := duration(n.text)
	if problem != "" {
		s.report(n.token(), RuleBadValue, "%s %s %s", key, quote(n.text), problem)
	}
	*to = d
}

// setOneOf sets what the key says, if it is there: one of some values.
func (s section) setOneOf(key string, values []string, to *string) {
	n := s.get(key)
	if n == nil || !s.isString(n, key) {
		return
	}
	if slices.Contains(values, n.text) {
		*to = n.text
		return
	}
	d := s.report(n.token(), RuleBadValue, "%s must be one of %s, not %s", key, strings.Join(values, ", "), describeText(n))
	s.suggest(d, n.text, "", values)
}

// setCount sets what the key says, if it is there: a number from 1.
func (s section) setCount(key string, to *int) {
	n := s.get(key)
	if n == nil || !s.isString(n, key) {
		return
	}
	i, err := strconv.ParseInt(n.text, 10, 32)
	if err != nil || i < 1 || !canonicalInt(n) {
		s.report(n.token(), RuleBadValue, "%s must be a whole number from 1, not %s", key, describeText(n))
		return
	}
	*to = int(i)
}

// setRoles sets what the key roles says, if it is there: the roles of those who
// may use it.
func (s section) setRoles(to *[]string) {
	n := s.get("roles")
	if n == nil || !s.want(n, listNode, "roles") {
		return
	}
	*to = nil
	for _, item := range n.items {
		switch {
		case !s.want(item, scalarNode, "a role"):
		case item.text == "" || !printable(item.text):
			s.report(item.token(), RuleBadValue, "%s cannot be a role", describeText(item))
		case slices.Contains(*to, item.text):
			s.report(item.token(), RuleDuplicateKey, "duplicate role %s", quote(item.text))
		default:
			*to = append(*to, item.text)
		}
	}
	if len(n.items) == 0 {
		s.report(n.token(), RuleBadValue, "roles must not be empty").Hint = "leave the key out if anybody may"
	}
}
