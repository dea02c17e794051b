package schema

import (
	"time"
)

// Model is one resolved schema file: references are pointers, and lists are
// sorted by the names of the schema. It belongs to no language: each back end
// chooses its own identifiers. It is immutable and safe for concurrent use.
// [Parse] returns one.
type Model struct {
	// File is the base name of the schema file, as generated headers show it.
	File string `json:"file,omitempty"`
	// Name is api.name, at NamePlace. Version is api.version, "" if absent.
	Name      string `json:"name"`
	NamePlace Place  `json:"name_place,omitzero"`
	Version   string `json:"version,omitempty"`
	// URI is api.uri, the prefix of every URI that the schema does not give in
	// full. URIPlace is its place.
	URI      string `json:"uri"`
	URIPlace Place  `json:"uri_place,omitzero"`
	// Doc is api.doc, "" if absent.
	Doc      string `json:"doc,omitempty"`
	DocPlace Place  `json:"doc_place,omitzero"`
	// External reports whether others define the API, so that its URIs may be those
	// of the protocol or break the strict rules.
	External bool `json:"external,omitempty"`
	// Go is api.go, nil if absent.
	Go *GoHints `json:"go,omitempty"`
	// Include are the fragments of the schema: the paths of the other files that its
	// declarations stand in, relative to it, with slashes.
	Include []string `json:"include,omitempty"`
	// Imports are the APIs whose types and errors this one has, by alias.
	Imports []*Import `json:"imports,omitempty"`
	// Types are the named types.
	Types []*Type `json:"types"`
	// Errors are the declared errors.
	Errors []*Error `json:"errors"`
	// Procedures are the procedures.
	Procedures []*Procedure `json:"procedures"`
	// Topics are the topics.
	Topics []*Topic `json:"topics"`
}

// TypeKind is the kind of a named type.
type TypeKind int

// The kinds of named types.
const (
	// Struct is a type with fields, a dict on the wire.
	Struct TypeKind = iota + 1
	// Enum is a closed or open set of strings or integers.
	Enum
	// Newtype is a named type with the encoding of its base.
	Newtype
	// Tuple is a type with fields, a list on the wire.
	Tuple
	// Union is one of several types, its variants.
	Union
)

// Type is a named type of the schema.
type Type struct {
	// Name is the schema's name, at Place.
	Name     string   `json:"name"`
	Place    Place    `json:"place,omitzero"`
	Doc      string   `json:"doc,omitempty"`
	DocPlace Place    `json:"doc_place,omitzero"`
	Go       *GoHints `json:"go,omitempty"` // nil if there are none
	Kind     TypeKind `json:"kind"`
	// Short reports whether the definition is a type expression and nothing else,
	// as in Sku: string.
	Short bool `json:"short,omitempty"`
	// Fields of a Struct or a Tuple, in the order of the schema.
	Fields []*Field `json:"fields,omitempty"`
	// Values of an Enum, in the order of the schema. IntEnum reports whether they
	// are integers on the wire, Open whether unknown values are kept: those of an
	// Enum, or variants of a Union.
	Values  []EnumValue `json:"values,omitempty"`
	IntEnum bool        `json:"int_enum,omitempty"`
	Open    bool        `json:"open,omitempty"`
	// Base of a Newtype. Alias reports whether it is only another name for it.
	Base  *Ref `json:"base,omitempty"`
	Alias bool `json:"alias,omitempty"`
	// Variants of a Union, in the order of the schema. Tag is the key whose value
	// is the name of the variant: beside the fields of the variant or, if Content
	// is not empty, beside the key Content, whose value is the variant. If Tag is
	// empty, the kind of the value decides.
	Variants []*Variant `json:"variants,omitempty"`
	Tag      string     `json:"tag,omitempty"`
	Content  string     `json:"content,omitempty"`
	// Unknown says what a Struct makes of keys that it does not have.
	Unknown Unknown `json:"unknown,omitempty"`
	// Since, Deprecated and Examples are those of a [Procedure].
	Deprecated string     `json:"deprecated,omitempty"`
	Since      string     `json:"since,omitempty"`
	Examples   []*Example `json:"examples,omitempty"`
}

// Unknown says what a struct makes of keys that it does not have.
type Unknown string

