package main

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// G13: code of random schemas compiles, go vet and staticcheck find nothing, and
// values of every type survive each format: alone, by way of foreign libraries, and in
// calls over a router between the same format and two formats. WAMPGEN_RANDOM is how
// many schemas, default 3; the seed is in the output, and "go run ." takes it.
func TestG13_ValuesSurvive(t *testing.T) {
	count := 3
	if n, err := strconv.Atoi(os.Getenv("WAMPGEN_RANDOM")); err == nil {
		count = n
	}
	if err := prove(t.TempDir(), count, rand.Uint64()); err != nil {
		t.Fatal(err)
	}
}
