// Package core is the WAMP protocol as a pure state machine: messages, ids,
// joining and the session. It starts no goroutine, reads no clock, opens no
// connection, takes no lock and writes no log; bytes and events go in, bytes
// and effects come out.
//
// This half is the messages. [Parse] turns one frame into a [Message] and
// checks everything that can be judged from the frame alone: well-formedness,
// type code, element count and types, ids, and the known keys of Options and
// Details. What fails is a [*Violation]. [Append] and [AppendHead] go the other
// way. Both know all 24 message types in both directions, so that a router for
// tests uses the same code, and both are driven by the tables in types.go and
// keys.go.
package core
