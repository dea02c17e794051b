package auth

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// maxChallenges bounds the rounds of one login. One is usual, two are a second
// factor (R270).
const maxChallenges = 8

// crossbarKnows are the names that Crossbar.io knows; it denies a HELLO at the
// first other one.
var crossbarKnows = []string{
	nameAnonymous, nameTicket, nameCRA, nameCrossbarSCRAM, nameCryptosign, nameTLS, nameCookie,
}

// Policy says which behavior of a router is acceptable. The zero value is the
// strictest.
type Policy struct {
	// AllowAnonymousFallback accepts a WELCOME without a CHALLENGE even if every
	// method needs one. The session is then anonymous. Default false.
	AllowAnonymousFallback bool
	// Crossbar leaves out of HELLO the method names that Crossbar.io does not
	// know, such as "wamp-scram". Crossbar.io denies a HELLO if such a name
	// comes before a method that it is configured for. Default false.
	//
	// Crossbar.io uses the first method of the list that it is configured for,
	// even if it does not know the user under it, and tries no other one.
	Crossbar bool
}

// Exchange is one login with all methods. After the first refusal it answers
// nothing more. Not safe for concurrent use.
type Exchange struct {
	label
	policy     Policy
	offer      Offer
	attempts   map[string]Attempt // by the names offered
	answered   []string           // the names that answered a CHALLENGE
	challenges int
	err        error // the first error
}

// checker is the optional upgrade of a Method that refuses some connections
// whatever the credentials.
type checker interface{ check(ch Channel) error }

// Check returns the error with which [Begin] would refuse a connection like ch,
// such as a ticket or a cookie over plain text to another host. It needs no
// connection, so nothing is sent, and fetches no credentials. The error is of
// type [*Error].
func Check(ch Channel, methods []Method) error {
	for _, m := range methods {
		if c, ok := m.(checker); ok {
			if err := c.check(ch); err != nil {
				return err
			}
		}
	}
	return nil
}

// Begin starts an [Attempt] of every method, in order of preference, and merges
// their offers. If there are no methods the login is anonymous: the offer is
// empty, and any WELCOME without a CHALLENGE is accepted.
//
// An error of type [*Error] is a refusal before anything was sent, see
// [Method]. Begin also refuses methods that name different users, offer the
// same name, or need different values for one key of authextra.
func Begin(ctx context.Context, ch Channel, p Policy, methods []Method) (*Exchange, error) {
	x := &Exchange{label: "login", policy: p, attempts: make(map[string]Attempt)}
	for _, m := range methods {
		if m == nil {
			return nil, unusable("login", "method must not be nil")
		}
		a, err := m.Begin(ctx, ch)
		if err != nil {
			return nil, err
		}
		if a == nil {
			return nil, unusable("login", "attempt of a method must not be nil")
		}
		if err := x.add(a); err != nil {
			return nil, err
		}
	}
	if len(methods) > 0 && len(x.offer.Methods) == 0 {
		return nil, unusable("login", "at least one method must be known to Crossbar.io")
	}
	return x, nil
}

// add merges the offer of one attempt.
func (x *Exchange) add(a Attempt) error {
	o := a.Offer()
	names := o.Methods
	if x.policy.Crossbar {
		names = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !slices.Contains(crossbarKnows, name) })
		if len(names) == 0 {
			return nil
		}
	}
	for _, name := range names {
		if x.attempts[name] != nil {
			return unusable("login", "duplicate method %s", quote(name))
		}
		x.attempts[name] = a
	}
	x.offer.Methods = append(x.offer.Methods, names...)
	switch {
	case x.offer.AuthID == "":
		x.offer.AuthID = o.AuthID
	case o.AuthID != "" && o.AuthID != x.offer.AuthID:
		return unusable("login", "all methods must have the same authid, not %s and %s", quote(x.offer.AuthID), quote(o.AuthID))
	}
	return x.addExtra(o.Extra)
}

// addExtra merges authextra. One key has room for one value, so SCRAM and
// cryptosign cannot ask for different channel bindings in one HELLO.
func (x *Exchange) addExtra(extra map[string]any) error {
	for _, key := range slices.Sorted(maps.Keys(extra)) {
		old, taken := x.offer.Extra[key]
		if taken && !reflect.DeepEqual(old, extra[key]) {
			return unusable("login", "all methods must have the same value of authextra.%s", key)
		}
		if x.offer.Extra == nil {
			x.offer.Extra = make(map[string]any)
		}
		x.offer.Extra[key] = extra[key]
	}
	return nil
}

// Offer returns what goes into HELLO.
func (x *Exchange) Offer() Offer { return x.offer }

// Respond answers one CHALLENGE with the method that it names, which must be
// one of those offered. It may take as long as a key derivation, bounded by
// ctx. After an error only ABORT may be sent.
func (x *Exchange) Respond(ctx context.Context, c Challenge) (Response, error) {
	if x.err != nil {
		return Response{}, x.err
	}
	r, err := x.respond(ctx, c)
	if err != nil {
		x.err = err
		return Response{}, err
	}
	return r, nil
}

func (x *Exchange) respond(ctx context.Context, c Challenge) (Response, error) {
	a := x.attempts[c.Method]
	if a == nil { // R268, S2
		return Response{}, &Error{Reason: reasonNoMethod, Text: "wamp: router chose a method that was not offered: want " +
			x.names() + ", got " + quote(c.Method)}
	}
	if x.challenges++; x.challenges > maxChallenges {
		return Response{}, refuse("login", "want at most %d challenges, got more", maxChallenges)
	}
	r, err := a.Respond(ctx, c)
	if err != nil {
		return Response{}, err
	}
	if r.Extra == nil {
		r.Extra = map[string]any{}
	}
	if !slices.Contains(x.answered, c.Method) {
		x.answered = append(x.answered, c.Method)
	}
	return r, nil
}

// Verify returns an error if a WELCOME is not acceptable. It gets
// Details.authmethod, empty if there is none, and Details.authextra. Every
// method that has answered a CHALLENGE must accept the WELCOME, and the method
// that it names must have answered one or need none. After an error the session
// must not be used, and ABORT must be sent.
func (x *Exchange) Verify(authmethod string, authextra map[string]any) error {
	if x.err == nil {
		x.err = x.verify(authmethod, authextra)
	}
	return x.err
}

func (x *Exchange) verify(authmethod string, authextra map[string]any) error {
	if len(x.attempts) == 0 { // nothing was offered, so nothing was demanded
		return nil
	}
	for _, name := range x.answered {
		if err := x.attempts[name].Verify(authextra); err != nil {
			return err
		}
	}
	if x.policy.AllowAnonymousFallback && (authmethod == nameAnonymous || authmethod == "") {
		return nil
	}
	if authmethod != "" {
		a := x.attempts[authmethod]
		if a == nil {
			return refuse("login", "want WELCOME for %s, got %s", x.names(), quote(authmethod))
		}
		return a.Verify(authextra)
	}
	if len(x.answered) > 0 {
		return nil
	}
	for _, name := range x.offer.Methods {
		if x.attempts[name].Verify(authextra) == nil {
			return nil // a method that needs no CHALLENGE
		}
	}
	return errSkipped(x.names())
}

// names lists the methods that were offered.
func (x *Exchange) names() string {
	if len(x.offer.Methods) == 0 {
		return "none"
	}
	return strings.Join(x.offer.Methods, " or ")
}
