package wampgen_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
)

// uris is what both halves have to judge alike: whether a URI is one, and whether
// it is the protocol's own. The schema also refuses what nobody can see.
var uris = []struct {
	uri                        string
	valid, reserved, invisible bool
}{
	{uri: "com.example.add", valid: true},
	{uri: "add", valid: true},
	{uri: "com.Example.add-2", valid: true},
	{uri: "com.münchen.加", valid: true},
	{uri: "com.example.a_b.0", valid: true},
	{uri: "wampum.add", valid: true},
	{uri: "Wamp.add", valid: true},
	{uri: "com.wamp.add", valid: true},
	{uri: "wamp", valid: true, reserved: true},
	{uri: "wamp.session.count", valid: true, reserved: true},
	{uri: "com.\u200bexample", valid: true, invisible: true},
	{uri: "com.a\u0007b", valid: true, invisible: true},
	{uri: "com..add"},
	{uri: ".com"},
	{uri: "com."},
	{uri: "."},
	{uri: "com.a#b"},
	{uri: "com.a b"},
	{uri: "com.a\tb"},
	{uri: "com.a\u00a0b"},
	{uri: "com.a\u3000b"},
}

// The schema and the runtime have a rule of URIs each, since neither may import
// the other.
func TestURIs_OneRuleInBothHalves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := wamptest.NewRealm(t).Client(t)
		for _, test := range uris {
			if got := wamp.URI(test.uri).Valid(); got != test.valid {
				t.Errorf("%q: the runtime says valid %v, want %v", test.uri, got, test.valid)
			}
			registered := register(t, client, test.uri)
			if want := test.valid && !test.reserved; registered != want {
				t.Errorf("%q: the runtime registers it: %v, want %v", test.uri, registered, want)
			}
			rules := findings(test.uri)
			bad, reserved := rules[schema.RuleURI], rules[schema.RuleURIReserved]
			if bad == (test.valid && !test.invisible) || reserved != test.reserved {
				t.Errorf("%q: the schema says malformed %v, reserved %v; want %v, %v",
					test.uri, bad, reserved, !test.valid || test.invisible, test.reserved)
			}
		}
	})
}

// register reports whether the client takes a URI for one of a procedure.
func register(t *testing.T, client *wamp.Client, uri string) bool {
	t.Helper()
	r, err := client.Register(t.Context(), uri, func(context.Context, wamp.Payload) (wamp.Payload, error) {
		return wamp.Payload{}, nil
	})
	if errors.Is(err, wamp.ErrInvalidURI) {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Unregister(t.Context()); err != nil {
		t.Error(err)
	}
	return true
}

// findings are the rules that a procedure of that URI breaks.
func findings(uri string) map[diag.Rule]bool {
	text := fmt.Sprintf("wampgen: 1\napi: {name: a, uri: com.example}\nprocedures:\n  p: {uri: %+q}\n", uri)
	_, found := schema.Parse("a.wamp.yaml", []byte(text))
	rules := map[diag.Rule]bool{}
	for _, d := range found {
		rules[d.Rule] = true
	}
	return rules
}
