//go:build race

package codec_test

// raceDetector reports whether the race detector is on: it makes sync.Pool drop
// values at random, so that allocations cannot be counted.
const raceDetector = true
