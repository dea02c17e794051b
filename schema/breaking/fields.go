package breaking

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
)

// byKey compares the fields of a struct, or keyword parameters, in the flows in
// which they are sent.
func (c *comparison) byKey(kind string, old, new []*schema.Field, flows []*flow) {
	is, was := byName(new), byName(old)
	for _, x := range old {
		if is[x.Name] == nil {
			c.removed(kind, x, flows)
		}
	}
	for _, x := range new {
		if was[x.Name] == nil {
			c.added(kind, x, flows)
		} else {
			c.field(kind, was[x.Name], x, flows)
		}
	}
}

// removed adds the change of a field that the new version does not have.
func (c *comparison) removed(kind string, x *schema.Field, flows []*flow) {
	how := func(f *flow) string {
		if f.owned && !absent(x) {
			return f.early // it is required there
		}
		return f.loses
	}
	if len(flows) > 0 {
		c.add("removed", schema.Place{}, x.Place, "%s is gone: %s", name(kind, x), phrase(flows, how))
	}
}

// added adds the change of a field that the old version does not have.
func (c *comparison) added(kind string, x *schema.Field, flows []*flow) {
	if absent(x) || len(flows) == 0 {
		c.add("optional-added", x.Place, schema.Place{}, "%s is new", name(kind, x))
		return
	}
	c.add("required-added", x.Place, schema.Place{}, "%s is new and required: %s", name(kind, x), phrase(flows, late))
}

// name returns what a field is called: the one value of a result has no name.
func name(kind string, x *schema.Field) string {
	if x.Place.Derived {
		return "the " + kind
	}
	return fmt.Sprintf("%s %q", kind, x.Name)
}

func late(f *flow) string { return f.late }

// ifOwned is early where the sender uses at once what is new.
func ifOwned(f *flow) string {
	if f.owned {
		return f.early
	}
	return ""
}

// field compares two fields, or two parameters, of one name.
func (c *comparison) field(kind string, old, new *schema.Field, flows []*flow) {
	what := name(kind, new)
	if old.Variadic != new.Variadic || old.CatchAll != new.CatchAll {
		c.add("type-changed", new.Place, old.Place, "whether %s takes all further values changed: %s", what, phrase(flows, late))
		return
	}
	c.presence(what, old, new, flows)
	c.valueType(what, old, new, flows)
	if was, is := literal(old), literal(new); old.Default != nil && new.Default != nil && was != is && !sameValue(old.Default, new.Default) {
		c.add("default-changed", new.Default.Place, old.Default.Place,
			"the default of %s was %s and is %s: if it is left out, the versions take it for different values", what, was, is)
	}
}

// presence compares whether fields may be absent.
func (c *comparison) presence(what string, old, new *schema.Field, flows []*flow) {
	switch {
	case absent(old) && !absent(new):
		if who := phrase(flows, late); who != "" {
			c.add("now-required", new.Place, old.Place, "%s is required now: without it, %s", what, who)
		}
	case new.Optional && !absent(old):
		if who := phrase(flows, ifOwned); who != "" {
			c.add("now-optional", new.Place, old.Place, "%s is optional now: without it, %s", what, who)
		}
	}
}

// valueType compares the types of fields.
func (c *comparison) valueType(what string, old, new *schema.Field, flows []*flow) {
	r := c.relate(old.Type, new.Type)
	if old.Type.Nullable != new.Type.Nullable && (absent(old) || absent(new)) {
		// null is taken for an absent value where that is allowed.
		r = c.values(old.Type, new.Type, nil)
	}
	c.compared(what, spell(old.Type), spell(new.Type), r, new.Type.Place, old.Type.Place, flows)
}

// compared adds the change of a type by the relation of its values.
func (c *comparison) compared(what, was, is string, r relation, newPlace, oldPlace schema.Place, flows []*flow) {
	text := fmt.Sprintf("the type of %s was %s and is %s", what, was, is)
	if was == is {
		text = fmt.Sprintf("the type of %s, %s, changed", what, is)
	}
	if r.apart {
		c.add("type-changed", newPlace, oldPlace, "%s: %s", text, phrase(flows, late))
		return
	}
	var who []string
	if r.narrowed {
		if s := phrase(flows, late); s != "" {
			who = append(who, s)
		}
	}
	if r.widened {
		if s := phrase(flows, ifOwned); s != "" {
			who = append(who, s)
		}
	}
	if len(who) == 0 {
		return
	}
	rule := diag.Rule("type-widened")
	if r.narrowed {
		rule = "type-narrowed"
	}
	c.add(rule, newPlace, oldPlace, "%s: if a value does not fit, %s", text, list(who))
}

// literal returns the default of a field as the schema has it.
func literal(x *schema.Field) string {
	if x.Default == nil {
		return ""
	}
	return x.Default.Literal
}

// sameValue reports whether two defaults are one value, which may be written in
// several ways.
func sameValue(a, b *schema.Value) bool {
	if a.Enum != nil && b.Enum != nil {
		return a.Enum.Text == b.Enum.Text && a.Enum.Int == b.Enum.Int
	}
	return a.Bool == b.Bool && a.Int == b.Int && a.Uint == b.Uint && a.Float == b.Float && a.Text == b.Text && a.Duration == b.Duration &&
		slices.EqualFunc(a.List, b.List, sameValue) &&
		slices.EqualFunc(a.Map, b.Map, func(x, y schema.MapEntry) bool { return x.Key == y.Key && sameValue(x.Value, y.Value) })
}

