package live

// must and should are the requirements of protocol.md 2 with level M and S, by
// number, that the spine has to meet: sections 2.1 to 2.9, 2.12 and 2.13.
const (
	must = "1-7 9-10 12 14-15 20-22 24-27 36 38-44 46-47 49 51-54 64-71 73 75-76 80-82 86-92 94 103 105-109 " +
		"114-116 118-127 129 135-139 187-190 192-194 198-199 201-202 208 213-216 218-222 225-227 231-232"
	should = "30 37 77-78 83 85 100-102 112 195 197 200"
)

// requirements is how many protocol.md has.
const requirements = 302

// notYet are requirements that no test shows, with the reason why they do not
// apply yet.
var notYet = map[int]string{
	70:  "progressive call invocations are not built, so that no CALL continues another one",
	114: "the batched WebSocket subprotocols are optional (R113) and are not offered",
	115: "the batched WebSocket subprotocols are optional (R113) and are not offered",
	116: "the batched WebSocket subprotocols are optional (R113) and are not offered",
}

// shownByFile are requirements of the generator that a file under testdata
// shows, which another test runs.
var shownByFile = map[int]string{
	83: "testdata/errors/uri-reserved.wamp.yaml",
}
