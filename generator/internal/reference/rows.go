package reference

import (
	"cmp"
	"slices"

	"github.com/wampgen/wampgen/schema"
)

// payload adds a payload, or that it is empty.
func (n names) payload(e *Entry, title string, p *schema.Payload, empty string) {
	if p.Empty() {
		e.Tables = append(e.Tables, Table{Title: title, Note: empty})
		return
	}
	note := "By position."
	if p.Shape == schema.ShapeValue && len(p.Args) > 0 && p.Args[0].Place.Derived {
		note = ""
	}
	e.table(title, note, n.rows(p.Args))
	e.table(title, "By name.", n.rows(p.Kwargs))
}

// rows returns the rows of fields.
func (n names) rows(fields []*schema.Field) (all []Row) {
	for _, f := range fields {
		row := Row{Name: f.Name, Type: n.spell(f.Type), Use: "required", Doc: paragraphs(f.Doc), Deprecated: f.Deprecated, Since: f.Since}
		if f.Place.Derived {
			row.Name = ""
		}
		switch {
		case f.Variadic:
			row.Type, row.Use = n.spell(f.Type.List), "all further arguments"
		case f.CatchAll:
			row.Type, row.Use = n.spell(f.Type.Map), "all further keywords"
		case f.Default != nil:
			row.Use = "default " + cmp.Or(f.Default.Literal, `""`)
		case f.Optional:
			row.Use = "optional"
		}
		all = append(all, row)
	}
	return all
}

// spell returns a type as the schema spells it, with links to named types, its
// encoding and its constraints.
func (n names) spell(r *schema.Ref) (out []Text) {
	switch {
	case r.List != nil:
		out = slices.Concat([]Text{{Text: "list<"}}, n.spell(r.List), []Text{{Text: ">"}})
	case r.Map != nil && r.Keys != nil:
		out = slices.Concat([]Text{{Text: "map<"}}, n.spell(r.Keys), []Text{{Text: ", "}}, n.spell(r.Map), []Text{{Text: ">"}})
	case r.Map != nil:
		out = slices.Concat([]Text{{Text: "map<"}}, n.spell(r.Map), []Text{{Text: ">"}})
	case r.Named != nil:
		out = []Text{{n.types[r.Named], Anchor("type", n.types[r.Named])}}
	default:
		out = []Text{{Text: string(r.Scalar)}}
	}
	if r.Nullable {
		out = append(out, Text{Text: " or null"})
	}
	if r.Encoding != "" {
		out = append(out, Text{Text: ", encoding " + r.Encoding})
	}
	for _, c := range r.Constraints {
		out = append(out, Text{Text: ", " + c.String()})
	}
	return out
}
