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

// claims are the shared procedures that registrations of a client have reserved.
// A router gives a client one id for one shared procedure however often the
// client registers it, so that a second handler would take the place of the
// first without a word: the client refuses it, as routers refuse a procedure
// that is not shared. The lock is that of the intents.
type claims map[procedure]*intent

// claim reserves the shared procedures of registrations, all or none.
func (c claims) claim(its []*intent) error {
	for i, it := range its {
		if it.kind != core.MsgRegister || !it.shared() {
			continue
		}
		if c[it.procedure()] != nil {
			c.release(its[:i])
			return it.failed(errRegisteredHere)
		}
		c[it.procedure()] = it
	}
	return nil
}

// release gives up the claims of intents.
func (c claims) release(its []*intent) {
	for _, it := range its {
		if c[it.procedure()] == it {
			delete(c, it.procedure())
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
