package proof

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"strings"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// File is a file of a proof. Its bytes follow from its fields, and these from its name, so that whoever finds it on
// a timeline knows what must be in it.
type File struct {
	Kind FileKind
	Seed string // what its bytes begin from
	Size int    // bytes; of a picture, pixels in each direction
}

// FileKind says what the bytes of a file are.
type FileKind string

// The kinds of files.
const (
	Noise   FileKind = "noise"   // bytes that nobody can guess
	Picture FileKind = "picture" // a PNG
	Again   FileKind = "again"   // noise that several people attach
	Loose   FileKind = "loose"   // the same, and now and then to an entry that is erased
	Secret  FileKind = "secret"  // a mark again and again; its entry is to be erased
)

const (
	longest     = 5 * wire.ChunkSize // bytes of the largest file
	repeated    = 3                  // how many files there are of a kind that is attached again and again
	markedBytes = 64                 // how often a mark stands in a file
)

// mark is what stands in the words, the name and the bytes of an entry that is to be erased, and nowhere else.
func mark(e id.Entry) string { return "hunter2-" + e.String() }

// Name returns the name under which the file is attached.
func (f File) Name() string { return fmt.Sprintf("%s_%s_%d", f.Kind, f.Seed, f.Size) }

// FileNamed returns the file that has a name. It fails on a name that no file of a proof has.
func FileNamed(name string) (File, error) {
	parts := strings.Split(name, "_")
	if len(parts) != 3 {
		return File{}, fmt.Errorf("%q is no file of a proof", name)
	}
	f := File{Kind: FileKind(parts[0]), Seed: parts[1]}
	if _, err := fmt.Sscanf(parts[2], "%d", &f.Size); err != nil || f.Size <= 0 || f.Size > longest {
		return File{}, fmt.Errorf("%q is no file of a proof", name)
	}
	return f, nil
}

// Bytes returns what is in the file.
func (f File) Bytes() ([]byte, error) {
	switch f.Kind {
	case Secret:
		line := fmt.Appendf(nil, "%-*s\n", markedBytes-1, f.Seed)
		return bytes.Repeat(line, f.Size/markedBytes+1)[:f.Size], nil
	case Picture:
		return f.draw()
	case Noise, Again, Loose:
		return f.noise(f.Size), nil
	default:
		return nil, fmt.Errorf("nobody knows what is in a file of kind %q", f.Kind)
	}
}

func (f File) noise(n int) []byte {
	var seed [32]byte
	copy(seed[:], f.Seed)
	out := make([]byte, n)
	_, _ = rand.NewChaCha8(seed).Read(out) // never fails
	return out
}

func (f File) draw() ([]byte, error) {
	grain := f.noise(f.Size * f.Size)
	drawn := image.NewGray(image.Rect(0, 0, f.Size, f.Size))
	for i, g := range grain {
		drawn.SetGray(i%f.Size, i/f.Size, color.Gray{Y: g})
	}
	var out bytes.Buffer
	if err := png.Encode(&out, drawn); err != nil {
		return nil, fmt.Errorf("draw a picture: %w", err)
	}
	return out.Bytes(), nil
}

// chooseFile picks a file that is not to be erased.
func chooseFile(r *rand.Rand) File {
	seed := fmt.Sprintf("%016x", r.Uint64())
	switch pick := r.IntN(100); {
	case pick < 15:
		return File{Kind: Picture, Seed: seed, Size: 16 + r.IntN(500)}
	case pick < 30:
		return chooseAgain(r, Again)
	case pick < 45:
		return File{Kind: Noise, Seed: seed, Size: 1 + r.IntN(200)}
	default:
		return File{Kind: Noise, Seed: seed, Size: wire.ChunkSize/2 + r.IntN(longest-wire.ChunkSize/2)}
	}
}

// chooseAgain picks one of the few files of a kind.
func chooseAgain(r *rand.Rand, kind FileKind) File { return again(kind, r.IntN(repeated)) }

// again returns the n-th of the few files of a kind.
func again(kind FileKind, n int) File {
	f := File{Kind: kind, Seed: fmt.Sprint(kind, n)}
	f.Size = 1 + int(binary.BigEndian.Uint32(f.noise(4))%longest)
	return f
}

// loose returns the bytes that an entry which is erased may have shown, and that others attach again later: they may
// have to travel again.
func loose() (map[id.Content]bool, error) {
	out := map[id.Content]bool{}
	for n := range repeated {
		raw, err := again(Loose, n).Bytes()
		if err != nil {
			return nil, err
		}
		out[sha256.Sum256(raw)] = true
	}
	return out, nil
}

// attach keeps files on the client for an entry that is still to be written.
func (d *Desk) attach(ctx context.Context, files ...File) ([]incident.Attachment, error) {
	var out []incident.Attachment
	for _, f := range files {
		raw, err := f.Bytes()
		if err != nil {
			return nil, err
		}
		a, err := d.Attach(ctx, f.Name(), bytes.NewReader(raw))
		if err != nil {
			return nil, fmt.Errorf("attach %s: %w", f.Name(), err)
		}
		out = append(out, a)
	}
	return out, nil
}

// errOthers is what is found where other bytes are than those that were attached.
var errOthers = errors.New("other bytes")

// check fails when raw is not what was attached.
func check(a incident.Attachment, raw []byte) error {
	f, err := FileNamed(a.Name)
	if err != nil {
		return err
	}
	want, err := f.Bytes()
	if err != nil {
		return err
	}
	sum := id.Content(sha256.Sum256(raw))
	if !bytes.Equal(raw, want) || sum != a.Content || uint64(len(raw)) != a.Size {
		return fmt.Errorf("%w: %d bytes with the hash %s, of %d with %s", errOthers, len(raw), sum, len(want), a.Content)
	}
	return nil
}
