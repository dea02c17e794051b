package output

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Of the Windows API, missing in package syscall.
const (
	deleteOnClose    = 0x04000000            // FILE_FLAG_DELETE_ON_CLOSE
	sharingViolation = syscall.Errno(32)     // ERROR_SHARING_VIOLATION
	retryLock        = 10 * time.Millisecond // there is nothing to wait on
	lockName         = tempStart + "lock"    // not a name of a temporary file
)

// lock waits until no other run writes into the folder. The lock is a file that
// is open for this process alone. The system removes it when the process ends,
// however it ends.
func lock(dir string) (unlock func(), err error) {
	path, err := syscall.UTF16PtrFromString(filepath.Join(dir, lockName))
	if err != nil {
		return nil, err
	}
	for {
		h, err := syscall.CreateFile(path, syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS, deleteOnClose, 0)
		switch {
		case err == nil:
			return func() { syscall.CloseHandle(h) }, nil
		case !errors.Is(err, sharingViolation) && !errors.Is(err, syscall.ERROR_ACCESS_DENIED): // denied while it is being removed
			return nil, &os.PathError{Op: "lock", Path: dir, Err: err}
		}
		time.Sleep(retryLock)
	}
}
