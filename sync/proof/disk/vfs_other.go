//go:build !cgo

package disk

import "errors"

// Mount fails: without cgo there is no SQLite either.
func Mount(string) (*Disk, error) { return nil, errors.New("a disk needs cgo") }

// Unmount does nothing.
func (d *Disk) Unmount() {}
