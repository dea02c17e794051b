package realm

import (
	"slices"

	"github.com/wampgen/wampgen/runtime/internal/core"
)

// route returns the route whose id is the first argument.
func (in *input) route(t *routes) (*route, *refusal) {
	id, refused := in.id(0)
	if refused != nil {
		return nil, refused
	}
	g := t.byID(id)
	if g == nil {
		return nil, &refusal{t.kind.unknown, ""}
	}
	return g, nil
}

// describe is a route as the meta API shows it.
func describe(g *route, keys []string) core.Dict {
	d := core.Dict{{Key: "id", Value: g.id}, {Key: "created", Value: g.created}, {Key: "uri", Value: g.uri}}
	more := map[string]any{"match": string(g.match), "invoke": g.invoke}
	for _, key := range keys {
		d = append(d, core.Field{Key: key, Value: more[key]})
	}
	return d
}

// list is wamp.registration.list and wamp.subscription.list.
func (k *kind) list(r *Realm, _ *Session, _ *input) ([]any, *refusal) {
	ids := map[string]any{"exact": []any{}, "prefix": []any{}, "wildcard": []any{}}
	for _, g := range k.of(r).all() {
		ids[string(g.match)] = append(ids[string(g.match)].([]any), g.id)
	}
	return []any{ids}, nil
}

// lookup finds the route with exactly this URI and match policy.
func (k *kind) lookup(r *Realm, _ *Session, in *input) ([]any, *refusal) {
	uri, refused := in.text()
	if refused != nil {
		return nil, refused
	}
	match := core.MatchExact
	if options, ok := in.arg(1).(map[string]any); ok && options["match"] != nil {
		text, _ := options["match"].(string)
		match = core.Match(text)
	}
	return idOf(k.of(r).get(uri, match)), nil
}

// idOf is the answer of a search: an id, or null.
func idOf(g *route) []any {
	if g == nil {
		return []any{nil}
	}
	return []any{g.id}
}

func matchRegistration(r *Realm, _ *Session, in *input) ([]any, *refusal) {
	uri, refused := in.text()
	if refused != nil {
		return nil, refused
	}
	return idOf(r.dealer.routes.best(uri)), nil
}

func matchSubscriptions(r *Realm, _ *Session, in *input) ([]any, *refusal) {
	uri, refused := in.text()
	if refused != nil {
		return nil, refused
	}
	ids := []any{}
	for _, g := range r.broker.routes.matching(uri) {
		ids = append(ids, g.id)
	}
	if len(ids) == 0 {
		return []any{nil}, nil
	}
	return []any{ids}, nil
}

func (k *kind) get(r *Realm, _ *Session, in *input) ([]any, *refusal) {
	g, refused := in.route(k.of(r))
	if refused != nil {
		return nil, refused
	}
	return []any{describe(g, k.shown)}, nil
}

func (k *kind) listMembers(r *Realm, _ *Session, in *input) ([]any, *refusal) {
	g, refused := in.route(k.of(r))
	if refused != nil {
		return nil, refused
	}
	ids := []any{}
	for _, m := range g.members {
		ids = append(ids, m.session.id)
	}
	return []any{ids}, nil
}

func (k *kind) countMembers(r *Realm, _ *Session, in *input) ([]any, *refusal) {
	g, refused := in.route(k.of(r))
	if refused != nil {
		return nil, refused
	}
	return []any{len(g.members)}, nil
}

// remove takes a session off a route and notifies it.
func (k *kind) remove(r *Realm, _ *Session, in *input) ([]any, *refusal) {
	g, refused := in.route(k.of(r))
	if refused != nil {
		return nil, refused
	}
	id, refused := in.id(1)
	if refused != nil {
		return nil, refused
	}
	i := slices.IndexFunc(g.members, func(m *member) bool { return m.session.id == id })
	if i < 0 {
		return nil, &refusal{"wamp.error.no_such_session", ""}
	}
	reason, _ := in.kwargs["reason"].(string)
	k.of(r).revoke(g, g.members[i], reason)
	return nil, nil
}
