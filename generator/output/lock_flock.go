//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package output

import (
	"errors"
	"os"
	"syscall"
)

// lock waits until no other run writes into the folder. The lock is on the
// folder itself, so that nothing is left in it, and the system releases it
// when the process ends, however it ends.
func lock(dir string) (unlock func(), err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	for err = syscall.EINTR; errors.Is(err, syscall.EINTR); {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
	}
	switch {
	case err == nil:
		return func() { f.Close() }, nil
	case errors.Is(err, errors.ErrUnsupported), errors.Is(err, syscall.EBADF), errors.Is(err, syscall.ENOLCK):
		// Some network file systems cannot lock a folder. A run alone needs no lock.
		f.Close()
		return func() {}, nil
	}
	return nil, errors.Join(&os.PathError{Op: "lock", Path: dir, Err: err}, f.Close())
}
