package golang

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/generator/internal/doctext"
	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
)

// enumWire is an enum, which codes itself. The values of an open one are coded
// as what they are.
type enumWire struct {
	g *gen
	t *schema.Type
}

func (w enumWire) goType() *jen.Statement                { return ident(w.g.names.of[w.t]) }
func (w enumWire) code() *jen.Statement                  { return codeMethod(w.goType()) }
func (w enumWire) want() string                          { return w.base().want() }
func (w enumWire) empty() emptiness                      { return never }
func (w enumWire) value(p *jen.Statement) *jen.Statement { return p }

func (w enumWire) field(i int, p *jen.Statement) *jen.Statement {
	if w.t.Open {
		return w.base().field(i, pointerTo(w.base().goType()).Call(p))
	}
	return walk("Value", i, p)
}

// base is the built-in type of the values.
func (w enumWire) base() wire {
	if w.t.IntEnum {
		return scalars[schema.Int64].wire
	}
	return scalars[schema.String].wire
}

func (w enumWire) constrained() bool { return !w.t.Open }
func (w enumWire) reserve(*names)    {}
func (w enumWire) declare(f *file)   { w.g.enum(f, w.t) }
func (w enumWire) codec(f *file)     { w.g.codeEnum(f, w.t) }

// claim names the values.
func (w enumWire) claim(n *namer) {
	t, id, what := w.t, n.of[w.t], diag.Quote(w.t.Name)
	n.claim(t, t.Place, id+"Values", "the values of "+what)
	for i := range t.Values {
		v := &t.Values[i]
		value := pascal(words(v.Name))
		if value == "" {
			n.report(v.Place, RuleName, "%s gives no Go name", diag.Quote(v.Name)).Hint = otherValues
			continue
		}
		n.of[v] = id + value
		n.claim(t, v.Place, id+value, "value "+diag.Quote(v.Name)+" of "+what)
	}
}

// enum emits an enum with its values.
/*
	// <doc>
	type <OrderState> <string>

	// The values of <OrderState>.
	const (
		<OrderStatePaid> <OrderState> = <"paid">
	)

	// <OrderState>Values returns the values in the order of the schema.
	func <OrderState>Values() []<OrderState> {
		return []<OrderState>{<OrderStatePaid>}
	}

	// Valid reports whether v is one of the values of <OrderState>.
	func (v <OrderState>) Valid() bool {
		switch v {
		case <OrderStatePaid>:
			return true
		}
		return false
	}
*/
func (g *gen) enum(f *file, t *schema.Type) {
	name := g.names.of[t]
	kind := jen.String()
	if t.IntEnum {
		kind = jen.Int64()
	}
	doc := typeDoc(t, name, "is the schema's enum "+t.Name+".")
	if t.Open {
		doc = doctext.Paragraphs(doc, "It is open: values that this list does not have are kept.")
	}
	f.declare(doc, jen.Type().Add(ident(name)).Add(kind), "type "+name)

	var consts, values []jen.Code
	var announced []string
	for i := range t.Values {
		v := &t.Values[i]
		wire := text(v.Text)
		if t.IntEnum {
			wire = digits(fmt.Sprint(v.Int))
		}
		constant := g.names.of[v]
		consts = append(consts, docComment(doctext.Paragraphs(v.Doc, lifetime(v.Deprecated, v.Since)))...)
		consts = append(consts, ident(constant).Add(ident(name)).Op("=").Add(wire))
		values = append(values, ident(constant))
		announced = append(announced, "const "+constant)
	}
	if len(values) > 0 {
		f.declare("The values of "+name+".", jen.Const().Defs(consts...), announced...)
	}
	list := jen.Index().Add(ident(name))
	f.declare(name+"Values returns the values in the order of the schema.",
		jen.Func().Add(ident(name+"Values")).Params().Add(list).Block(
			jen.Return(list.Clone().Add(jen.Values(values...)))),
		"func "+name+"Values")

	var body []jen.Code
	if len(values) > 0 {
		body = append(body, jen.Switch(jen.Id("v")).Block(
			jen.Case(g.distinct(t)...).Block(jen.Return(jen.True()))))
	}
	valid := "Valid reports whether v is one of the values of " + name + "."
	if !t.Open {
		valid += " Results and events may hold another one, of a peer that is newer; see [wamp.WithValidateResults]."
	}
	f.declare(valid,
		jen.Func().Params(jen.Id("v").Add(ident(name))).Id("Valid").Params().Bool().Block(
			append(body, jen.Return(jen.False()))...),
		"func "+name+".Valid")
	g.validate(f, t, name, false)
	g.enumText(f, t)
}

