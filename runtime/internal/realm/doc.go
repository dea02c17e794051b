// Package realm is a WAMP router for one realm as a state machine: a broker and
// a dealer without goroutine, clock, socket, lock or randomness of their own.
// Frames go in through [Session.Receive], frames come out through [Sink]. The
// same input and the same seed give the same output.
//
// It exists for tests and development. wamptest puts connections around it.
package realm
