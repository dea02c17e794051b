package core

import (
	"errors"

	"github.com/wampgen/wampgen/runtime/codec"
)

// MaxID is the largest id of WAMP; ids run from 1 to MaxID (spec
// basic/building_blocks.md).
const MaxID = 1 << 53

// Message is any WAMP message; which fields count depends on Type
// (docs/requirements.md 1.2). The zero value is empty. A reader keeps one
// Message and lets [Parse] fill it again and again: Details, Args and Kwargs
// are then parts of the parsed frame, the rest is copied. Not safe for
// concurrent use.
type Message struct {
	// Type is the kind of message.
	Type Type
	// Request is the request id. For ERROR it is REQUEST.Request. It is 0 in a
	// revocation: UNSUBSCRIBED or UNREGISTERED that the router sends by itself,
	// with Details.
	Request uint64
	// RequestType is REQUEST.Type: what kind of request an ERROR answers.
	RequestType Type
	// ID is the session of WELCOME, the subscription, the registration, or the
	// publication of PUBLISHED.
	ID uint64
	// Publication is the publication of an EVENT.
	Publication uint64
	// URI is the realm, topic, procedure, error or reason. Parse takes any string
	// here.
	URI string
	// Text is the AuthMethod of CHALLENGE and the Signature of AUTHENTICATE.
	Text string
	// Details is the dict Options, Details or Extra as it came.
	Details codec.Raw
	// Options is the same dict when a message is built. It counts only if Details
	// is absent.
	Options Dict
	// Args is the list Arguments, absent when the message has none.
	Args codec.Raw
	// Kwargs is the dict ArgumentsKw, absent when the message has none.
	Kwargs codec.Raw
	// Payload is a transparent payload: one binary element in the place of Args
	// and Kwargs. It goes only with the option enc_algo or ppt_scheme
	// (docs/requirements.md 4.4). nil: none.
	Payload []byte
	// Sealed reports that the payload is for the receiver alone to open (R250),
	// whatever its form. Parse sets it.
	Sealed bool
	// Bad is why the payload of a message that is itself in order cannot be read,
	// nil if it can: it nests too deeply, or a key of ArgumentsKw is no Unicode.
	// Parse sets it: a payload is a peer's and must not end the session.
	Bad error
}

// SealedBody stands for a payload that is sealed.
var SealedBody = codec.Payload{Err: errors.New("the payload is sealed (payload passthru), which is not supported")}

// Sealed reports whether the Details of an event that was kept say that its
// payload is sealed; see [Message].
func Sealed(details codec.Raw) bool {
	if emptyDict(details) {
		return false
	}
	return !details.Lookup(keyPPTScheme).Absent() || !details.Lookup(keyEncAlgo).Absent()
}

// Body returns the payload of a message that was parsed.
func (m *Message) Body() codec.Payload {
	switch {
	case m.Bad != nil:
		return codec.Payload{Err: m.Bad}
	case m.Sealed:
		return SealedBody
	}
	return codec.Payload{Args: m.Args, Kwargs: m.Kwargs}
}

// Reset empties m.
func (m *Message) Reset() { *m = Message{} }

// id returns the place of an id element in m, nil for other fields.
func (m *Message) id(f field) *uint64 {
	switch f {
	case fieldRequest:
		return &m.Request
	case fieldID:
		return &m.ID
	case fieldPublication:
		return &m.Publication
	}
	return nil
}

// text returns the place of a string element in m, nil for other fields.
func (m *Message) text(f field) *string {
	switch f {
	case fieldURI, fieldRealm:
		return &m.URI
	case fieldText:
		return &m.Text
	}
	return nil
}
