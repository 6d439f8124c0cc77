package sqlite

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"github.com/tsugi-app/tsugi/sync/fault"
)

// Lock is one process's ownership of a data folder. The system takes it back when the process ends,
// however it ends.
type Lock struct{ file *flock.Flock }

// Own takes the data folder dir for this process, and makes it, readable by its owner only, when it
// is missing. It fails with a Locked fault while another process owns it.
func Own(dir string) (*Lock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.Wrap(fault.Storage, fmt.Sprintf("The folder %s cannot be made.", dir), err).
			WithAdvice("Nothing was changed.", "Choose another folder, or check who owns the one above it.")
	}
	file := flock.New(filepath.Join(dir, "lock"))
	ok, err := file.TryLock()
	if err != nil {
		return nil, fault.Wrap(fault.Storage, fmt.Sprintf("The folder %s cannot be locked.", dir), err).
			WithAdvice("Nothing in it was changed.", "Check that it belongs to you and is not on a read-only disk.")
	}
	if !ok {
		return nil, fault.New(fault.Locked, fmt.Sprintf("Another Tsugi is running on the folder %s.", dir)).
			WithAdvice("Nothing in it was changed.", "Use the one that is open, or start this one with a folder of its own.")
	}
	return &Lock{file: file}, nil
}

// Release gives the folder back.
func (l *Lock) Release() error { return l.file.Unlock() }
