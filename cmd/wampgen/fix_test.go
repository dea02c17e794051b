package main

import (
	"testing"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
)

// A fix is what a finding suggests, as long as it makes the finding go away.
func TestFix(t *testing.T) {
	const head = "wampgen: 1\napi: {name: a, uri: com.example.a}\n"
	for _, c := range []struct{ name, before, after string }{
		{"key", head + "procedures:\n  a: {retruns: int}\n", head + "procedures:\n  a: {returns: int}\n"},
		{"what a fix brings to light", head + "procedures:\n  a: {retruns: strng}\n", head + "procedures:\n  a: {returns: string}\n"},
		{"in a type", head + "procedures:\n  a: {returns: map<list<integer>>}\n", head + "procedures:\n  a: {returns: map<list<int>>}\n"},
		{"several on one line", head + "procedures:\n  ä: {retruns: boolean, arguments: [x: strng]}\n", head + "procedures:\n  ä: {returns: bool, args: [x: string]}\n"},
		{"byte order mark and CRLF", "\ufeffwampgen: 1\r\napi: {nam: a, uri: com.example.a}\r\n", "\ufeffwampgen: 1\r\napi: {name: a, uri: com.example.a}\r\n"},
		{"a duplicate would be worse", head + "procedures:\n  a: {returns: int, retruns: int}\n", head + "procedures:\n  a: {returns: int, retruns: int}\n"},
		{"quotes", head + "procedures:\n  a: {\"retruns\": int}\n", head + "procedures:\n  a: {\"retruns\": int}\n"},
		{"only a person can tell", head + "types: {Order: int, Orders: string}\nprocedures:\n  a: {returns: Ordr}\n", head + "types: {Order: int, Orders: string}\nprocedures:\n  a: {returns: Ordr}\n"},
		{"a type that is not declared yet", head + "procedures:\n  a: {returns: Plate}\n", head + "procedures:\n  a: {returns: Plate}\n"},
		{"a short name beside another", head + "types: {Note: string}\nprocedures:\n  a: {returns: Node}\n", head + "types: {Note: string}\nprocedures:\n  a: {returns: Node}\n"},
		{"an error that is not declared yet", head + "errors: {late: {}}\nprocedures:\n  a: {errors: [lame]}\n", head + "errors: {late: {}}\nprocedures:\n  a: {errors: [lame]}\n"},
		{"a slip in a long name", head + "types: {Language: string}\nprocedures:\n  a: {returns: Langage}\n", head + "types: {Language: string}\nprocedures:\n  a: {returns: Language}\n"},
		{"nothing to suggest", head + "procedures:\n  a: {zzzzzzzz: int}\n", head + "procedures:\n  a: {zzzzzzzz: int}\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, changes := fix([]byte(c.before), func(src []byte) diag.List {
				_, found := schema.Parse("a.wamp.yaml", src)
				return found
			})
			if string(got) != c.after {
				t.Errorf("got\n%s\nwant\n%s", got, c.after)
			}
			if changed := c.before != c.after; changed != (len(changes) > 0) {
				t.Errorf("%d changes", len(changes))
			}
		})
	}
}
