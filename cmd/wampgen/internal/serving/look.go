// Package serving compares a schema with a live system: who serves which
// procedure, what nobody serves, and where policies differ. It asks the meta API
// of the router.
package serving

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	wamp "github.com/wampgen/wampgen/runtime"
	"github.com/wampgen/wampgen/runtime/meta"
)

// View is what the router says of a realm.
type View struct {
	Registrations []Registration
	// Subscriptions are nil if the router does not say who subscribes.
	Subscriptions []Subscription
	// Unseen says what the router does not say, for people.
	Unseen []string
}

// Registration is a registration and who has it.
type Registration struct {
	URI, Match, Invoke string
	Callees            []string
}

// Subscription is a subscription and how many sessions share it.
type Subscription struct {
	URI, Match  string
	Subscribers int
}

// atOnce is how many questions the router gets at a time.
const atOnce = 16

// looking is one Look.
type looking struct {
	caller meta.Caller

	mu       sync.Mutex
	sessions map[wamp.ID]string
	unnamed  error
}

// Look asks the router for all registrations and subscriptions. It fails if the
// router does not answer for registrations.
func Look(ctx context.Context, caller meta.Caller) (*View, error) {
	l := &looking{caller: caller, sessions: map[wamp.ID]string{}}
	ids, err := caller.RegistrationList(ctx)
	if err != nil {
		return nil, err
	}
	v := &View{}
	if v.Registrations, err = each(all(ids), func(id wamp.ID) (Registration, error) { return l.registration(ctx, id) }); err != nil {
		return nil, err
	}
	if l.unnamed != nil {
		v.Unseen = append(v.Unseen, "who the callees are: "+reason("wamp.session.get", l.unnamed))
	}
	ids, err = caller.SubscriptionList(ctx)
	if err == nil {
		v.Subscriptions, err = each(all(ids), func(id wamp.ID) (Subscription, error) { return l.subscription(ctx, id) })
	}
	if err != nil {
		v.Subscriptions = nil
		v.Unseen = append(v.Unseen, "who subscribes: "+reason("wamp.subscription.list", err))
	}
	slices.SortFunc(v.Registrations, func(a, b Registration) int { return cmp.Or(cmp.Compare(a.URI, b.URI), cmp.Compare(a.Match, b.Match)) })
	return v, nil
}

// reason says why the router does not answer.
func reason(procedure string, err error) string {
	switch {
	case errors.Is(err, wamp.ErrNoSuchProcedure):
		return "this router does not have " + procedure
	case errors.Is(err, wamp.ErrNotAuthorized), errors.Is(err, wamp.ErrAuthorizationFailed):
		return "this user may not call " + procedure
	}
	return strings.TrimPrefix(err.Error(), "wamp: ")
}

func all(ids meta.IDs) []wamp.ID { return slices.Concat(ids.Exact, ids.Prefix, ids.Wildcard) }

// each asks for every id, several at a time. What is gone meanwhile is left out,
// and so is what the protocol itself has.
func each[T interface{ own() bool }](ids []wamp.ID, ask func(wamp.ID) (T, error)) ([]T, error) {
	answers, failures := make([]T, len(ids)), make([]error, len(ids))
	var group sync.WaitGroup
	room := make(chan struct{}, atOnce)
	for i, id := range ids {
		room <- struct{}{}
		group.Go(func() {
			answers[i], failures[i] = ask(id)
			<-room
		})
	}
	group.Wait()
	found := []T{}
	for i, err := range failures {
		switch {
		case errors.Is(err, wamp.ErrNoSuchRegistration), errors.Is(err, wamp.ErrNoSuchSubscription):
		case err != nil:
			return nil, err
		case answers[i].own():
			found = append(found, answers[i])
		}
	}
	return found, nil
}

func (r Registration) own() bool { return !strings.HasPrefix(r.URI, "wamp.") }
func (s Subscription) own() bool { return !strings.HasPrefix(s.URI, "wamp.") }

// registration asks for one registration.
func (l *looking) registration(ctx context.Context, id wamp.ID) (Registration, error) {
	d, err := l.caller.RegistrationGet(ctx, id)
	if err != nil {
		return Registration{}, err
	}
	r := Registration{URI: d.URI, Match: cmp.Or(string(d.Match), "exact"), Invoke: cmp.Or(string(d.Invoke), "single")}
	if !r.own() {
		return r, nil
	}
	sessions, err := l.caller.RegistrationListCallees(ctx, id)
	for _, s := range sessions {
		r.Callees = append(r.Callees, l.session(ctx, s))
	}
	slices.Sort(r.Callees)
	return r, err
}

// subscription asks for one subscription.
func (l *looking) subscription(ctx context.Context, id wamp.ID) (Subscription, error) {
	d, err := l.caller.SubscriptionGet(ctx, id)
	if err != nil {
		return Subscription{}, err
	}
	s := Subscription{URI: d.URI, Match: cmp.Or(string(d.Match), "exact")}
	if s.own() {
		s.Subscribers, err = meta.CountSubscribers(ctx, l.caller, id)
	}
	return s, err
}

// session names a session by its user, if the router says who that is.
func (l *looking) session(ctx context.Context, id wamp.ID) string {
	l.mu.Lock()
	name := l.sessions[id]
	l.mu.Unlock()
	if name != "" {
		return name
	}
	name = fmt.Sprintf("session %d", id)
	d, err := l.caller.SessionGet(ctx, id)
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case err != nil && !errors.Is(err, wamp.ErrNoSuchSession):
		l.unnamed = err
	case err == nil && d.Authid != nil && (d.Authmethod == nil || *d.Authmethod != "anonymous"):
		name = *d.Authid + ", " + name
	}
	l.sessions[id] = name
	return name
}
