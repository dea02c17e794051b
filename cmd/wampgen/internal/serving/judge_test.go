package serving

import (
	"slices"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/schema"
)

// Which registrations a call of a procedure can reach.
func TestMeets(t *testing.T) {
	for _, c := range []struct {
		template, uri, match string
		want                 bool
	}{
		{"a.b", "a.b", "exact", true},
		{"a.b", "a.c", "exact", false},
		{"a.b", "a", "prefix", true},
		{"a.b", "a.b.c", "prefix", false},
		{"a.b", "a.", "wildcard", true},
		{"a.b", ".c", "wildcard", false},
		{"a.b", "a", "wildcard", false},
		{"a.{x}.b", "a..b", "wildcard", true},
		{"a.{x}.b", "a.1.b", "exact", true},
		{"a.{x}.b", "a.1.c", "exact", false},
		{"a.{x}.b", "a.1.b", "wildcard", true},
		{"a.{x}.b", "a", "prefix", true},
		{"a.{x}.b", "a.1.", "prefix", true},
		{"a.{x}.b", "a..b", "prefix", false},
		{"a.{x}.b", "a.1.c", "prefix", false},
		{"a.{x}.b", "a.1.b.c", "prefix", false},
		{"a.{x...}", "a.1.b.c", "prefix", true},
		{"a.{x...}", "a.", "prefix", true},
		{"a.{x...}", "a.1.2", "exact", true},
		{"a.{x...}", "a.", "exact", false},
		{"a.{x...}", "a..c", "wildcard", true},
		{"a.{x...}", "b..c", "wildcard", false},
	} {
		if got := meets(c.uri, c.match, c.template); got != c.want {
			t.Errorf("%s by %s (%s): got %t", c.template, c.uri, c.match, got)
		}
	}
}

// What is found, and what stands behind a name.
func TestJudge(t *testing.T) {
	m, found := schema.Parse("shop.wamp.yaml", []byte(`wampgen: 1
api: {name: shop, uri: com.shop}
procedures:
  a: {}
  b: {invoke: roundrobin}
  c.{id}.d: {group: c}
  c.{id}.e: {group: c}
  f: {match: prefix}
  g: {}
topics:
  t.{id}.s: {}
  u: {}
`))
	if len(found) > 0 {
		t.Fatal(found)
	}
	v := &View{
		Registrations: []Registration{
			{"com.shop.a", "exact", "single", []string{"ann, session 1"}},
			{"com.shop.b", "exact", "roundrobin", []string{"session 2", "session 3"}},
			{"com.shop.c..e", "prefix", "single", []string{"session 4"}},
			{"com.shop.c.1.d", "exact", "single", []string{"session 4"}},
			{"com.shop.c.2.d", "exact", "last", []string{"session 4"}},
			{"com.shop.f", "exact", "single", []string{"session 5"}},
			{"com.shop.x", "exact", "single", []string{"session 6"}},
			{"com.other.x", "exact", "single", []string{"session 6"}},
		},
		Subscriptions: []Subscription{{"com.shop.t..s", "wildcard", 2}, {"com.shop.t.1.s", "exact", 1}, {"com.shop", "prefix", 1}, {"com.x", "exact", 1}},
	}
	r := v.Judge(m)
	var got []string
	for _, d := range r.Found {
		got = append(got, string(d.Severity)+" "+string(d.Rule)+" "+d.Message)
	}
	for _, row := range slices.Concat(r.Procedures, r.Topics) {
		got = append(got, row.Name+": "+strings.Join(row.Who, " | "))
	}
	got = append(got, v.Strangers([]*schema.Model{m})...)
	want := []string{
		`error invoke-differs procedure "c.{id}.d": registered with invoke last, and the schema has single`,
		`error match-differs procedure "c.{id}.e": registered with match prefix, and the schema has wildcard`,
		`error match-differs procedure "f": registered with match exact, and the schema has prefix`,
		`error not-served procedure "g": nobody serves com.shop.g`,
		"a: single: ann, session 1",
		"b: roundrobin: session 2; session 3",
		"c.{id}.d: com.shop.c.1.d (exact), single: session 4 | com.shop.c.2.d (exact), last: session 4",
		"c.{id}.e: com.shop.c..e (prefix), single: session 4",
		"f: com.shop.f (exact), single: session 5",
		"g: ",
		"t.{id}.s: 4 subscribers",
		"u: 1 subscriber",
		"com.shop.x (exact), single: session 6",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
