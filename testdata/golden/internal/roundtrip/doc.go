// Package roundtrip is what the tests of the golden cases share: it sends
// values through generated encoders and decoders, directly in all three
// formats, where libraries of others must read the same, and between two
// clients of a live router over both transports.
package roundtrip
