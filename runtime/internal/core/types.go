package core

import "strconv"

// Type is the code of a message: element 0 of the list (docs/requirements.md
// 1.2, spec basic/messages.md). The zero value is no message.
type Type uint64

// The 24 standard message types, and EVENT_RECEIVED, which is provisional: only
// the official test vectors have it.
const (
	MsgHello         Type = 1
	MsgWelcome       Type = 2
	MsgAbort         Type = 3
	MsgChallenge     Type = 4
	MsgAuthenticate  Type = 5
	MsgGoodbye       Type = 6
	MsgError         Type = 8
	MsgPublish       Type = 16
	MsgPublished     Type = 17
	MsgSubscribe     Type = 32
	MsgSubscribed    Type = 33
	MsgUnsubscribe   Type = 34
	MsgUnsubscribed  Type = 35
	MsgEvent         Type = 36
	MsgCall          Type = 48
	MsgCancel        Type = 49
	MsgResult        Type = 50
	MsgRegister      Type = 64
	MsgRegistered    Type = 65
	MsgUnregister    Type = 66
	MsgUnregistered  Type = 67
	MsgInvocation    Type = 68
	MsgInterrupt     Type = 69
	MsgYield         Type = 70
	MsgEventReceived Type = 337
)

// String gives the name of the specification ("HELLO"), or "message 7" for a
// code without one.
func (t Type) String() string {
	if l := layoutOf(t); l != nil {
		return l.name
	}
	return "message " + strconv.FormatUint(uint64(t), 10)
}

// Known reports whether t has a layout here, so that [Parse] and [Append] take
// it.
func Known(t Type) bool { return layoutOf(t) != nil }

// Direction reports who sends a message of type t: clientSends is true for what
// a client may write, clientReceives for what it may get. Both are true for
// ABORT, GOODBYE and ERROR, both false for unknown types.
func Direction(t Type) (clientSends, clientReceives bool) {
	l := layoutOf(t)
	if l == nil {
		return false, false
	}
	return l.dir&dirSend != 0, l.dir&dirReceive != 0
}

// field names the place in a Message where an element lives; it fixes the type
// of the element as well.
type field uint8

const (
	fieldRequest     field = iota // id
	fieldRequestType              // non-negative integer
	fieldID                       // id
	fieldPublication              // id
	fieldURI                      // string
	fieldRealm                    // string, or null for none
	fieldText                     // string
	fieldDetails                  // dict
)

// element is one positional element after the type code, named as in the
// specification.
type element struct {
	name  string
	field field
}

// direction says who sends a message, seen from the client.
type direction uint8

const (
	dirSend direction = 1 << iota
	dirReceive
)

// layout describes one message type: its elements after the code, what may
// follow them, and the keys of its dict.
type layout struct {
	name     string
	dir      direction
	elements []element
	payload  bool       // Arguments and ArgumentsKw may follow
	trailer  string     // name of an optional dict after the elements: a revocation's Details, or Autobahn's Options
	revokes  bool       // Request 0 with the trailer is a revocation by the router (R054)
	keys     []knownKey // known keys of Options or Details
}

// least is the smallest number of elements of the message, the type code
// included.
func (l *layout) least() int { return 1 + len(l.elements) }

// layoutOf returns the layout of t, or nil.
func layoutOf(t Type) *layout {
	if t == MsgEventReceived {
		return &eventReceived
	}
	if t < Type(len(layouts)) && layouts[t].name != "" {
		return &layouts[t]
	}
	return nil
}

var (
	elemRequest   = element{"Request", fieldRequest}
	elemOptions   = element{"Options", fieldDetails}
	elemDetails   = element{"Details", fieldDetails}
	elemExtra     = element{"Extra", fieldDetails}
	elemReason    = element{"Reason", fieldURI}
	elemTopic     = element{"Topic", fieldURI}
	elemProcedure = element{"Procedure", fieldURI}
)

var eventReceived = layout{name: "EVENT_RECEIVED", dir: dirSend, elements: []element{{"EVENT.Publication", fieldPublication}}}

