//go:build !unix

package schema

import "time"

// cpuTime is wall time where the work of a process cannot be asked for.
func cpuTime() time.Duration { return time.Since(started) }
