package live

import (
	"os"
	"runtime"
	"time"
)

// faultFull is set for the long runs that the cases name.
var faultFull = os.Getenv("WAMPGEN_FULL") != ""

// faultScale is n in a full run, less otherwise.
func faultScale(n, less int) int {
	if faultFull {
		return n
	}
	return less
}

// faultPass lets d pass on the clock of a synctest bubble.
func faultPass(d time.Duration) { <-time.After(d) }

func faultHeap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
