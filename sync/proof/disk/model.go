package disk

import (
	"maps"
	"slices"
)

// Model is a disk at one moment of a trace: what is durable, and what is not yet.
type Model struct {
	files  map[int]*file
	names  map[string]int // as programs see them
	stored map[string]int // as the folder on the disk has them
	moves  []Op           // of names, since the folder was last synchronized
}

// file is a file as the disk holds it.
type file struct {
	durable []byte
	pending []Op // written since the last synchronization
	lost    []Op // written before one that failed
}

// NewModel returns the disk at the beginning of a trace.
func NewModel(t Trace) *Model {
	m := &Model{files: map[int]*file{}, names: map[string]int{}}
	for i, name := range slices.Sorted(maps.Keys(t.Files)) {
		m.names[name] = -1 - i // what was there before has negative numbers
		m.files[-1-i] = &file{durable: t.Files[name]}
	}
	m.stored = maps.Clone(m.names)
	return m
}

// number returns the number under which NewModel knows a file that was there in the beginning.
func number(files map[string][]byte, name string) int {
	i, _ := slices.BinarySearch(slices.Sorted(maps.Keys(files)), name)
	return -1 - i
}

// Apply goes one change further.
func (m *Model) Apply(op Op) {
	switch op.Kind {
	case Create:
		m.names[op.Name] = op.File
		m.files[op.File] = &file{durable: op.Data}
		m.moves = append(m.moves, op)
	case Delete:
		delete(m.names, op.Name)
		m.moves = append(m.moves, op)
	case SyncDir:
		m.stored, m.moves = maps.Clone(m.names), nil
	case Write, Truncate:
		f := m.files[op.File]
		f.pending = append(f.pending, op)
	case Sync:
		m.files[op.File].sync()
	case SyncLost:
		f := m.files[op.File]
		f.lost, f.pending = append(f.lost, f.pending...), nil
	}
}

// sync makes durable what is pending. What was lost before stays lost, where nothing stands over it now; sizes are the
// file system's own, and are written again.
func (f *file) sync() {
	f.durable = slices.Clone(f.durable) // models share what they were given
	kept := f.lost[:0:0]
	for _, op := range f.lost {
		if op.Kind == Truncate {
			f.durable = resize(f.durable, op.Off, nil)
			kept = cut(kept, op.Off, 1<<62)
			continue
		}
		f.durable = resize(f.durable, max(int64(len(f.durable)), op.end()), nil)
		kept = append(kept, op)
	}
	f.lost = kept
	for _, op := range f.pending {
		if op.Kind == Truncate {
			f.durable = resize(f.durable, op.Off, nil)
			f.lost = cut(f.lost, op.Off, 1<<62)
			continue
		}
		f.durable = put(f.durable, op, nil)
		f.lost = cut(f.lost, op.Off, op.end())
	}
	f.pending = nil
}

func (op Op) end() int64 { return op.Off + int64(len(op.Data)) }

// cut takes the bytes between two places out of writes.
func cut(ops []Op, from, to int64) []Op {
	var out []Op
	for _, op := range ops {
		if op.end() <= from || op.Off >= to {
			out = append(out, op)
			continue
		}
		if op.Off < from {
			out = append(out, Op{Kind: Write, File: op.File, Off: op.Off, Data: op.Data[:from-op.Off]})
		}
		if op.end() > to {
			out = append(out, Op{Kind: Write, File: op.File, Off: to, Data: op.Data[to-op.Off:]})
		}
	}
	return out
}

// put writes into a file, which grows where it has to; fill gives the bytes between its end and what is written.
func put(b []byte, op Op, fill func([]byte)) []byte {
	if op.end() > int64(len(b)) {
		b = resize(b, op.end(), fill)
	}
	copy(b[op.Off:], op.Data)
	return b
}

func resize(b []byte, size int64, fill func([]byte)) []byte {
	if size <= int64(len(b)) {
		return b[:size]
	}
	old := len(b)
	b = slices.Grow(b, int(size)-old)[:size]
	clear(b[old:])
	if fill != nil {
		fill(b[old:])
	}
	return b
}
