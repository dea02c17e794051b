package breaking

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/wampgen/wampgen/schema"
)

// procedures compares the procedures.
func (c *comparison) procedures() {
	for _, p := range pairs(c.old.Procedures, c.new.Procedures,
		func(p *schema.Procedure) string { return p.Name }, func(p *schema.Procedure) string { return p.URI }) {
		switch {
		case p.new == nil:
			c.about(fmt.Sprintf("procedure %q", p.old.Name), c.new.NamePlace, p.old.Place)
			c.add("procedure-removed", schema.Place{}, schema.Place{}, "it is gone: old callers get wamp.error.no_such_procedure")
		case p.old == nil:
			c.about(fmt.Sprintf("procedure %q", p.new.Name), p.new.Place, schema.Place{})
			c.add("procedure-added", schema.Place{}, schema.Place{}, "it is new")
		default:
			c.about(fmt.Sprintf("procedure %q", p.new.Name), p.new.Place, p.old.Place)
			c.procedure(p.old, p.new)
		}
	}
}

// procedure compares two versions of a procedure.
func (c *comparison) procedure(old, new *schema.Procedure) {
	c.uri("uri-changed", old.URI, new.URI, old.URIPlace, new.URIPlace, "callers and callees of the two versions do not meet")
	c.match(old.Params, new.Params, old.Prefix != new.Prefix, input)
	c.strict = old.Strict
	c.payload("parameter", old.In, new.In, input)
	c.strict = false
	c.payload("result", old.Out, new.Out, output)
	switch {
	case old.Progress != nil && new.Progress != nil:
		c.payload("progressive result", old.Progress, new.Progress, output)
	case old.Progress != nil:
		c.add("stream-removed", schema.Place{}, old.Progress.Place, "it has no progressive results any more: old callers that wait for them get none")
	case new.Progress != nil:
		c.add("stream-added", new.Progress.Place, schema.Place{}, "it has progressive results for callers that ask for them")
	}
	c.chunks(old, new)
	if new.Timeout > 0 && (old.Timeout == 0 || new.Timeout < old.Timeout) {
		c.add("timeout-shortened", schema.Place{}, schema.Place{}, "its timeout was %s and is %s: new callers give up old callees that take longer",
			timeout(old), timeout(new))
	}
	// A call with chunks is sent once, idempotent or not.
	if new.Idempotent && !old.Idempotent && new.Chunk == nil {
		c.add("idempotent-added", schema.Place{}, schema.Place{}, "it is idempotent now: new callers call old callees again after a lost session")
	}
	if old.Idempotent && !new.Idempotent && old.Chunk == nil {
		c.add("idempotent-removed", schema.Place{}, schema.Place{}, "it is not idempotent any more: old callers still call new callees again after a lost session")
	}
	if old.DiscloseMe && !new.DiscloseMe && !old.DiscloseCaller {
		c.add("disclosure-removed", schema.Place{}, schema.Place{}, "its callers do not say who they are any more: old callees do not learn it from new callers")
	}
	c.roles(old.Roles, new.Roles, "call it")
	if invoke(old) != invoke(new) {
		c.add("invoke-changed", schema.Place{}, schema.Place{}, "its invocation policy was %s and is %s: the router refuses new callees beside old ones", invoke(old), invoke(new))
	}
	if new.Strict && !old.Strict {
		c.add("strict-added", schema.Place{}, schema.Place{}, "it is strict now: new callees refuse positional parameters that old callers send by name")
	}
	c.lenient(old.Lenient, new.Lenient)
	c.deprecated(old.Deprecated, new.Deprecated)
	c.errorRefs(old, new)
}

// chunks compares what callers send behind their calls.
func (c *comparison) chunks(old, new *schema.Procedure) {
	switch {
	case old.Chunk != nil && new.Chunk != nil:
		c.payload("chunk", old.Chunk, new.Chunk, input)
		if old.In.Empty() != new.In.Empty() {
			c.add("chunks-begin", new.Chunk.Place, old.Chunk.Place, "its first message was or is a chunk: callees of one version take the arguments of the other for a chunk, or a chunk for the arguments")
		}
		if old.LastChunk != new.LastChunk {
			c.add("chunks-end", new.Chunk.Place, old.Chunk.Place, "its last message was or is a chunk, and callees take both")
		}
	case old.Chunk != nil:
		c.add("chunks-removed", schema.Place{}, old.Chunk.Place, "it takes no chunks any more: new callees refuse old callers")
	case new.Chunk != nil:
		c.add("chunks-added", new.Chunk.Place, schema.Place{}, "it takes chunks: old callees refuse new callers")
	}
}

