// Package reference arranges an API for people: what the pages of every format
// say, without the format.
package reference

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/wampgen/wampgen/generator/internal/doctext"
	"github.com/wampgen/wampgen/generator/internal/examples"
	"github.com/wampgen/wampgen/schema"
)

// Page is the reference of an API.
type Page struct {
	Name, Version, URI string
	Doc                []string // paragraphs
	Sections           []Section
}

// Section is all declarations of a kind.
type Section struct {
	// Title names the kind, ID is its anchor.
	Title, ID string
	Entries   []Entry
}

// Entry is one declaration.
type Entry struct {
	// Name is the schema's name, ID its anchor.
	Name, ID string
	// URI is "" if the declaration has none.
	URI string
	Doc []string
	// Deprecated says what to use instead, Since is the version that had it first;
	// "" if there is none.
	Deprecated, Since string
	// Facts are what else there is to know, such as its timeout.
	Facts []Fact
	// Tables are its parameters, results, fields and values.
	Tables []Table
	// Errors are links to the errors that it declares.
	Errors []Text
	// Examples are those of the schema.
	Examples []examples.Example
}

// Fact is a property of a declaration.
type Fact struct {
	Name  string
	Value []Text
}

// Table is a list of values, or a sentence instead of it.
type Table struct {
	Title string
	// Note stands above the rows, "" if there is nothing to say.
	Note string
	Rows []Row
}

// Row is one value.
type Row struct {
	// Name is "" if the value has none.
	Name string
	Type []Text
	// Use says whether it must be there, and its default.
	Use               string
	Doc               []string
	Deprecated, Since string
}

// Text is a part of a line. Link is the anchor of the type that it names, ""
// if there is none.
type Text struct{ Text, Link string }

// New arranges an API.
func New(m *schema.Model) *Page {
	p := &Page{Name: m.Name, Version: m.Version, URI: m.URI, Doc: paragraphs(m.Doc)}
	p.add("Procedures", "procedure", entries(m.Procedures, procedure))
	p.add("Topics", "topic", entries(m.Topics, topic))
	p.add("Errors", "error", entries(m.Errors, failure))
	p.add("Types", "type", entries(m.Types, namedType))
	return p
}

// add adds a section that has entries.
func (p *Page) add(title, kind string, all []Entry) {
	if len(all) == 0 {
		return
	}
	for i := range all {
		all[i].ID = Anchor(kind, all[i].Name)
	}
	p.Sections = append(p.Sections, Section{title, kind + "s", all})
}

// Anchor returns the anchor of a declaration. The kind is "procedure", "topic",
// "error" or "type".
func Anchor(kind, name string) string { return kind + "-" + name }

func entries[T any](all []*T, entry func(*T) Entry) (out []Entry) {
	for _, x := range all {
		out = append(out, entry(x))
	}
	return out
}

