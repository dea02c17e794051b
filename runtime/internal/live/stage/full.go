package stage

import (
	"os"
	"runtime"
	"time"
)

// Full is set for the long runs that the cases name.
var Full = os.Getenv("WAMPGEN_FULL") != ""

// Scale is n in a full run, less otherwise.
func Scale(n, less int) int {
	if Full {
		return n
	}
	return less
}

// Pass lets d pass on the clock of a synctest bubble.
func Pass(d time.Duration) { <-time.After(d) }

// Heap returns the bytes of the live heap.
func Heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
