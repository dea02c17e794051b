package conform

import (
	"context"
	"iter"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/wamptest"
	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/value"
)

const api = `
wampgen: 1
api: {name: shop, uri: com.example.shop}
types: {Code: {type: string, pattern: '^[a-z]{2,3}$'}}
errors: {lost: {kwargs: {left: int}}}
procedures:
  add: {args: [a: {type: int, min: 0, max: 9}, b: int], returns: int, errors: [lost]}
  strict: {args: [a: bool], strict: true}
  rest: {args: [first: string, more: {type: int, variadic: true}]}
  upload: {args: [name: string], stream: {in: bytes}, returns: int}
  chat: {stream: {in: {args: [line: {type: string, max: 3}]}, out: string}, returns: int}
  item.{id}.get: {params: {id: uint32}, examples: [{params: {id: 7}}]}
  audit.{path...}: {params: {path: Code}, examples: [{params: {path: ab}}]}
  hidden: {args: [v: {type: string, pattern: '^(ab)+$', len: 3}]}
`

func procedure(t *testing.T, name string) *schema.Procedure {
	t.Helper()
	m, found := schema.Parse("shop.wamp.yaml", []byte(api))
	if found.HasErrors() {
		t.Fatal(found)
	}
	i := slices.IndexFunc(m.Procedures, func(p *schema.Procedure) bool { return p.Name == name })
	return m.Procedures[i]
}

// refuse checks input as a callee should, and answers with v.
func refuse(p *schema.Procedure, in wamp.Payload, v ...any) (wamp.Payload, error) {
	if problems := value.Arguments(p).Check(value.Payload(in)); len(problems) > 0 {
		return wamp.Payload{}, wamp.NewError(wamp.ErrInvalidArgument.URI)
	}
	return wamp.Payload{Args: v}, nil
}

// What a callee does wrong, and what is found: in virtual time.
func TestRun(t *testing.T) {
	add := procedure(t, "add")
	number := func(v any) int64 { n, _ := v.(int64); return n }
	for name, c := range map[string]struct {
		handle func(ctx context.Context, in wamp.Payload) (wamp.Payload, error)
		want   []string
	}{
		"nothing": {func(_ context.Context, in wamp.Payload) (wamp.Payload, error) { return refuse(add, in, 5) }, nil},
		"declared error": {func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
			if len(in.Args) == 2 && number(in.Args[0]) == 9 {
				return wamp.Payload{}, &wamp.Error{URI: "com.example.shop.error.lost", Kwargs: map[string]any{"left": 1}}
			}
			return refuse(add, in, 5)
		}, nil},
		"one never answered": {func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			if len(in.Args) == 2 && number(in.Args[0]) == 9 {
				<-ctx.Done()
			}
			return refuse(add, in, 5)
		}, []string{`no-answer procedure "add": no answer within 10s to input with a = 9`}},
		"none answered": {func(ctx context.Context, _ wamp.Payload) (wamp.Payload, error) {
			<-ctx.Done()
			return wamp.Payload{}, ctx.Err()
		}, []string{`no-answer procedure "add": no answer within 10s to input made up by its types`}},
		"all refused": {func(context.Context, wamp.Payload) (wamp.Payload, error) {
			return wamp.Payload{}, wamp.NewError("com.example.no")
		}, []string{
			`error-undeclared procedure "add": answers input made up by its types with com.example.no, which the schema does not declare`,
			`error-undeclared procedure "add": answers input that does not fit with com.example.no, and not with wamp.error.invalid_argument: a: want int, missing`,
		}},
		"not allowed": {func(context.Context, wamp.Payload) (wamp.Payload, error) {
			return wamp.Payload{}, wamp.NewError(wamp.ErrNotAuthorized.URI)
		}, []string{`not-allowed procedure "add": this user may not call com.example.shop.add`}},
		"last by position": {func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
			if _, named := in.Kwargs["b"]; named {
				return wamp.Payload{}, wamp.NewError(wamp.ErrInvalidArgument.URI)
			}
			return refuse(add, in, 5)
		}, []string{`not-by-name procedure "add": parameter "b" is not taken by name: wamp.error.invalid_argument`}},
		"by name unchecked": {func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
			if number(in.Kwargs["a"]) > 9 {
				return wamp.Payload{Args: []any{5}}, nil
			}
			return refuse(add, in, 5)
		}, []string{`invalid-accepted procedure "add": accepts input that does not fit, by name: a: want at most 9, got more`}},
	} {
		synctest.Test(t, func(t *testing.T) {
			realm := wamptest.NewRealm(t)
			callee, caller := realm.Client(t), realm.Client(t)
			if _, err := callee.Register(t.Context(), add.URI, c.handle); err != nil {
				t.Fatal(err)
			}
			expect(t, name, caller, add, c.want)
		})
	}
}

// A callee that serves every URI of a template must see which of them do not fit;
// one that serves a single URI has none of the others.
func TestRun_Addresses(t *testing.T) {
	p := procedure(t, "item.{id}.get")
	pattern, _ := value.Pattern(p.URI)
	for _, c := range []struct {
		uri   string
		check bool
		want  []string
	}{
		{pattern, true, nil},
		{pattern, false, []string{`invalid-accepted procedure "item.{id}.get": accepts a URI that does not fit: id: want uint32, got string`}},
		{"com.example.shop.item.7.get", false, nil},
	} {
		realm := wamptest.NewRealm(t)
		callee, caller := realm.Client(t), realm.Client(t)
		var opts []wamp.RegisterOption
		if c.uri == pattern {
			opts = append(opts, wamp.WithWildcard())
		}
		_, err := callee.Register(t.Context(), c.uri, func(ctx context.Context, in wamp.Payload) (wamp.Payload, error) {
			if c.check && len(value.CheckURI(p.URI, p.Params, wamp.CallInfoFrom(ctx).Procedure)) > 0 {
				return wamp.Payload{}, wamp.NewError(wamp.ErrInvalidArgument.URI)
			}
			return refuse(p, in)
		}, opts...)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, c.uri, caller, p, c.want)
	}
}

