package schema_test

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
)

const greeter = `
wampgen: 1
api: {name: greeter, version: 1.0.0, uri: com.example.greeter}
types:
  Language: {enum: [english, french], open: true}
procedures:
  greet:
    args: [name: string, language: optional Language]
    returns: string
    timeout: 5s
topics:
  greeted: {args: [name: string]}
`

// A schema becomes a Model, in which every name is resolved.
func ExampleParse() {
	model, found := schema.Parse("greeter.wamp.yaml", []byte(greeter))
	if model == nil {
		fmt.Println(found)
		return
	}
	fmt.Println("API", model.Name, model.Version)
	for _, t := range model.Types {
		fmt.Println("type", t.Name)
	}
	for _, p := range model.Procedures {
		fmt.Println("procedure", p.Name, "of", p.URI, "with timeout", p.Timeout)
		for _, arg := range p.In.Args {
			fmt.Println("  argument", arg.Name, "optional:", arg.Optional)
		}
	}
	for _, t := range model.Topics {
		fmt.Println("topic", t.Name, "of", t.URI)
	}
	// Output:
	// API greeter 1.0.0
	// type Language
	// procedure greet of com.example.greeter.greet with timeout 5s
	//   argument name optional: false
	//   argument language optional: true
	// topic greeted of com.example.greeter.greeted
}

const mistaken = `wampgen: 1
api: {name: greeter, version: 1.0.0, uri: com.example.greeter}
procedures:
  greet: {args: [name: strng], return: string}
`

// Every mistake of a file is found in one run, and shown where it is.
func ExampleParse_mistaken() {
	_, found := schema.Parse("greeter.wamp.yaml", []byte(mistaken))
	err := diag.Render(os.Stdout, diag.Text, found, map[string][]byte{"greeter.wamp.yaml": []byte(mistaken)})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// greeter.wamp.yaml:4:24: error: unknown type "strng" [unknown-type]
	//     4 |   greet: {args: [name: strng], return: string}
	//       |                        ^^^^^ did you mean "string"?
	// greeter.wamp.yaml:4:32: error: unknown key "return" [unknown-key]
	//     4 |   greet: {args: [name: strng], return: string}
	//       |                                ^^^^^^ did you mean "returns"?
	// 2 errors in 1 file
}

// The same for a machine, or finding by finding.
func ExampleParse_sorted() {
	_, found := schema.Parse("greeter.wamp.yaml", []byte(mistaken))
	fmt.Println("errors:", found.HasErrors())
	for _, d := range found {
		fmt.Println(d.Line, d.Col, d.Severity, d.Rule)
		if d.Suggestion != nil {
			fmt.Println("  replace", d.Suggestion.Replace, "by", d.Suggestion.With)
		}
	}
	// Output:
	// errors: true
	// 4 24 error unknown-type
	//   replace strng by string
	// 4 32 error unknown-key
	//   replace return by returns
}

// Every rule of Parse can be explained.
func ExampleExplain() {
	rules := schema.Rules()
	fmt.Println(rules[0])
	fmt.Println(schema.Explain("uri-clash"))
	// Output:
	// bad-value
	// two declarations have one URI
	// A router could not distinguish them.
}

// Editors check and complete a schema by the JSON Schema of the language.
func ExampleJSONSchema() {
	var s struct{ Title string }
	fmt.Println(json.Unmarshal(schema.JSONSchema(), &s), s.Title)
	// Output: <nil> A WAMP API for wampgen, version 1
}

// What a schema imports is read from wherever the program has it.
func ExampleLoad() {
	files := map[string]string{
		"shop.wamp.yaml": `
wampgen: 1
api: {name: shop, uri: com.example.shop}
imports: {common: ./common.wamp.yaml}
topics:
  price.changed: {args: [price: common.Money]}
`,
		"common.wamp.yaml": `
wampgen: 1
api: {name: common, uri: com.example}
types:
  Money: {fields: {amount: decimal}}
`}
	m, found := schema.Load("shop.wamp.yaml", []byte(files["shop.wamp.yaml"]), func(path string) ([]byte, error) {
		return []byte(files[path]), nil
	})
	for _, d := range found {
		fmt.Println(d.Error())
	}
	price := m.Topics[0].Payload.Args[0].Type
	fmt.Println(price.Named.Name, "of", price.Import.Model.File)
	// Output: Money of common.wamp.yaml
}

// Which files belong to a schema, before it is loaded.
func ExampleFragments() {
	fmt.Println(schema.Fragments([]byte("wampgen: 1\napi: {name: shop, uri: com.example.shop}\ninclude: [types/orders.wamp.yaml]\n")))
	fmt.Println(schema.Fragments([]byte("wampgen: 1\ntypes: {Sku: string}\n")))
	// Output:
	// [types/orders.wamp.yaml] false
	// [] true
}