// match compares what belongs to the URI of a procedure or topic beside its
// text.
func (c *comparison) match(old, new []*schema.Field, prefix bool, f *flow) {
	if prefix {
		c.add("uri-changed", schema.Place{}, schema.Place{}, "whether its URI is a prefix changed: peers of the two versions do not meet")
	}
	for i := range min(len(old), len(new)) {
		c.field("URI parameter", old[i], new[i], []*flow{f})
	}
}

// roles compares who may use something.
func (c *comparison) roles(old, new []string, use string) {
	switch gone := without(old, new); {
	case new == nil:
	case old == nil:
		c.add("roles-narrowed", schema.Place{}, schema.Place{}, "only %s may %s now: old peers of other roles are refused where that is enforced", quoted(new), use)
	case len(gone) > 0:
		c.add("roles-narrowed", schema.Place{}, schema.Place{}, "%s may not %s any more: old peers are refused where that is enforced", quoted(gone), use)
	}
}

// without returns what is in a and not in b.
func without(a, b []string) (rest []string) {
	for _, s := range a {
		if !slices.Contains(b, s) {
			rest = append(rest, s)
		}
	}
	return rest
}

// quoted returns names for a sentence.
func quoted(names []string) string {
	all := slices.Clone(names)
	for i := range all {
		all[i] = strconv.Quote(all[i])
	}
	if len(all) == 2 {
		return all[0] + " and " + all[1]
	}
	return list(all)
}

// lenient compares whether arguments may stand in one more list.
func (c *comparison) lenient(old, new bool) {
	if old && !new {
		c.add("lenient-removed", schema.Place{}, schema.Place{}, "it is not lenient any more: new peers do not read arguments that others put into one more list")
	}
}

// deprecated compares whether something is deprecated.
func (c *comparison) deprecated(old, new string) {
	if old == "" && new != "" {
		c.add("deprecated", schema.Place{}, schema.Place{}, "it is deprecated: %s", new)
	}
}

// invoke returns the invocation policy of a procedure.
func invoke(p *schema.Procedure) string { return cmp.Or(p.Invoke, "single") }

// timeout returns the timeout of a procedure for people.
func timeout(p *schema.Procedure) string {
	if p.Timeout == 0 {
		return "none"
	}
	return p.Timeout.String()
}

// errorRefs compares the errors that a procedure declares.
func (c *comparison) errorRefs(old, new *schema.Procedure) {
	for _, e := range old.Errors {
		if !c.declares(new.Errors, e) {
			c.add("error-removed", schema.Place{}, e.Place, "error %q is gone from it: new callers do not know it when old callees return it", calledError(e))
		}
	}
	for _, e := range new.Errors {
		if !c.declares(old.Errors, e) {
			c.add("error-added", e.Place, schema.Place{}, "error %q is new", calledError(e))
		}
	}
}

