package breaking

import (
	"fmt"
	"strings"

	"github.com/wampgen/wampgen/schema"
)

// Version returns the least version that the new API may have after the changes
// from old. By semantic versioning, a change that breaks something needs the
// next major version, or the next minor one below 1.0.0; one that adds something
// needs the next minor version. What follows a pre-release, such as 2.0.0-rc.1, may
// be its version, 2.0.0, or another pre-release of it. ok reports whether new has
// that version or a later one. If old has no version, everything is enough.
func Version(old, new *schema.Model, changes []Change) (least string, ok bool) {
	was, versioned := numbers(old.Version)
	if !versioned {
		return "", true
	}
	least = fmt.Sprintf("%d.%d.%d", was[0], was[1], was[2])
	switch worst := Worst(changes); {
	case len(changes) == 0:
		return least, true
	case preRelease(old.Version):
		is, versioned := numbers(new.Version)
		return least, versioned && !before(is, was) && new.Version != old.Version
	case worst == Safe && was[0] > 0, worst > Safe && was[0] == 0:
		was = [3]int{was[0], was[1] + 1, 0}
	case worst == Safe:
		was[2]++
	default:
		was = [3]int{was[0] + 1, 0, 0}
	}
	least = fmt.Sprintf("%d.%d.%d", was[0], was[1], was[2])
	is, versioned := numbers(new.Version)
	return least, versioned && !before(is, was)
}

// Worst returns the worst level of the changes.
func Worst(changes []Change) (worst Level) {
	for _, c := range changes {
		worst = max(worst, c.Level)
	}
	return worst
}

// numbers returns the parts of a version as a schema allows it.
func numbers(version string) (v [3]int, ok bool) {
	n, err := fmt.Sscanf(version, "%d.%d.%d", &v[0], &v[1], &v[2])
	return v, n == 3 && err == nil
}

// preRelease reports whether a version comes before the one of its numbers.
func preRelease(version string) bool {
	version, _, _ = strings.Cut(version, "+")
	return strings.Contains(version, "-")
}

// before reports whether a is an earlier version than b.
func before(a, b [3]int) bool {
	for i := range a {
		if a[i] != b[i] {
			return a[i] < b[i]
		}
	}
	return false
}
