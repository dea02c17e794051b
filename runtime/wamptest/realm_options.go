package wamptest

import (
	"log/slog"

	"github.com/wampgen/wampgen/runtime/internal/realm"
)

// RealmOption configures a [Realm].
type RealmOption interface{ applyRealm(*Realm) }

type realmOption func(*Realm)

func (f realmOption) applyRealm(r *Realm) { f(r) }

// WithRealmName sets the URI of the realm. Default: "realm1".
func WithRealmName(uri string) RealmOption {
	return realmOption(func(r *Realm) { r.cfg.Name = uri })
}

// WithSeed sets the seed of session and publication ids and of the invocation
// policy "random". Default: 1.
func WithSeed(seed uint64) RealmOption {
	return realmOption(func(r *Realm) { r.cfg.Seed = seed })
}

// WithHistory sets how many publications the router keeps, over all topics, for
// wamp.subscription.get_events and so for [wamp.WithResume]; 0 means none.
// Default: 1000. It never keeps more than 64 MiB of payload.
func WithHistory(publications int) RealmOption {
	return realmOption(func(r *Realm) { r.cfg.History = max(0, publications) })
}

// WithTicketUser adds a user who logs in by ticket. Clients that do not offer
// the method "ticket" still join as anonymous. Default: there are no users.
func WithTicketUser(authid, authrole, ticket string) RealmOption {
	return realmOption(func(r *Realm) {
		r.cfg.Users = append(r.cfg.Users, realm.User{ID: authid, Role: authrole, Ticket: ticket})
	})
}

// WithRealmLog sets the logger for clients that the router disconnects because
// they do not read. Default: the router does not log.
func WithRealmLog(l *slog.Logger) RealmOption {
	return realmOption(func(r *Realm) { r.log = l.Warn })
}
