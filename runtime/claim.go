package wamp

import (
	"cmp"

	"github.com/wampgen/wampgen/runtime/internal/core"
)

// procedure is what a router knows one registration by.
type procedure struct {
	uri   string
	match core.Match
}

func (it *intent) procedure() procedure {
	return procedure{it.uri, cmp.Or(it.config.match, core.MatchExact)}
}

// claim reserves the shared procedures of registrations, all or none. A router
// gives a client one id for one shared procedure however often the client
// registers it, so that a second handler would take the place of the first
// without a word: the client refuses it, as routers refuse a procedure that is
// not shared.
func (c *intents) claim(its []*intent) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, it := range its {
		if it.kind != core.MsgRegister || !it.shared() {
			continue
		}
		if c.claims[it.procedure()] != nil {
			c.unclaim(its[:i])
			return it.failed(errRegisteredHere)
		}
		if c.claims == nil {
			c.claims = make(map[procedure]*intent)
		}
		c.claims[it.procedure()] = it
	}
	return nil
}

// release gives up the claims of intents. Where a request gives the
// registration back it is queued before, so that the next REGISTER follows it.
func (c *intents) release(its ...*intent) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unclaim(its)
}

// unclaim is release with mu held.
func (c *intents) unclaim(its []*intent) {
	for _, it := range its {
		if c.claims[it.procedure()] == it {
			delete(c.claims, it.procedure())
		}
	}
}

// errRegisteredHere refuses a procedure that this client serves already.
var errRegisteredHere = registeredHere{}

// registeredHere is an ErrProcedureAlreadyExists as a router's refusal is, but
// IsPeer says no.
type registeredHere struct{}

// Error says who has registered it.
func (registeredHere) Error() string { return "wamp: this client has registered it already" }

// SafeToRetry reports true: nothing was sent.
func (registeredHere) SafeToRetry() bool { return true }

// Is reports whether target is [ErrProcedureAlreadyExists].
func (registeredHere) Is(target error) bool { return target == ErrProcedureAlreadyExists }
