//go:build linux || darwin

package output

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

// locked reports whether a run holds the lock of a folder.
func locked(t *testing.T, dir string) bool {
	t.Helper()
	f, err := os.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err != nil && !errors.Is(err, syscall.EWOULDBLOCK) {
		t.Skip(err)
	}
	return err != nil
}

// Every change of a folder happens under its lock, which goes with the run.
func TestLock_HeldWhileWriting(t *testing.T) {
	dir := older(t)
	p, err := New(dir, Go, newer())
	if err != nil {
		t.Fatal(err)
	}
	steps := 0
	p.before = func(step, name string) error {
		if steps++; step != "mkdir" && !locked(t, dir) {
			t.Errorf("%s %s without the lock", step, name)
		}
		return nil
	}
	if _, err := p.Write(); err != nil || steps < 10 {
		t.Errorf("%d steps, %v", steps, err)
	}
	if locked(t, dir) {
		t.Error("the lock is held after the run")
	}
}

// Runs in one folder at the same time neither fail nor remove what another has
// half written, in one process or in several.
func TestLock_ParallelRuns(t *testing.T) {
	dir := t.TempDir()
	var runs sync.WaitGroup
	for i := range 8 {
		schema := fmt.Sprintf("s%d.wamp.yaml", i)
		put(t, dir, schema, "")
		runs.Go(func() { // joined below
			for round := range 20 {
				text := fmt.Sprint(round)
				p, err := New(dir, Go, from(schema, fmt.Sprintf("s%d.wamp.go", i), text))
				if err == nil {
					_, err = p.Write()
				}
				if err != nil {
					t.Errorf("schema %d, round %d: %v", i, round, err)
				}
			}
		})
	}
	runs.Wait()
	if got := content(t, dir); len(got) != 16 {
		t.Errorf("%v", got)
	}

	for range 4 {
		dir = older(t)
		for range 4 {
			runs.Go(func() { // joined below
				if _, out, err := run(dir); err != nil {
					t.Errorf("%v: %s", err, out)
				}
			})
		}
		runs.Wait()
		if left, err := filepath.Glob(filepath.Join(dir, ".wampgen-*")); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v %v", left, err)
		}
	}
}
