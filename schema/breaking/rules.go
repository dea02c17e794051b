package breaking

import "github.com/wampgen/wampgen/schema/diag"

// Rule is a kind of change.
type Rule struct {
	Name diag.Rule
	// Level is what it breaks.
	Level Level
	// Summary says what changed, in one line; Cure how to do it without breaking,
	// "" if the change is safe.
	Summary, Cure string
}

// Rules returns all rules of this package, the worst first.
func Rules() []Rule { return append([]Rule(nil), rules...) }

// find returns the rule of a name. A test sees that there is one.
func find(name diag.Rule) Rule {
	for _, r := range rules {
		if r.Name == name {
			return r
		}
	}
	return Rule{Name: name, Level: Wire}
}

const (
	addAndDeprecate = "add it beside the old one, and remove the old one once nothing uses it"
	addAtTheEnd     = "leave the order as it is; add at the end, or as a keyword"
	giveADefault    = "make it optional, or give it a default"
	widerBeside     = "add a second one with the new type, and remove the old one once nothing uses it"
)

var rules = []Rule{
	{"api-uri-changed", Wire, "api.uri is another one", "keep api.uri, and begin the new version in a schema of its own"},
	{"uri-changed", Wire, "a procedure or topic has another URI", addAndDeprecate},
	{"error-uri-changed", Wire, "an error has another URI", "keep the URI; the name can change without it"},
	{"type-changed", Wire, "a value has another kind of type", widerBeside},
	{"reordered", Wire, "positional parameters, or elements of a tuple, have another order", addAtTheEnd},
	{"moved", Wire, "a parameter moved between args and kwargs", "leave it where it is"},
	{"chunks-begin", Wire, "the first message of a call with chunks is a chunk, or not any more", "give the procedure another name"},
	{"invoke-changed", Wire, "callees register a procedure with another invocation policy", "stop all callees, or give the new policy to a new procedure"},

	{"procedure-removed", Peer, "a procedure is gone", "deprecate it, and remove it once nothing calls it"},
	{"topic-removed", Peer, "a topic is gone", "deprecate it, and remove it once nothing subscribes to it"},
	{"error-removed", Peer, "a procedure does not declare an error any more", "keep the error until no callee returns it"},
	{"removed", Peer, "a field or parameter is gone", "make it optional first, and remove it once nothing uses it"},
	{"required-added", Peer, "a field or parameter is new and required", giveADefault},
	{"now-required", Peer, "a field or parameter is required now", "keep it optional until every sender has it"},
	{"now-optional", Peer, "a field or parameter may be absent now", "keep sending it until every receiver can do without"},
	{"renamed", Peer, "a positional parameter has another name", "keep the name: peers may send it as a keyword"},
	{"type-narrowed", Peer, "a type refuses values that it allowed", widerBeside},
	{"type-widened", Peer, "a type allows values that it refused", widerBeside},
	{"default-changed", Peer, "a default is another value", "keep the default, and let senders give the value"},
	{"enum-closed", Peer, "an open enum or union is closed", "leave it open"},
	{"enum-value-removed", Peer, "a value of a closed enum is gone", "keep the value until nothing sends it"},
	{"enum-value-added", Peer, "a closed enum has another value", "open the enum first, with open: true"},
	{"unknown-rejected", Peer, "a struct rejects keys that it does not have", "leave unknown: reject out, so that fields can be added"},
	{"variant-removed", Peer, "a variant of a closed union is gone", "keep the variant until nothing sends it"},
	{"variant-added", Peer, "a closed union has another variant", "open the union first, with open: true"},
	{"stream-removed", Peer, "a procedure has no progressive results any more", "keep them until no caller asks for them"},
	{"chunks-removed", Peer, "a procedure takes no chunks any more", "keep them until no caller sends any"},
	{"chunks-added", Peer, "a procedure takes chunks now", "give the chunks to a new procedure"},
	{"timeout-shortened", Peer, "a timeout is shorter", "keep the timeout until every callee is fast enough"},
	{"idempotent-added", Peer, "a procedure is idempotent now", "say so once every callee can be called twice"},
	{"idempotent-removed", Peer, "a procedure is not idempotent any more", "give what must not run twice to a new procedure"},
	{"disclosure-removed", Peer, "callers or publishers do not say who they are any more", "keep disclose_me until no callee or subscriber asks who sent it"},
	{"retain-removed", Peer, "the router does not keep the last event of a topic any more", "keep retain until no subscriber asks for the last event"},
	{"roles-narrowed", Peer, "fewer roles may use a procedure or topic", "keep the role until no peer has it"},
	{"strict-added", Peer, "positional parameters are not taken by name any more", "make it strict once nobody calls it by name"},
	{"lenient-removed", Peer, "arguments in one more list are not taken for the arguments any more", "keep it lenient until no peer sends them so"},

	{"procedure-added", Safe, "a procedure is new", ""},
	{"topic-added", Safe, "a topic is new", ""},
	{"error-added", Safe, "a procedure declares another error", ""},
	{"optional-added", Safe, "a field or parameter is new and may be absent", ""},
	{"enum-value-added-open", Safe, "an enum has another value, which old receivers take", ""},
	{"variant-added-open", Safe, "a union has another variant, which old receivers take", ""},
	{"deprecated", Safe, "a procedure or topic is deprecated now", ""},
	{"chunks-end", Safe, "the last message of a call with chunks is a chunk, or not any more, and callees take both", ""},
	{"stream-added", Safe, "a procedure has progressive results now", ""},
}
