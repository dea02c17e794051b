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
	// Sealed reports that the payload is for the receiver alone to open (R251),
	// whatever its form. Parse sets it.
	Sealed bool
	// Null reports that null stands in the place of Args or Kwargs (R104). Parse
	// sets it.
	Null bool
	// Bad is why the payload of a message that is itself in order cannot be read,
	// nil if it can: it nests too deeply, or a key of ArgumentsKw is no Unicode.
	// Parse sets it: a payload is a peer's and must not end the session.
	Bad error
}

// ErrSealed is the Err of a payload in passthru mode that nobody has opened.
// Its Args and Kwargs are as they came.
var ErrSealed = errors.New("the payload is sealed (payload passthru)")

// errTransparent is that of a payload in the mode of Autobahn from which payload
// passthru was made.
var errTransparent = errors.New("the payload is sealed with enc_algo (payload transparency), which is not supported")

// Sealed returns the payload p of a message with these Details, with the Err
// that says so if it is sealed (R251).
func Sealed(p codec.Payload, details codec.Raw) codec.Payload {
	switch m := (&Message{Details: details}); {
	case m.DetailText(keyPPTScheme) != "":
		p.Err = ErrSealed
	case m.DetailText(keyEncAlgo) != "":
		return codec.Payload{Err: errTransparent}
	}
	return p
}

// Body returns the payload of a message that was parsed.
func (m *Message) Body() codec.Payload {
	switch {
	case m.Bad != nil:
		return codec.Payload{Err: m.Bad}
	case m.Payload != nil:
		return Sealed(codec.Payload{Args: OneArgument(m.Payload)}, m.Details)
	case m.Sealed:
		return Sealed(codec.Payload{Args: m.Args, Kwargs: m.Kwargs}, m.Details)
	}
	return codec.Payload{Args: m.Args, Kwargs: m.Kwargs}
}

// OneArgument returns the list Arguments of one value of bytes.
func OneArgument(b []byte) codec.Raw {
	var e codec.Encoder
	e.Reset(codec.CBOR, nil)
	e.List(1)
	e.Binary(b)
	e.EndList()
	return codec.Raw{Format: codec.CBOR, Data: e.Bytes()}
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
