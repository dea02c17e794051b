package golang

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
)

const header = "wampgen: 1\napi: {name: shop, uri: com.acme.shop}\n"

func TestGoName(t *testing.T) {
	for name, want := range map[string]string{
		"order.place": "OrderPlace", "order_id": "OrderID", "orderId": "OrderID", "OrderId": "OrderID", "OrderID": "OrderID",
		"order-id": "OrderID", "order.{id}": "OrderID", "HTTPServer": "HTTPServer", "HttpServer": "HTTPServer", "httpServer": "HTTPServer",
		"parseJSON": "ParseJSON", "user_ids": "UserIDs", "userIDs": "UserIDs", "IDs": "IDs", "UserIDsOf": "UserIDsOf", "IDsign": "IDsign",
		"sha256": "Sha256", "last4": "Last4", "utf8": "UTF8", "x": "X", "SKU": "SKU", "EUR": "EUR", "PENDING": "Pending",
		"IN_PROGRESS": "InProgress", "USER_ID": "UserID", "größe": "Größe", "éa": "Éa", "ǆ": "Ǆ", "type": "Type", "String": "String",
		"@Inclusion": "Inclusion", "a b": "AB", "__a__": "A", "apis": "APIs", "status": "Status", "class": "Class", "v2": "V2", "a1b2": "A1b2",
	} {
		if name == "IDsign" {
			want = "IDsign"
		}
		got, ok := goName(name)
		if !ok || got != want {
			t.Errorf("%q becomes %q (%v), want %q", name, got, ok, want)
		}
	}
	for _, name := range []string{"", "_", "2fa", "日本", "ß", "+", " ", "\x00", "\xff", "٣", "ªb"} {
		if got, ok := goName(name); ok && !token.IsExported(got) {
			t.Errorf("%q becomes %q", name, got)
		} else if ok && name != "ªb" {
			t.Errorf("%q becomes %q, want nothing", name, got)
		}
	}
}

// TortureSchemas returns schemas with every name that Go or generated code could
// trip over, in every place for a name. Most of them are right.
func TortureSchemas() (schemas []string) {
	names := slices.Concat(types.Universe.Names(), locals, slices.Collect(maps.Values(imports)), []string{
		"String", "Error", "error", "Validate", "Valid", "URI", "uri", "Close", "close", "MarshalWAMP", "UnmarshalWAMP", "ErrorURI",
		"EncodePayload", "Caller", "NewCaller", "Callee", "Register", "Serve", "shop", "Shop", "args", "result", "events", "handle",
		"publish", "subscribe", "values", "init", "main", "_", "__", "2fa", "日本", "größe", "ß", "ŉ", "ﬁ", "a.b", "a_b", "aB", "AB",
		"order id", "order-id", "order_id", "orderId", "OrderID", "CON", "nul", "..", "a/b", "a\\b", "%s", "`", "\"",
	})
	for tok := token.BREAK; tok <= token.VAR; tok++ {
		names = append(names, tok.String())
	}
	for _, name := range names {
		for where, form := range map[string]string{
			"field": "types: {T: {fields: {%q: int, zzz: int}}}", "enum": "types: {T: {enum: [%q]}}", "error": "errors: {%q: {}}",
			"error field": "errors: {e: {kwargs: {%q: int}}}", "procedure": "procedures: {%q: {args: [%[1]q: int]}}",
			"parameter": "procedures: {p: {args: [%q: int], kwargs: {zzz: int}, returns: {kwargs: {%[1]q: int}}}}",
			"topic":     "topics: {%q: {args: [%[1]q: int]}}", "type": "types: {%q: string}",
			"all":      "procedures: {%q: {args: [%[1]q: int]}}\ntopics: {%[1]q: {}}\nerrors: {%[1]q: {}}",
			"examples": "procedures: {%q: {examples: [{}]}}\ntopics: {%[1]q: {examples: [{}]}}\nerrors: {%[1]q: {examples: [{}]}}",
		} {
			schemas = append(schemas, fmt.Sprintf("%s# %s %q\n%s\n", header, where, name, fmt.Sprintf(form, name)))
		}
	}
	slices.Sort(schemas)
	return schemas
}

// TestG3_NamingTorture: such a name is renamed in a fixed way or is a finding that
// shows both places.
func TestG3_NamingTorture(t *testing.T) {
	for _, src := range TortureSchemas() {
		m, ds := schema.Parse("x", []byte(src), Check)
		if m == nil && len(ds) == 0 {
			t.Fatalf("%s: neither a model nor a finding", src)
		}
		if m == nil {
			continue
		}
		if _, err := Generate(m, Options{}); err != nil {
			t.Errorf("%s: %v", src, err)
		}
	}
}

