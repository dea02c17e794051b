package output

import (
	"fmt"
	"regexp"
	"strings"
)

// suffix is what the name of every generated file ends with.
const suffix = ".wamp.go"

// nameForm is what the name of a generated file may be: no folder, no drive,
// no stream, nothing hidden from the Go tool.
var nameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]*\.wamp\.go$`)

// devices are names that Windows keeps for itself, whatever follows the dot.
var devices = func() map[string]bool {
	m := map[string]bool{}
	for _, name := range strings.Fields("con prn aux nul conin$ conout$") {
		m[name] = true
	}
	for i := range 10 {
		m[fmt.Sprintf("com%d", i)] = true
		m[fmt.Sprintf("lpt%d", i)] = true
	}
	return m
}()

// checkName refuses a name that could mean anything but a new file in the
// folder itself, on any system.
func checkName(name string) error {
	stem, _, _ := strings.Cut(strings.ToLower(name), ".")
	if !nameForm.MatchString(name) || strings.Contains(name, "..") || devices[stem] {
		return fmt.Errorf("%q cannot be the name of a generated file", name)
	}
	return nil
}