// layouts is the table of all messages, by type code (docs/requirements.md
// 1.2).
var layouts = [...]layout{
	MsgHello: {name: "HELLO", dir: dirSend, keys: helloKeys,
		elements: []element{{"Realm", fieldRealm}, elemDetails}},
	MsgWelcome: {name: "WELCOME", dir: dirReceive, keys: welcomeKeys,
		elements: []element{{"Session", fieldID}, elemDetails}},
	MsgAbort: {name: "ABORT", dir: dirSend | dirReceive, keys: abortKeys, payload: true,
		elements: []element{elemDetails, elemReason}},
	MsgChallenge: {name: "CHALLENGE", dir: dirReceive,
		elements: []element{{"AuthMethod", fieldText}, elemExtra}},
	MsgAuthenticate: {name: "AUTHENTICATE", dir: dirSend,
		elements: []element{{"Signature", fieldText}, elemExtra}},
	MsgGoodbye: {name: "GOODBYE", dir: dirSend | dirReceive, keys: goodbyeKeys,
		elements: []element{elemDetails, elemReason}},
	MsgError: {name: "ERROR", dir: dirSend | dirReceive, keys: errorKeys, payload: true,
		elements: []element{{"REQUEST.Type", fieldRequestType}, {"REQUEST.Request", fieldRequest}, elemDetails, {"Error", fieldURI}}},
	MsgPublish: {name: "PUBLISH", dir: dirSend, keys: publishKeys, payload: true,
		elements: []element{elemRequest, elemOptions, elemTopic}},
	MsgPublished: {name: "PUBLISHED", dir: dirReceive,
		elements: []element{{"PUBLISH.Request", fieldRequest}, {"Publication", fieldID}}},
	MsgSubscribe: {name: "SUBSCRIBE", dir: dirSend, keys: subscribeKeys,
		elements: []element{elemRequest, elemOptions, elemTopic}},
	MsgSubscribed: {name: "SUBSCRIBED", dir: dirReceive,
		elements: []element{{"SUBSCRIBE.Request", fieldRequest}, {"Subscription", fieldID}}},
	MsgUnsubscribe: {name: "UNSUBSCRIBE", dir: dirSend, trailer: "Options",
		elements: []element{elemRequest, {"SUBSCRIBED.Subscription", fieldID}}},
	MsgUnsubscribed: {name: "UNSUBSCRIBED", dir: dirReceive, trailer: "Details", revokes: true, keys: unsubscribedKeys,
		elements: []element{{"UNSUBSCRIBE.Request", fieldRequest}}},
	MsgEvent: {name: "EVENT", dir: dirReceive, keys: eventKeys, payload: true,
		elements: []element{{"SUBSCRIBED.Subscription", fieldID}, {"PUBLISHED.Publication", fieldPublication}, elemDetails}},
	MsgCall: {name: "CALL", dir: dirSend, keys: callKeys, payload: true,
		elements: []element{elemRequest, elemOptions, elemProcedure}},
	MsgCancel: {name: "CANCEL", dir: dirSend, keys: cancelKeys,
		elements: []element{{"CALL.Request", fieldRequest}, elemOptions}},
	MsgResult: {name: "RESULT", dir: dirReceive, keys: resultKeys, payload: true,
		elements: []element{{"CALL.Request", fieldRequest}, elemDetails}},
	MsgRegister: {name: "REGISTER", dir: dirSend, keys: registerKeys,
		elements: []element{elemRequest, elemOptions, elemProcedure}},
	MsgRegistered: {name: "REGISTERED", dir: dirReceive,
		elements: []element{{"REGISTER.Request", fieldRequest}, {"Registration", fieldID}}},
	MsgUnregister: {name: "UNREGISTER", dir: dirSend, trailer: "Options",
		elements: []element{elemRequest, {"REGISTERED.Registration", fieldID}}},
	MsgUnregistered: {name: "UNREGISTERED", dir: dirReceive, trailer: "Details", revokes: true, keys: unregisteredKeys,
		elements: []element{{"UNREGISTER.Request", fieldRequest}}},
	MsgInvocation: {name: "INVOCATION", dir: dirReceive, keys: invocationKeys, payload: true,
		elements: []element{elemRequest, {"REGISTERED.Registration", fieldID}, elemDetails}},
	MsgInterrupt: {name: "INTERRUPT", dir: dirReceive, keys: interruptKeys,
		elements: []element{{"INVOCATION.Request", fieldRequest}, elemOptions}},
	MsgYield: {name: "YIELD", dir: dirSend, keys: yieldKeys, payload: true,
		elements: []element{{"INVOCATION.Request", fieldRequest}, elemOptions}},
}
