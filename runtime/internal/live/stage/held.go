package stage

import (
	"os"
	"runtime"
	"testing"
	"time"
)

// Holding is what a process has open.
type Holding struct{ Goroutines, Files int }

// Held returns what this process has open. Files are 0 where the system does not
// list them.
func Held() Holding {
	files, _ := os.ReadDir("/proc/self/fd")
	return Holding{runtime.NumGoroutine(), len(files)}
}

// Left fails the test if the process keeps more open than before. What is about to
// end has a minute.
func (before Holding) Left(t *testing.T) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; {
		now := Held()
		if now.Goroutines <= before.Goroutines && now.Files <= before.Files {
			return
		}
		if time.Now().After(end) {
			buf := make([]byte, 1<<20)
			t.Fatalf("open are %+v, at the start %+v\n%s", now, before, buf[:runtime.Stack(buf, true)])
		}
		runtime.Gosched()
	}
}
