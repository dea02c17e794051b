package output

import (
	"fmt"
	"regexp"
	"strings"
)

// nameForm is what the name of a generated file may be in front of what its
// language demands: no folder, no drive, no stream, nothing hidden from the Go
// tool.
var nameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]*$`)

// devices are names that Windows keeps for itself, whatever follows the dot.
var devices = func() map[string]bool {
	m := map[string]bool{}
	for name := range strings.FieldsSeq("con prn aux nul conin$ conout$") {
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
func (l Language) checkName(name string) error {
	own, is := strings.CutSuffix(name, string(l))
	stem, _, _ := strings.Cut(strings.ToLower(name), ".")
	if !is || !nameForm.MatchString(own) || strings.Contains(name, "..") || devices[stem] {
		return fmt.Errorf("%q cannot be the name of a generated file", name)
	}
	return nil
}
