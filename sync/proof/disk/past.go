package disk

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// past is a file that is written past SQLite. It is as forgetful, and refuses as much, as if SQLite wrote it.
type past struct {
	*os.File
	disk *Disk
	open *openFile
}

// File opens a file of the folder that is there, for what the production code writes past SQLite: see sqlite.Opener.
func (d *Disk) File(path string) (sqlite.File, error) {
	folder, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("open a file past SQLite: %w", err)
	}
	if folder != d.folder {
		return nil, fmt.Errorf("open a file past SQLite: %s is not on this disk", path)
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	return &past{File: file, disk: d, open: d.open(filepath.Base(path), 0)}, nil
}

// WriteAt writes what the disk takes.
func (p *past) WriteAt(data []byte, off int64) (int, error) {
	fits, code := p.disk.write(p.open, data, off)
	n, err := p.File.WriteAt(data[:fits], off)
	if err == nil {
		err = told(code)
	}
	return n, err
}

// Sync has all that was written to the file be durable. The real file is not synchronized, as SQLite's are not.
func (p *past) Sync() error { return told(p.disk.sync(p.open)) }

// told is what the system says where SQLite's file system says code.
func told(code int) error {
	switch code {
	case 0:
		return nil
	case codeFull:
		return syscall.ENOSPC
	default:
		return syscall.EIO
	}
}
