package aliases

import (
	"context"
	"testing"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/testdata/golden/internal/roundtrip"
)

var _ = roundtrip.Know(func(p *Codes) codec.Value { return (*listOfCode)(p) })

var full = Maps{
	Stock: Stock{"AB": 1}, Old: map[OldSku]Person{"old": {Name: "Ann", Code: "de", Codes: Codes{"at"}, Best: &Someone{Name: "Bo", Code: "fr", Codes: Codes{}}}},
	Color: map[Color][]int{ColorRed: {1}, ColorGreen: {}}, Shade: map[Shade]*Text{ShadeDark: new("x"), "grey": nil},
	Nick: map[Nick]bool{"": true, "abcd": false}, Tree: Tree{"a": {"b": {}}}, Lists: Lists{{}, {{}}},
	Pair: Pair{Ring: Ring{{Ring: Ring{}}}},
}

var bare = Maps{Stock: Stock{}, Old: map[OldSku]Person{}, Nick: map[Nick]bool{}, Tree: Tree{}, Lists: Lists{}, Pair: Pair{Ring{}}}

func TestValues(t *testing.T) {
	roundtrip.Values(t, full, bare)
	roundtrip.Inputs(t, codesProcedure, Codes{"de", "at"})
	roundtrip.Inputs(t, person, Someone{Name: "Ann", Code: "de", Codes: Codes{}})
}

// An alias is the type itself.
func TestAlias(t *testing.T) {
	var text string = Text("x")
	var codes []string = Codes{Code(text)}
	var p Person = Someone{Codes: codes}
	var s func(Person) Someone = func(p Person) Someone { return p }
	roundtrip.Same(t, "person", s(p), p)
}

// The keys of a map are held against their type, with the constraints of all
// types that it is made of.
func TestKeys(t *testing.T) {
	for want, v := range map[string]Maps{
		`stock["A"]: want a key: at least 2 characters, got fewer`:    {Stock: Stock{"A": 1}},
		`old["new"]: want a key: a match of ^old, got another string`: {Old: map[OldSku]Person{"new": {Code: "de"}}},
		`old: want at most 2 keys, got more`:                          {Old: map[OldSku]Person{"old1": {}, "old2": {}, "old3": {}}},
		`color["B"]: want a key: one of R, G`:                         {Color: map[Color][]int{"B": nil}},
		`nick["Alice"]: want a key: at most 4 characters, got more`:   {Nick: map[Nick]bool{"Alice": true}},
		`old["old"].code: want 2 characters, got fewer`:               {Old: map[OldSku]Person{"old": {Code: "d"}}},
		`old["old"].codes[1]: want 2 characters, got more`:            {Old: map[OldSku]Person{"old": {Code: "de", Codes: Codes{"de", "deu"}}}},
	} {
		roundtrip.Fails(t, roundtrip.Put(roundtrip.In(mapsProcedure), v), "maps."+want)
	}
	in := map[string]any{"stock": map[string]any{"A": 1}, "old": map[string]any{}, "shade": nil, "nick": map[string]any{}, "tree": map[string]any{},
		"lists": []any{}, "pair": map[string]any{"ring": []any{}}}
	roundtrip.Refuses[Maps](t, roundtrip.In(mapsProcedure), []any{in}, nil, `maps.stock["A"]: want a key: at least 2 characters, got fewer`)
	lenient := bare
	lenient.Stock = Stock{"A": 1}
	roundtrip.Decodes(t, roundtrip.Out(mapsProcedure), []any{in}, nil, lenient)
	roundtrip.Wire(t, roundtrip.Put(roundtrip.In(codesProcedure), Codes{"de"}), `[["de"]]`, "")
	roundtrip.Refuses[Codes](t, roundtrip.In(codesProcedure), []any{[]any{"de", "d"}}, nil, "codes[1]: want 2 characters, got fewer")
}

// Types that hold themselves end where the data does, or at the depth that
// documents may have.
func TestRecursion(t *testing.T) {
	deep := Lists{}
	for range 80 {
		deep = Lists{deep}
	}
	v := bare
	v.Lists = deep
	if err := (&v).Validate(); err == nil {
		t.Error("a list of 80 levels was encoded")
	}
}

type echo struct{}

func (echo) Maps(_ context.Context, v Maps) (Maps, error)        { return v, nil }
func (echo) Person(_ context.Context, v Someone) (Person, error) { return v, nil }
func (echo) Codes(_ context.Context, v Codes) (Codes, error)     { return v, nil }

func TestLive(t *testing.T) {
	roundtrip.Live(t, func(ctx context.Context, t *testing.T, callee, caller *wamp.Client) {
		if _, err := Register(ctx, callee, echo{}); err != nil {
			t.Fatal(err)
		}
		c := NewCaller(caller)
		roundtrip.Echoes(ctx, t, c.Maps, full, bare)
		roundtrip.Echoes(ctx, t, c.Codes, Codes{"de"})
		roundtrip.Wrong(ctx, t, caller, CodesProcedure, []any{[]any{"d"}}, nil, "codes[0]: want 2 characters, got fewer")
	})
}
