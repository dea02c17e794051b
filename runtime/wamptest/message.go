package wamptest

import (
	"fmt"

	"github.com/wampgen/wampgen/runtime/codec"
	"github.com/wampgen/wampgen/runtime/internal/core"
)

// Message is a WAMP message as it stands on the wire: [type, …]. In a received
// one integers are int64 (uint64 above its range), floats float64, dicts
// map[string]any and lists []any, in every format. In one to send, any Go value
// is fine that the codec knows.
type Message []any

// Types of messages, the first element (WAMP basic profile, "Message Codes").
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

// Type returns the type of the message, 0 if it has none.
func (m Message) Type() int { return int(m.ID(0)) }

// ID returns element i, an integer such as an id; 0 if it is none.
func (m Message) ID(i int) int64 {
	switch v := m.at(i).(type) {
	case int64:
		return v
	case int: // in a message that a test has written
		return int64(v)
	}
	return 0
}

// Text returns element i, a string such as a URI; "" if it is none.
func (m Message) Text(i int) string {
	v, _ := m.at(i).(string)
	return v
}

// Dict returns element i, a dict such as Options; nil if it is none.
func (m Message) Dict(i int) map[string]any {
	v, _ := m.at(i).(map[string]any)
	return v
}

// List returns element i, a list such as Arguments; nil if it is none.
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
