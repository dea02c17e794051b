package core

// maxPast bounds how many ids a strict session remembers. Behind it every id
// counts as one that was there.
const maxPast = 64 << 10

// subject is a subscription (SUBSCRIBED) or a registration (REGISTERED).
type subject struct {
	kind Type
	id   uint64
}

// Strict makes a violation of what is otherwise dropped or read all the same
// (R044, R058, R104): messages that no router should send. It comes before
// WELCOME.
func (s *Session) Strict() { s.past = make(map[subject]bool) }

// strict reports whether Strict was called.
func (s *Session) strict() bool { return s.past != nil }

// gone notes that a subscription or registration is over, for which messages may
// still come.
func (s *Session) gone(kind Type, id uint64) {
	if s.strict() && len(s.past) < maxPast {
		s.past[subject{kind, id}] = true
	}
}

// stranger reports whether a strict session never had a subscription or
// registration.
func (s *Session) stranger(kind Type, id uint64) bool {
	return s.strict() && len(s.past) < maxPast && !s.past[subject{kind, id}]
}