// spell returns a type as a schema has it, with what stands beside it.
func spell(r *schema.Ref) string {
	var s string
	switch {
	case r.List != nil:
		s = "list<" + spell(r.List) + ">"
	case r.Map != nil:
		s = "map<" + spell(r.Map) + ">"
		if r.Keys != nil {
			s += " with keys " + spell(r.Keys)
		}
	case r.Import != nil:
		s = r.Import.Alias + "." + r.Named.Name
	case r.Named != nil:
		s = r.Named.Name
	default:
		s = string(r.Scalar)
	}
	if r.Nullable {
		s += "|null"
	}
	var with []string
	if r.Encoding != "" {
		with = append(with, "encoding "+r.Encoding)
	}
	for _, k := range r.Constraints {
		text := k.Text
		if k.Key == schema.Pattern {
			text = diag.Quote(text)
		}
		with = append(with, string(k.Key)+" "+text)
	}
	if len(with) > 0 {
		s += " (" + strings.Join(with, ", ") + ")"
	}
	return s
}

// payload compares two payloads.
func (c *comparison) payload(kind string, old, new *schema.Payload, f *flow) {
	wasArg, isArg, wasKey, isKey := byName(old.Args), byName(new.Args), byName(old.Kwargs), byName(new.Kwargs)
	var oldArgs, newArgs, oldKeys, newKeys []*schema.Field
	for _, x := range old.Args {
		if y := isKey[x.Name]; y != nil {
			c.add("moved", y.Place, x.Place, "%s %q was sent by position and is sent by name: %s", kind, x.Name, f.late)
			continue
		}
		oldArgs = append(oldArgs, x)
	}
	for _, x := range new.Args {
		if y := wasKey[x.Name]; y != nil {
			c.add("moved", x.Place, y.Place, "%s %q was sent by name and is sent by position: %s", kind, x.Name, f.early)
			continue
		}
		newArgs = append(newArgs, x)
	}
	for _, x := range old.Kwargs {
		if isArg[x.Name] == nil {
			oldKeys = append(oldKeys, x)
		}
	}
	for _, x := range new.Kwargs {
		if wasArg[x.Name] == nil {
			newKeys = append(newKeys, x)
		}
	}
	c.byPosition(kind, oldArgs, newArgs, f)
	if old.Spread == nil || new.Spread == nil || !c.same(old.Spread.Named, new.Spread.Named) {
		c.byKey(kind, oldKeys, newKeys, []*flow{f})
	}
}

// byPosition compares positional parameters.
func (c *comparison) byPosition(kind string, old, new []*schema.Field, f *flow) {
	flows := []*flow{f}
	if c.reordered(kind, old, new) {
		return
	}
	is, was := byName(new), byName(old)
	for i, x := range old {
		switch {
		case is[x.Name] != nil:
			c.field(kind, x, is[x.Name], flows)
		case i < len(new) && was[new[i].Name] == nil: // another name in its place
			c.renamed(kind, x, new[i], flows)
		default:
			c.shortened(kind, x, f)
		}
	}
	for i, x := range new {
		switch {
		case was[x.Name] != nil || i < len(old) && is[old[i].Name] == nil:
		case i < len(old):
			c.add("reordered", x.Place, schema.Place{}, "%s %q stands before others: peers of the two versions take one value for another", kind, x.Name)
		default:
			c.added(kind, x, flows)
		}
	}
}

// shortened adds the change of a last positional parameter that is gone, which
// makes calls too long.
func (c *comparison) shortened(kind string, x *schema.Field, f *flow) {
	if f.named {
		c.add("removed", schema.Place{}, x.Place, "%s %q is gone: with it, %s", kind, x.Name, f.late)
		return
	}
	c.removed(kind, x, []*flow{f})
}

// renamed compares parameters of different names at one position.
func (c *comparison) renamed(kind string, old, new *schema.Field, flows []*flow) {
	switch {
	case old.Place.Derived, c.strict: // nobody sends it by name
	case new.Place.Derived:
		c.add("renamed", new.Place, old.Place, "%s %q has no name now: peers that send it by name are not understood", kind, old.Name)
	default:
		c.add("renamed", new.Place, old.Place, "%s %q is called %q now: peers that send it by name are not understood", kind, old.Name, new.Name)
	}
	c.field(kind, old, new, flows)
}

// reordered reports whether the order of parameters changed, or one of them is
// gone from before another.
func (c *comparison) reordered(kind string, old, new []*schema.Field) bool {
	is := map[string]int{}
	for i, x := range new {
		is[x.Name] = i
	}
	last, order := -1, []string{}
	for i, x := range old {
		at, ok := is[x.Name]
		if !ok && (i >= len(new) || byName(old)[new[i].Name] != nil) && common(old[i+1:], is) {
			c.add("reordered", schema.Place{}, x.Place, "%s %q is gone from before others: peers of the two versions take one value for another", kind, x.Name)
			return true
		}
		if ok && at < last {
			for _, y := range new {
				order = append(order, y.Name)
			}
			c.add("reordered", new[at].Place, x.Place, "the order of %ss is now %s: peers of the two versions take one value for another",
				kind, strings.Join(order, ", "))
			return true
		}
		last = max(last, at)
	}
	return false
}

// common reports whether one of the fields is still there.
func common(fields []*schema.Field, is map[string]int) bool {
	return slices.ContainsFunc(fields, func(x *schema.Field) bool { _, ok := is[x.Name]; return ok })
}
