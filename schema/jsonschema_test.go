package schema

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// definitions are the tables of keys by the definition of wampgen.schema.json
// that lists them; "" is the file itself.
var definitions = map[string]keyTable{
	"": rootKeys, "fragment": fragmentKeys, "api": apiKeys, "apiGo": apiGoKeys, "defaults": defaultsKeys, "policy": policyKeys, "topicPolicy": topicPolicyKeys, "metadata": metadataKeys, "type": typeKeys,
	"field": fieldKeys, "payload": payloadKeys, "stream": streamKeys, "error": errorKeys, "procedure": procedureKeys, "topic": topicKeys, "go": goKeys, "procedureGo": procedureGoKeys, "typeGo": typeGoKeys, "fieldGo": fieldGoKeys, "scalarGo": scalarGoKeys, "enumValue": enumValueKeys, "tag": tagKeys,
	"procedureExample": procedureExampleKeys, "topicExample": topicExampleKeys, "errorExample": errorExampleKeys,
}

// object is a definition of the JSON Schema; the long form of what can be a
// string is behind else.
type object struct {
	Properties  map[string]json.RawMessage
	Definitions map[string]object
	Pattern     string
	Else        *object
	Description string `json:"markdownDescription"`
	Ref         string `json:"$ref"`
}

// TestJSONSchema_Keys: what an editor offers is what Parse reads.
func TestJSONSchema_Keys(t *testing.T) {
	var root object
	if err := json.Unmarshal(JSONSchema(), &root); err != nil {
		t.Fatal(err)
	}
	for name, table := range definitions {
		if name == "fragment" {
			continue // a part of the file
		}
		of := root
		if name != "" {
			of = root.Definitions[name]
		}
		if of.Else != nil {
			of = *of.Else
		}
		known := slices.Sorted(maps.Keys(of.Properties))
		for _, key := range table.built {
			if !slices.Contains(known, key) {
				t.Errorf("Parse reads the key %q, which wampgen.schema.json has not in %q: add it there", key, name)
			}
		}
		for _, key := range known {
			if !slices.Contains(table.built, key) {
				t.Errorf("wampgen.schema.json has the key %q in %q, which Parse does not read", key, name)
			}
			described(t, root, name+"."+key, of.Properties[key])
		}
	}
}

// TestJSONSchema_Fragment: a file without an API can have what a fragment has.
func TestJSONSchema_Fragment(t *testing.T) {
	var root struct {
		Then struct{ PropertyNames object }
	}
	if err := json.Unmarshal(JSONSchema(), &root); err != nil {
		t.Fatal(err)
	}
	pattern := regexp.MustCompile(root.Then.PropertyNames.Pattern)
	for _, key := range rootKeys.built {
		if got, want := pattern.MatchString(key), slices.Contains(fragmentKeys.built, key); got != want {
			t.Errorf("the key %q of a fragment: %v, want %v", key, got, want)
		}
	}
}

// described sees that an editor has something to show for a key.
func described(t *testing.T, root object, key string, property json.RawMessage) {
	t.Helper()
	var o object
	if err := json.Unmarshal(property, &o); err != nil {
		t.Fatal(err)
	}
	if o.Description == "" {
		o.Description = root.Definitions[strings.TrimPrefix(o.Ref, "#/definitions/")].Description
	}
	if !strings.Contains(o.Description, "```yaml\n") {
		t.Errorf("%s has no markdownDescription with an example", key)
	}
}

// TestJSONSchema_Tables: no table of keys is forgotten.
func TestJSONSchema_Tables(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "keys.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	tables := 0
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.CompositeLit); ok {
			if id, ok := lit.Type.(*ast.Ident); ok && id.Name == "keyTable" {
				tables++
			}
		}
		return true
	})
	if tables != len(definitions) {
		t.Errorf("keys.go has %d tables of keys, and %d are compared", tables, len(definitions))
	}
}

// typeNames are the built-in types.
func typeNames() (list []string) {
	for s := range scalars {
		list = append(list, string(s))
	}
	return list
}

// TestJSONSchema_Types: the pattern of type expressions takes what parseType
// takes, as far as a regular expression can.
func TestJSONSchema_Types(t *testing.T) {
	var root object
	if err := json.Unmarshal(JSONSchema(), &root); err != nil {
		t.Fatal(err)
	}
	pattern := regexp.MustCompile(root.Definitions["typeExpression"].Pattern)
	for _, s := range slices.Concat(typeNames(), []string{
		"Sku", "list<Sku>", "map<list<Sku|null>>", "optional Sku", "optional Sku|null", "int = 5", "optional string = a = b", "list < int >", " int | null",
	}) {
		if _, err := parseType(s); err != nil || !pattern.MatchString(s) {
			t.Errorf("%q: parseType says %v, the pattern %v", s, err, pattern.MatchString(s))
		}
	}
	for _, s := range []string{"", "list", "strng", "int?", "int|nil", "optional", "[]int", "int =", "Sku2_x"} {
		if pattern.MatchString(s) {
			t.Errorf("the pattern takes %q", s)
		}
	}
}
