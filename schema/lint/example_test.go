package lint_test

import (
	"fmt"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/lint"
)

const greeter = `wampgen: 1
api: {name: greeter, uri: com.example.greeter}
types:
  Mood: {enum: [good, bad]}
procedures:
  # wampgen:ignore uri-style deployed since 2019
  sayHello: {args: [name: string], returns: string}
`

// A rule finds what is allowed and probably not wanted.
func ExampleCheck() {
	m, _ := schema.Parse("greeter.wamp.yaml", []byte(greeter))
	sources := map[string][]byte{"greeter.wamp.yaml": []byte(greeter)}
	for _, d := range lint.Check(m, "greeter.wamp.yaml", sources, lint.Options{}) {
		fmt.Println(d.Error(), d.Rule)
	}
	levels := lint.Levels{}
	fmt.Println(levels.Set("unused-types", lint.Off))
	fmt.Println(levels.Set("unused-type", lint.Off))
	fmt.Println(len(lint.Check(m, "greeter.wamp.yaml", sources, lint.Options{Levels: levels})), "findings")
	// Output:
	// greeter.wamp.yaml:4:3: nothing uses the type "Mood" unused-type
	// unknown rule "unused-types": did you mean "unused-type"?
	// <nil>
	// 0 findings
}

// The rules say what they find and why it matters.
func ExampleRules() {
	for _, r := range lint.Rules() {
		fmt.Printf("%-18s %-7s %s\n", r.Name, r.Level, r.Summary)
	}
	// Output:
	// cluster-rlink      off     what does not cross a link between nodes of Crossbar.io
	// deprecated-use     warning a use of something deprecated by something that is not
	// doc-missing        off     a type, error, procedure or topic without doc
	// idempotent-stream  warning an idempotent procedure, or one with grace, whose callers send chunks
	// ignore-comment     warning an ignore comment that is wrong or has no effect
	// int64-json         warning a 64-bit number that peers in JavaScript cannot hold
	// param-unsafe       warning a parameter of a URI whose values may not fit into a URI
	// pattern-overlap    warning two procedures that one URI can mean
	// retain-without-ack warning a retained event whose publisher does not learn whether the router has it
	// router-support     warning what a router of check --router does not have
	// unused-error       warning an error that no procedure has
	// unused-type        warning a type that no procedure, topic or error needs
	// uri-style          warning a URI that is not made of small letters, digits and underscores
}

// Some parts of WAMP exist on one router only.
func ExampleRouters() {
	fmt.Println(lint.Routers())
	fmt.Println(lint.CheckRouter("nexus"))
	fmt.Println(lint.CheckRouter("rabbit"))
	// Output:
	// [crossbar nexus]
	// <nil>
	// unknown router "rabbit": must be one of crossbar, nexus
}