// enumText emits the text forms of an enum: what a string enum is on the wire,
// the names of an integer enum.
/*
	// String returns the <value on the wire>.
	func (v <OrderState>) String() string { return string(v) }

	// MarshalText returns what String does.
	func (v <OrderState>) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

	// UnmarshalText reads what String returns.
	func (v *<OrderState>) UnmarshalText(b []byte) error { return codec.UnmarshalEnum(v, b, <OrderState>Values()) }
*/
func (g *gen) enumText(f *file, t *schema.Type) {
	name := g.names.of[t]
	v := jen.Id("v").Add(ident(name))
	if t.IntEnum {
		g.enumName(f, t)
		g.jsonMethods(f, name)
	} else {
		f.declare("String returns the value on the wire.",
			jen.Func().Params(v).Id("String").Params().String().Add(oneLine(jen.Return(jen.String().Call(jen.Id("v"))))),
			"func "+name+".String")
	}
	bytes := jen.Index().Byte()
	f.declare("MarshalText returns what String does.",
		jen.Func().Params(v).Id("MarshalText").Params().Params(bytes, jen.Error()).
			Add(oneLine(jen.Return(bytes.Clone().Call(jen.Id("v").Dot("String").Call()), jen.Nil()))), "func "+name+".MarshalText")
	read := codecID("UnmarshalEnum").Call(jen.Id("v"), jen.Id("b"), ident(name+"Values").Call())
	doc := "UnmarshalText reads what String returns."
	body := oneLine(jen.Return(read))
	if t.Open && !t.IntEnum {
		doc = "UnmarshalText reads what String returns. It never fails."
		body = jen.Block(jen.Op("*").Id("v").Op("=").Add(ident(name)).Call(jen.Id("b")), jen.Return(jen.Nil()))
	}
	f.declare(doc, jen.Func().Params(jen.Id("v").Op("*").Add(ident(name))).Id("UnmarshalText").
		Params(jen.Id("b").Add(bytes.Clone())).Error().Add(body), "func "+name+".UnmarshalText")
}

// enumName emits String for an integer enum.
/*
	// String returns the name in the schema, or the number of a value without one.
	func (v <Priority>) String() string {
		switch v {
		case <PriorityLow>:
			return <"low">
		}
		return codec.EnumNumber(int64(v))
	}
*/
func (g *gen) enumName(f *file, t *schema.Type) {
	var cases []jen.Code
	seen := map[int64]bool{}
	for i := range t.Values {
		v := &t.Values[i]
		if !seen[v.Int] {
			seen[v.Int] = true
			cases = append(cases, jen.Case(ident(g.names.of[v])).Block(jen.Return(text(v.Name))))
		}
	}
	f.declare("String returns the name in the schema, or the number of a value without one.",
		jen.Func().Params(jen.Id("v").Add(ident(g.names.of[t]))).Id("String").Params().String().Block(
			jen.Switch(jen.Id("v")).Block(cases...),
			jen.Return(codecID("EnumNumber").Call(jen.Int64().Call(jen.Id("v"))))),
		"func "+g.names.of[t]+".String")
}

// distinct are the constants of an enum without those that repeat a value,
// which a switch would refuse.
func (g *gen) distinct(t *schema.Type) []jen.Code {
	type wire struct {
		text string
		n    int64
	}
	seen := map[wire]bool{}
	var out []jen.Code
	for i := range t.Values {
		v := &t.Values[i]
		if w := (wire{v.Text, v.Int}); !seen[w] {
			seen[w] = true
			out = append(out, ident(g.names.of[v]))
		}
	}
	return out
}

// plainWord is a value that needs no quotes in a message, also not at its end:
// the text of an error does not end with a full stop.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_.-]*[A-Za-z0-9_-]$`)

// valueList names the values of an enum as they are on the wire, the first
// few if there are many.
func valueList(t *schema.Type) string {
	const most = 12
	var words []string
	for i, v := range t.Values {
		if i == most {
			return fmt.Sprintf("%s and %d more", strings.Join(words, ", "), len(t.Values)-most)
		}
		word := v.Text
		if t.IntEnum {
			word = strconv.FormatInt(v.Int, 10)
		} else if !plainWord.MatchString(word) {
			word = strconv.Quote(word)
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

// codeEnum emits what codes an enum. A closed one has no other values, but for
// those that newer peers send.
/*
	// CodeWAMP encodes or decodes v. For the runtime.
	func (v *<OrderState>) CodeWAMP(c *codec.Coder) {
		c.Encodes(v.Valid(), <"one of paid, shipped">)
		<codec.String((*string)(v), c)>
		c.Decoded(v.Valid(), <"one of paid, shipped">)
	}
*/
func (g *gen) codeEnum(f *file, t *schema.Type) {
	base := enumWire{g, t}.base()
	code := base.code().Call(pointerTo(base.goType()).Call(jen.Id("v")), jen.Id("c"))
	if t.Open {
		g.codeMethod(f, g.names.of[t], code)
		return
	}
	check := func(method string) jen.Code {
		return sel(jen.Id("c"), method).Call(jen.Id("v").Dot("Valid").Call(), text("one of "+valueList(t)))
	}
	f.declare("CodeWAMP encodes or decodes v. For the runtime.",
		codeWAMP(g.names.of[t]).Block(check("Encodes"), code, check("Decoded")), "func "+g.names.of[t]+".CodeWAMP")
}
