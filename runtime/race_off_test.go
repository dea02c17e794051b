//go:build !race

package wamp_test

// raceDetector reports whether the race detector is on.
const raceDetector = false
