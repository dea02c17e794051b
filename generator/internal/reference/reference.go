// Package reference arranges an API for people: what the pages of every format
// say, without the format.
package reference

import (
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

// New arranges an API, with the types and errors of other APIs that it uses.
func New(m *schema.Model) *Page {
	p := &Page{Name: m.Name, Version: m.Version, URI: m.URI, Doc: paragraphs(m.Doc)}
	n := namesIn(m)
	errors, types := n.foreign(m)
	p.add("Procedures", "procedure", entries(m.Procedures, n.procedure))
	p.add("Topics", "topic", entries(m.Topics, n.topic))
	p.add("Errors", "error", entries(slices.Concat(m.Errors, errors), n.failure))
	p.add("Types", "type", entries(slices.Concat(m.Types, types), n.namedType))
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

func (n names) procedure(x *schema.Procedure) Entry {
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
	e.table("Parameters of the URI", "", n.rows(x.Params))
	e.table("Options", "Entries of CALL.Options.", n.rows(x.Options))
	n.payload(&e, "Parameters", x.In, "There are none.")
	n.payload(&e, "Result", x.Out, "There is none.")
	if x.Chunk != nil {
		e.fact(x.In.Empty(), "First message", "a chunk")
		e.fact(x.LastChunk, "Last message", "the last chunk")
		n.payload(&e, "Chunks", x.Chunk, "They are empty.")
	}
	if x.Progress != nil {
		n.payload(&e, "Progressive results", x.Progress, "They are empty.")
	}
	for _, err := range x.Errors {
		e.Errors = append(e.Errors, Text{n.errors[err.Error], Anchor("error", n.errors[err.Error])})
	}
	return e
}

func (n names) topic(x *schema.Topic) Entry {
	e := Entry{Examples: examples.Topic(x), Name: x.Name, URI: x.URI, Doc: paragraphs(x.Doc), Deprecated: x.Deprecated, Since: x.Since}
	e.fact(x.Retain, "Retained", "the router keeps the last event")
	e.fact(x.History, "History", "missed events can be fetched")
	e.fact(x.Acknowledge, "Acknowledged", "publishers wait for the router")
	e.fact(x.Lenient, "Lenient", "arguments may stand in one more list")
	e.fact(x.Prefix, "Match", "every topic that begins with it")
	e.fact(len(x.Roles) > 0, "Roles", strings.Join(x.Roles, ", "))
	e.table("Parameters of the URI", "", n.rows(x.Params))
	e.table("Options", "Entries of PUBLISH.Options and SUBSCRIBE.Options.", n.rows(x.Options))
	n.payload(&e, "Event", x.Payload, "It is empty.")
	return e
}

func (n names) failure(x *schema.Error) Entry {
	e := Entry{Examples: examples.Error(x), Name: n.errors[x], URI: x.URI, Doc: paragraphs(x.Doc), Deprecated: x.Deprecated, Since: x.Since}
	n.payload(&e, "Payload", x.Payload, "It is empty.")
	return e
}

func (n names) namedType(x *schema.Type) Entry {
	e := Entry{Examples: examples.Type(x), Name: n.types[x], Doc: paragraphs(x.Doc), Deprecated: x.Deprecated, Since: x.Since}
	switch x.Kind {
	case schema.Struct:
		e.table("Fields of the dict", otherKeys[x.Unknown], n.rows(x.Fields))
	case schema.Tuple:
		e.table("Elements of the list", "", n.rows(x.Fields))
	case schema.Enum:
		e.enum(x)
	case schema.Union:
		e.Tables = append(e.Tables, n.union(x))
	default:
		e.Facts = append(e.Facts, Fact{"Encoded as", n.spell(x.Base)})
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

// otherKeys says what becomes of keys that a struct does not have.
var otherKeys = map[schema.Unknown]string{schema.Keep: "Other keys are kept.", schema.Reject: "Other keys are refused."}

// union returns the variants of a union.
func (n names) union(x *schema.Type) Table {
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
		t.Rows = append(t.Rows, Row{Name: v.Name, Type: n.spell(v.Type)})
	}
	return t
}

// fact adds a property if it holds.
func (e *Entry) fact(holds bool, name, value string) {
	if holds {
		e.Facts = append(e.Facts, Fact{name, []Text{{Text: value}}})
	}
}

// table adds rows, if there are any.
func (e *Entry) table(title, note string, rows []Row) {
	if len(rows) > 0 {
		e.Tables = append(e.Tables, Table{title, note, rows})
	}
}
