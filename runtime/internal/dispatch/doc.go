// Package dispatch holds the bounded queues in front of user code: a [Pool],
// its lanes, in which calls wait for a worker, and its mailboxes, in which the
// events of one subscription wait for their handler.
//
// It knows nothing of sessions and messages. User code is a [Task]; what a
// queue cannot take is refused through the same interface. One lock protects a
// pool with all its queues. It is never held while a task runs.
package dispatch
