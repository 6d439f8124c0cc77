package proof_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// A record is of one code: that of another is left as it is, until somebody says that it may go.
func TestARecordOfOtherCodeIsRefused(t *testing.T) {
	t.Parallel()
	p := func(anew bool, out string) *proof.Prover {
		return &proof.Prover{Out: out, Code: t.TempDir(), Clock: clock.NewSystem(), Progress: io.Discard, Anew: anew}
	}
	out := t.TempDir()
	record := filepath.Join(out, "kill.jsonl")
	const others = `{"code":"0123456789abcdef","seed":1}` + "\n"
	if err := os.WriteFile(record, []byte(others), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := p(false, out).Run(t.Context()); !errors.Is(err, proof.ErrMixed) {
		t.Errorf("a record of other code: %v", err)
	}
	if raw, err := os.ReadFile(record); err != nil || string(raw) != others {
		t.Errorf("it was changed to %q, %v", raw, err)
	}
	if err := p(true, out).Run(t.Context()); err != nil {
		t.Errorf("anew: %v", err)
	}
	if _, err := os.Stat(record); !os.IsNotExist(err) {
		t.Errorf("the record of other code is still there: %v", err)
	}
}

// Runs that show nothing about files prove nothing.
func TestASeriesInWhichNothingWasCutFails(t *testing.T) {
	t.Parallel()
	for runs, want := range map[string]error{
		`{"code":"CODE","seed":1,"files":{"uploads":9,"cut":2,"resumed":1,"erased":1}}`:          nil,
		`{"code":"CODE","seed":1,"files":{"uploads":9,"cut":2,"erased":1}}`:                      proof.ErrNeverCut,
		`{"code":"CODE","seed":1,"files":{"uploads":9,"cut":2,"resumed":1}}`:                     proof.ErrNeverCut,
		`{"code":"CODE","seed":1,"files":{"cut":2,"resumed":1,"erased":1,"resent":["a chunk"]}}`: proof.ErrUnclean,
		`{"code":"CODE","seed":1,"files":{"cut":2,"resumed":1,"erased":1,"remains":["a word"]}}`: proof.ErrUnclean,
	} {
		out, code := t.TempDir(), t.TempDir()
		hash, err := proof.CodeHash(code)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(out, "kill.jsonl"), []byte(strings.Replace(runs, "CODE", hash, 1)+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		p := proof.Prover{Out: out, Code: code, Clock: clock.NewSystem(), Progress: io.Discard, Only: proof.Kills, Runs: 1, First: 1, Parallel: 1}
		if err := p.Run(t.Context()); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", runs, err, want)
		}
	}
}

func TestWhatHappenedToAFileIsCounted(t *testing.T) {
	t.Parallel()
	file := id.Content{1}
	on := func(at int, what proof.Step, index uint32, missing ...uint32) proof.Passage {
		return proof.Passage{At: time.Duration(at), What: what, Content: file.String(), Index: index, Missing: missing}
	}
	cut := []proof.Passage{
		on(1, proof.Begin, 0), on(2, proof.Begun, 0, 0, 1, 2), on(3, proof.Put, 0), on(4, proof.Half, 0), on(5, proof.Taken, 0),
		on(6, proof.Put, 1), on(7, proof.Half, 1), // cut off
		on(10, proof.Begin, 0), on(11, proof.Begun, 0, 1, 2),
	}
	rest := []proof.Passage{on(12, proof.Put, 1), on(13, proof.Taken, 1), on(14, proof.Put, 2), on(15, proof.Taken, 2)}
	again := []proof.Passage{on(12, proof.Put, 0), on(13, proof.Taken, 0)}
	later := []proof.Passage{on(20, proof.Begin, 0), on(21, proof.Begun, 0, 2), on(22, proof.Put, 2)}
	meanwhile := []proof.Passage{on(14, proof.Begin, 0), on(14, proof.Begun, 0, 2), on(22, proof.Put, 2), on(23, proof.Taken, 2)}
	for name, c := range map[string]struct {
		lines  [][]proof.Passage
		want   proof.Passages
		resent int
	}{
		"gone on with":          {[][]proof.Passage{append(slices.Clip(cut), rest...)}, proof.Passages{Uploads: 1, Cut: 1, Resumed: 1, Chunks: 3, ChunksCut: 1}, 0},
		"begun from nothing":    {[][]proof.Passage{append(slices.Clip(cut), again...)}, proof.Passages{Uploads: 1, Cut: 1, Resumed: 1, Chunks: 2, ChunksCut: 1}, 1},
		"by another, after it":  {[][]proof.Passage{append(slices.Clip(cut), rest...), later}, proof.Passages{Uploads: 2, Cut: 1, Resumed: 1, Chunks: 3, ChunksCut: 2}, 1},
		"by another, meanwhile": {[][]proof.Passage{append(slices.Clip(cut), rest...), meanwhile}, proof.Passages{Uploads: 2, Cut: 1, Resumed: 1, Chunks: 4, ChunksCut: 1}, 0},
	} {
		got, resent := proof.Follow(c.lines, nil)
		if got != c.want || len(resent) != c.resent {
			t.Errorf("%s: %+v, sent again %v; want %+v, %d", name, got, resent, c.want, c.resent)
		}
		if _, resent := proof.Follow(c.lines, map[id.Content]bool{file: true}); len(resent) > 0 {
			t.Errorf("%s: of a loose file nothing is sent again: %v", name, resent)
		}
	}
}

// The bytes of a file follow from its name.
func TestAFileOfAProofIsKnownByItsName(t *testing.T) {
	t.Parallel()
	for _, f := range []proof.File{
		{Kind: proof.Noise, Seed: "0123456789abcdef", Size: 1000},
		{Kind: proof.Picture, Seed: "0123456789abcdef", Size: 20},
		{Kind: proof.Secret, Seed: "hunter2-01a221f8-3132-76e7-8dcc-5e8278c5289c", Size: 1000},
		{Kind: proof.Again, Seed: "again1", Size: 1},
	} {
		same, err := proof.FileNamed(f.Name())
		if err != nil || same != f {
			t.Fatalf("%s is %+v, %v", f.Name(), same, err)
		}
		one, err := f.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if other, err := same.Bytes(); err != nil || !bytes.Equal(one, other) || f.Kind != proof.Picture && len(one) != f.Size {
			t.Errorf("%s has %d bytes, and then others, %v", f.Name(), len(one), err)
		}
	}
	for _, name := range []string{"", "noise_1", "noise_1_0", "noise_1_999999999", "noise_1_x", "core.dump"} {
		if f, err := proof.FileNamed(name); err == nil {
			t.Errorf("%q is %+v", name, f)
		}
	}
}
