package schema

import (
	"cmp"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Constraint is what the values of a type must meet beyond being of the type.
type Constraint struct {
	// Key is the key of the schema, such as min.
	Key ConstraintKey `json:"key"`
	// Text is the bound, or the pattern, as the schema writes it, at Place.
	Text  string `json:"text,omitempty"`
	Place Place  `json:"place,omitzero"`
	// Value is the bound of a number or duration; nil for the others.
	Value *Value `json:"-"`
	// Count is the bound of a length: of a string in code points, of bytes, of a
	// list in items and of a map in keys.
	Count int `json:"count,omitempty"`
}

// ConstraintKey is the kind of a constraint.
type ConstraintKey string

// The kinds of constraints, spelled as in the schema.
const (
	Min          ConstraintKey = "min"
	Max          ConstraintKey = "max"
	Len          ConstraintKey = "len"
	ExclusiveMin ConstraintKey = "exclusive_min"
	ExclusiveMax ConstraintKey = "exclusive_max"
	MultipleOf   ConstraintKey = "multiple_of"
	Pattern      ConstraintKey = "pattern"
	Unique       ConstraintKey = "unique"
)

// constraintKeys are all of them, in the order in which they are checked.
var constraintKeys = []ConstraintKey{Len, Min, ExclusiveMin, Max, ExclusiveMax, MultipleOf, Pattern, Unique}

// String returns the constraint as the schema writes it, such as "min 3".
func (c Constraint) String() string {
	if c.Key == Unique {
		return string(c.Key)
	}
	return string(c.Key) + " " + c.Text
}

// Underlying looks through newtypes: it returns the scalar, struct, enum, list
// or map that decides the encoding of r.
func (r *Ref) Underlying() *Ref {
	for r.Named != nil && r.Named.Kind == Newtype && r.Named.Base != nil {
		r = r.Named.Base
	}
	return r
}

// bounded is what constraints can be about.
type bounded int

const (
	unbounded bounded = iota
	boundedNumber
	boundedText
	boundedBytes
	boundedList
	boundedMap
)

// applies says which constraints each of them can have.
var applies = map[bounded][]ConstraintKey{
	boundedNumber: {Min, ExclusiveMin, Max, ExclusiveMax, MultipleOf},
	boundedText:   {Len, Min, Max, Pattern},
	boundedBytes:  {Len, Min, Max},
	boundedList:   {Len, Min, Max, Unique},
	boundedMap:    {Len, Min, Max},
}

// boundedBy says what constraints of a type are about.
func boundedBy(base *Ref) bounded {
	switch {
	case base.List != nil:
		return boundedList
	case base.Map != nil:
		return boundedMap
	case base.Named != nil:
		return unbounded
	}
	return scalars[base.Scalar].bounded
}

// constrain reads the constraints that stand beside a type.
func (r *reader) constrain(s section, ref *Ref) {
	base := ref.Underlying()
	kind := boundedBy(base)
	for _, key := range constraintKeys {
		n := s.get(string(key))
		if n == nil {
			continue
		}
		if !slices.Contains(applies[kind], key) {
			d := r.report(s.entries[string(key)].key.token(), RuleConstraint, "%s does not apply to %s", key, ref.spell())
			d.Hint = "it applies to " + constraintUses[key]
			continue
		}
		if c, ok := r.constraint(s, n, key, kind, base); ok {
			ref.Constraints = append(ref.Constraints, c)
		}
	}
	r.contradictions(ref)
}

// withoutType reports constraints beside something other than a type.
func (r *reader) withoutType(s section) {
	for _, key := range constraintKeys {
		if n := s.entries[string(key)].key; n != nil {
			r.report(n.token(), RuleConstraint, "%s does not apply to %s", key, s.what).Hint = "it stands beside  type:"
		}
	}
}

// constraintUses says what each constraint applies to.
var constraintUses = map[ConstraintKey]string{
	Len: "strings, bytes, lists and maps", Min: bothUses, Max: bothUses,
	ExclusiveMin: "numbers and durations", ExclusiveMax: "numbers and durations", MultipleOf: "numbers and durations",
	Pattern: "strings", Unique: "lists",
}

const bothUses = "numbers and durations, and to the length of strings, bytes, lists and maps"

// constraint reads one constraint.
func (r *reader) constraint(s section, n *node, key ConstraintKey, kind bounded, base *Ref) (Constraint, bool) {
	c := Constraint{Key: key, Place: n.place()}
	if key == Unique {
		if !s.flag(string(key)) {
			return c, false
		}
		if elem := base.List.Underlying(); base.List.Nullable || !canCompare(elem) {
			d := r.report(n.token(), RuleConstraint, "unique does not apply to a list of %s", base.List.spell())
			d.Hint = "its items must be numbers, strings, booleans, dates, durations, UUIDs or an enum"
			return c, false
		}
		return c, true
	}
	if !r.isString(n, string(key)) {
		return c, false
	}
	c.Text = n.text
	problem := ""
	switch {
	case key == Pattern:
		if _, err := regexp.Compile(n.text); err != nil {
			d := r.report(n.token(), RulePattern, "pattern is not a regular expression: %s", clean(strings.TrimPrefix(err.Error(), "error parsing regexp: ")))
			d.Hint = "the syntax is that of RE2, without look-ahead and back-references"
			return c, false
		}
	case kind == boundedNumber:
		if c.Value, problem = base.Scalar.literal(n.text); c.Value != nil {
			c.Value.Literal, c.Value.Place = n.text, c.Place
		}
		if problem == "" && key == MultipleOf && c.Value.order(&Value{}) <= 0 {
			problem = "must be more than 0"
		}
		if problem == "" && key == MultipleOf && len(strings.Trim(strings.Replace(c.Value.Text, ".", "", 1), "0")) > maxStep {
			problem = "must have at most 18 digits"
		}
	default:
		count, err := strconv.ParseInt(n.text, 10, 32)
		if c.Count = int(count); err != nil || !intForm.MatchString(n.text) || count < 0 {
			problem = "is not a count such as 3"
		}
	}
	if problem != "" {
		r.report(n.token(), RuleConstraint, "%s %s %s", key, quote(n.text), problem)
		return c, false
	}
	return c, true
}

// canCompare reports whether two values of a type are the same if Go says so.
func canCompare(r *Ref) bool {
	if r.Named != nil {
		return r.Named.Kind == Enum
	}
	return scalars[r.Scalar].comparable
}

// contradictions reports bounds that no value meets, and a length that is given
// twice.
func (r *reader) contradictions(ref *Ref) {
	find := func(keys ...ConstraintKey) *Constraint {
		for i := range ref.Constraints {
			if slices.Contains(keys, ref.Constraints[i].Key) {
				return &ref.Constraints[i]
			}
		}
		return nil
	}
	exact, least, most := find(Len), find(Min, ExclusiveMin), find(Max, ExclusiveMax)
	if exact != nil && (least != nil || most != nil) {
		other := least
		if other == nil {
			other = most
		}
		r.report(other.Place.Span, RuleConstraint, "%s stands beside len, which is both min and max", other.Key)
	}
	if least == nil || most == nil {
		return
	}
	order := cmp.Compare(least.Count, most.Count)
	if least.Value != nil {
		order = least.Value.order(most.Value)
	}
	if order > 0 || order == 0 && (least.Key == ExclusiveMin || most.Key == ExclusiveMax) {
		r.report(most.Place.Span, RuleConstraint, "no value meets both %s and %s", least, most)
	}
}

// maxStep is how many digits a decimal can have that others are a multiple of:
// what receivers look at in 64 bits.
const maxStep = 18

// order compares two numbers or durations of a type.
func (v *Value) order(with *Value) int {
	return cmp.Or(cmp.Compare(v.Int, with.Int), cmp.Compare(v.Uint, with.Uint), cmp.Compare(v.Float, with.Float),
		cmp.Compare(v.Duration, with.Duration), v.decimal().Cmp(with.decimal()))
}

// decimal returns the value of a decimal, 0 of the other types. Literals have no
// exponent: it is as long as its text.
func (v *Value) decimal() *big.Rat {
	if r, ok := new(big.Rat).SetString(v.Text); ok {
		return r
	}
	return new(big.Rat)
}

// unmet returns the first constraint of a type that a default does not meet,
// nil if there is none.
func unmet(ref *Ref, v *Value) *Constraint {
	base := ref.Underlying()
	for ref != nil {
		for i := range ref.Constraints {
			if c := &ref.Constraints[i]; !c.meets(base, v) {
				return c
			}
		}
		if ref.Named == nil || ref.Named.Kind != Newtype {
			break
		}
		ref = ref.Named.Base
	}
	return nil
}

// meets reports whether a literal meets the constraint.
func (c *Constraint) meets(base *Ref, v *Value) bool {
	if c.Value == nil {
		n := utf8.RuneCountInString(v.Text) + len(v.List) + len(v.Map)
		switch c.Key {
		case Len:
			return n == c.Count
		case Min:
			return n >= c.Count
		case Max:
			return n <= c.Count
		case Unique:
			seen := map[any]bool{}
			for _, x := range v.List {
				seen[x.OnWire(base.List)] = true
			}
			return len(seen) == len(v.List)
		case Pattern:
			re, err := regexp.Compile(c.Text)
			return err != nil || re.MatchString(v.Text)
		}
		return true
	}
	order := v.order(c.Value)
	switch c.Key {
	case Min:
		return order >= 0
	case ExclusiveMin:
		return order > 0
	case Max:
		return order <= 0
	case ExclusiveMax:
		return order < 0
	}
	switch {
	case c.Value.Int != 0:
		return v.Int%c.Value.Int == 0
	case c.Value.Uint != 0:
		return v.Uint%c.Value.Uint == 0
	case c.Value.Duration != 0:
		return v.Duration%c.Value.Duration == 0
	case c.Value.Text != "":
		return new(big.Rat).Quo(v.decimal(), c.Value.decimal()).IsInt()
	}
	q := v.Float / c.Value.Float
	return math.Abs(q-math.Round(q)) <= 1e-9*max(1, math.Abs(q))
}

// spell writes the use of a type as the schema does.
func (r *Ref) spell() string {
	text := string(r.Scalar)
	switch {
	case r.Named != nil:
		text = r.Import.qualified(r.Named.Name)
	case r.List != nil:
		text = "list<" + r.List.spell() + ">"
	case r.Map != nil:
		text = "map<" + r.Map.spell() + ">"
	}
	if r.Nullable {
		text += "|null"
	}
	return text
}
