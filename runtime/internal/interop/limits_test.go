package interop

import "strings"

// limit is what cannot be had: an exercise that a router or a library does not
// do. Without an exercise it is the whole cell.
type limit struct {
	exercise string
	where    func(cell) bool
	reason   string
}

var limits = []limit{
	{"retained event", at("nexus"), "nexus retains nothing: it ignores `retain` and `get_retained`"},
	{"retained event", at("fox-wamp"), "fox-wamp asks for `retained` where the specification has `get_retained`"},
	{"retained event", of("wampy"), "wampy takes the option `retain` and does not send it"},
	{"retained event", of("nexus client"), "the client of nexus loses an EVENT that follows SUBSCRIBED at once"},
	{"binary", mixed, "nexus writes bytes into JSON as base64, `\"AAEC\"`, without the U+0000 before it, and passes on what begins with U+0000 as text"},
	{"binary", is("nexus client", "json"), "the client of nexus writes bytes into JSON as base64, `\"AAEC\"`, without the U+0000 before it"},
	{"binary", wampyTag, "wampy returns bytes that it received as the typed array `d8 40 58 …` of CBOR, which Crossbar.io cannot write into JSON and MessagePack: it ends the session that they are for"},
	{"64-bit integers", javascript, "JavaScript has no integers beyond 2^53: 9223372036854775807 comes back as 9223372036854775808"},
	{"cancel by us", javascript, "the library does not know INTERRUPT and does not announce `call_canceling` for its callees"},
	{"64-bit integers", at("fox-wamp"), "fox-wamp is written in JavaScript: 9223372036854775807 comes out as 9223372036854775808"},
	{"values", foxNexus, "the client of nexus ignores a message with null for arguments, `[68,1,1,{},null,{}]`, so that the call hangs"},
	{"many calls at once", foxNexus, "fox-wamp numbers INVOCATIONs at random, and the client of nexus ignores one below the last: `[68,79855137017595,…]` after `[68,142314306974848,…]`"},
	{"", foxPython, "autobahn-python refuses the null that fox-wamp sends for keyword arguments: `[50,1,{},[42],null]`"},
	{"typed error", at("fox-wamp"), "fox-wamp replaces every error: `[8,48,1,{},\"wamp.error.callee_failure\",[\"com.example.shop.error.out_of_stock\"]]`"},
	{"their typed error", at("fox-wamp"), "fox-wamp replaces every error by `wamp.error.callee_failure`"},
	{"patterns", at("fox-wamp"), "fox-wamp has patterns of its own and ignores `match`"},
	{"cancel by us", at("fox-wamp"), "fox-wamp ignores CANCEL"},
	{"cancel by them", at("fox-wamp"), "fox-wamp ignores CANCEL"},
	{"testament by us", at("fox-wamp"), "fox-wamp has no testaments: `[8,48,1,{},\"wamp.error.no_such_procedure\"]`"},
	{"testament by them", at("fox-wamp"), "fox-wamp has no testaments: `[8,48,1,{},\"wamp.error.no_such_procedure\"]`"},
	{"testament by them", both("nexus", "autobahn-java"), "autobahn-java never ends a call whose RESULT has no arguments: `[50,1,{}]`"},
	{"", rawRust, "over RawSocket wamp_async loses a message that it has read half when it has something to send: it waits for a PUBLISHED that has come"},
	{"", both("Crossbar.io behind proxies", "wamp_async"), "wamp_async has no negative integers outside payloads, and cannot read a WELCOME with `\"own_fd\":-1`"},
	{"", both("fox-wamp", "xconn-python"), "xconn-python refuses the null that fox-wamp sends for keyword arguments: `[50,1,{},[42],null]`"},
	{"", both("fox-wamp", "autobahn-java"), "autobahn-java offers `Sec-WebSocket-Protocol: wamp.2.json,`, whose comma fox-wamp refuses with 400"},
	{"missed events", at("fox-wamp"), "fox-wamp has no event history: `[8,48,1,{},\"wamp.error.no_such_procedure\"]`"},
	{"progress by them", both("nexus", "autobahn-js"), "nexus sends `receive_progress` only to callees that announce `call_canceling`, which autobahn-js does not"},
	{"their typed error", of("autobahn-java"), "autobahn-java sends `wamp.error.runtime_error` whatever a handler throws"},
	{"their typed error", of("xconn-python"), "xconn-python drops the keywords of an error: `[8,68,1,{},\"com.example.shop.error.out_of_stock\",[\"sold out\"]]`"},
	{"their typed error", of("wamp_async"), "wamp_async replaces every error: `[8,68,1,{},\"wamp.async.rs.rpc.failed\",[\"UnknownError(…)\"]]`"},
	{"typed error", of("wamp_async"), "wamp_async drops the payload of an ERROR and keeps its URI"},
	{"empty payload", of("autobahn-java"), "autobahn-java never ends a call whose RESULT has no arguments: `[50,1,{}]`"},
	{"binary", is("autobahn-java", "json"), "autobahn-java writes bytes into JSON as base64, `\"AAEC\"`, without the U+0000 before it"},
	{"binary", is("xconn-python", "json"), "xconn-python cannot write bytes into JSON: `Object of type bytes is not JSON serializable`"},
	{"binary", of("wamp_async"), "wamp_async has payloads of JSON, also in MessagePack: there are no bytes"},
	{"patterns", of("wamp_async"), "wamp_async sends no options: `[32,1,{},…]`"},
	{"retained event", of("wamp_async"), "wamp_async sends no options: `[32,1,{},…]`"},
	{"progress by us", simple, "the library does not ask for progressive results"},
	{"progress by them", simple, "the library cannot send progressive results"},
	{"chunks by us", crossbar, "Crossbar.io does not announce `progressive_call_invocations`: it makes another invocation of each chunk"},
	{"chunks by them", crossbar, "Crossbar.io does not announce `progressive_call_invocations`: it makes another invocation of each chunk"},
	{"chunks by us", at("fox-wamp"), "fox-wamp does not announce `progressive_call_invocations`"},
	{"chunks by them", at("fox-wamp"), "fox-wamp does not announce `progressive_call_invocations`"},
	{"chunks by them", of("wampy"), "wampy does not announce `progressive_call_invocations`: nexus answers its `[48,1,{\"progress\":true},…]` with `[3,{…},\"wamp.error.protocol_violation\"]`"},
	{"chunks by us", onlyNexus, "the library does not announce `progressive_call_invocations` for its callees"},
	{"chunks by them", onlyNexus, "the library has no calls that send more than their arguments"},
	{"cancel by us", simple, "the library does not know INTERRUPT and does not announce `call_canceling` for its callees"},
	{"cancel by them", simple, "the library cannot send CANCEL"},
}

