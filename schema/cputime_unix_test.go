//go:build unix

package schema

import (
	"syscall"
	"time"
)

// cpuTime is the work that the process has done: what else the machine does
// is not in it.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return time.Since(started)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
