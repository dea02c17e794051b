package roundtrip

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	validator "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/wampgen/wampgen/generator/jsonschema"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/schema"
)

// export is the JSON Schema of the package under test. It is not safe for
// concurrent use.
type export struct {
	compiler *validator.Compiler
	// names are the definitions of types by Go's name in small letters, and of
	// messages by their kind and URI.
	names map[string]string
	// judges hold values against the definitions by package value.
	judges map[string]judge
	// seen are the places of each definition that were mutated.
	seen map[string]bool
}

// exports are those of the packages under test, by the paths of their schemas.
var exports = map[string]*export{}

// exported returns the JSON Schema of the package under test. Its tests run in
// its folder, or in the one above, in a test that begins with its name.
func exported(t *testing.T) *export {
	t.Helper()
	path := "in.wamp.yaml"
	if _, err := os.Stat(path); err != nil {
		path = filepath.Join(strings.Split(t.Name(), "/")[1], path)
	}
	if x := exports[path]; x != nil {
		return x
	}
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, findings := schema.Load(path, src, os.ReadFile)
	if findings.HasErrors() {
		t.Fatal(findings)
	}
	data, err := jsonschema.Generate(m)
	if err != nil {
		t.Fatal(err)
	}
	x := &export{compiler: validator.NewCompiler(), names: map[string]string{}, judges: judges(m), seen: map[string]bool{}}
	x.know(m)
	if err := x.compiler.AddResource("api.json", parse(t, data)); err != nil {
		t.Fatal(err)
	}
	exports[path] = x
	return x
}

// know names the definitions.
func (x *export) know(m *schema.Model) {
	for _, t := range m.Types {
		name := t.Name
		if t.Go != nil && t.Go.Name.Text != "" {
			name = t.Go.Name.Text
		}
		x.names[strings.ToLower(name)] = t.Name
	}
	for _, p := range m.Procedures {
		x.names["procedure "+p.URI], x.names["result "+p.URI] = "procedure:"+p.Name, "result:"+p.Name
		for _, e := range p.Errors {
			if e.Import != nil {
				x.names["error "+e.URI] = "error:" + e.Import.Alias + "." + e.Name
			}
		}
	}
	for _, t := range m.Topics {
		x.names["topic "+t.URI] = "topic:" + t.Name
	}
	for _, e := range m.Errors {
		x.names["error "+e.URI] = "error:" + e.Name
	}
	for _, def := range x.names {
		x.seen[def] = strings.Contains(def, ":") // a message is always an object
	}
}

// exportedType holds a value of a type in JSON against the JSON Schema.
func exportedType[T any, P Type[T]](t *testing.T, data []byte) {
	t.Helper()
	agree(t, strings.ToLower(reflect.TypeFor[T]().Name()), data, func(data []byte) error {
		var d codec.Decoder // reads keywords that are not those of a payload, for its strictness
		d.Payload(codec.Payload{Kwargs: codec.Raw{Format: codec.JSON, Data: data}}, P(new(T)), codec.Spread, codec.Closed)
		return d.Err()
	})
}

// message is a payload as the JSON Schema has it.
type message struct {
	Args   json.RawMessage `json:"args,omitempty"`
	Kwargs json.RawMessage `json:"kwargs,omitempty"`
}

// exportedPayload holds a payload against the JSON Schema.
func exportedPayload(t *testing.T, s Side, p codec.Payload, decode func(codec.Payload) error) {
	t.Helper()
	agree(t, s.kind+" "+s.uri, together(t, p), func(data []byte) error {
		var m message
		if err := json.Unmarshal(data, &m); err != nil {
			return err
		}
		return decode(codec.Payload{Args: raw(m.Args), Kwargs: raw(m.Kwargs)})
	})
}

// together is a payload as one document.
func together(t *testing.T, p codec.Payload) []byte {
	t.Helper()
	data, err := json.Marshal(message{p.Args.Data, p.Kwargs.Data})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func raw(data []byte) codec.Raw {
	if data == nil {
		return codec.Raw{}
	}
	return codec.Raw{Format: codec.JSON, Data: data}
}

// agree fails the test unless the JSON Schema accepts data, and of its mutations
// those that the decoder accepts.
func agree(t *testing.T, name string, data []byte, decode func([]byte) error) {
	t.Helper()
	x := exported(t)
	def, s := x.definition(t, name)
	doc := parse(t, data)
	if err := s.Validate(doc); err != nil {
		t.Errorf("%s: the JSON Schema refuses %s: %v", def, data, err)
		return
	}
	judged(t, def, x.judges[def], data, nil)
	mutate(&doc, def, x.seen, func(what string) {
		data, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		decoded := decode(data)
		same(t, def+": "+what, data, decoded, s.Validate(doc))
		judged(t, def+": "+what, x.judges[def], data, decoded)
	})
}

// agreeOn fails the test unless the JSON Schema says of a payload what the
// decoder does.
func agreeOn(t *testing.T, s Side, p codec.Payload, decode func(codec.Payload) error) {
	t.Helper()
	x := exported(t)
	def, of := x.definition(t, s.kind+" "+s.uri)
	data := together(t, p)
	decoded := decode(p)
	same(t, def, data, decoded, of.Validate(parse(t, data)))
	judged(t, def, x.judges[def], data, decoded)
}

// own are the forms that only Go types of other packages refuse.
var own = []string{"string that its type can read", "bytes that its type can read", "odd number"}

// same fails the test unless both or neither refuse data.
func same(t *testing.T, what string, data []byte, decoded, valid error) {
	t.Helper()
	var value *codec.ValueError
	if errors.As(decoded, &value) && slices.Contains(own, value.Want) {
		return
	}
	if (decoded == nil) != (valid == nil) {
		t.Errorf("%s: %s:\nthe decoder says %v\nthe JSON Schema %v", what, data, decoded, valid)
	}
}

func parse(t *testing.T, data []byte) any {
	t.Helper()
	doc, err := validator.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// definition returns a definition of the JSON Schema and its name.
func (x *export) definition(t *testing.T, name string) (string, *validator.Schema) {
	t.Helper()
	def, ok := x.names[name]
	if !ok {
		t.Fatalf("the JSON Schema has no definition of %s", name)
	}
	s, err := x.compiler.Compile("api.json#/$defs/" + url.PathEscape(def))
	if err != nil {
		t.Fatal(err)
	}
	return def, s
}