// topics compares the topics.
func (c *comparison) topics() {
	for _, t := range pairs(c.old.Topics, c.new.Topics,
		func(t *schema.Topic) string { return t.Name }, func(t *schema.Topic) string { return t.URI }) {
		switch {
		case t.new == nil:
			c.about(fmt.Sprintf("topic %q", t.old.Name), c.new.NamePlace, t.old.Place)
			c.add("topic-removed", schema.Place{}, schema.Place{}, "it is gone: old subscribers get no more events")
		case t.old == nil:
			c.about(fmt.Sprintf("topic %q", t.new.Name), t.new.Place, schema.Place{})
			c.add("topic-added", schema.Place{}, schema.Place{}, "it is new")
		default:
			c.about(fmt.Sprintf("topic %q", t.new.Name), t.new.Place, t.old.Place)
			c.uri("uri-changed", t.old.URI, t.new.URI, t.old.URIPlace, t.new.URIPlace, "publishers and subscribers of the two versions do not meet")
			c.match(t.old.Params, t.new.Params, t.old.Prefix != t.new.Prefix, event)
			c.payload("parameter", t.old.Payload, t.new.Payload, event)
			if t.old.DiscloseMe && !t.new.DiscloseMe {
				c.add("disclosure-removed", schema.Place{}, schema.Place{}, "its publishers do not say who they are any more: old subscribers do not learn it from new publishers")
			}
			if t.old.Retain && !t.new.Retain {
				c.add("retain-removed", schema.Place{}, schema.Place{}, "the router does not keep the last event of new publishers: later subscribers get none, or an older one")
			}
			c.roles(t.old.Roles, t.new.Roles, "publish or subscribe to it")
			c.lenient(t.old.Lenient, t.new.Lenient)
			c.deprecated(t.old.Deprecated, t.new.Deprecated)
		}
	}
}

// allErrors compares the declared errors, and those of other APIs that procedures
// declare.
func (c *comparison) allErrors() {
	for _, e := range pairs(errorsOf(c.old), errorsOf(c.new), c.errorID, func(e *schema.ErrorRef) string { return e.URI }) {
		if e.old == nil || e.new == nil {
			continue // the procedures that refer to it have the change
		}
		old, new := e.old.Error, e.new.Error
		c.aboutIn(fmt.Sprintf("error %q", calledError(*e.new)), new.Place, old.Place, fileOf(e.new), fileOf(e.old))
		c.uri("error-uri-changed", old.URI, new.URI, old.URIPlace, new.URIPlace, "callers do not know the errors of callees of the other version")
		c.payload("parameter", old.Payload, new.Payload, failure)
	}
}

// allTypes compares the named types that both versions have, also those of other
// APIs.
func (c *comparison) allTypes() {
	was := map[string]*schema.Type{}
	for _, t := range typesOf(c.old) {
		was[c.homes[t].id] = t
	}
	for _, t := range typesOf(c.new) {
		at := c.homes[t]
		if old, flows := was[at.id], c.flows[at.id]; old != nil && len(flows) > 0 {
			c.aboutIn(fmt.Sprintf("type %q", at.label), t.Place, old.Place, at.file, c.homes[old].file)
			c.typ(old, t, flows)
		}
	}
}

// typ compares two versions of a named type.
func (c *comparison) typ(old, new *schema.Type, flows []*flow) {
	simple := func(t *schema.Type) bool { return t.Kind == schema.Newtype || t.Kind == schema.Enum }
	switch {
	case old.Kind != new.Kind && !(simple(old) && simple(new)):
		c.kind(old, new, flows)
	case old.Kind == schema.Struct:
		c.byKey("field", old.Fields, new.Fields, flows)
		c.unknown(old, new, flows)
	case old.Kind == schema.Tuple:
		c.tuple(old.Fields, new.Fields, flows)
	case old.Kind == schema.Union:
		c.union(old, new, flows)
	case old.Kind == schema.Enum && new.Kind == schema.Enum:
		c.enum(old, new, flows)
	default:
		r := c.relate(c.whole(old), c.whole(new))
		c.compared("it", describe(old), describe(new), r, schema.Place{}, schema.Place{}, flows)
	}
}

// unknown compares what a struct makes of keys that it does not have.
func (c *comparison) unknown(old, new *schema.Type, flows []*flow) {
	who := phrase(flows, late)
	if new.Unknown == schema.Reject && old.Unknown != schema.Reject {
		c.add("unknown-rejected", schema.Place{}, schema.Place{}, "it rejects unknown keys now: with one, %s", who)
	}
	if who = phrase(flows, ifOwned); old.Unknown != schema.Reject || who == "" {
		return
	}
	was := byName(old.Fields)
	for _, x := range new.Fields {
		if was[x.Name] == nil {
			c.add("unknown-rejected", x.Place, schema.Place{}, "field %q is new, and the old version rejects unknown keys: %s", x.Name, who)
		}
	}
}

