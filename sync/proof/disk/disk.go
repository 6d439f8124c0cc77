package disk

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// Disk is a mounted folder.
type Disk struct {
	folder string

	mu    sync.Mutex
	trace Trace
	next  int              // number of the next new file
	known map[string]known // files by name
	fault Fault
	met   int // how often the fault has struck
}

// known is a file that has a name.
type known struct {
	file int
	info os.FileInfo // tells it from another that came to its name behind SQLite's back; nil until it was looked at
}

// openFile is a file that is open.
type openFile struct {
	file    int
	name    string
	syncDir bool // the next synchronization is the folder's too
}

// isolate returns the disk of a folder with what is in it; all of that is durable.
func isolate(folder string) (*Disk, error) {
	d := &Disk{folder: folder, next: 1, known: map[string]known{}, trace: Trace{Files: map[string][]byte{}}}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("mount a disk: %w", err)
	}
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("mount a disk: %w", err)
		}
		d.trace.Files[e.Name()] = raw
	}
	for name := range d.trace.Files {
		info, err := os.Stat(filepath.Join(folder, name))
		if err != nil {
			return nil, fmt.Errorf("mount a disk: %w", err)
		}
		d.known[name] = known{file: number(d.trace.Files, name), info: info}
	}
	return d, nil
}

// Len returns how many changes there were so far.
func (d *Disk) Len() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.trace.Ops)
}

// Trace returns what happened so far.
func (d *Disk) Trace() Trace {
	d.mu.Lock()
	defer d.mu.Unlock()
	return Trace{Files: d.trace.Files, Ops: slices.Clip(d.trace.Ops)}
}

// Flags of xOpen, and codes that SQLite knows: https://www.sqlite.org/c3ref/c_open_autoproxy.html and rescode.html.
const (
	openCreate   = 0x4
	openJournals = 0x800 | 0x4000 | 0x80000 // of a database, of several, and the write-ahead log

	codeFull       = 13
	codeIOWrite    = 10 | 3<<8
	codeIOSync     = 10 | 4<<8
	codeIOTruncate = 10 | 6<<8
)

// open notes that a file is opened, which there may be none of yet.
func (d *Disk) open(name string, flags int) *openFile {
	d.mu.Lock()
	defer d.mu.Unlock()
	info, err := os.Stat(filepath.Join(d.folder, name))
	there := err == nil
	k, ok := d.known[name]
	if ok && k.info == nil && there { // SQLite made it
		k.info = info
	}
	if ok && (!there || !os.SameFile(k.info, info)) {
		d.record(Op{Kind: Delete, Name: name})
		ok = false
	}
	switch {
	case ok:
	case there: // somebody else made it
		raw, _ := os.ReadFile(filepath.Join(d.folder, name)) // SQLite will meet the error by itself
		k = d.create(name, raw)
		k.info = info
	case flags&openCreate != 0:
		k = d.create(name, nil)
	}
	d.known[name] = k
	return &openFile{file: k.file, name: name, syncDir: flags&openCreate != 0 && flags&openJournals != 0}
}

func (d *Disk) create(name string, raw []byte) known {
	k := known{file: d.next}
	d.next++
	d.record(Op{Kind: Create, File: k.file, Name: name, Data: raw})
	return k
}

func (d *Disk) record(op Op) { d.trace.Ops = append(d.trace.Ops, op) }

// write returns how many bytes are to be written, and a code for SQLite.
func (d *Disk) write(h *openFile, data []byte, off int64) (int, int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	fits, code := d.strike(Op{Kind: Write, Off: off, Data: data}, h)
	if fits > 0 {
		d.record(Op{Kind: Write, File: h.file, Off: off, Data: slices.Clone(data[:fits])})
	}
	return fits, code
}

func (d *Disk) truncate(h *openFile, size int64) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, code := d.strike(Op{Kind: Truncate, Off: size}, h); code != 0 {
		return code
	}
	d.record(Op{Kind: Truncate, File: h.file, Off: size})
	return 0
}

func (d *Disk) sync(h *openFile) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, code := d.strike(Op{Kind: Sync}, h); code != 0 {
		d.record(Op{Kind: SyncLost, File: h.file})
		return code
	}
	d.record(Op{Kind: Sync, File: h.file})
	if h.syncDir {
		h.syncDir = false
		d.record(Op{Kind: SyncDir})
	}
	return 0
}

// remove notes that SQLite has deleted a file.
func (d *Disk) remove(name string, sync bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.known, name)
	d.record(Op{Kind: Delete, Name: name})
	if sync {
		d.record(Op{Kind: SyncDir})
	}
}