// The choices; "" is Ignore.
const (
	Ignore Unknown = "ignore"
	Keep   Unknown = "keep"
	Reject Unknown = "reject"
)

// Variant is one type of a [Union].
type Variant struct {
	// Name is the schema's name and the value of the tag, at Place.
	Name  string `json:"name"`
	Place Place  `json:"place,omitzero"`
	Type  *Ref   `json:"type"`
}

// Uses returns the uses of types that t is made of.
func (t *Type) Uses() []*Ref {
	var all []*Ref
	for _, f := range t.Fields {
		all = append(all, f.Type)
	}
	for _, v := range t.Variants {
		all = append(all, v.Type)
	}
	if t.Base != nil {
		all = append(all, t.Base)
	}
	return all
}

// EnumValue is one value of an [Enum].
type EnumValue struct {
	// Name is the schema's name, at Place.
	Name  string `json:"name"`
	Place Place  `json:"place,omitzero"`
	// Text is the value of a string enum on the wire, Int that of an integer enum.
	// Both are at ValuePlace; a list of values implies their names.
	Text       string `json:"-"`
	Int        int64  `json:"-"`
	ValuePlace Place  `json:"value_place,omitzero"`
	Doc        string `json:"doc,omitempty"`
	// Deprecated and Since are those of a [Procedure].
	Deprecated string `json:"deprecated,omitempty"`
	Since      string `json:"since,omitempty"`
}

// Ref is the use of a type: exactly one of Scalar, Named, List and Map is set.
type Ref struct {
	// Scalar is a built-in type.
	Scalar Scalar `json:"scalar,omitempty"`
	// Named is a type of this schema or of one that it imports.
	Named *Type `json:"-"`
	// Import is the API that Named is of, nil if it is of this schema.
	Import *Import `json:"-"`
	// List is the element of a list<T>, Map the value of a map<T>.
	List *Ref `json:"list,omitempty"`
	Map  *Ref `json:"map,omitempty"`
	// Keys is the type of the keys of a map: a newtype of string or an enum of
	// strings; nil for plain strings.
	Keys *Ref `json:"keys,omitempty"`
	// Encoding is the form that a Scalar has on the wire, such as unix; "" for its
	// own.
	Encoding string `json:"encoding,omitempty"`
	// Go asks for another Go type of a Scalar; nil if nothing does.
	Go *GoHints `json:"go,omitempty"`
	// Nullable reports whether the value may be null (T|null).
	Nullable bool `json:"nullable,omitempty"`
	// Place is where the type is used, without null.
	Place Place `json:"place,omitzero"`
	// Constraints are those of this use of the type, in the order in which they
	// are checked; a newtype may have others. Null meets all.
	Constraints []Constraint `json:"constraints,omitempty"`
}

// Field is a field of a struct or a parameter of a payload.
type Field struct {
	// Name is the key on the wire, at Place. Label is the name in the schema if
	// that is another one.
	Name     string   `json:"name"`
	Label    string   `json:"label,omitempty"`
	Place    Place    `json:"place,omitzero"`
	Doc      string   `json:"doc,omitempty"`
	DocPlace Place    `json:"doc_place,omitzero"`
	Go       *GoHints `json:"go,omitempty"` // nil if there are none
	Type     *Ref     `json:"type,omitempty"`
	// Optional reports whether the value may be absent, which is not the same as
	// null if Type.Nullable is set as well.
	Optional bool `json:"optional,omitempty"`
	// Default is the value of an absent field; nil if there is none. If the field
	// is not Optional, users need not see whether it was absent. A Nullable type
	// has no default.
	Default *Value `json:"default,omitempty"`
	// Variadic reports whether the last positional parameter takes all further
	// arguments, a list in Type; CatchAll whether a keyword takes all further ones,
	// a map in Type. It is then the last of the keywords. Neither is ever absent.
	Variadic bool `json:"variadic,omitempty"`
	CatchAll bool `json:"catch_all,omitempty"`
	// Deprecated and Since are those of a [Procedure].
	Deprecated string `json:"deprecated,omitempty"`
	Since      string `json:"since,omitempty"`
}

// Shape is what a payload is to those who make or take it.
type Shape int

