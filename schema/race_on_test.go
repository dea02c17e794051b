//go:build race

package schema

// raceDetector reports whether the race detector is on: reading then takes ten
// times as long.
const raceDetector = true
