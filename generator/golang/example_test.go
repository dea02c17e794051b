package golang_test

import (
	"fmt"
	"strings"

	"github.com/wampgen/wampgen/generator/golang"
	"github.com/wampgen/wampgen/schema"
)

// A schema becomes Go. These are its functions; the package generator/output
// writes the files.
func ExampleGenerate() {
	model, found := schema.Parse("greeter.wamp.yaml", []byte(`
wampgen: 1
api: {name: greeter, version: 1.0.0, uri: com.example.greeter}
procedures:
  greet: {args: [name: string], returns: string}
topics:
  greeted: {args: [name: string]}
`))
	if model == nil {
		fmt.Println(found)
		return
	}
	files, err := golang.Generate(model, golang.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range files {
		fmt.Println(f.Name)
		for line := range strings.Lines(string(f.Data)) {
			if name, ok := strings.CutPrefix(line, "func "); ok && strings.Contains(name, "(ctx") {
				fmt.Println(" ", name[:strings.Index(name, "(ctx")])
			}
		}
	}
	// Output:
	// greeter_types.wamp.go
	// greeter_api.wamp.go
	//   (c *caller) Greet
	//   Register
	//   PublishGreeted
	//   SubscribeGreeted
	//   GreetedEvents
	// greeter_codec.wamp.go
}

// What Go demands of a schema is found in the same run as what the language
// demands.
func ExampleCheck() {
	_, found := schema.Parse("greeter.wamp.yaml", []byte(`
wampgen: 1
api: {name: greeter, uri: com.example.greeter}
procedures:
  say.hello: {args: [name: strng]}
  say_hello: {}
`), golang.Check)
	for _, d := range found {
		fmt.Println(d.Error())
	}
	fmt.Println(golang.Explain(golang.Rules()[2]))
	// Output:
	// greeter.wamp.yaml:5:28: unknown type "strng"
	// greeter.wamp.yaml:6:3: "say_hello" and "say.hello" (line 5) both become Go name SayHello
	// two names give one Go identifier
	// order_place and order.place are both OrderPlace. Add  go: {name: ...}  to one.
}

// The package has the name of the API unless the schema asks for another one.
func ExamplePackage() {
	model, _ := schema.Parse("greeter.wamp.yaml", []byte(`
wampgen: 1
api: {name: greeter, uri: com.example.greeter, go: {package: hello}}
`))
	name, at := golang.Package(model)
	fmt.Println(name, "of line", at.Line)
	// Output: hello of line 3
}

// A narrower field is safe on the wire in some flows, but Go code must change.
func ExampleBreaking() {
	parse := func(item string) *schema.Model {
		m, _ := schema.Parse("shop.wamp.yaml", []byte("wampgen: 1\napi: {name: shop, uri: com.example.shop}\ntypes: {Item: {fields: "+item+"}}\n"))
		return m
	}
	changes, err := golang.Breaking(parse("{count: int}"), parse("{count: int32}"))
	if err != nil {
		panic(err)
	}
	for _, c := range changes {
		fmt.Println(c.Subject+":", c.Text)
	}
	fmt.Println(golang.BreakingRule().Cure)
	// Output:
	// type "Item": in Go, Item.Count was int and is int32
	// keep a name with  go: {name: ...}, or announce the change before users update
}
