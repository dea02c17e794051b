package core

import (
	"errors"
	"fmt"

	"github.com/wampgen/wampgen/runtime/codec"
)

// Violation is a frame that breaks the protocol. The session answers it with
// ABORT wamp.error.protocol_violation and ends (R036), unless the peer's
// message was itself an ABORT (R025).
type Violation struct {
	// Text says what is wrong. It names the message and the element or key, and
	// holds nothing of their content.
	Text string
	// Type is the type code of the message, 0 when it could not be read.
	Type Type
}

// Error returns the text after "wamp: protocol violation: ".
func (v *Violation) Error() string { return "wamp: protocol violation: " + v.Text }

// violation makes a Violation about message type t.
func violation(t Type, format string, a ...any) *Violation {
	return &Violation{Text: fmt.Sprintf(format, a...), Type: t}
}

// mismatch is the violation for the value that d is about to read: it is not a
// want. where names message and element.
func mismatch(d *codec.Decoder, t Type, where, want string) *Violation {
	kind := d.Kind()
	if kind == codec.KindInvalid || d.Err() != nil {
		return malformed(d.Err(), t, where)
	}
	return violation(t, "%s: want %s, got %s", where, want, kind)
}

// malformed is the violation for bytes that are no document of their format
// (R051), or for one that breaks off. The path inside the frame is left out:
// its keys are the application's.
func malformed(err error, t Type, where string) *Violation {
	if e, ok := errors.AsType[*codec.ValueError](err); ok {
		return violation(t, "%s: want %s, got %s, at byte %d", where, e.Want, e.Found, e.Offset)
	}
	return violation(t, "%s: malformed", where)
}
