package core

import "slices"

// knownKey is a known key of an Options or Details dict and the type its value
// must have (docs/requirements.md 1.3). Keys that are not listed are ignored
// (R014).
type knownKey struct {
	name string
	kind valueKind
}

// valueKind is the type of the value of a known key.
type valueKind uint8

const (
	kindBool valueKind = iota
	kindText
	kindTextOrNull // of WELCOME: some routers send null for what they do not know
	kindID
	kindUint
	kindDict
	kindDictOrNull // authextra, likewise
	kindIDs        // list of ids
	kindTexts      // list of strings
	kindMatch      // "exact", "prefix", "wildcard"
	kindInvoke     // "single", "roundrobin", "random", "first", "last"
	kindCancelMode
	kindInterruptMode
	kindForwardFor    // list of dicts {session, authid, authrole}
	kindEncAlgo       // Autobahn's payload transparency
	kindEncSerializer //
	kindClientRoles   // dict with at least one of publisher, subscriber, caller, callee
	kindRouterRoles   // dict with at least one of broker, dealer
)

// Keys whose presence allows a single binary payload in place of Arguments.
const (
	keyEncAlgo   = "enc_algo"
	keyPPTScheme = "ppt_scheme"
	keyRoles     = "roles"
)

// passthruKeys are the keys of payload passthru mode, and of its forerunner in
// Autobahn. The values of the first are judged by the application (R256), the
// algorithm and serializer of the second by the test vectors.
var passthruKeys = []knownKey{
	{keyPPTScheme, kindText}, {"ppt_serializer", kindText}, {"ppt_cipher", kindText}, {"ppt_keyid", kindText},
	{keyEncAlgo, kindEncAlgo}, {"enc_serializer", kindEncSerializer}, {"enc_key", kindText},
}

// forwarderKeys are what each dict in forward_for must have.
var forwarderKeys = []knownKey{{"session", kindID}, {"authid", kindText}, {"authrole", kindText}}

// calleeKeys say who answered; crossbar sends them.
var calleeKeys = []knownKey{{"callee", kindID}, {"callee_authid", kindText}, {"callee_authrole", kindText}}

var (
	helloKeys = []knownKey{
		{keyRoles, kindClientRoles}, {"agent", kindText}, {"authmethods", kindTexts}, {"authid", kindText},
		{"authrole", kindText}, {"authextra", kindDictOrNull}, {"transport", kindDict},
	}
	welcomeKeys = []knownKey{
		{keyRoles, kindRouterRoles}, {"agent", kindTextOrNull}, {"realm", kindTextOrNull}, {"authid", kindTextOrNull},
		{"authrole", kindTextOrNull}, {"authmethod", kindTextOrNull}, {"authprovider", kindTextOrNull},
		{"authextra", kindDictOrNull},
	}
	abortKeys   = []knownKey{{"message", kindText}, {"scram", kindText}}
	goodbyeKeys = []knownKey{{"message", kindText}, {"resumable", kindBool}}
	errorKeys   = slices.Concat(calleeKeys, passthruKeys)
	publishKeys = slices.Concat([]knownKey{
		{"acknowledge", kindBool}, {"exclude_me", kindBool}, {"disclose_me", kindBool}, {"retain", kindBool},
		{"exclude", kindIDs}, {"eligible", kindIDs}, {"exclude_authid", kindTexts}, {"exclude_authrole", kindTexts},
		{"eligible_authid", kindTexts}, {"eligible_authrole", kindTexts}, {"rkey", kindText},
		{"transaction_hash", kindText}, {"forward_for", kindForwardFor},
	}, passthruKeys)
	subscribeKeys = []knownKey{
		{"match", kindMatch}, {"get_retained", kindBool}, {"nkey", kindText}, {"forward_for", kindForwardFor},
	}
	unsubscribedKeys = []knownKey{{"subscription", kindID}, {"reason", kindText}}
	eventKeys        = slices.Concat([]knownKey{
		{"topic", kindText}, {"publisher", kindID}, {"publisher_authid", kindText}, {"publisher_authrole", kindText},
		{"trustlevel", kindUint}, {"retained", kindBool}, {"payload_limit_exceeded", kindBool},
		{"transaction_hash", kindText}, {"x_acknowledged_delivery", kindBool}, {"forward_for", kindForwardFor},
	}, passthruKeys)
	callKeys = slices.Concat([]knownKey{
		{"timeout", kindUint}, {"receive_progress", kindBool}, {"progress", kindBool}, {"disclose_me", kindBool},
		{"runmode", kindText}, {"rkey", kindText},
	}, passthruKeys)
	cancelKeys   = []knownKey{{"mode", kindCancelMode}}
	resultKeys   = slices.Concat([]knownKey{{"progress", kindBool}}, calleeKeys, passthruKeys)
	registerKeys = []knownKey{
		{"match", kindMatch}, {"invoke", kindInvoke}, {"disclose_caller", kindBool}, {"forward_timeout", kindBool},
		{"concurrency", kindUint}, {"force_reregister", kindBool},
	}
	unregisteredKeys = []knownKey{{"registration", kindID}, {"reason", kindText}}
	invocationKeys   = slices.Concat([]knownKey{
		{"receive_progress", kindBool}, {"progress", kindBool}, {"timeout", kindUint}, {"procedure", kindText},
		{"caller", kindID}, {"caller_authid", kindText}, {"caller_authrole", kindText}, {"trustlevel", kindUint},
	}, passthruKeys)
	interruptKeys = []knownKey{{"mode", kindInterruptMode}, {"reason", kindText}}
	yieldKeys     = slices.Concat([]knownKey{{"progress", kindBool}}, passthruKeys)
)

// enumWords are the values that a key of an enumerated kind may have.
var enumWords = map[valueKind][]string{
	kindMatch:         {string(MatchExact), string(MatchPrefix), string(MatchWildcard)},
	kindInvoke:        {"single", "roundrobin", "random", "first", "last"},
	kindCancelMode:    {"skip", "kill", "killnowait"},
	kindInterruptMode: {"kill", "killnowait"},
	kindEncAlgo:       {"null", "cryptobox", "mqtt", "xbr"},
	kindEncSerializer: {"null", "json", "msgpack", "cbor", "ubjson", "opaque", "flatbuffers"},
}

var (
	clientRoles = []string{"publisher", "subscriber", "caller", "callee"}
	routerRoles = []string{"broker", "dealer"}
)

// findKey returns the entry of keys for name, or nil.
func findKey(keys []knownKey, name []byte) *knownKey {
	for i := range keys {
		if keys[i].name == string(name) {
			return &keys[i]
		}
	}
	return nil
}
