package value_test

import (
	"fmt"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/data"
	"github.com/wampgen/wampgen/schema/value"
)

// api returns the first procedure of a schema.
func api() *schema.Procedure {
	m, _ := schema.Parse("shop.wamp.yaml", []byte(`
wampgen: 1
api: {name: shop, uri: com.example.shop}
types:
  Priority: {enum: {low: 1, high: 9}}
errors:
  sold_out: {kwargs: {left: int}}
procedures:
  order.{shop}.place:
    args: [sku: string, quantity: {type: int, min: 1}]
    kwargs: {priority: Priority = low}
    stream: {out: int}
    returns: {kwargs: {id: int, at: time}}
    errors: [sold_out]
`))
	return m.Procedures[0]
}

func typed(src string) *data.Value {
	v, _ := data.Parse([]byte(src))
	return v
}

func ExampleArguments() {
	order := value.Arguments(api())
	p, problems := order.Read(typed(`{"sku": "AB-1", "quantity": 2, "priority": "high"}`))
	fmt.Println(p.Args, p.Kwargs, len(problems))
	_, problems = order.Read(typed(`{"sku": "AB-1", "quantity": 0, "prio": 9}`))
	fmt.Println(problems)
	// Output:
	// [AB-1 2] map[priority:9] 0
	// quantity: want at least 1, got less
	// prio: unknown parameter
}

func ExampleResult() {
	shown, problems := value.Result(api()).Render(value.Payload{Kwargs: map[string]any{"at": "today", "id": int64(7)}})
	fmt.Println(string(shown))
	fmt.Println(problems)
	// Output:
	// {"kwargs":{"at":"today","id":7}}
	// at: want time such as 2026-08-22T15:04:05Z, got another string
}

func ExampleProgress() {
	shown, _ := value.Progress(api()).Render(value.Payload{Args: []any{int64(50)}})
	fmt.Println(string(shown))
	// Output: 50
}

func ExampleFailure() {
	e := api().Errors[0].Error
	fmt.Println(value.Failure(e).Check(value.Payload{Kwargs: map[string]any{"left": "none"}}))
	// Output: left: want int, got string
}

func ExampleEvent() {
	m, _ := schema.Parse("tick.wamp.yaml", []byte(`
wampgen: 1
api: {name: tick, uri: com.example}
topics:
  tick: {args: [n: int]}
`))
	tick := value.Event(m.Topics[0])
	p, _ := tick.Read(typed("7"))
	fmt.Println(p.Args, tick.Empty())
	// Output: [7] false
}

func ExampleJSON() {
	fmt.Println(string(value.JSON(value.Payload{Args: []any{[]byte{1, 2}, 1.0}})))
	// Output: {"args":["\u0000AQI=",1.0]}
}

func ExampleRead() {
	t := &schema.Ref{Scalar: schema.Duration}
	v, problems := value.Read(t, &data.Value{Kind: data.Plain, Text: "1m30s"})
	fmt.Println(v, len(problems))
	// Output: 90000 0
}

func ExampleRender() {
	shown, problems := value.Render(&schema.Ref{List: &schema.Ref{Scalar: schema.Int8}}, []any{int64(1), int64(500)})
	fmt.Println(string(shown), problems)
	// Output: [1,500] [1]: want int8, got a number out of its range
}

func ExampleCheck() {
	m, _ := schema.Parse("shop.wamp.yaml", []byte(`
wampgen: 1
api: {name: shop, uri: com.example.shop}
types:
  Sku: {type: string, pattern: '^[A-Z]+-[0-9]+$'}
`))
	for _, problem := range value.Check(value.Of(m.Types[0]), "ab") {
		fmt.Println(problem.Rule, problem.Text())
	}
	// Output: pattern want a match of ^[A-Z]+-[0-9]+$, got another string
}

func ExampleAddress() {
	p := api()
	uri, problems := value.Address(p.URI, p.Params, typed(`{"shop": "berlin"}`))
	fmt.Println(uri, len(problems))
	_, problems = value.Address(p.URI, p.Params, typed(`{"shop": "a.b"}`))
	fmt.Println(problems)
	// Output:
	// com.example.shop.order.berlin.place 0
	// shop: want a component of a URI, without white space, dots and #, got another text
}

func ExamplePattern() {
	fmt.Println(value.Pattern("com.example.shop.order.{shop}.place"))
	fmt.Println(value.Pattern("com.example.audit.{path...}"))
	// Output:
	// com.example.shop.order..place wildcard
	// com.example.audit. prefix
}

func ExampleParameters() {
	fmt.Println(value.Parameters("com.example.order.{shop}.place", "com.example.order.berlin.place"))
	// Output: map[shop:berlin] true
}

// What a URI has in the place of a parameter must fit its type.
func ExampleCheckURI() {
	m, _ := schema.Parse("shop.wamp.yaml", []byte(`wampgen: 1
api: {name: shop, uri: com.example}
topics:
  order.{id}.updated: {params: {id: int}}
`))
	topic := m.Topics[0]
	fmt.Println(value.CheckURI(topic.URI, topic.Params, "com.example.order.seven.updated"))
	// Output: id: want int, got string
}

