package generator

import (
	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// codec emits the descriptors, and the encoders and decoders of all types and
// payloads.
func (g *gen) codec(f *file) {
	g.descriptors(f)
	for _, t := range g.model.Types {
		switch t.Kind {
		case schema.Struct:
			g.marshalStruct(f, t)
			g.unmarshalStruct(f, t)
		case schema.Enum:
			g.marshalEnum(f, t)
		case schema.Newtype:
			g.newtypeCodec(f, t)
		}
	}
	for _, p := range payloads(g.model) {
		if p.shape() != shapeNone {
			g.encodePayload(f, p)
			g.decodePayload(f, p)
		}
	}
	g.nothing(f)
	for _, r := range g.containers {
		if r.List != nil {
			g.encodeList(f, r)
			g.decodeList(f, r)
		} else {
			g.encodeMap(f, r)
			g.decodeMap(f, r)
		}
	}
}

// marshalMethod and unmarshalMethod are the methods that encode and decode a
// type.
func marshalMethod(f *file, recv *jen.Statement, name string, body ...jen.Code) {
	f.declare("MarshalWAMP encodes v. For the runtime.",
		jen.Func().Params(jen.Id("v").Add(recv)).Id("MarshalWAMP").Params(encoderParam()).Block(body...),
		"func "+name+".MarshalWAMP")
}

func unmarshalMethod(f *file, name string, body ...jen.Code) {
	f.declare("UnmarshalWAMP decodes v. For the runtime.",
		jen.Func().Params(jen.Id("v").Op("*").Add(ident(name))).Id("UnmarshalWAMP").Params(decoderParam()).Block(body...),
		"func "+name+".UnmarshalWAMP")
}

func encoderParam() *jen.Statement { return jen.Id("e").Op("*").Add(codecID("Encoder")) }
func decoderParam() *jen.Statement { return jen.Id("d").Op("*").Add(codecID("Decoder")) }

// marshalStruct emits the encoder of a struct.
/*
	// MarshalWAMP encodes v. For the runtime.
	func (v *<LineItem>) MarshalWAMP(e *codec.Encoder) {
		if e.Err() != nil {                      where a value may contain itself:
			return                               the encoder's depth ends it
		}
		n := <2>
		if v.<Note> != nil {
			n++
		}
		e.Map(n)
		e.Key("<sku>")
		<e.Text(string(v.Sku))>
		...
		e.EndMap()
	}
*/
func (g *gen) marshalStruct(f *file, t *schema.Type) {
	v := jen.Id("v")
	count, n := countFields(v, t.Fields, "n")
	var body []jen.Code
	if g.endless[t] {
		body = append(body, jen.If(jen.Id("e").Dot("Err").Call().Op("!=").Nil()).Block(jen.Return()))
	}
	body = append(append(body, count...), enc("Map", n))
	body = append(body, g.encodeKeys(v, t.Fields)...)
	marshalMethod(f, jen.Op("*").Add(ident(t.GoName)), t.GoName, append(body, enc("EndMap"))...)
}

// countFields counts what is there of fields: statements that set a variable
// if it takes any, and the expression of the number.
func countFields(v *jen.Statement, fields []*schema.Field, variable string) (count []jen.Code, n *jen.Statement) {
	always := 0
	for _, f := range fields {
		if !canBeAbsent(f) {
			always++
		}
	}
	if always == len(fields) {
		return nil, number(always)
	}
	n = ident(variable)
	count = append(count, n.Clone().Op(":=").Add(number(always)))
	for _, f := range fields {
		if canBeAbsent(f) {
			count = append(count, jen.If(isThere(sel(v, f.GoName), f)).Block(n.Clone().Op("++")))
		}
	}
	return count, n
}

// encodeKeys encodes the fields of v as keys and values.
func (g *gen) encodeKeys(v *jen.Statement, fields []*schema.Field) []jen.Code {
	var out []jen.Code
	for _, f := range fields {
		x := sel(v, f.GoName)
		code := append([]jen.Code{enc("Key", text(f.Name))}, g.encodeField(x, f)...)
		if canBeAbsent(f) {
			code = []jen.Code{jen.If(isThere(x, f)).Block(code...)}
		}
		out = append(out, code...)
	}
	return out
}

// unmarshalStruct emits the decoder of a struct. The value is reset first, so
// that a key that comes twice leaves nothing behind.
/*
	// UnmarshalWAMP decodes v. For the runtime.
	func (v *<LineItem>) UnmarshalWAMP(d *codec.Decoder) {
		*v = <LineItem>{<Quantity: 1>}
		var seen uint64
		s := d.Map()
		for d.Next(&s) {
			switch string(d.Key()) {
			case "<sku>":
				<v.Sku = Sku(d.Text())>
				seen |= 1 << <0>
			default:
				d.Skip()
			}
		}
		if seen&(1<<<0>) == 0 {
			d.Missing(s, "<sku>", "<string>")
		}
	}
*/
func (g *gen) unmarshalStruct(f *file, t *schema.Type) {
	v := jen.Id("v")
	body := []jen.Code{jen.Op("*").Id("v").Op("=").Add(withDefaults(t.GoName, t.Fields))}
	marks := newMarks(t.Fields)
	body = append(body, marks.declare()...)
	body = append(body, jen.Id("s").Op(":=").Add(dec("Map")))
	body = append(body, jen.For(dec("Next", jen.Op("&").Id("s"))).Block(
		jen.Switch(jen.String().Call(dec("Key"))).Block(append(g.decodeKeys(v, t.Fields, marks),
			jen.Default().Block(dec("Skip")))...)))
	body = append(body, missingKeys(t.Fields, marks)...)
	unmarshalMethod(f, t.GoName, body...)
}

// withDefaults is a composite literal with the defaults of the fields set.
func withDefaults(name string, fields []*schema.Field) *jen.Statement {
	var entries []jen.Code
	for _, f := range fields {
		switch {
		case f.Default == nil, !f.Optional && isZero(f):
		case f.Optional:
			entries = append(entries, entry(f.GoName, jen.New(typed(f))))
		default:
			entries = append(entries, entry(f.GoName, literal(f)))
		}
	}
	return ident(name).Values(entries...)
}

// decodeKeys are the cases of the switch over keys.
func (g *gen) decodeKeys(v *jen.Statement, fields []*schema.Field, m *marks) []jen.Code {
	var out []jen.Code
	for _, f := range fields {
		body := append(g.decodeField(sel(v, f.GoName), f), m.set(f)...)
		out = append(out, jen.Case(text(f.Name)).Block(body...))
	}
	return out
}

func missingKeys(fields []*schema.Field, m *marks) []jen.Code {
	var out []jen.Code
	for _, f := range fields {
		if required(f) {
			out = append(out, jen.If(m.unset(f)).Block(dec("Missing", jen.Id("s"), text(f.Name), text(kindName(f.Type)))))
		}
	}
	return out
}

// marks are the bits that remember which required fields were seen: one word,
// or an array of them for a struct with more than 64.
type marks struct {
	bit map[*schema.Field]int
}

func newMarks(fields []*schema.Field) *marks {
	m := &marks{map[*schema.Field]int{}}
	for _, f := range fields {
		if required(f) {
			m.bit[f] = len(m.bit)
		}
	}
	return m
}

func (m *marks) declare() []jen.Code {
	words := (len(m.bit) + 63) / 64
	switch words {
	case 0:
		return nil
	case 1:
		return []jen.Code{jen.Var().Id("seen").Uint64()}
	}
	return []jen.Code{jen.Var().Id("seen").Index(number(words)).Uint64()}
}

func (m *marks) word(bit int) *jen.Statement {
	if len(m.bit) <= 64 {
		return jen.Id("seen")
	}
	return jen.Id("seen").Index(number(bit / 64))
}

func (m *marks) set(f *schema.Field) []jen.Code {
	bit, ok := m.bit[f]
	if !ok {
		return nil
	}
	return []jen.Code{m.word(bit).Op("|=").Lit(1).Op("<<").Add(number(bit % 64))}
}

func (m *marks) unset(f *schema.Field) *jen.Statement {
	bit := m.bit[f]
	return m.word(bit).Op("&").Parens(jen.Lit(1).Op("<<").Add(number(bit % 64))).Op("==").Lit(0)
}

// marshalEnum emits the encoder of a closed enum, which refuses other values;
// an open one is encoded in place.
/*
	// MarshalWAMP encodes v. For the runtime.
	func (v <OrderState>) MarshalWAMP(e *codec.Encoder) {
		if err := v.Validate(); err != nil {
			e.Fail("%v", err)
			return
		}
		<e.Text(string(v))>
	}
*/
func (g *gen) marshalEnum(f *file, t *schema.Type) {
	if t.Open {
		return
	}
	put := enc("Text", jen.String().Call(jen.Id("v")))
	if t.IntEnum {
		put = enc("Int", jen.Int64().Call(jen.Id("v")))
	}
	marshalMethod(f, ident(t.GoName), t.GoName,
		jen.If(jen.Id("err").Op(":=").Id("v").Dot("Validate").Call(), jen.Id("err").Op("!=").Nil()).Block(
			enc("Fail", text("%v"), jen.Id("err")), jen.Return()),
		put)
}

// newtypeCodec emits the methods of a newtype that is not encoded in place:
// those of what it stands for.
/*
	// MarshalWAMP encodes v. For the runtime.
	func (v <Tags>) MarshalWAMP(e *codec.Encoder) { <encodeListOfString>(e, v) }

	// MarshalWAMP encodes v. For the runtime.
	func (v <Span>) MarshalWAMP(e *codec.Encoder) { <e.Duration(time.Duration(v))> }

	// UnmarshalWAMP decodes v. For the runtime.
	func (v *<Tags>) UnmarshalWAMP(d *codec.Decoder) { *v = <decodeListOfString>(d) }
*/
func (g *gen) newtypeCodec(f *file, t *schema.Type) {
	base, _ := underlying(t.Base)
	e, d, v := jen.Id("e"), jen.Id("d"), jen.Id("v")
	name := ident(t.GoName)
	switch {
	case base.List != nil || base.Map != nil:
		container := g.names.containers[spell(base)]
		marshalMethod(f, name, t.GoName, ident("encode"+container).Call(e, v))
		unmarshalMethod(f, t.GoName, jen.Op("*").Id("v").Op("=").Add(ident("decode"+container)).Call(d))
	case base.Named != nil && base.Named.Kind == schema.Struct:
		to := jen.Parens(jen.Op("*").Add(ident(base.Named.GoName))).Call(v)
		marshalMethod(f, jen.Op("*").Add(name), t.GoName, to.Clone().Dot("MarshalWAMP").Call(e))
		unmarshalMethod(f, t.GoName, to.Clone().Dot("UnmarshalWAMP").Call(d))
	case base.Named != nil && !base.Named.Open:
		marshalMethod(f, name, t.GoName, ident(base.Named.GoName).Call(v).Dot("MarshalWAMP").Call(e))
	default:
		if encode := encodeAsBase(base); encode != nil {
			marshalMethod(f, name, t.GoName, encode)
		}
	}
}

// encodeAsBase encodes a newtype v by what it stands for, where its Go kind says
// something else: in a value of type any nothing but a method shows it.
func encodeAsBase(base *schema.Ref) *jen.Statement {
	v := goType(base).Call(jen.Id("v"))
	switch base.Scalar {
	case schema.Time:
		return enc("Time", v)
	case schema.Duration:
		return enc("Duration", v)
	case schema.Date, schema.UUID, schema.Decimal, schema.URI, schema.ID:
		return v.Dot("MarshalWAMP").Call(jen.Id("e"))
	}
	return nil
}
