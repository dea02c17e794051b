package wamp

import (
	"sync"

	"github.com/wampgen/wampgen/runtime/internal/session"
)

// retained knows the retained events that a subscription had on its session: the
// router sends them again whenever another handler of the client asks for them.
type retained struct {
	asked bool // the subscription wants them; it does not change

	mu    sync.Mutex // protects the following, a leaf
	on    *session.Session
	known map[uint64]bool // publications, at most maxRetained
}

// maxRetained bounds how many retained events of a pattern are told apart.
const maxRetained = 4096

// again notes a retained event and reports whether it came before.
func (r *retained) again(on *session.Session, publication uint64) bool {
	if !r.asked {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.on != on || len(r.known) == maxRetained {
		r.on, r.known = on, make(map[uint64]bool)
	}
	before := r.known[publication]
	r.known[publication] = true
	return before
}