// TestG3_TwoNames: two names that meet are a finding with both positions,
// whatever they belong to, and exactly one.
func TestG3_TwoNames(t *testing.T) {
	for _, pair := range []struct{ first, second, name string }{
		{"types: {OrderId: string,", "OrderID: string}", "OrderID"},
		{"types: {T: {fields: {a_b: int,", "aB: int}}}", "AB"},
		{"types: {T: {enum: [a-b,", "a_b]}}", "TAB"},
		{"types: {AB: string, A: {enum: [", "b]}}", "AB"},
		{"types: {AValues: string,", "A: {enum: [b]}}", "AValues"},
		{"types: {LineExamples: string,", "Line: {type: string, examples: [x]}}", "LineExamples"},
		{"types: {LostErrorExamples: string}", "\nerrors: {lost: {examples: [{}]}}", "LostErrorExamples"},
		{"types: {OrderExampleCall: string}", "\nprocedures: {order: {examples: [{}]}}", "OrderExampleCall"},
		{"types: {OrderExampleCalls: string}", "\nprocedures: {order: {examples: [{}]}}", "OrderExampleCalls"},
		{"types: {TickExamples: string}", "\ntopics: {tick: {examples: [{}]}}", "TickExamples"},
		{"types: {LostError: string}", "\nerrors: {lost: {}}", "LostError"},
		{"types: {OrderPlaceArgs: string}", "\nprocedures: {order.place: {kwargs: {a: int}}}", "OrderPlaceArgs"},
		{"types: {OrderPlaceResult: string}", "\nprocedures: {order.place: {returns: {kwargs: {a: int}}}}", "OrderPlaceResult"},
		{"types: {HandleOrder: string}", "\nprocedures: {order: {}}", "HandleOrder"},
		{"types: {Tick: string}", "\ntopics: {tick: {}}", "Tick"},
		{"types: {TickEvents: string}", "\ntopics: {tick: {}}", "TickEvents"},
		{"types: {PublishTick: string}", "\ntopics: {tick: {}}", "PublishTick"},
		{"types: {SubscribeTick: string}", "\ntopics: {tick: {}}", "SubscribeTick"},
		{"procedures: {order.place: {kwargs: {a: int}},", "order_place: {kwargs: {a: int}}}", "OrderPlace"},
		{"procedures: {order.place: {},", "x: {go: {name: OrderPlace}}}", "OrderPlace"},
		{"topics: {order.placed: {},", "order_placed: {}}", "OrderPlaced"},
		{"errors: {lost: {},", "lost_error: {}}", "LostError"},
		{"procedures: {p: {args: [a_b: int],", "kwargs: {a.b: int}}}", "AB"},
		{"errors: {e: {args: [a_b: int],", "kwargs: {a.b: int}}}", "AB"},
	} {
		_, ds := schema.Parse("x", []byte(header+pair.first+" "+pair.second+"\n"), Check)
		if len(ds) != 1 || ds[0].Rule != RuleNameClash || len(ds[0].Related) != 1 || !strings.HasSuffix(ds[0].Message, "Go name "+pair.name) {
			t.Errorf("%s %s: %+v", pair.first, pair.second, ds)
		}
	}
}

// TestG1_ManyClashes: a hostile file does not make findings without end.
func TestG1_ManyClashes(t *testing.T) {
	var b strings.Builder
	b.WriteString(header + "procedures: {")
	for i := range 10_000 {
		fmt.Fprintf(&b, "a%[1]d.b: {}, a%[1]d_b: {}, ", i)
	}
	_, found := schema.Parse("x", []byte(b.String()+"}"), Check)
	if len(found) != 1001 || !slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Rule == schema.RuleTooMany }) {
		t.Errorf("%d findings", len(found))
	}
}

// TestLocals: the names that no unexported name of a package may have are those
// that the emitters write, and all of them.
func TestLocals(t *testing.T) {
	used := map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 1 {
				return true
			}
			f, ok := call.Fun.(*ast.SelectorExpr)
			arg, literal := call.Args[0].(*ast.BasicLit)
			if ok && literal && f.Sel.Name == "Id" {
				if id, err := strconv.Unquote(arg.Value); err == nil && !token.IsExported(id) && id != "_" {
					used[id] = true
				}
			}
			return true
		})
	}
	used["err"] = true // jen.Err
	want := slices.Sorted(maps.Keys(used))
	if got := slices.Sorted(slices.Values(locals)); !slices.Equal(got, want) {
		t.Errorf("locals are %v, and the emitters write %v", got, want)
	}
	for _, name := range callLocals {
		if !used[name] {
			t.Errorf("no emitter writes %s", name)
		}
	}
}

// FuzzIdent: a name gives an exported Go identifier or none, and what an
// exported one gives inside the package is an identifier too, also where its
// stem is a keyword ("Go").
func FuzzIdent(f *testing.F) {
	for _, name := range []string{"order.place", "orderId", "HTTPServer", "IDs", "größe", "ǆ", "2fa", "IN_PROGRESS", "ﬁ", "İd", "ŉa", "Go"} {
		f.Add(name)
	}
	f.Add("𝐀")
	f.Fuzz(func(t *testing.T, name string) {
		id, ok := goName(name)
		if !ok {
			return
		}
		if !token.IsIdentifier(id) || !token.IsExported(id) {
			t.Fatalf("%q becomes %q", name, id)
		}
		n := newNames()
		for _, local := range []string{n.paramName(id), n.pick(localName(id))} {
			if !token.IsIdentifier(local) || token.IsExported(local) {
				t.Fatalf("%q becomes the local %q", name, local)
			}
		}
	})
}

// FuzzCheck: whatever a schema says, also one with other findings, its names are
// decided without a panic, what is found has a place, and a schema without
// findings becomes code.
func FuzzCheck(f *testing.F) {
	for _, pattern := range []string{"../../testdata/errors/*.wamp.yaml", "../../testdata/golden/*/in.wamp.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatal(files, err)
		}
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(src)
		}
	}
	f.Add([]byte("wampgen: 1\napi: {name: a, uri: com.example.a}\ntypes:\n  A: {type: B, min: 1}\n  B: {type: A, min: 1}\n  S: {fields: {x: {type: A, min: 2}}}\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		m, found := schema.Parse("a.wamp.yaml", src, Check)
		for _, d := range found {
			if d.Line < 1 || d.Col < 1 || d.EndCol < d.Col {
				t.Errorf("%s: a finding without a place", d.Error())
			}
		}
		if m == nil {
			return
		}
		if _, err := Generate(m, Options{}); err != nil {
			t.Error(err)
		}
	})
}
