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
