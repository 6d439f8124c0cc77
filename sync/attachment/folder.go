package attachment

import (
	"errors"
	"os"
	"runtime"
)

// syncFolder makes the names in a folder survive a crash. On Windows a folder cannot be synced; there the
// file system's journal keeps the order.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
