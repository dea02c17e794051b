package core

import "errors"

// errTwice is the answer to a second HELLO (R002).
var errTwice = errors.New("wamp: the session was opened before")

// Hello queues HELLO, the first message of every session (R001-R003). Without a
// realm the router assigns one.
func (s *Session) Hello(realm string, details Dict) error {
	if s.state != Opening || len(s.out.Frames) > 0 || s.spoke {
		return errTwice
	}
	if realm != "" {
		if err := CheckURI(realm, MatchExact, false); err != nil {
			return err
		}
	}
	m := Message{Type: MsgHello, URI: realm, Options: details}
	return s.reply(&m, Body{})
}

// Authenticate queues the answer to a CHALLENGE (R269).
func (s *Session) Authenticate(signature string, extra Dict) error {
	if s.state != Authenticating || !s.challenged {
		return ErrClosed
	}
	s.challenged = false
	m := Message{Type: MsgAuthenticate, Text: signature, Options: extra}
	return s.reply(&m, Body{})
}

// join handles what a router may say before the session is established (R009).
func (s *Session) join(m *Message) (Effect, error) {
	switch {
	case m.Type == MsgAbort:
		s.state = Closed
		return Effect{Kind: Aborted}, nil
	case !s.spoke:
		return Effect{}, &Violation{Text: m.Type.String() + " before HELLO"}
	case s.challenged:
		return Effect{}, &Violation{Text: m.Type.String() + " before the challenge was answered"}
	case m.Type == MsgWelcome:
		return s.welcome(m)
	case m.Type == MsgChallenge:
		s.state, s.challenged = Authenticating, true
		return Effect{Kind: Challenged}, nil
	}
	return Effect{}, &Violation{Text: m.Type.String() + " before the session was established"}
}

// welcome opens the session; the router must be a broker or a dealer (R010).
func (s *Session) welcome(m *Message) (Effect, error) {
	s.features = newFeatures(m.Details, s.overrides)
	if !s.features.Broker && !s.features.Dealer {
		return Effect{}, &Violation{Text: "WELCOME.Details.roles: want broker or dealer, got neither"}
	}
	s.state = Established
	return Effect{Kind: Welcomed}, nil
}
