//go:build cgo

package disk

/*
#include <stdlib.h>
#include "vfs.h"
*/
import "C"

import (
	"fmt"
	"path/filepath"
	"sync"
	"unsafe"
)

// mounts are the folders that are recorded. SQLite has one list of file systems in a process, and calls them without a
// word about who opened the file: there can be but one such table, as there is but one such list.
var mounts struct { //nolint:gochecknoglobals // see above
	once sync.Once
	err  error

	mu      sync.Mutex
	folders map[string]*Disk
	handles map[uint64]held
	last    uint64
}

// held is a file that SQLite has open.
type held struct {
	*Disk
	file *openFile
}

// Mount records from now on what SQLite does to the files of a folder, and nothing below it. Unmount it when all is closed.
func Mount(folder string) (*Disk, error) {
	mounts.once.Do(func() {
		if code := C.disk_register(); code != 0 {
			mounts.err = fmt.Errorf("register a file system with SQLite: code %d", int(code))
		}
	})
	if mounts.err != nil {
		return nil, mounts.err
	}
	folder, err := filepath.EvalSymlinks(folder) // SQLite names files so
	if err != nil {
		return nil, fmt.Errorf("mount a disk: %w", err)
	}
	d, err := isolate(folder)
	if err != nil {
		return nil, err
	}
	mounts.mu.Lock()
	defer mounts.mu.Unlock()
	if mounts.folders == nil {
		mounts.folders, mounts.handles = map[string]*Disk{}, map[uint64]held{}
	}
	mounts.folders[folder] = d
	return d, nil
}

// Unmount ends the recording.
func (d *Disk) Unmount() {
	mounts.mu.Lock()
	defer mounts.mu.Unlock()
	delete(mounts.folders, d.folder)
}

// mounted returns the disk that a path lies on, and its name there; nil for all others.
func mounted(path *C.char) (*Disk, string) {
	full := C.GoString(path)
	mounts.mu.Lock()
	defer mounts.mu.Unlock()
	return mounts.folders[filepath.Dir(full)], filepath.Base(full)
}

func holder(handle C.uint64_t) held {
	mounts.mu.Lock()
	defer mounts.mu.Unlock()
	return mounts.handles[uint64(handle)]
}

//export diskOpen
func diskOpen(path *C.char, flags C.int) C.uint64_t {
	d, name := mounted(path)
	if d == nil {
		return 0
	}
	file := d.open(name, int(flags))
	mounts.mu.Lock()
	defer mounts.mu.Unlock()
	mounts.last++
	mounts.handles[mounts.last] = held{d, file}
	return C.uint64_t(mounts.last)
}

//export diskClose
func diskClose(handle C.uint64_t) {
	mounts.mu.Lock()
	defer mounts.mu.Unlock()
	delete(mounts.handles, uint64(handle))
}

//export diskWrite
func diskWrite(handle C.uint64_t, data unsafe.Pointer, n C.int, off C.int64_t, fits *C.int) C.int {
	h := holder(handle)
	got, code := h.write(h.file, unsafe.Slice((*byte)(data), int(n)), int64(off))
	*fits = C.int(got)
	return C.int(code)
}

//export diskTruncate
func diskTruncate(handle C.uint64_t, size C.int64_t) C.int {
	h := holder(handle)
	return C.int(h.truncate(h.file, int64(size)))
}

//export diskSync
func diskSync(handle C.uint64_t) C.int {
	h := holder(handle)
	return C.int(h.sync(h.file))
}

//export diskDelete
func diskDelete(path *C.char, sync C.int) {
	if d, name := mounted(path); d != nil {
		d.remove(name, sync != 0)
	}
}
