package config_test

import (
	"encoding/json"
	"fmt"

	"github.com/wampgen/wampgen/schema/config"
)

// The file says what commands without arguments work on, and how strict they are.
func ExampleParse() {
	c, _ := config.Parse("wampgen.yaml", []byte("version: 1\nschemas: [{file: api/..., out: gen}]\nrules: {doc-missing: error}\n"))
	fmt.Println(c.Schemas, c.Rules)
	_, found := config.Parse("wampgen.yaml", []byte("version: 1\nrule: {}\n"))
	fmt.Println(found[0].Error(), found[0].Hint)
	// Output:
	// [{api/... gen}] map[doc-missing:error]
	// wampgen.yaml:2:1: unknown key "rule" did you mean "rules"?
}

// Editors check and complete the file by its JSON Schema.
func ExampleJSONSchema() {
	var s struct{ Title string }
	fmt.Println(json.Unmarshal(config.JSONSchema(), &s), s.Title)
	// Output: <nil> wampgen.yaml, version 1
}

// A profile says how to reach a router. Its secret is elsewhere.
func ExampleParseProfiles() {
	p, _ := config.ParseProfiles("profiles.yaml", []byte(`version: 1
profiles:
  shop: {url: wss://router.example/ws, realm: shop, login: ticket, user: ann, secret_env: SHOP_TICKET}
`))
	fmt.Println(p.Names(), p.Named["shop"].URLs, p.Named["shop"].SecretEnv)
	// Output: [shop] [wss://router.example/ws] SHOP_TICKET
}

// How a mock answers: what wampgen mock reads from its file.
func ExampleParseMock() {
	m, found := config.ParseMock("mock.yaml", []byte(`
version: 1
latency: 20ms..80ms
procedures:
  order.get:
    - {when: {id: o_9}, error: order_not_found}
    - {returns: {id: o_1}, latency: 1s}
`))
	fmt.Println(found == nil, m.Latency, m.Procedures[0].Rules[0].Error, m.Procedures[0].Rules[1].Latency)
	_, found = config.ParseMock("mock.yaml", []byte("version: 1\nprocedure: {}\n"))
	fmt.Println(&found[0])
	// Output:
	// true 20ms..80ms order_not_found 1s
	// mock.yaml:2:1: unknown key "procedure"
}
