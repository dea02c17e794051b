package codec

// Format is one of WAMP's serializations. The numbers are those of the
// RawSocket handshake. The zero Format is not a format.
type Format uint8

// The formats.
const (
	// JSON is wamp.2.json, RFC 8259.
	JSON Format = 1
	// MessagePack is wamp.2.msgpack, with the str and bin families of version 5.
	MessagePack Format = 2
	// CBOR is wamp.2.cbor, RFC 8949.
	CBOR Format = 3
)

// MaxDepth is how deep lists and maps may nest in one document; the outermost
// one counts as 1. It also bounds the CBOR tags on one value.
const MaxDepth = 64

// String returns "json", "msgpack" or "cbor"; the WebSocket subprotocol is
// "wamp.2." followed by it. For any other Format it returns "unknown".
func (f Format) String() string {
	switch f {
	case JSON:
		return "json"
	case MessagePack:
		return "msgpack"
	case CBOR:
		return "cbor"
	}
	return "unknown"
}

// Binary reports whether messages of the format are binary. It reports false
// for [JSON] only.
func (f Format) Binary() bool { return f != JSON }

func (f Format) valid() bool { return f >= JSON && f <= CBOR }

// Kind is the type of an encoded value.
type Kind uint8

// The kinds. In JSON a string that begins with U+0000 is [KindBinary], and a
// number without fraction and exponent that fits 64 bits is [KindInt]. A tagged
// CBOR value has the kind of what is tagged, but a number in tags 2 to 5 is
// [KindInt] if it is written as an integer of 64 bits and [KindFloat]
// otherwise; undefined is [KindNull].
const (
	// KindInvalid means that the value is malformed or missing, or that there was
	// an error before.
	KindInvalid Kind = iota
	// KindNull is null, nil or undefined.
	KindNull
	// KindBool is true or false.
	KindBool
	// KindInt is an integer.
	KindInt
	// KindFloat is any other number.
	KindFloat
	// KindText is a string.
	KindText
	// KindBinary is bytes.
	KindBinary
	// KindList is a list, also called array.
	KindList
	// KindMap is a map, also called object or dict.
	KindMap
	// KindExt is a [MessagePack] extension or an unassigned CBOR simple value.
	KindExt
)

var kindNames = [...]string{"nothing valid", "null", "bool", "int", "float", "string", "bytes", "list", "map", "extension"}

// String returns the name as errors show it: "null", "bool", "int", "float",
// "string", "bytes", "list", "map", "extension" or "nothing valid".
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return kindNames[KindInvalid]
}
