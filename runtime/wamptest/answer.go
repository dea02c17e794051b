package wamptest

import (
	"errors"
	"io"
)

// Answer returns how a router that grants everything answers a client's
// message, or nil if there is no answer. It grants registrations and
// subscriptions, acknowledges a publish if requested, returns the arguments of
// a call as its result, and answers GOODBYE. The ids of subscriptions,
// registrations and publications are those of their requests.
func Answer(m Message) Message {
	id := m.ID(1)
	switch m.Type() {
	case Subscribe:
		return Message{Subscribed, id, id}
	case Register:
		return Message{Registered, id, id}
	case Unsubscribe:
		return Message{Unsubscribed, id}
	case Unregister:
		return Message{Unregistered, id}
	case Publish:
		if m.Dict(2)["acknowledge"] == true {
			return Message{Published, id, id}
		}
	case Call:
		return append(Message{Result, id, map[string]any{}}, m[min(4, len(m)):]...)
	case Cancel:
		return Message{Error, Call, id, map[string]any{}, "wamp.error.canceled"}
	case Goodbye:
		return Message{Goodbye, map[string]any{}, "wamp.close.goodbye_and_out"}
	}
	return nil
}

// orderly turns the orderly end of a connection into no error.
func orderly(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