// The shapes of payloads.
const (
	// ShapeNone is a payload without parameters.
	ShapeNone Shape = iota
	// ShapeValue is one value: an input that is one required positional parameter,
	// or a result in the short form, returns: T, whose parameter is called result.
	ShapeValue
	// ShapeSpread is the fields of one struct as keywords and nothing else.
	ShapeSpread
	// ShapeRecord is any other: parameters that have names.
	ShapeRecord
)

// Payload is the Arguments|list and the ArgumentsKw|dict of one message.
type Payload struct {
	// Args are the positional parameters, Kwargs the keyword-only ones, in the
	// order of the schema.
	Args   []*Field `json:"args,omitempty"`
	Kwargs []*Field `json:"kwargs,omitempty"`
	// Spread is the use of the struct whose fields are Kwargs, as in kwargs:
	// OrderFilter; nil if there is none.
	Spread *Ref `json:"spread,omitempty"`
	// Place is the key under which the schema describes the payload, args, kwargs
	// or returns. It is derived from the name of the declaration if there is none
	// of them.
	Place Place `json:"place,omitzero"`
	Shape Shape `json:"shape"`
	// Wrapped reports whether arguments that are one list are taken for what is in
	// that list, as a [Procedure] or [Topic] that is Lenient wants it. The first of
	// Args is then never a list itself.
	Wrapped bool `json:"wrapped,omitempty"`
}

// Empty reports whether the payload has no parameters.
func (p *Payload) Empty() bool { return len(p.Args)+len(p.Kwargs) == 0 }

// Error is a declared error.
type Error struct {
	// Name is the schema's name, at Place.
	Name     string   `json:"name"`
	Place    Place    `json:"place,omitzero"`
	URI      string   `json:"uri"`
	URIPlace Place    `json:"uri_place,omitzero"`
	Doc      string   `json:"doc,omitempty"`
	DocPlace Place    `json:"doc_place,omitzero"`
	Go       *GoHints `json:"go,omitempty"` // nil if there are none
	Payload  *Payload `json:"payload"`
	// Since, Deprecated and Examples are those of a [Procedure].
	Deprecated string     `json:"deprecated,omitempty"`
	Since      string     `json:"since,omitempty"`
	Examples   []*Example `json:"examples,omitempty"`
}

// ErrorRef is the use of an error by a procedure. It is derived if the defaults
// have it.
type ErrorRef struct {
	*Error
	Place Place `json:"place,omitzero"`
	// Import is the API that the error is of, nil if it is of this schema.
	Import *Import `json:"-"`
}