// kind adds the change of what a type is.
func (c *comparison) kind(old, new *schema.Type, flows []*flow) {
	c.add("type-changed", schema.Place{}, schema.Place{}, "it was %s and is %s: %s", describe(old), describe(new), phrase(flows, late))
}

// tuple compares the elements of a tuple.
func (c *comparison) tuple(old, new []*schema.Field, flows []*flow) {
	if c.reordered("element", old, new) {
		return
	}
	for i, x := range old {
		if i < len(new) {
			c.field("element", x, new[i], flows)
		} else {
			c.removed("element", x, flows)
		}
	}
	for _, x := range new[min(len(old), len(new)):] {
		c.added("element", x, flows)
	}
}

// union compares the variants of a union.
func (c *comparison) union(old, new *schema.Type, flows []*flow) {
	if old.Tag != new.Tag || old.Content != new.Content {
		c.kind(old, new, flows)
		return
	}
	if old.Open && !new.Open {
		c.add("enum-closed", schema.Place{}, schema.Place{}, "it is closed now: with another variant, %s", phrase(flows, late))
	}
	was, is := variantsOf(old), variantsOf(new)
	for _, v := range old.Variants {
		if x := is[v.Name]; x != nil {
			r := c.relate(v.Type, x.Type)
			c.compared(fmt.Sprintf("variant %q", v.Name), spell(v.Type), spell(x.Type), r, x.Place, v.Place, flows)
		} else if !new.Open {
			c.add("variant-removed", schema.Place{}, v.Place, "variant %q is gone: with it, %s", v.Name, phrase(flows, late))
		}
	}
	for _, v := range new.Variants {
		if who := phrase(flows, ifOwned); was[v.Name] == nil && who != "" && !old.Open {
			c.add("variant-added", v.Place, schema.Place{}, "variant %q is new: with it, %s", v.Name, who)
		} else if was[v.Name] == nil {
			c.add("variant-added-open", v.Place, schema.Place{}, "variant %q is new", v.Name)
		}
	}
}

// whole returns a use of the values of a type that is not a struct.
func (c *comparison) whole(t *schema.Type) *schema.Ref {
	if t.Base != nil {
		return t.Base
	}
	return &schema.Ref{Named: t}
}

// describe returns what a named type is.
func describe(t *schema.Type) string {
	switch {
	case t.Base != nil:
		return spell(t.Base)
	case t.Kind == schema.Enum && t.IntEnum:
		return "an enum of integers"
	case t.Kind == schema.Enum:
		return "an enum of strings"
	case t.Kind == schema.Tuple:
		return "a tuple"
	case t.Kind == schema.Union && t.Content != "":
		return fmt.Sprintf("a union with the tag %q and the content %q", t.Tag, t.Content)
	case t.Kind == schema.Union && t.Tag != "":
		return fmt.Sprintf("a union with the tag %q", t.Tag)
	case t.Kind == schema.Union:
		return "a union without a tag"
	}
	return "a struct"
}

// enum compares the values of an enum.
func (c *comparison) enum(old, new *schema.Type, flows []*flow) {
	if old.IntEnum != new.IntEnum {
		c.kind(old, new, flows)
		return
	}
	if old.Open && !new.Open {
		c.add("enum-closed", schema.Place{}, schema.Place{}, "it is closed now: with another value, %s", phrase(flows, late))
	}
	is, was := map[any]schema.EnumValue{}, map[any]bool{}
	for _, v := range new.Values {
		is[wireValue(new, v)] = v
	}
	for _, v := range old.Values {
		was[wireValue(old, v)] = true
		if _, ok := is[wireValue(old, v)]; !ok && !new.Open {
			c.add("enum-value-removed", schema.Place{}, v.Place, "value %q is gone: with it, %s", v.Name, phrase(flows, late))
		}
	}
	for _, v := range new.Values {
		if was[wireValue(new, v)] {
			continue
		}
		if who := phrase(flows, ifOwned); who != "" && !old.Open {
			c.add("enum-value-added", v.Place, schema.Place{}, "value %q is new: if they validate what they receive, %s", v.Name, who)
		} else {
			c.add("enum-value-added-open", v.Place, schema.Place{}, "value %q is new", v.Name)
		}
	}
}
