package generator

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// access is a parameter in its Go form: the payload itself, or a field of it.
func (p payload) access(f *schema.Field) *jen.Statement {
	if p.single(f) {
		return jen.Id("v")
	}
	return sel(jen.Id("v"), f.GoName)
}

// encodePayload emits what appends the Arguments list and the ArgumentsKw dict
// of a payload and tells how many of the two there are. Absent optional
// parameters at the end are left out, one before a present one is null; empty
// arguments before keywords are [], and nothing at all is nothing.
/*
	func <encodeOrderPlaceIn>(e *codec.Encoder, v <OrderPlaceArgs>) int {
		<positional>
		<keywords>
		return 2
	}

	// EncodePayload encodes the fields of v. For the runtime.
	func (v *<OutOfStockError>) EncodePayload(e *codec.Encoder) int {
		...
	}
*/
func (g *gen) encodePayload(f *file, p payload) {
	body := g.encodeBoth(p)
	if p.kind == kindError {
		f.declare("EncodePayload encodes the fields of v. For the runtime.",
			jen.Func().Params(jen.Id("v").Op("*").Add(ident(p.goName()))).Id("EncodePayload").
				Params(encoderParam()).Int().Block(body...),
			"func "+p.goName()+".EncodePayload")
		return
	}
	name := g.names.encoders[p.Payload]
	f.declare("", jen.Func().Add(ident(name)).Params(
		encoderParam(), jen.Id("v").Add(payloadType(p))).Int().Block(body...), "func "+name)
}

// encodeBoth is the body of a payload's encoder.
/*
	n := <1>                      how many positional parameters are there
	if v.<B> != nil {
		n = <2>
	}
	m := <0>                      how many keywords are there
	if v.<Coupon> != nil {
		m++
	}
	if n+m == 0 {                 only if that can be
		return 0
	}
	e.List(n)
	<the positional parameters>
	e.EndList()
	if m == 0 {                   only if that can be
		return 1
	}
	e.Map(m)
	<the keywords>
	e.EndMap()
	return 2
*/
func (g *gen) encodeBoth(p payload) []jen.Code {
	if p.spreads() && p.kind != kindError && slices.ContainsFunc(p.Kwargs, isAlways) {
		return []jen.Code{enc("List", jen.Lit(0)), enc("EndList"),
			jen.Id("v").Dot("MarshalWAMP").Call(jen.Id("e")), jen.Return(jen.Lit(2))}
	}
	body, n, fixed := countArgs(p)
	counts, m := countFields(jen.Id("v"), p.Kwargs, "m")
	body = append(body, counts...)
	noArgs := fixed == 0
	noKwargs := len(counts) > 0 && !slices.ContainsFunc(p.Kwargs, isAlways) || len(p.Kwargs) == 0
	if noArgs && noKwargs {
		if len(p.Args)+len(p.Kwargs) == 0 {
			return append(body, jen.Return(jen.Lit(0)))
		}
		body = append(body, jen.If(sum(p, n, m).Op("==").Lit(0)).Block(jen.Return(jen.Lit(0))))
	}
	body = append(body, enc("List", n))
	body = append(body, g.encodeArgs(p, n, fixed)...)
	body = append(body, enc("EndList"))
	if len(p.Kwargs) == 0 {
		return append(body, jen.Return(jen.Lit(1)))
	}
	if noKwargs && len(p.Args) > 0 {
		body = append(body, jen.If(m.Clone().Op("==").Lit(0)).Block(jen.Return(jen.Lit(1))))
	}
	body = append(body, enc("Map", m))
	body = append(body, g.encodeKeys(jen.Id("v"), p.Kwargs)...)
	return append(body, enc("EndMap"), jen.Return(jen.Lit(2)))
}

func isAlways(f *schema.Field) bool { return !canBeAbsent(f) }

// sum is n+m without the one that no parameter counts for.
func sum(p payload, n, m *jen.Statement) *jen.Statement {
	switch {
	case len(p.Args) == 0:
		return m.Clone()
	case len(p.Kwargs) == 0:
		return n.Clone()
	}
	return n.Clone().Op("+").Add(m.Clone())
}

// countArgs counts the positional parameters to send: statements that set n if
// it is not fixed, the expression of the number, and how many are always sent.
func countArgs(p payload) (count []jen.Code, n *jen.Statement, fixed int) {
	for i, f := range p.Args {
		if !canBeAbsent(f) {
			fixed = i + 1
		}
	}
	if fixed == len(p.Args) {
		return nil, number(fixed), fixed
	}
	n = jen.Id("n")
	count = append(count, n.Clone().Op(":=").Add(number(fixed)))
	for i, f := range p.Args[fixed:] {
		count = append(count, jen.If(isThere(p.access(f), f)).Block(
			n.Clone().Op("=").Add(number(fixed+i+1))))
	}
	return count, n, fixed
}

// encodeArgs encodes the positional parameters.
/*
	<e.Int(int64(v.A))>           one of the first, which are always sent
	if n > <1> {                  one that may be left out
		<if v.B != nil {
			e.Text(*v.B)
		} else {
			e.Null()
		}>
	}
*/
func (g *gen) encodeArgs(p payload, n *jen.Statement, fixed int) []jen.Code {
	var out []jen.Code
	for i, f := range p.Args {
		x := p.access(f)
		code := g.encodeField(x, f)
		if last := i+1 == len(p.Args); canBeAbsent(f) && !last && !isOpt(f) && !isAny(f.Type) {
			code = []jen.Code{jen.If(isThere(x, f)).Block(code...).Else().Block(enc("Null"))}
		}
		if i >= fixed {
			code = []jen.Code{jen.If(n.Clone().Op(">").Add(number(i))).Block(code...)}
		}
		out = append(out, code...)
	}
	return out
}
