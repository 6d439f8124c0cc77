package disk

import (
	"os"
	"path/filepath"
)

// Trouble is why a disk refuses.
type Trouble uint8

// The troubles.
const (
	Broken Trouble = iota // EIO: writes, truncations and synchronizations fail
	Full                  // ENOSPC: what makes a file longer fails
	Behind                // EIO: synchronizations alone fail, as where the system writes behind and meets the error later
)

// Fault makes a disk refuse some of the changes that come.
type Fault struct {
	Trouble Trouble
	After   int // how many changes that it could strike go well first
	Times   int // how many it strikes then
	// Short is how many bytes of a write that is struck are written all the same.
	Short int
}

// Fail lets a fault strike from now on, in place of a former one. The zero Fault ends it.
func (d *Disk) Fail(f Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault, d.met = f, 0
}

// Struck returns how often the present fault has struck.
func (d *Disk) Struck() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.met
}

// strike returns how many bytes of a change go through and what SQLite is told.
func (d *Disk) strike(op Op, h *openFile) (fits, code int) {
	if d.met >= d.fault.Times || !d.fault.concerns(op, filepath.Join(d.folder, h.name)) {
		return len(op.Data), 0
	}
	if d.fault.After > 0 {
		d.fault.After--
		return len(op.Data), 0
	}
	d.met++
	switch {
	case op.Kind == Sync:
		return 0, codeIOSync
	case op.Kind == Truncate:
		return 0, codeIOTruncate
	case d.fault.Trouble == Full:
		return min(d.fault.Short, len(op.Data)), codeFull
	default:
		return min(d.fault.Short, len(op.Data)), codeIOWrite
	}
}

// concerns reports whether the fault could strike a change.
func (f Fault) concerns(op Op, path string) bool {
	switch f.Trouble {
	case Broken:
		return true
	case Behind:
		return op.Kind == Sync
	case Full:
	}
	if op.Kind != Write {
		return false
	}
	info, err := os.Stat(path)
	return err != nil || op.end() > info.Size()
}