// What a router answers to a URI of which it asks no callee is no fault.
func TestRun_AddressesThatTheRouterRefuses(t *testing.T) {
	p := procedure(t, "item.{id}.get")
	pattern, _ := value.Pattern(p.URI)
	for _, uri := range []string{"wamp.error.invalid_uri", "wamp.error.no_such_procedure", "wamp.error.not_authorized", "wamp.error.authorization_failed"} {
		realm := wamptest.NewRealm(t)
		router, callee, caller := realm.Client(t), realm.Client(t), realm.Client(t)
		_, err := router.Register(t.Context(), pattern, func(context.Context, wamp.Payload) (wamp.Payload, error) {
			return wamp.Payload{}, wamp.NewError(uri)
		}, wamp.WithWildcard())
		if err != nil {
			t.Fatal(err)
		}
		_, err = callee.Register(t.Context(), "com.example.shop.item.7.get", func(_ context.Context, in wamp.Payload) (wamp.Payload, error) {
			return refuse(p, in)
		})
		if err != nil {
			t.Fatal(err)
		}
		expect(t, uri, caller, p, nil)
	}
}

// A URI is not called that another procedure may have.
func TestMake_AddressesOfOthers(t *testing.T) {
	elsewhere := func(p *Plan) (all []string) {
		for _, in := range p.inputs {
			if in.elsewhere {
				all = append(all, in.URI)
			}
		}
		return all
	}
	const prefix = "com.example.shop.item."
	want := []string{prefix + "x.get", prefix + "-1.get", prefix + "007.get", prefix + "99999999999999999999.get"}
	p := procedure(t, "item.{id}.get")
	if got := elsewhere(Make(p, p)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := elsewhere(Make(p, &schema.Procedure{URI: prefix + "x.get"}, &schema.Procedure{URI: prefix + "-1", Prefix: true})); !slices.Equal(got, want[2:]) {
		t.Errorf("got %q, want %q", got, want[2:])
	}
	if got := elsewhere(Make(p, &schema.Procedure{URI: "com.example.shop.{kind}.{name}.get"})); len(got) > 0 {
		t.Errorf("got %q", got)
	}
	if got := elsewhere(Make(procedure(t, "audit.{path...}"))); len(got) == 0 || got[0] != "com.example.shop.audit.x" {
		t.Errorf("got %q", got)
	}
}

// expect runs all calls of a procedure.
func expect(t *testing.T, name string, caller *wamp.Client, p *schema.Procedure, want []string) {
	t.Helper()
	report, err := Run(t.Context(), caller, Make(p), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range report.Found {
		got = append(got, string(f.Rule)+" "+f.Message)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", name, got, want)
	}
}

// A callee that takes every chunk is found, whether the first message is one or not.
func TestRun_Chunks(t *testing.T) {
	for name, want := range map[string][]string{
		"upload": {`invalid-accepted procedure "upload": accepts a chunk that does not fit: result: want bytes, got int`},
		"chat":   {`invalid-accepted procedure "chat": accepts a chunk that does not fit: line: want at most 3 characters, got more`},
	} {
		p := procedure(t, name)
		realm := wamptest.NewRealm(t)
		callee, caller := realm.Client(t), realm.Client(t)
		_, err := callee.RegisterBidi(t.Context(), p.URI, func(_ context.Context, in wamp.Payload, chunks iter.Seq2[wamp.Payload, error], _ wamp.Sender[wamp.Payload]) (wamp.Payload, error) {
			for _, err := range chunks {
				if err != nil {
					return wamp.Payload{}, err
				}
			}
			return wamp.Payload{Args: []any{1}}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		report, err := Run(t.Context(), caller, Make(p), Options{Timeout: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range report.Found {
			got = append(got, string(f.Rule)+" "+f.Message)
		}
		for _, w := range want {
			if !slices.Contains(got, w) {
				t.Errorf("%s: no %q in %q", name, w, got)
			}
		}
	}
}

// A session that ends while calls are made is an error.
func TestRun_Closed(t *testing.T) {
	realm := wamptest.NewRealm(t)
	caller := realm.Client(t)
	caller.Close(t.Context())
	if _, err := Run(t.Context(), caller, Make(procedure(t, "add")), Options{}); err == nil {
		t.Error("no error")
	}
}

// What cannot go by name does not, and what cannot be made up needs an example.
func TestMake(t *testing.T) {
	for name, want := range map[string]struct {
		uri    string
		named  bool
		called bool
	}{
		"add":           {"com.example.shop.add", true, true},
		"strict":        {"com.example.shop.strict", false, true},
		"item.{id}.get": {"com.example.shop.item.7.get", false, true},
		"hidden":        {"", false, false},
	} {
		p := Make(procedure(t, name))
		named := slices.ContainsFunc(p.inputs, func(in input) bool { return in.named })
		if (p.Left == "") != want.called || (p.Calls() > 0) != want.called || named != want.named {
			t.Errorf("%s: %d calls, by name %t, left out: %q", name, p.Calls(), named, p.Left)
		}
		for _, in := range p.inputs {
			if in.URI != want.uri && !in.elsewhere {
				t.Errorf("%s: calls %s", name, in.URI)
			}
		}
	}
}
