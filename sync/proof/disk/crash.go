package disk

import (
	"maps"
	"math/rand/v2"
	"slices"
)

// Fate says what becomes, in a power cut, of what was not durable.
type Fate uint8

// The fates.
const (
	Some       Fate = iota // chance decides for every sector, size and name
	Nothing                // all of it is lost
	Everything             // all of it is there
)

// Tally counts what a power cut did to what was not durable.
type Tally struct {
	Kept      int `json:"kept"`      // sectors
	Dropped   int `json:"dropped"`   // sectors
	Torn      int `json:"torn"`      // sectors
	Reordered int `json:"reordered"` // sectors that are there, or torn, though one written before them is not
	Sizes     int `json:"sizes"`     // truncations that are lost
	Names     int `json:"names"`     // new and deleted names that are lost
}

// Add adds up.
func (t *Tally) Add(o Tally) {
	t.Kept += o.Kept
	t.Dropped += o.Dropped
	t.Torn += o.Torn
	t.Reordered += o.Reordered
	t.Sizes += o.Sizes
	t.Names += o.Names
}

// chance is how a power cut treats what was not durable.
type chance struct {
	*rand.Rand
	fate       Fate
	sector     int64
	keep, tear float64 // probabilities
	garbage    bool    // new bytes of a file that grew without its content are anything, not zero
	grow       bool    // files have grown even where nothing of their end is there
	tally      *Tally
}

// Crash returns what a power cut at this moment leaves in the folder, and what it did. The model stays as it is.
func (m *Model) Crash(fate Fate, r *rand.Rand) (map[string][]byte, Tally) {
	var tally Tally
	c := chance{
		Rand: r, fate: fate, tally: &tally, sector: []int64{512, 4096}[r.IntN(2)],
		keep: []float64{0.05, 0.5, 0.5, 0.95}[r.IntN(4)], tear: []float64{0, 0.1, 0.5}[r.IntN(3)],
		garbage: r.IntN(2) == 0, grow: r.IntN(2) == 0,
	}
	names := maps.Clone(m.stored)
	for _, op := range m.moves {
		switch {
		case !c.keeps():
			tally.Names++
		case op.Kind == Create:
			names[op.Name] = op.File
		default:
			delete(names, op.Name)
		}
	}
	left := map[string][]byte{}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		left[name] = c.survive(m.files[names[name]])
	}
	return left, tally
}

func (c chance) keeps() bool {
	switch c.fate {
	case Nothing:
		return false
	case Everything:
		return true
	case Some:
	}
	return c.Float64() < c.keep
}

// survive returns what is left of a file.
func (c chance) survive(f *file) []byte {
	b := slices.Clone(f.durable)
	size, hole := int64(len(b)), false
	for _, op := range slices.Concat(f.lost, f.pending) {
		if op.Kind == Truncate {
			if size = op.Off; c.keeps() {
				b = resize(b, op.Off, nil)
			} else {
				c.tally.Sizes++
			}
			continue
		}
		size = max(size, op.end())
		for _, piece := range sectors(op, c.sector) {
			b, hole = c.write(b, piece, hole)
		}
	}
	if c.fate == Some && c.grow && size > int64(len(b)) {
		b = resize(b, size, c.fill)
	}
	return b
}

// write does with a sector what chance decides, and says whether one was dropped by now.
func (c chance) write(b []byte, piece Op, hole bool) ([]byte, bool) {
	switch {
	case c.fate == Some && len(piece.Data) > 1 && c.Float64() < c.tear:
		c.tally.Torn++
		at := 1 + c.IntN(len(piece.Data)-1)
		if c.IntN(2) == 0 {
			piece.Data = piece.Data[:at]
		} else {
			piece.Off, piece.Data = piece.Off+int64(at), piece.Data[at:]
		}
	case c.keeps():
		c.tally.Kept++
	default:
		c.tally.Dropped++
		return b, true
	}
	if hole {
		c.tally.Reordered++
	}
	return put(b, piece, c.fill), hole
}

// fill gives bytes that a file grew by without their having been written.
func (c chance) fill(b []byte) {
	if !c.garbage {
		return
	}
	for i := range b {
		b[i] = byte(c.Uint32())
	}
}

// sectors cuts a write where sectors begin.
func sectors(op Op, size int64) []Op {
	var out []Op
	for off := op.Off; off < op.end(); {
		end := min(op.end(), (off/size+1)*size)
		out = append(out, Op{Kind: Write, File: op.File, Off: off, Data: op.Data[off-op.Off : end-op.Off]})
		off = end
	}
	return out
}