func ExampleCalls() {
	m, _ := schema.Parse("shop.wamp.yaml", []byte(`
wampgen: 1
api: {name: shop, uri: com.example.shop}
procedures:
  wait: {args: [time: duration], returns: bool, examples: [{args: [1m], returns: true}, {args: [soon]}]}
`))
	calls, problems := value.Calls(m.Procedures[0])
	fmt.Println(calls[0].URI, calls[0].Payload.Args, calls[0].Result.Args)
	fmt.Println(problems)
	// Output:
	// com.example.shop.wait [60000] [true]
	// time: want duration such as 1h30m, got another string
}

func ExampleCheckExamples() {
	_, found := schema.Parse("shop.wamp.yaml", []byte(`
wampgen: 1
api: {name: shop, uri: com.example.shop}
types:
  Sku: {type: string, max: 4, examples: [AB-1, AB-10]}
`), value.CheckExamples)
	fmt.Println(&found[0])
	// Output: shop.wamp.yaml:5:48: the example does not fit: want at most 4 characters, got more
}

func ExampleEvents() {
	m, _ := schema.Parse("tick.wamp.yaml", []byte(`
wampgen: 1
api: {name: tick, uri: com.example}
topics:
  tick.{id}: {args: [n: int], examples: [{params: {id: a}, args: [1]}]}
`))
	events, _ := value.Events(m.Topics[0])
	fmt.Println(events[0].URI, events[0].Payload.Args)
	// Output: com.example.tick.a [1]
}

func ExampleFailures() {
	m, _ := schema.Parse("shop.wamp.yaml", []byte(`
wampgen: 1
api: {name: shop, uri: com.example.shop}
errors:
  sold_out: {kwargs: {left: int}, examples: [{kwargs: {left: 2}}]}
`))
	failures, _ := value.Failures(m.Errors[0])
	fmt.Println(failures[0].URI, failures[0].Payload.Kwargs)
	// Output: com.example.shop.error.sold_out map[left:2]
}

func ExampleValues() {
	m, _ := schema.Parse("shop.wamp.yaml", []byte(`
wampgen: 1
api: {name: shop, uri: com.example.shop}
types:
  Level: {enum: {low: 1, high: 9}, examples: [high]}
`))
	levels, _ := value.Values(m.Types[0])
	fmt.Println(levels)
	// Output: [9]
}

func ExampleSample() {
	m, _ := schema.Parse("shop.wamp.yaml", []byte(`
wampgen: 1
api: {name: shop, uri: com.example.shop}
types:
  Line: {fields: {sku: {type: string, pattern: '^[A-Z]{2}-[0-9]+$'}, quantity: {type: int, min: 10}, tags: list<string>}}
`))
	line, ok := value.Sample(value.Of(m.Types[0]), 0)
	fmt.Println(line, ok)
	// Output: map[quantity:10 sku:AA-1 tags:[tags]] true
}

func ExampleMessage_Sample() {
	p, ok := value.Arguments(api()).Sample(0)
	fmt.Println(string(value.JSON(p)), ok)
	// Output: {"args":["sku",1],"kwargs":{"priority":1}} true
}

func ExampleMessage_ReadNamed() {
	p, problems := value.Arguments(api()).ReadNamed(typed(`{"sku": "AB-1", "quantity": 3}`))
	fmt.Println(string(value.JSON(p)), len(problems))
	_, problems = value.Arguments(api()).ReadNamed(typed(`{"skew": "AB-1", "quantity": 3}`))
	fmt.Println(problems)
	// Output:
	// {"args":["AB-1",3],"kwargs":{"priority":1}} 0
	// sku: want string, missing
	// skew: unknown parameter; did you mean "sku"?
}

func ExampleMessage_ReadParts() {
	p, problems := value.Arguments(api()).ReadParts([]*data.Value{data.Of("AB-1")}, typed(`{"quantity": 3}`))
	fmt.Println(string(value.JSON(p)), len(problems))
	// Output: {"args":["AB-1",3],"kwargs":{"priority":1}} 0
}

func ExampleMessage_ReadGiven() {
	_, problems := value.Result(api()).ReadGiven(typed(`{"id": 7}`))
	fmt.Println(problems)
	p, _ := value.Progress(api()).ReadGiven(typed(`50`))
	fmt.Println(p.Args)
	// Output:
	// want {args: [...], kwargs: {...}}, got map
	// [50]
}

func ExampleMessage_Named() {
	order := value.Arguments(api())
	named, _ := order.Named(value.Payload{Args: []any{"AB-1", int64(2)}, Kwargs: map[string]any{"priority": int64(9)}})
	fmt.Println(string(named.AppendJSON(nil)), order.Names(), order.Field("sku").Type.Scalar)
	// Output: {"sku":"AB-1","quantity":2,"priority":9} [sku quantity priority] string
}

func ExampleMessage_Cases() {
	fit, wrong := 0, 0
	for _, c := range value.Arguments(api()).Cases() {
		if c.Problem == nil {
			fit++
		} else if wrong++; c.Path == "quantity" && c.Value == "0" {
			fmt.Println(string(value.JSON(c.Payload)), c.Problem)
		}
	}
	fmt.Println(fit > 5, wrong > 5)
	// Output:
	// {"args":["sku",0],"kwargs":{"priority":1}} quantity: want at least 1, got less
	// true true
}
