package wamp

import (
	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/session"
)

// typedError is a peer's error as the type that declares its URI. One with a
// payload that does not fit is found by that type all the same: the URI says
// what happened, the payload only how.
func (c *common) typedError(procedure string, declared []DeclaredError, w *session.Waiter) error {
	for _, t := range declared {
		if t.URI != w.URI {
			continue
		}
		typed := t.New()
		c.limit(&w.Dec)
		w.Dec.Payload(w.Payload, typed, nil, codec.Lenient)
		c.memory.Give(w.Dec.Held())
		err := w.Dec.Err()
		key := unfit{procedure, t.URI}
		if err == nil {
			c.unfits.Delete(key)
			return typed
		}
		if _, known := c.unfits.LoadOrStore(key, nil); !known {
			c.cfg.log.Warn("wamp: the payload of a declared error does not fit its schema",
				"procedure", procedure, "error", t.URI, "reason", text(err))
		}
		return &unfitError{plain: peerError(w.URI, w.Details, w.Payload), typed: typed, cause: err}
	}
	return peerError(w.URI, w.Details, w.Payload)
}

// unfit is a declared error of a procedure whose last payload did not fit,
// which is logged once until one fits again.
type unfit struct{ procedure, uri string }

// unfitError is a declared error whose payload does not fit its type.
type unfitError struct {
	plain *Error
	typed TypedError // what did fit is set
	cause error
}

// Error returns the URI and what does not fit.
func (e *unfitError) Error() string {
	return e.plain.Error() + ": its payload does not fit: " + e.cause.Error()
}

// Unwrap returns the declared error, the error as it came, and what does not
// fit.
func (e *unfitError) Unwrap() []error {
	return []error{e.typed, e.plain, e.cause}
}
