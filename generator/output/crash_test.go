//go:build linux || darwin

package output

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// childFolder tells the test binary, run once more, to write into a folder;
// childStep has it kill itself ahead of a step, childRoom bounds its files.
const (
	childFolder = "WAMPGEN_TEST_FOLDER"
	childStep   = "WAMPGEN_TEST_STEP"
	childRoom   = "WAMPGEN_TEST_ROOM"
)

func TestMain(m *testing.M) {
	dir := os.Getenv(childFolder)
	if dir == "" {
		os.Exit(m.Run())
	}
	if err := child(dir, os.Getenv(childStep), os.Getenv(childRoom)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// child writes the new version into a folder.
func child(dir, step, room string) error {
	p, err := New(dir, Go, newer())
	if err != nil {
		return err
	}
	if room != "" {
		n, err := strconv.ParseUint(room, 10, 64)
		if err != nil {
			return err
		}
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: n}); err != nil {
			return err
		}
	}
	steps := 0
	p.before = func(string, string) error {
		if steps++; strconv.Itoa(steps) == step {
			return syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
		return nil
	}
	_, err = p.Write()
	return err
}

// run starts the child.
func run(dir string, env ...string) (*exec.Cmd, string, error) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), childFolder+"="+dir), env...)
	out, err := cmd.CombinedOutput()
	return cmd, string(out), err
}

func newer() Set { return shop("new\n", "a.wamp.go", "b.wamp.go", "c.wamp.go", "d.wamp.go") }

// older makes a folder with the old version: d is new, e goes.
func older(t *testing.T) string {
	dir := t.TempDir()
	for _, name := range []string{"a.wamp.go", "b.wamp.go", "c.wamp.go", "e.wamp.go"} {
		put(t, dir, name, first+"old\n")
	}
	return dir
}

// whole fails the test unless each file is the old or the new one. It returns
// how many are new and the temporary ones.
func whole(t *testing.T, dir string) (fresh int, temps []string) {
	t.Helper()
	got := content(t, dir)
	for name, text := range got {
		switch {
		case isTemp(name):
			temps = append(temps, name)
		case text == first+"new\n":
			fresh++
		case text != first+"old\n":
			t.Errorf("%s is %q", name, text)
		}
	}
	for _, name := range []string{"a.wamp.go", "b.wamp.go", "c.wamp.go"} {
		if got[name] == "" {
			t.Errorf("%s is missing", name)
		}
	}
	if got["e.wamp.go"] == "" && fresh < 4 {
		t.Error("the orphan went before the new files were in place")
	}
	return fresh, temps
}

// complete runs once more, undisturbed.
func complete(t *testing.T, dir string) {
	t.Helper()
	write(t, dir, newer())
	fresh, temps := whole(t, dir)
	if fresh != 4 || len(temps) > 0 || len(content(t, dir)) != 4 {
		t.Errorf("after the next run: %v", content(t, dir))
	}
}

// TestG6_Killed kills the process with SIGKILL ahead of every step.
func TestG6_Killed(t *testing.T) {
	seen := map[int]bool{}
	for step := 1; ; step++ {
		dir := older(t)
		cmd, out, err := run(dir, childStep+"="+strconv.Itoa(step))
		if err == nil { // there is no such step: the child came to its end
			if step < 12 {
				t.Errorf("only %d steps", step-1)
			}
			break
		}
		if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
			t.Fatalf("step %d: %v: %s", step, err, out)
		}
		fresh, _ := whole(t, dir)
		seen[fresh] = true
		complete(t, dir)
	}
	if len(seen) != 5 {
		t.Errorf("new files at the times of death: %v", seen)
	}
}

// TestG6_Failing has every step fail: the folder stays clean, and until the
// first rename as it was.
func TestG6_Failing(t *testing.T) {
	broken := errors.New("broken")
	for step := 1; ; step++ {
		dir := older(t)
		p, err := New(dir, Go, newer())
		if err != nil {
			t.Fatal(err)
		}
		steps, renamed := 0, false
		p.before = func(kind, _ string) error {
			if steps++; steps == step {
				return broken
			}
			renamed = renamed || kind == "rename"
			return nil
		}
		r, err := p.Write()
		if err == nil {
			break
		}
		if !errors.Is(err, broken) {
			t.Errorf("step %d: %v", step, err)
		}
		fresh, temps := whole(t, dir)
		if len(temps) > 0 || fresh != len(r.Wrote) || !renamed && fresh > 0 {
			t.Errorf("step %d: %d new files, %v are left, the report says %+v", step, fresh, temps, r)
		}
		complete(t, dir)
	}
}

// TestG6_DiskFull lets the disk end at every byte.
func TestG6_DiskFull(t *testing.T) {
	for room := range len(newer().Files[0].Data) {
		dir := older(t)
		_, out, err := run(dir, childRoom+"="+strconv.Itoa(room))
		if err == nil || !strings.Contains(out, dir) || !strings.Contains(out, "too large") {
			t.Errorf("room for %d bytes: %v: %s", room, err, out)
		}
		if fresh, temps := whole(t, dir); fresh > 0 || len(temps) > 0 {
			t.Errorf("room for %d bytes: %d new files, %v are left", room, fresh, temps)
		}
	}
}

// TestG6_ReadOnly: a folder that cannot be written to is told and stays.
func TestG6_ReadOnly(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := older(t)
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o777)
	p, err := New(dir, Go, newer())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Write(); !errors.Is(err, os.ErrPermission) {
		t.Errorf("got %v", err)
	}
	if fresh, _ := whole(t, dir); fresh > 0 {
		t.Error("something was written")
	}
}

// TestG6_Leftovers: of what looks like ours only temporary files are removed.
func TestG6_Leftovers(t *testing.T) {
	dir := older(t)
	put(t, dir, ".wampgen-ABC.tmp", "half")
	put(t, dir, ".wampgen-notes", "mine")
	if err := os.Mkdir(filepath.Join(dir, ".wampgen-dir.tmp"), 0o777); err != nil {
		t.Fatal(err)
	}
	write(t, dir, newer())
	if got := content(t, dir); len(got) != 6 || got[".wampgen-notes"] != "mine" {
		t.Errorf("%v", got)
	}
}