// paragraphs splits a documentation text at empty lines.
func paragraphs(doc string) (out []string) {
	for p := range strings.SplitSeq(doctext.Normalize(doc), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

func procedure(x *schema.Procedure) Entry {
	e := Entry{Examples: examples.Procedure(x), Name: x.Name, URI: x.URI, Doc: paragraphs(x.Doc), Deprecated: x.Deprecated, Since: x.Since}
	e.fact(x.Group != "", "Group", x.Group)
	e.fact(x.Timeout > 0, "Timeout", x.Timeout.String())
	e.fact(x.Idempotent, "Idempotent", "calls are repeated after a lost connection")
	e.fact(x.Invoke != "", "Invocation policy", x.Invoke)
	e.fact(x.Concurrency > 0, "Concurrency", fmt.Sprint(x.Concurrency))
	e.fact(x.Strict, "Strict", "positional parameters are not taken by name")
	e.fact(x.Lenient, "Lenient", "arguments may stand in one more list")
	e.fact(x.Prefix, "Match", "every URI that begins with it")
	e.fact(len(x.Roles) > 0, "Roles", strings.Join(x.Roles, ", "))
	e.table("Parameters of the URI", x.Params)
	e.payload("Parameters", x.In, "There are none.")
	e.payload("Result", x.Out, "There is none.")
	if x.Chunk != nil {
		e.fact(x.In.Empty(), "First message", "a chunk")
		e.fact(x.LastChunk, "Last message", "the last chunk")
		e.payload("Chunks", x.Chunk, "They are empty.")
	}
	if x.Progress != nil {
		e.payload("Progressive results", x.Progress, "They are empty.")
	}
	for _, err := range x.Errors {
		e.Errors = append(e.Errors, Text{err.Name, Anchor("error", err.Name)})
	}
	return e
}

func topic(x *schema.Topic) Entry {
	e := Entry{Examples: examples.Topic(x), Name: x.Name, URI: x.URI, Doc: paragraphs(x.Doc), Deprecated: x.Deprecated, Since: x.Since}
	e.fact(x.Retain, "Retained", "the router keeps the last event")
	e.fact(x.History, "History", "missed events can be fetched")
	e.fact(x.Acknowledge, "Acknowledged", "publishers wait for the router")
	e.fact(x.Lenient, "Lenient", "arguments may stand in one more list")
	e.fact(x.Prefix, "Match", "every topic that begins with it")
	e.fact(len(x.Roles) > 0, "Roles", strings.Join(x.Roles, ", "))
	e.table("Parameters of the URI", x.Params)
	e.payload("Event", x.Payload, "It is empty.")
	return e
}

func failure(x *schema.Error) Entry {
	e := Entry{Examples: examples.Error(x), Name: x.Name, URI: x.URI, Doc: paragraphs(x.Doc), Deprecated: x.Deprecated, Since: x.Since}
	e.payload("Payload", x.Payload, "It is empty.")
	return e
}

func namedType(x *schema.Type) Entry {
	e := Entry{Examples: examples.Type(x), Name: x.Name, Doc: paragraphs(x.Doc), Deprecated: x.Deprecated, Since: x.Since}
	switch x.Kind {
	case schema.Struct:
		e.table("Fields of the dict", x.Fields)
	case schema.Tuple:
		e.table("Elements of the list", x.Fields)
	case schema.Enum:
		e.enum(x)
	case schema.Union:
		e.union(x)
	default:
		e.Facts = append(e.Facts, Fact{"Encoded as", Type(x.Base)})
	}
	return e
}

// enum adds the values of an enum.
func (e *Entry) enum(x *schema.Type) {
	t := Table{Title: "Values"}
	if x.Open {
		t.Note = "There may be others."
	}
	for _, v := range x.Values {
		row := Row{Name: v.Name, Doc: paragraphs(v.Doc), Deprecated: v.Deprecated, Since: v.Since}
		if x.IntEnum {
			row.Type = []Text{{Text: fmt.Sprint(v.Int)}}
		} else {
			row.Type = []Text{{Text: fmt.Sprintf("%q", v.Text)}}
		}
		t.Rows = append(t.Rows, row)
	}
	e.Tables = append(e.Tables, t)
}

// union adds the variants of a union.
func (e *Entry) union(x *schema.Type) {
	t := Table{Title: "Variants"}
	switch {
	case x.Content != "":
		t.Note = fmt.Sprintf("The key %q names the variant, and the key %q has it.", x.Tag, x.Content)
	case x.Tag != "":
		t.Note = fmt.Sprintf("The key %q names the variant.", x.Tag)
	default:
		t.Note = "The kind of the value says which one it is."
	}
	if x.Open {
		t.Note += " There may be others."
	}
	for _, v := range x.Variants {
		t.Rows = append(t.Rows, Row{Name: v.Name, Type: Type(v.Type)})
	}
	e.Tables = append(e.Tables, t)
}

// fact adds a property if it holds.
func (e *Entry) fact(holds bool, name, value string) {
	if holds {
		e.Facts = append(e.Facts, Fact{name, []Text{{Text: value}}})
	}
}

// table adds fields, if there are any.
func (e *Entry) table(title string, fields []*schema.Field) {
	if len(fields) > 0 {
		e.Tables = append(e.Tables, Table{Title: title, Rows: rows(fields)})
	}
}

// payload adds a payload, or that it is empty.
func (e *Entry) payload(title string, p *schema.Payload, empty string) {
	if p.Empty() {
		e.Tables = append(e.Tables, Table{Title: title, Note: empty})
		return
	}
	if len(p.Args) > 0 {
		note := "By position."
		if p.Shape == schema.ShapeValue && p.Args[0].Place.Derived {
			note = ""
		}
		e.Tables = append(e.Tables, Table{Title: title, Note: note, Rows: rows(p.Args)})
	}
	if len(p.Kwargs) > 0 {
		e.Tables = append(e.Tables, Table{Title: title, Note: "By name.", Rows: rows(p.Kwargs)})
	}
}

// rows returns the rows of fields.
func rows(fields []*schema.Field) (all []Row) {
	for _, f := range fields {
		row := Row{Name: f.Name, Type: Type(f.Type), Use: "required", Doc: paragraphs(f.Doc), Deprecated: f.Deprecated, Since: f.Since}
		if f.Place.Derived {
			row.Name = ""
		}
		switch {
		case f.Default != nil:
			row.Use = "default " + cmp.Or(f.Default.Literal, `""`)
		case f.Optional:
			row.Use = "optional"
		}
		all = append(all, row)
	}
	return all
}

// Type spells a type as the schema does, with links to named types and with its
// constraints.
func Type(r *schema.Ref) (out []Text) {
	switch {
	case r.List != nil:
		out = slices.Concat([]Text{{Text: "list<"}}, Type(r.List), []Text{{Text: ">"}})
	case r.Map != nil && r.Keys != nil:
		out = slices.Concat([]Text{{Text: "map<"}}, Type(r.Keys), []Text{{Text: ", "}}, Type(r.Map), []Text{{Text: ">"}})
	case r.Map != nil:
		out = slices.Concat([]Text{{Text: "map<"}}, Type(r.Map), []Text{{Text: ">"}})
	case r.Named != nil:
		out = []Text{{r.Named.Name, Anchor("type", r.Named.Name)}}
	default:
		out = []Text{{Text: string(r.Scalar)}}
	}
	if r.Nullable {
		out = append(out, Text{Text: " or null"})
	}
	for _, c := range r.Constraints {
		out = append(out, Text{Text: ", " + c.String()})
	}
	return out
}
