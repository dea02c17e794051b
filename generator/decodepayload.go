package generator

import (
	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// decodePayload emits what reads a payload. The callee's side refuses surplus
// positional parameters; the others ignore what they do not know.
/*
	func <decodeOrderPlaceIn>(p codec.Payload) (<OrderPlaceArgs>, error) {
		v := <OrderPlaceArgs>{<Priority: PriorityNormal>}
		d := &codec.Decoder{}
		<positional>
		<keywords>
		<what is missing>
		return v, d.Err()
	}
*/
func (g *gen) decodePayload(f *file, p payload) {
	name := g.names.decoders[p.Payload]
	result := payloadType(p)
	if p.kind == kindError {
		result = wampID("TypedError")
	}
	from, body := jen.Id("p"), g.decodeBoth(p)
	if p.Empty() && p.lenient() {
		from, body = jen.Id("_"), []jen.Code{jen.Return(p.literal(), jen.Nil())}
	}
	f.declare("", jen.Func().Add(ident(name)).Params(from.Add(codecID("Payload"))).
		Params(result, jen.Error()).Block(body...), "func "+name)
	if check := g.names.checks[p.Payload]; check != "" {
		g.checkSingle(f, check, p)
	}
}

// literal is the payload with its defaults set.
func (p payload) literal() *jen.Statement {
	x := withDefaults(p.goName(), p.params())
	if p.kind == kindError {
		return jen.Op("&").Add(x)
	}
	return x
}

// decodeBoth is the body of a payload's decoder.
func (g *gen) decodeBoth(p payload) []jen.Code {
	body := []jen.Code{jen.Id("v").Op(":=").Add(p.literalOrNil())}
	if p.shape() == shapeSingle || p.shape() == shapeSpread {
		body = []jen.Code{jen.Var().Id("v").Add(payloadType(p))}
	}
	body = append(body, jen.Id("d").Op(":=").Op("&").Add(codecID("Decoder")).Values())
	switch {
	case p.shape() == shapeSpread:
		body = append(body, g.decodeArgs(p, nil)...)
		body = append(body, dec("Start", jen.Id("p").Dot("Kwargs"), jen.Lit("kwargs")),
			jen.Id("v").Dot("UnmarshalWAMP").Call(jen.Id("d")))
	case !p.byName():
		body = append(body, g.decodeResult(p)...)
	default:
		m := newMarks(p.params())
		body = append(body, m.declare()...)
		body = append(body, g.decodeArgs(p, m)...)
		body = append(body, g.decodeKwargs(p, m)...)
		body = append(body, missingArgs(p, m)...)
		body = append(body, missingKeys(p.Kwargs, m)...)
	}
	return append(body, g.decoded(p)...)
}

func (p payload) literalOrNil() *jen.Statement {
	if p.shape() == shapeStruct {
		return p.literal()
	}
	return nil
}

// byName tells that parameters may come by name: all but that of the short
// form "returns: T", which has none.
func (p payload) byName() bool { return p.kind != kindOut || p.shape() != shapeSingle }

// decodeResult reads the one value of the short form "returns: T".
/*
	d.Start(p.Args, "args")
	if s := d.List(); d.Next(&s) {
		<v.UnmarshalWAMP(d)>
	} else {
		d.MissingArg(0, "result", "<map>")
	}
*/
func (g *gen) decodeResult(p payload) []jen.Code {
	f := p.Args[0]
	read := jen.If(jen.Id("s").Op(":=").Add(dec("List")), dec("Next", jen.Op("&").Id("s"))).
		Block(g.decodeField(jen.Id("v"), f)...)
	if required(f) {
		read.Else().Block(dec("MissingArg", jen.Lit(0), jen.Lit("result"), text(kindName(f.Type))))
	}
	return []jen.Code{dec("Start", jen.Id("p").Dot("Args"), jen.Lit("args")), read}
}

// decodeArgs reads the positional parameters and counts them.
/*
	d.Start(p.Args, "args")
	n := 0
	for s := d.List(); d.Next(&s); n++ {
		switch n {
		case <0>:
			<v.Customer = CustomerID(d.Text())>
		default:
			d.Surplus(<1>)                        on the callee's side
			d.Skip()                              elsewhere
		}
	}

	if s := d.List(); d.Next(&s) {                if there are none
		d.Surplus(0)
	}
*/
func (g *gen) decodeArgs(p payload, m *marks) []jen.Code {
	start := dec("Start", jen.Id("p").Dot("Args"), jen.Lit("args"))
	list, next := jen.Id("s").Op(":=").Add(dec("List")), dec("Next", jen.Op("&").Id("s"))
	if len(p.Args) == 0 {
		if p.lenient() {
			return nil
		}
		return []jen.Code{start, jen.If(list, next).Block(dec("Surplus", jen.Lit(0)))}
	}
	var cases []jen.Code
	for i, f := range p.Args {
		body := append(g.decodeField(p.access(f), f), m.set(f)...)
		cases = append(cases, jen.Case(number(i)).Block(body...))
	}
	surplus := dec("Surplus", number(len(p.Args)))
	if p.lenient() {
		surplus = dec("Skip")
	}
	cases = append(cases, jen.Default().Block(surplus))
	return []jen.Code{
		start,
		jen.Id("n").Op(":=").Lit(0),
		jen.For(list, next, jen.Id("n").Op("++")).Block(jen.Switch(jen.Id("n")).Block(cases...)),
	}
}

// decodeKwargs reads the keywords and what of the positional parameters comes
// by name. One that came by position too is refused by the callee and ignored
// elsewhere.
/*
	d.Start(p.Kwargs, "kwargs")
	s := d.Map()
	for d.Next(&s) {
		switch string(d.Key()) {
		case "<customer>":
			if n > <0> {
				d.Twice(<0>, "<customer>")        on the callee's side
				d.Skip()                          elsewhere
				continue
			}
			<v.Customer = CustomerID(d.Text())>
			seen |= 1 << <0>
		default:
			d.Skip()
		}
	}
*/
func (g *gen) decodeKwargs(p payload, m *marks) []jen.Code {
	var cases []jen.Code
	for i, f := range p.Args {
		given := []jen.Code{dec("Twice", number(i), text(f.Name))}
		if p.lenient() {
			given = []jen.Code{dec("Skip"), jen.Continue()}
		}
		body := append([]jen.Code{jen.If(jen.Id("n").Op(">").Add(number(i))).Block(given...)},
			g.decodeField(p.access(f), f)...)
		cases = append(cases, jen.Case(text(f.Name)).Block(append(body, m.set(f)...)...))
	}
	cases = append(cases, g.decodeKeys(jen.Id("v"), p.Kwargs, m)...)
	cases = append(cases, jen.Default().Block(dec("Skip")))
	return []jen.Code{
		dec("Start", jen.Id("p").Dot("Kwargs"), jen.Lit("kwargs")),
		jen.Id("s").Op(":=").Add(dec("Map")),
		jen.For(dec("Next", jen.Op("&").Id("s"))).Block(
			jen.Switch(jen.String().Call(dec("Key"))).Block(cases...)),
	}
}

// missingArgs complains about the required positional parameters.
/*
	if seen&(1<<<0>) == 0 {
		d.MissingArg(<0>, "<customer>", "<string>")
	}
*/
func missingArgs(p payload, m *marks) []jen.Code {
	var out []jen.Code
	for i, f := range p.Args {
		if required(f) {
			out = append(out, jen.If(m.unset(f)).Block(
				dec("MissingArg", number(i), text(f.Name), text(kindName(f.Type)))))
		}
	}
	return out
}

// decoded returns the result; on the callee's side it is validated first.
/*
	if err := d.Err(); err != nil {
		return v, err
	}
	return v, v.Validate()
*/
func (g *gen) decoded(p payload) []jen.Code {
	if p.kind != kindIn || !g.anyStrict(p.params()) {
		return []jen.Code{jen.Return(jen.Id("v"), dec("Err"))}
	}
	valid := jen.Id("v").Dot("Validate").Call()
	if check := g.names.checks[p.Payload]; check != "" {
		valid = ident(check).Call(jen.Id("v"))
	}
	return []jen.Code{
		jen.If(jen.Id("err").Op(":=").Add(dec("Err")), jen.Id("err").Op("!=").Nil()).Block(
			jen.Return(jen.Id("v"), jen.Id("err"))),
		jen.Return(jen.Id("v"), valid),
	}
}

// checkSingle emits the validation of an input that has no struct around it.
/*
	func <checkOrderSetIn>(v <OrderState>) error {
		if err := v.Validate(); err != nil {
			return fmt.Errorf("<state>: %w", err)
		}
		return nil
	}
*/
func (g *gen) checkSingle(f *file, name string, p payload) {
	body := append(g.validateField(jen.Id("v"), p.Args[0]), jen.Return(jen.Nil()))
	f.declare("", jen.Func().Add(ident(name)).Params(jen.Id("v").Add(payloadType(p))).Error().Block(body...),
		"func "+name)
}

// nothing emits the encoder and decoders that all empty payloads share.
/*
	func <encodeNone>(*codec.Encoder, wamp.None) int { return 0 }

	// <decodeNone> accepts any result: a procedure without one may send null.
	func <decodeNone>(codec.Payload) (wamp.None, error) {
		return wamp.None{}, nil
	}

	// <decodeNoInput> refuses positional arguments.
	func <decodeNoInput>(p codec.Payload) (wamp.None, error) {
		d := &codec.Decoder{}
		d.Start(p.Args, "args")
		if s := d.List(); d.Next(&s) {
			d.Surplus(0)
		}
		return wamp.None{}, d.Err()
	}
*/
func (g *gen) nothing(f *file) {
	var in, out bool
	for _, p := range payloads(g.model) {
		if p.shape() == shapeNone {
			in, out = in || !p.lenient(), out || p.lenient()
		}
	}
	none := wampID("None").Values()
	if in || out {
		name := g.names.encodeNone
		f.declare("", jen.Func().Add(ident(name)).Params(jen.Op("*").Add(codecID("Encoder")), wampID("None")).Int().
			Block(jen.Return(jen.Lit(0))), "func "+name)
	}
	if out {
		name := g.names.decodeNone
		f.declare(name+" accepts any result: a procedure without one may send null.",
			jen.Func().Add(ident(name)).Params(codecID("Payload")).Params(wampID("None"), jen.Error()).
				Block(jen.Return(none.Clone(), jen.Nil())), "func "+name)
	}
	if in {
		name := g.names.decodeNoInput
		body := append([]jen.Code{jen.Id("d").Op(":=").Op("&").Add(codecID("Decoder")).Values()},
			g.decodeArgs(payload{Payload: &schema.Payload{}, kind: kindIn}, nil)...)
		f.declare(name+" refuses positional arguments.",
			jen.Func().Add(ident(name)).Params(jen.Id("p").Add(codecID("Payload"))).Params(wampID("None"), jen.Error()).
				Block(append(body, jen.Return(none.Clone(), dec("Err")))...), "func "+name)
	}
}