func at(router string) func(cell) bool { return func(c cell) bool { return c.router == router } }

func is(library, format string) func(cell) bool {
	return func(c cell) bool { return c.library == library && c.peerFormat == format }
}

func crossbar(c cell) bool { return strings.HasPrefix(c.router, "Crossbar.io") }

func of(library string) func(cell) bool { return func(c cell) bool { return c.library == library } }

func javascript(c cell) bool { return c.library == "autobahn-js" || c.library == "wampy" }

func both(router, library string) func(cell) bool {
	return func(c cell) bool { return c.router == router && c.library == library }
}

// simple are libraries of the basic profile, and not much more.
func simple(c cell) bool {
	return c.library == "autobahn-java" || c.library == "xconn-python" || c.library == "wamp_async"
}

func onlyNexus(c cell) bool { return c.library != "nexus client" }

func rawRust(c cell) bool { return c.library == "wamp_async" && c.peerTransport != "ws" }

func mixed(c cell) bool {
	return c.router == "nexus" && (c.format == "json") != (c.peerFormat == "json")
}

func foxPython(c cell) bool {
	return c.router == "fox-wamp" && strings.HasPrefix(c.library, "autobahn-python")
}

func wampyTag(c cell) bool {
	return crossbar(c) && c.library == "wampy" && c.peerFormat == "cbor" && c.format != "cbor"
}

func foxNexus(c cell) bool { return c.router == "fox-wamp" && c.library == "nexus client" }

// limited returns why an exercise, or all of a cell, cannot be had, or "".
func limited(c cell, exercise string) string {
	for _, l := range limits {
		if l.exercise == exercise && l.where(c) {
			return l.reason
		}
	}
	return ""
}
