package wamptest

import (
	"fmt"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// Message is a WAMP message with the elements that it has on the wire: its type
// first. In a received message integers are int64 (uint64 if they do not fit),
// floats float64, dicts map[string]any and lists []any, in every format. A
// message to send may have every value that [codec.Encoder.Any] encodes.
type Message []any

// The types of messages, which are their first elements (specification "Message
// Codes").
const (
	Hello        = int(core.MsgHello)
	Welcome      = int(core.MsgWelcome)
	Abort        = int(core.MsgAbort)
	Challenge    = int(core.MsgChallenge)
	Authenticate = int(core.MsgAuthenticate)
	Goodbye      = int(core.MsgGoodbye)
	Error        = int(core.MsgError)
	Publish      = int(core.MsgPublish)
	Published    = int(core.MsgPublished)
	Subscribe    = int(core.MsgSubscribe)
	Subscribed   = int(core.MsgSubscribed)
	Unsubscribe  = int(core.MsgUnsubscribe)
	Unsubscribed = int(core.MsgUnsubscribed)
	Event        = int(core.MsgEvent)
	Call         = int(core.MsgCall)
	Cancel       = int(core.MsgCancel)
	Result       = int(core.MsgResult)
	Register     = int(core.MsgRegister)
	Registered   = int(core.MsgRegistered)
	Unregister   = int(core.MsgUnregister)
	Unregistered = int(core.MsgUnregistered)
	Invocation   = int(core.MsgInvocation)
	Interrupt    = int(core.MsgInterrupt)
	Yield        = int(core.MsgYield)
)

// Type returns the type of the message, or 0 if it has none.
func (m Message) Type() int { return int(m.ID(0)) }

// ID returns element i if it is an integer, such as an id, or 0.
func (m Message) ID(i int) int64 {
	switch v := m.at(i).(type) {
	case int64:
		return v
	case int: // in a message that a test has written
		return int64(v)
	}
	return 0
}

// Text returns element i if it is a string, such as a URI, or "".
func (m Message) Text(i int) string {
	v, _ := m.at(i).(string)
	return v
}

// Dict returns element i if it is a dict, such as Options, or nil.
func (m Message) Dict(i int) map[string]any {
	v, _ := m.at(i).(map[string]any)
	return v
}

// List returns element i if it is a list, such as Arguments, or nil.
func (m Message) List(i int) []any {
	v, _ := m.at(i).([]any)
	return v
}

func (m Message) at(i int) any {
	if i < 0 || i >= len(m) {
		return nil
	}
	return m[i]
}

// Encode returns the message as a frame of format f.
func (m Message) Encode(f codec.Format) ([]byte, error) {
	var e codec.Encoder
	e.Reset(f, nil)
	e.Any([]any(m))
	return e.Bytes(), e.Err()
}

// decode reads what a client sent. core's own parser judges it first, so that
// no test passes over a message that breaks the specification.
func decode(f codec.Format, frame []byte) (Message, error) {
	var envelope core.Message
	if err := core.Parse(f, frame, &envelope); err != nil {
		return nil, fmt.Errorf("the client sent %q: %w", frame, err)
	}
	v, err := codec.Raw{Format: f, Data: frame}.Any()
	if err != nil {
		return nil, fmt.Errorf("the client sent %q: %w", frame, err)
	}
	list, _ := v.([]any)
	return list, nil
}
