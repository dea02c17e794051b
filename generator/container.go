package generator

import (
	"github.com/dave/jennifer/jen"

	"github.com/wampgen/wampgen/schema"
)

// encodeList emits the encoder of a list type.
/*
	func encode<ListOfLineItem>(e *codec.Encoder, list <[]LineItem>) {
		e.List(len(list))
		for i := range list {
			<list[i].MarshalWAMP(e)>
		}
		e.EndList()
	}
*/
func (g *gen) encodeList(f *file, r *schema.Ref) {
	name := "encode" + g.names.containers[spell(r)]
	f.declare("", jen.Func().Add(ident(name)).Params(encoderParam(), jen.Id("list").Add(goType(r))).Block(
		enc("List", jen.Len(jen.Id("list"))),
		jen.For(jen.Id("i").Op(":=").Range().Id("list")).Block(
			g.encodeElement(jen.Id("list").Index(jen.Id("i")), r.List)...),
		enc("EndList"),
	), "func "+name)
}

// encodeMap emits the encoder of a map type, in Go's random order: order means
// nothing on the wire, and sorting allocates.
/*
	func encode<MapOfInt>(e *codec.Encoder, m <map[string]int>) {
		e.Map(len(m))
		for k, x := range m {
			e.Key(k)
			<e.Int(int64(x))>
		}
		e.EndMap()
	}
*/
func (g *gen) encodeMap(f *file, r *schema.Ref) {
	name := "encode" + g.names.containers[spell(r)]
	body := append([]jen.Code{enc("Key", jen.Id("k"))}, g.encodeElement(jen.Id("x"), r.Map)...)
	f.declare("", jen.Func().Add(ident(name)).Params(encoderParam(), jen.Id("m").Add(goType(r))).Block(
		enc("Map", jen.Len(jen.Id("m"))),
		jen.For(jen.List(jen.Id("k"), jen.Id("x")).Op(":=").Range().Id("m")).Block(body...),
		enc("EndMap"),
	), "func "+name)
}

// decodeList emits the decoder of a list type. It never returns nil, which is
// how an absent or null list is told from an empty one.
/*
	func decode<ListOfLineItem>(d *codec.Decoder) <[]LineItem> {
		s := d.List()
		list := make(<[]LineItem>, 0, s.Cap())
		for d.Next(&s) {
			var x <LineItem>
			<x.UnmarshalWAMP(d)>
			list = append(list, x)
		}
		return list
	}
*/
func (g *gen) decodeList(f *file, r *schema.Ref) {
	name := "decode" + g.names.containers[spell(r)]
	put := func(x *jen.Statement) jen.Code { return jen.Id("list").Op("=").Append(jen.Id("list"), x) }
	f.declare("", jen.Func().Add(ident(name)).Params(decoderParam()).Add(goType(r)).Block(
		jen.Id("s").Op(":=").Add(dec("List")),
		jen.Id("list").Op(":=").Make(goType(r), jen.Lit(0), jen.Id("s").Dot("Cap").Call()),
		jen.For(dec("Next", jen.Op("&").Id("s"))).Block(g.decodeElement(r.List, put)...),
		jen.Return(jen.Id("list")),
	), "func "+name)
}

// decodeMap emits the decoder of a map type.
/*
	func decode<MapOfInt>(d *codec.Decoder) <map[string]int> {
		s := d.Map()
		m := make(<map[string]int>, s.Cap())
		for d.Next(&s) {
			k := string(d.Key())
			m[k] = <int(d.Int(strconv.IntSize))>
		}
		return m
	}
*/
func (g *gen) decodeMap(f *file, r *schema.Ref) {
	name := "decode" + g.names.containers[spell(r)]
	put := func(x *jen.Statement) jen.Code { return jen.Id("m").Index(jen.Id("k")).Op("=").Add(x) }
	key := jen.Id("k").Op(":=").String().Call(dec("Key"))
	f.declare("", jen.Func().Add(ident(name)).Params(decoderParam()).Add(goType(r)).Block(
		jen.Id("s").Op(":=").Add(dec("Map")),
		jen.Id("m").Op(":=").Make(goType(r), jen.Id("s").Dot("Cap").Call()),
		jen.For(dec("Next", jen.Op("&").Id("s"))).Block(append([]jen.Code{key}, g.decodeElement(r.Map, put)...)...),
		jen.Return(jen.Id("m")),
	), "func "+name)
}

// decodeElement decodes an element of a list or map and puts it there.
func (g *gen) decodeElement(r *schema.Ref, put func(*jen.Statement) jen.Code) []jen.Code {
	x := jen.Id("x")
	expr := g.decodeExpr(r)
	switch {
	case r.Nullable && !isAny(r):
		return []jen.Code{
			jen.Var().Id("x").Add(elementType(r)),
			jen.If(jen.Op("!").Add(dec("Null"))).Block(g.decodeNilable(x, r)...),
			put(x),
		}
	case expr != nil:
		return []jen.Code{put(expr)}
	}
	return append(append([]jen.Code{jen.Var().Id("x").Add(goType(r))}, g.decodeValue(x, r)...), put(x))
}