// Procedure is a declared procedure.
type Procedure struct {
	// Name is the schema's name, at Place.
	Name     string   `json:"name"`
	Place    Place    `json:"place,omitzero"`
	URI      string   `json:"uri"`
	URIPlace Place    `json:"uri_place,omitzero"`
	Doc      string   `json:"doc,omitempty"`
	DocPlace Place    `json:"doc_place,omitzero"`
	Go       *GoHints `json:"go,omitempty"` // nil if there are none
	// Params are the parameters of the URI, which is then a template such as
	// com.acme.sensor.{sensor_id}.calibrate, in the order in which they stand in
	// it. In the template {name...} stands for one or more components at the end.
	Params []*Field `json:"params,omitempty"`
	// Options are entries of Options beyond those of WAMP, all of them optional.
	Options []*Field `json:"options,omitempty"`
	// Group is the name of the group of procedures that a callee implements
	// together, "" if there is none. All of a group have the same Params.
	Group string   `json:"group,omitempty"`
	In    *Payload `json:"in"`
	Out   *Payload `json:"out"`
	// Progress is one progressive result, nil if the procedure has none.
	// StreamRequired reports that callers have no form of the call without them.
	Progress       *Payload `json:"progress,omitempty"`
	StreamRequired bool     `json:"stream_required,omitempty"`
	// Chunk is one of the chunks that the caller sends behind its call, nil if it
	// sends none. If In is empty the first message is a chunk. LastChunk reports that
	// the last chunk is in the last message, which is empty otherwise.
	Chunk     *Payload `json:"chunk,omitempty"`
	LastChunk bool     `json:"last_chunk,omitempty"`
	// Errors are the declared errors, sorted by name.
	Errors []ErrorRef `json:"errors,omitempty"`
	// Timeout is the timeout of a call, 0 if there is none.
	Timeout time.Duration `json:"timeout,omitempty"`
	// Idempotent reports whether a call may be sent again after a lost session.
	Idempotent bool `json:"idempotent,omitempty"`
	// ForwardTimeout reports whether the callee keeps the timeout, not the router.
	ForwardTimeout bool `json:"forward_timeout,omitempty"`
	// Invoke is the invocation policy and Cancel the cancel mode, as WAMP spells
	// them, "" for the default.
	Invoke string `json:"invoke,omitempty"`
	Cancel string `json:"cancel,omitempty"`
	// Concurrency is how many invocations run at a time in one callee, 0 if that
	// is not bounded.
	Concurrency int `json:"concurrency,omitempty"`
	// DiscloseMe reports whether callers ask to be disclosed, DiscloseCaller
	// whether callees ask who calls.
	DiscloseMe     bool `json:"disclose_me,omitempty"`
	DiscloseCaller bool `json:"disclose_caller,omitempty"`
	// Prefix reports whether callees register every URI that begins with URI.
	Prefix bool `json:"prefix,omitempty"`
	// Strict reports whether positional parameters are not taken by name. Lenient
	// reports whether the arguments of calls and results may stand in one more list,
	// see [Payload.Wrapped].
	Strict  bool `json:"strict,omitempty"`
	Lenient bool `json:"lenient,omitempty"`
	// Grace is how long a call waits for a callee, nil for the default.
	Grace *time.Duration `json:"grace,omitempty"`
	// Priority is "high" for a procedure that passes a full queue.
	Priority string `json:"priority,omitempty"`
	// Roles are the roles that may call it, nil if all may.
	Roles []string `json:"roles,omitempty"`
	// Metadata is the keyword that carries what a tracer adds, "" if there is none.
	Metadata string `json:"metadata,omitempty"`
	// Deprecated says what to use instead, Since is the version of the API that
	// had it first; "" if the schema does not say so.
	Deprecated string `json:"deprecated,omitempty"`
	Since      string `json:"since,omitempty"`
	// Examples are as the schema writes them.
	Examples []*Example `json:"examples,omitempty"`
}

// Topic is a declared topic.
type Topic struct {
	// Name is the schema's name, at Place.
	Name     string   `json:"name"`
	Place    Place    `json:"place,omitzero"`
	URI      string   `json:"uri"`
	URIPlace Place    `json:"uri_place,omitzero"`
	Doc      string   `json:"doc,omitempty"`
	DocPlace Place    `json:"doc_place,omitzero"`
	Go       *GoHints `json:"go,omitempty"` // nil if there are none
	// Params are the parameters of the URI, and Options entries of Options, see
	// [Procedure].
	Params  []*Field `json:"params,omitempty"`
	Options []*Field `json:"options,omitempty"`
	Payload *Payload `json:"payload"`
	// History reports whether missed events can be fetched from the router's event
	// history.
	History bool `json:"history,omitempty"`
	// Acknowledge reports whether publishers wait for the router, Retain whether
	// the router keeps the last event, GetRetained whether subscribers ask for it.
	Acknowledge bool `json:"acknowledge,omitempty"`
	Retain      bool `json:"retain,omitempty"`
	GetRetained bool `json:"get_retained,omitempty"`
	// ExcludeMe reports whether publishers do not get their own events, nil for
	// the router's default.
	ExcludeMe *bool `json:"exclude_me,omitempty"`
	// DiscloseMe reports whether publishers ask to be disclosed.
	DiscloseMe bool `json:"disclose_me,omitempty"`
	// Prefix reports whether subscribers get every topic that begins with URI.
	Prefix bool `json:"prefix,omitempty"`
	// Lenient, Roles, Metadata, Deprecated, Since and Examples are those of a [Procedure];
	// Roles may publish and subscribe.
	Lenient    bool       `json:"lenient,omitempty"`
	Roles      []string   `json:"roles,omitempty"`
	Metadata   string     `json:"metadata,omitempty"`
	Deprecated string     `json:"deprecated,omitempty"`
	Since      string     `json:"since,omitempty"`
	Examples   []*Example `json:"examples,omitempty"`
}
