package breaking_test

import (
	"fmt"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/breaking"
)

func parse(procedures string) *schema.Model {
	m, _ := schema.Parse("shop.wamp.yaml", []byte("wampgen: 1\napi: {name: shop, version: 1.0.0, uri: com.example.shop}\nprocedures: "+procedures))
	return m
}

func ExampleCompare() {
	old, new := parse("{place: {args: [sku: string]}}"), parse("{place: {args: [sku: string, count: int]}}")
	for _, c := range breaking.Compare(old, new) {
		fmt.Println(c.Level, c.Rule)
		fmt.Println(c.Subject+":", c.Text)
		fmt.Println(c.Cure)
	}
	// Output:
	// peer required-added
	// procedure "place": parameter "count" is new and required: new callees refuse the calls of old callers
	// make it optional, or give it a default
}

func ExampleVersion() {
	old, new := parse("{place: {}}"), parse("{place: {}, cancel: {}}")
	fmt.Println(breaking.Version(old, new, breaking.Compare(old, new)))
	// Output: 1.1.0 false
}

func ExampleChangelog() {
	old, new := parse("{place: {}}"), parse("{place: {}, cancel: {}}")
	fmt.Print(breaking.Changelog(old, new, breaking.Compare(old, new)))
	// Output:
	// ## shop 1.0.0
	//
	// ### New
	//
	// - procedure "cancel": it is new.
}

func ExampleWorst() {
	old, new := parse("{place: {}}"), parse("{}")
	fmt.Println(breaking.Worst(breaking.Compare(old, new)))
	// Output: peer
}

func ExampleParseLevel() {
	level, err := breaking.ParseLevel("wire")
	fmt.Println(level > breaking.Peer, err)
	_, err = breaking.ParseLevel("loud")
	fmt.Println(err)
	// Output:
	// true <nil>
	// unknown level "loud": must be wire, peer or go
}

func ExampleSort() {
	changes := breaking.Compare(parse("{place: {}}"), parse("{place: {args: [a: int]}, cancel: {}}"))
	breaking.Sort(changes)
	for _, c := range changes {
		fmt.Println(c.Rule)
	}
	// Output:
	// required-added
	// procedure-added
}

func ExampleRules() {
	for _, r := range breaking.Rules()[:2] {
		fmt.Printf("%s (%s): %s\n", r.Name, r.Level, r.Summary)
	}
	// Output:
	// api-uri-changed (wire): api.uri is another one
	// uri-changed (wire): a procedure or topic has another URI
}
