package disk_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/tsugi-app/tsugi/sync/proof/disk"
)

func model(ops ...disk.Op) *disk.Model {
	m := disk.NewModel(disk.Trace{Files: map[string][]byte{"x": bytes.Repeat([]byte("-"), 10_000)}})
	for _, op := range ops {
		op.File = -1 // the file that was there
		m.Apply(op)
	}
	return m
}

func left(m *disk.Model, fate disk.Fate, seed uint64) []byte {
	files, _ := m.Crash(fate, rand.New(rand.NewPCG(seed, 0))) //nolint:gosec // a test is to be repeatable
	return files["x"]
}

func write(off int64, text string) disk.Op {
	return disk.Op{Kind: disk.Write, Off: off, Data: []byte(text)}
}

// What was written before a synchronization that failed stays volatile, until it is written again and that is synchronized.
func TestAFailedSynchronizationIsNotMendedByTheNext(t *testing.T) {
	t.Parallel()
	ops := []disk.Op{write(0, "aaaa"), {Kind: disk.SyncLost}, write(2, "bb"), {Kind: disk.Sync}}
	if got := left(model(ops...), disk.Nothing, 1)[:4]; string(got) != "--bb" {
		t.Errorf("what was lost and what was stored is %q", got)
	}
	if got := left(model(ops...), disk.Everything, 1)[:4]; string(got) != "aabb" {
		t.Errorf("with luck it is %q", got)
	}
	again := append(ops, write(0, "aaaa"), disk.Op{Kind: disk.Sync})
	if got := left(model(again...), disk.Nothing, 1)[:4]; string(got) != "aaaa" {
		t.Errorf("written again it is %q", got)
	}
}

// A sector is old, new, or torn in one place; bytes beside what was written never change.
func TestASectorIsTornInOnePlace(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for seed := range uint64(2000) {
		got := left(model(write(100, "abcdefgh")), disk.Some, seed)
		if len(got) != 10_000 || bytes.Count(got[:100], []byte("-"))+bytes.Count(got[108:], []byte("-")) != 9_992 {
			t.Fatalf("seed %d changes what was not written", seed)
		}
		seen[string(got[100:108])] = true
	}
	for _, want := range []string{"--------", "abcdefgh", "abc-----", "---defgh"} {
		if !seen[want] {
			t.Errorf("there never was %q", want)
		}
	}
	if seen["abc--fgh"] || len(seen) != 2+7+7 {
		t.Errorf("there were %d forms, want none, all, 7 beginnings and 7 ends: %v", len(seen), seen)
	}
}

// Without a synchronization the order of writes is nothing, and a truncation may be undone.
func TestNothingVolatileIsInOrder(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for seed := range uint64(300) {
		got := left(model(disk.Op{Kind: disk.Truncate, Off: 8192}, write(0, "a"), write(4096, "b")), disk.Some, seed)
		seen[string([]byte{got[0], got[4096], "sl"[min(1, len(got)/9000)]})] = true
	}
	if len(seen) != 8 {
		t.Errorf("of 8 there were %v", seen)
	}
}
