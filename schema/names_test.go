package schema

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"
)

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

// TestG3_NamingTorture: every name that Go or generated code could trip over
// is renamed in a fixed way or is a finding that shows both places.
func TestG3_NamingTorture(t *testing.T) {
	names := slices.Concat(types.Universe.Names(), reservedLocals, []string{
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
			"all": "procedures: {%q: {args: [%[1]q: int]}}\ntopics: {%[1]q: {}}\nerrors: {%[1]q: {}}",
		} {
			src := []byte(header + fmt.Sprintf(form, name) + "\n")
			m, ds := Parse("x", src)
			if m == nil && len(ds) == 0 {
				t.Fatalf("%s %q: neither a model nor a finding", where, name)
			}
			for _, d := range ds {
				checkInside(t, src, d)
			}
			if m != nil {
				checkIdents(t, m)
			}
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
		_, ds := Parse("x", []byte(header+pair.first+" "+pair.second+"\n"))
		if len(ds) != 1 || ds[0].Rule != RuleGoNameClash || len(ds[0].Related) != 1 || !strings.HasSuffix(ds[0].Message, "Go name "+pair.name) {
			t.Errorf("%s %s: %+v", pair.first, pair.second, ds)
		}
	}
}

// checkIdents sees that every identifier of a model is one, exported or not as
// it has to be, and that none of them meets another.
func checkIdents(t *testing.T, m *Model) {
	t.Helper()
	pkg, vars := map[string]bool{}, map[string]bool{}
	declare := func(id string) {
		if !token.IsIdentifier(id) || !token.IsExported(id) {
			t.Errorf("%q is no exported identifier", id)
		}
		if pkg[id] {
			t.Errorf("%s is declared twice", id)
		}
		pkg[id] = true
	}
	local := func(id string) {
		if !token.IsIdentifier(id) || token.IsExported(id) || types.Universe.Lookup(id) != nil || slices.Contains(reservedLocals, id) {
			t.Errorf("%q cannot be a parameter or variable", id)
		}
	}
	fields := func(of string, list []*Field, methods []string) {
		seen := map[string]bool{}
		for _, f := range list {
			if !token.IsIdentifier(f.GoName) || !token.IsExported(f.GoName) || seen[f.GoName] || slices.Contains(methods, f.GoName) {
				t.Errorf("%s: field %q of %q", of, f.GoName, f.Name)
			}
			seen[f.GoName] = true
			local(f.Param)
		}
	}
	for _, name := range packageNames {
		declare(name)
	}
	descriptor := func(id string) {
		if local(id); vars[id] {
			t.Errorf("variable %s is declared twice", id)
		}
		vars[id] = true
	}
	for _, p := range m.Procedures {
		descriptor(p.Var)
		declare("Handle" + p.GoName)
	}
	for _, topic := range m.Topics {
		descriptor(topic.Var)
		declare("Publish" + topic.GoName)
		declare("Subscribe" + topic.GoName)
		declare(topic.GoName + "Events")
	}
	payload := func(p *Payload, methods []string) {
		if p.GoName != "" {
			declare(p.GoName)
			fields(p.GoName, slices.Concat(p.Args, p.Kwargs), methods)
		}
	}
	for _, typ := range m.Types {
		declare(typ.GoName)
		fields(typ.GoName, typ.Fields, structMethods)
		if typ.Kind == Enum {
			declare(typ.GoName + "Values")
		}
		for _, v := range typ.Values {
			declare(v.GoName)
		}
	}
	for _, e := range m.Errors {
		payload(e.Payload, errorMethods)
	}
	for _, p := range m.Procedures {
		payload(p.In, structMethods)
		payload(p.Out, structMethods)
	}
	for _, topic := range m.Topics {
		payload(topic.Payload, structMethods)
	}
}
