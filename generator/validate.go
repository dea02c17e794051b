package generator

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// validateEnum emits the check that a closed enum holds one of its values.
/*
	// Validate returns an error unless v is one of the values of <OrderState>.
	func (v <OrderState>) Validate() error {
		if !v.Valid() {
			return errors.New("want one of <paid, shipped>")
		}
		return nil
	}
*/
func (g *gen) validateEnum(f *file, t *schema.Type) {
	f.declare("Validate returns an error unless v is one of the values of "+t.GoName+".",
		jen.Func().Params(jen.Id("v").Add(ident(t.GoName))).Id("Validate").Params().Error().Block(
			jen.If(jen.Op("!").Id("v").Dot("Valid").Call()).Block(
				jen.Return(std("errors", "New").Call(text("want one of "+valueList(t))))),
			jen.Return(jen.Nil())),
		"func "+t.GoName+".Validate")
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

// validateNewtype emits Validate for a newtype: that of what it stands for.
/*
	// Validate returns an error at the first value that the schema does not allow.
	func (v <Flags>) Validate() error {
		return <OrderState>(v).Validate()
	}
*/
func (g *gen) validateNewtype(f *file, t *schema.Type) {
	base, _ := underlying(t.Base)
	recv := jen.Id("v").Add(ident(t.GoName))
	var body []jen.Code
	switch {
	case base.Named != nil && base.Named.Kind == schema.Struct:
		recv = jen.Id("v").Op("*").Add(ident(t.GoName))
		body = []jen.Code{jen.Return(jen.Parens(jen.Op("*").Add(ident(base.Named.GoName))).Call(jen.Id("v")).Dot("Validate").Call())}
	case base.Named != nil:
		body = []jen.Code{jen.Return(ident(base.Named.GoName).Call(jen.Id("v")).Dot("Validate").Call())}
	default:
		body = append(g.validateValue(jen.Id("v"), base, path{}), jen.Return(jen.Nil()))
	}
	f.declare("Validate returns an error at the first value that the schema does not allow.",
		jen.Func().Params(recv).Id("Validate").Params().Error().Block(body...),
		"func "+t.GoName+".Validate")
}

// validate emits Validate for a struct.
/*
	// Validate returns an error at the first value that the schema does not allow.
	func (v *<Order>) Validate() error {
		if err := v.<State>.Validate(); err != nil {
			return fmt.Errorf("<state>: %w", err)
		}
		return nil
	}
*/
func (g *gen) validate(f *file, name string, fields []*schema.Field) {
	var body []jen.Code
	for _, field := range fields {
		body = append(body, g.validateField(sel(jen.Id("v"), field.GoName), field)...)
	}
	f.declare("Validate returns an error at the first value that the schema does not allow.",
		jen.Func().Params(jen.Id("v").Op("*").Add(ident(name))).Id("Validate").Params().Error().Block(
			append(body, jen.Return(jen.Nil()))...),
		"func "+name+".Validate")
}

// path is the way to a value as the format of fmt.Errorf and its arguments.
type path struct {
	format string
	args   []jen.Code
}

func (p path) element(verb string, arg jen.Code) path {
	return path{p.format + "[" + verb + "]", append(p.args[:len(p.args):len(p.args)], arg)}
}

// validateField checks a field or parameter in its Go form x.
func (g *gen) validateField(x *jen.Statement, f *schema.Field) []jen.Code {
	if !g.isStrict(f.Type) {
		return nil
	}
	at := path{format: strings.ReplaceAll(f.Name, "%", "%%")}
	switch {
	case isOpt(f):
		return []jen.Code{
			jen.If(jen.List(jen.Id("x"), jen.Id("ok")).Op(":=").Add(sel(x, "Get")).Call(), jen.Id("ok")).Block(
				g.validateValue(jen.Id("x"), f.Type, at)...)}
	case isPointer(f):
		return []jen.Code{jen.If(x.Clone().Op("!=").Nil()).Block(g.validateValue(x, f.Type, at)...)}
	case f.Default != nil && !isZero(f):
		return g.validateValue(substitute(x, f), f.Type, at)
	}
	return g.validateValue(x, f.Type, at)
}

// validateValue checks a value that is there. Lists and maps without a name
// are walked in place, all else has a Validate of its own.
/*
	for <i> := range <v.Items> {
		if err := <v.Items[i]>.Validate(); err != nil {
			return fmt.Errorf("<items[%d].>%w", <i>, err)
		}
	}
*/
func (g *gen) validateValue(x *jen.Statement, r *schema.Ref, at path) []jen.Code {
	if r.List == nil && r.Map == nil {
		return []jen.Code{returnError(x, at.format+joint(r), at.args)}
	}
	depth := len(at.args)
	name := string(rune('i' + depth%10))
	if depth >= 10 {
		name = fmt.Sprintf("i%d", depth)
	}
	i := ident(name)
	loop, elem := jen.For(i.Clone().Op(":=").Range().Add(x.Clone())), r.List
	inner, verb := x.Clone().Index(i.Clone()), "%d"
	if r.Map != nil {
		elem, verb = r.Map, "%q"
		inner = ident(fmt.Sprintf("x%d", depth))
		loop = jen.For(jen.List(i.Clone(), inner.Clone()).Op(":=").Range().Add(x.Clone()))
	}
	body := g.validateValue(inner, elem, at.element(verb, i.Clone()))
	if elem.Nullable && !nilable(elem) {
		body = []jen.Code{jen.If(inner.Clone().Op("!=").Nil()).Block(body...)}
	}
	return []jen.Code{loop.Block(body...)}
}

// joint is what stands between a path and the text of a value's own Validate:
// a struct's begins with a field, an enum's with a word, a list's with "[".
func joint(r *schema.Ref) string {
	base, _ := underlying(r)
	switch {
	case base.Named == nil:
		return "%w"
	case base.Named.Kind == schema.Struct:
		return ".%w"
	}
	return ": %w"
}

func returnError(x *jen.Statement, format string, args []jen.Code) jen.Code {
	format = strings.TrimPrefix(format, ": ") // of a value without a name
	call := append([]jen.Code{text(format)}, args...)
	return jen.If(jen.Id("err").Op(":=").Add(sel(x, "Validate")).Call(), jen.Id("err").Op("!=").Nil()).Block(
		jen.Return(std("fmt", "Errorf").Call(append(call, jen.Id("err"))...)))
}
