package core

import (
	"errors"
	"strings"
	"testing"
)

// Check values of docs/requirements.md, Appendix B.
var (
	looseURIs = []string{"com.myapp.topic1", "com.myapp.product.123", "Com-star.MyApp.**+$for", "hello$world", "com.größe.日本", "a", "wamp.error.x", "com.\u200b.x", "com.\ufffd"}
	emptyURIs = []string{"", ".", "com.", "com..product", "com.myapp..123", "com.myapp.product.1.", "..", ".com"}
	// What no rule takes, whatever the components.
	brokenURIs = []string{"com my", "com.my app", "com.\tapp", "com.app\n", "com.app\r", "com.app\v", "com.app\f", "com.#", "#", " ", "com.\u00a0x", "com.\u2003",
		"com.\u0085", "com.\u2028", "com.\u3000x", "com.\u1680", "com.\xff", "com.\xc3"}
	strictURIs = []string{"com.myapp.topic1", "a", "0_9.z", "com.my_app.123"}
	laxURIs    = []string{"Com.app", "com.my-app", "com.*", "hello$world", "com.größe", "com.日本"}
)

func checkURIs(t *testing.T, uris []string, m Match, strict, want bool) {
	t.Helper()
	for _, uri := range uris {
		err := CheckURI(uri, m, strict)
		if (err == nil) != want || err != nil && !errors.Is(err, ErrInvalidURI) {
			t.Errorf("%q, match %q, strict %v: %v", uri, m, strict, err)
		}
	}
}

// R003, R075, R079, R080, R082: concrete URIs have no empty component.
func TestURI_Exact(t *testing.T) {
	for _, m := range []Match{"", MatchExact} {
		checkURIs(t, looseURIs, m, false, true)
		checkURIs(t, emptyURIs, m, false, false)
		checkURIs(t, brokenURIs, m, false, false)
		checkURIs(t, strictURIs, m, true, true)
		checkURIs(t, laxURIs, m, true, false)
		checkURIs(t, laxURIs, m, false, true)
		checkURIs(t, emptyURIs, m, true, false)
		checkURIs(t, brokenURIs, m, true, false)
	}
}

// R076, R077, R080: any component of a wildcard pattern may be empty.
func TestURI_Wildcard(t *testing.T) {
	checkURIs(t, looseURIs, MatchWildcard, false, true)
	checkURIs(t, emptyURIs, MatchWildcard, false, true)
	checkURIs(t, brokenURIs, MatchWildcard, false, false)
	checkURIs(t, strictURIs, MatchWildcard, true, true)
	checkURIs(t, emptyURIs, MatchWildcard, true, true)
	checkURIs(t, laxURIs, MatchWildcard, true, false)
}

// R078, R080: only the last component of a prefix may be empty.
func TestURI_Prefix(t *testing.T) {
	checkURIs(t, looseURIs, MatchPrefix, false, true)
	checkURIs(t, []string{"", "com.", "com.myapp.product.1."}, MatchPrefix, false, true)
	checkURIs(t, []string{".", "..", "com..product", ".com", "com.."}, MatchPrefix, false, false)
	checkURIs(t, brokenURIs, MatchPrefix, false, false)
	checkURIs(t, []string{"", "com.", "com.my_app"}, MatchPrefix, true, true)
	checkURIs(t, []string{"Com.", "com.-", "."}, MatchPrefix, true, false)
}

// R085: one component by itself.
func TestURI_Component(t *testing.T) {
	for c, want := range map[string][2]bool{"order": {true, true}, "Order": {true, false}, "a-b": {true, false}, "": {}, "a b": {}, "a#": {}} {
		for i, strict := range []bool{false, true} {
			if got := checkComponent(c, strict) == ""; got != want[i] {
				t.Errorf("%q strict %v: %v", c, strict, got)
			}
		}
	}
}

func TestURI_Errors(t *testing.T) {
	err := CheckURI("com.app.", MatchExact, false)
	if err == nil || err.Error() != `wamp: invalid URI "com.app.": component 3 is empty` {
		t.Error(err)
	}
	if err := CheckURI("com.app", "regex", false); !errors.Is(err, ErrInvalidURI) {
		t.Error(err)
	}
}

// R081: "wamp" is the protocol's, "wampum" is anyone's.
func TestURI_Reserved(t *testing.T) {
	for uri, want := range map[string]bool{"wamp": true, "wamp.": true, "wamp.error.x": true, "wampum.x": false, "com.wamp": false, "": false, "WAMP.x": false} {
		if Reserved(uri) != want {
			t.Errorf("%q: %v", uri, !want)
		}
	}
}

func FuzzCheckURI(f *testing.F) {
	for _, uri := range append(append(looseURIs, emptyURIs...), brokenURIs...) {
		f.Add(uri)
	}
	f.Fuzz(func(t *testing.T, uri string) {
		exact, prefix, wild := CheckURI(uri, MatchExact, false), CheckURI(uri, MatchPrefix, false), CheckURI(uri, MatchWildcard, false)
		if exact == nil && (prefix != nil || wild != nil) || prefix == nil && wild != nil {
			t.Errorf("%q: exact %v, prefix %v, wildcard %v", uri, exact, prefix, wild)
		}
		if CheckURI(uri, MatchExact, true) == nil && exact != nil {
			t.Errorf("%q is strict but not loose", uri)
		}
		if prefix == nil && (exact == nil) == (uri == "" || strings.HasSuffix(uri, ".")) {
			t.Errorf("%q: exact %v, prefix %v", uri, exact, prefix)
		}
	})
}
