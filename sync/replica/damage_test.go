package replica_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/replica"
)

// worn returns a client that has an incident with ten confirmed entries, an entry that is confirmed
// but not answered, and two that were not sent.
func worn(t *testing.T) (*bundle, id.Incident) {
	t.Helper()
	b := setup(t)
	in, _, _ := b.talked(t, 10)
	b.tail(t)
	b.submit(t, in, words("delivered"))
	b.push(t)
	b.tail(t)
	b.submit(t, in, words("pending one"))
	b.submit(t, in, words("pending two"))
	b.close(t)
	return b, in
}

// mended bootstraps, and fails unless all is as it was before the damage.
func (b *bundle) mended(t *testing.T, in id.Incident) {
	t.Helper()
	b.step(t, "bootstrap")
	b.restart(t)
	who, answers := b.push(t)
	b.settle(t, who, answers)
	b.tail(t)
	got := strings.Join(b.shown(t, in), " ")
	want := "incident.Declared"
	for i := range 10 {
		want += fmt.Sprint(" word ", i+1)
	}
	if want += " delivered pending one pending two"; got != want {
		t.Errorf("shown:\n%s\nwant:\n%s", got, want)
	}
	if n := b.Unsent() + len(b.Pending()); n != 0 {
		t.Errorf("%d changes wait", n)
	}
}

func damage(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(raw), 0o600); err != nil {
		t.Fatal(err)
	}
}

const page = 4096

// smudge overwrites one page.
func smudge(raw []byte, n int) []byte {
	copy(raw[n*page:(n+1)*page], bytes.Repeat([]byte{0xf7}, page))
	return raw
}

func TestADamagedReplicaIsMadeAnewAndTheOutboxIsKept(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func([]byte) []byte{
		"deleted":                            nil,
		"no database":                        func(raw []byte) []byte { return bytes.Repeat([]byte("Dear Sir. "), len(raw)/10) },
		"cut in the middle":                  func(raw []byte) []byte { return raw[:len(raw)/2/page*page] },
		"cut in a page":                      func(raw []byte) []byte { return raw[:len(raw)/2+100] },
		"nothing in it":                      func([]byte) []byte { return nil },
		"all overwritten but the first page": allBut,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, in := worn(t)
			path := filepath.Join(b.dir, "replica.db")
			if change == nil {
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
			} else {
				damage(t, path, change)
			}
			b.open(t)
			if damaged := change != nil && name != "nothing in it"; b.Rebuilt() != damaged {
				t.Errorf("rebuilt: %v", b.Rebuilt())
			}
			if len(b.shown(t, in)) != 0 || b.Unsent() != 3 {
				t.Errorf("%v are shown and %d changes unsent before the bootstrap", b.shown(t, in), b.Unsent())
			}
			b.mended(t, in)
		})
	}
}

// A single bad page may lie where opening does not look. Then whoever meets it first says so, and
// the replica is made anew while it is open.
func TestABadPageAnywhereIsMended(t *testing.T) {
	t.Parallel()
	b, in := worn(t)
	raw, err := os.ReadFile(filepath.Join(b.dir, "replica.db"))
	if err != nil {
		t.Fatal(err)
	}
	outbox, err := os.ReadFile(filepath.Join(b.dir, "outbox.db"))
	if err != nil {
		t.Fatal(err)
	}
	b.open(t) // for its end
	late := 0
	for n := range len(raw) / page {
		one := *b
		one.dir = t.TempDir()
		server := *b.server
		server.states, server.last, server.outcomes = copied(server.states), copied(server.last), copied(server.outcomes)
		server.heads, server.log = copied(server.heads), copied(server.log)
		one.server = &server
		for name, content := range map[string][]byte{"replica.db": smudge(slices.Clone(raw), n), "outbox.db": outbox} {
			if err := os.WriteFile(filepath.Join(one.dir, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		one.open(t)
		if !one.Rebuilt() && one.meets(t, in) {
			late++
			if err := one.Rebuild(one.ctx); err != nil {
				t.Fatalf("page %d: %v", n, err)
			}
			if one.Damaged() || !one.Rebuilt() {
				t.Errorf("page %d: damaged %v, rebuilt %v", n, one.Damaged(), one.Rebuilt())
			}
		}
		one.mended(t, in)
		one.close(t)
	}
	if late == 0 {
		t.Error("no damage was met while the replica was open")
	}
}

func copied[K comparable, V any](m map[K]V) map[K]V {
	out := map[K]V{}
	maps.Copy(out, m)
	return out
}

// meets does what a client does all day, and reports whether the damage was noticed.
func (b *bundle) meets(t *testing.T, in id.Incident) bool {
	t.Helper()
	for name, act := range map[string]func() error{
		"board":    func() error { _, _, err := b.Board(b.ctx, 10); return err },
		"timeline": func() error { _, err := b.Timeline(b.ctx, in, 100); return err },
		"incident": func() error { _, err := b.Incident(b.ctx, in); return err },
		"tags":     func() error { _, err := b.Tags(b.ctx, "", 10); return err },
		"unread":   func() error { _, err := b.Unread(b.ctx, []incident.Incident{{ID: in, Seq: 3}}); return err },
		"census":   func() error { _, _, _, err := b.Census(b.ctx); return err },
		"gaps":     func() error { _, err := b.Gaps(b.ctx); return err },
		"cursors":  func() error { _, err := b.Cursors(b.ctx); return err },
		"settle":   func() error { who, answers := b.push(t); return b.Settle(b.ctx, who, answers) },
		"bootstrap": func() error {
			return b.Bootstrap(b.ctx, b.server.snapshot(id.Everyone(), id.Own(b.me.Person)))
		},
	} {
		if err := act(); err != nil {
			wantKind(t, err, fault.Corrupt)
			if !b.Damaged() {
				t.Errorf("%s met a damage, but the replica does not call itself damaged", name)
			}
		}
	}
	return b.Damaged()
}

func TestARebuildThatFailsCanBeTriedAgain(t *testing.T) {
	t.Parallel()
	b, in := worn(t)
	b.open(t)
	aside := filepath.Join(b.dir, "replica.db.damaged")
	if err := os.MkdirAll(filepath.Join(aside, "in the way"), 0o700); err != nil { // so that the damaged file cannot be put aside
		t.Fatal(err)
	}
	if err := b.Rebuild(b.ctx); err == nil {
		t.Fatal("the rebuild passes")
	} else {
		wantAdvice(t, err, fault.Storage)
	}
	if !b.Damaged() {
		t.Error("after a failed rebuild the replica does not call itself damaged")
	}
	if _, err := b.Timeline(b.ctx, in, 10); err == nil {
		t.Error("a replica that is closed can be read")
	}
	if _, err := b.Submit(b.ctx, id.Stream(in), words("a")); err == nil {
		t.Error("a command was decided on nothing")
	}
	if err := os.RemoveAll(aside); err != nil {
		t.Fatal(err)
	}
	if err := b.Rebuild(b.ctx); err != nil {
		t.Fatal(err)
	}
	if n := b.Unsent(); n != 3 {
		t.Errorf("%d changes are unsent; what was delivered is not here any more", n)
	}
	b.mended(t, in)
}

func TestADamagedOutboxIsToldAndLeftAlone(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func([]byte) []byte{
		"no database":                        func(raw []byte) []byte { return bytes.Repeat([]byte("Dear Sir. "), len(raw)/10) },
		"all overwritten but the first page": allBut,
		"cut in the middle":                  func(raw []byte) []byte { return raw[:len(raw)/2/page*page] },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, _ := worn(t)
			path := filepath.Join(b.dir, "outbox.db")
			damage(t, path, change)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			r, err := replica.Open(b.ctx, b.dir, b.clock)
			if err == nil {
				t.Fatal("a damaged outbox is opened", r.Close())
			}
			wantAdvice(t, err, fault.Corrupt)
			if f := fault.Find(err); !strings.Contains(f.Message, "outbox") {
				t.Errorf("it is not said which file: %s", f.Message)
			}
			after, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(before, after) {
				t.Errorf("the outbox was changed, %v", err)
			}
			if _, err := os.Stat(filepath.Join(b.dir, "replica.db.damaged")); !errors.Is(err, os.ErrNotExist) {
				t.Error("the replica was put aside for a damage of the outbox")
			}
			b.Replica = nil
		})
	}
}

// allBut overwrites every page but the first.
func allBut(raw []byte) []byte {
	for n := 1; n < len(raw)/page; n++ {
		smudge(raw, n)
	}
	return raw
}

// A damaged copy is kept for whoever wants to know what happened to it, until something is erased.
func TestADamagedCopyStaysAsideAsLongAsNothingIsErased(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bad := words("hunter2")
	in := b.told(t, "Checkout fails", bad)
	b.close(t)
	damage(t, filepath.Join(b.dir, "replica.db"), allBut)
	b.open(t)
	select {
	case <-b.Erasures():
		t.Error("a fresh copy is said to hold erased words")
	default:
	}
	if err := b.Bootstrap(b.ctx, b.server.snapshot(id.Everyone(), id.Own(b.me.Person))); err != nil {
		t.Fatal(err)
	}
	if err := b.Scrub(b.ctx); err != nil {
		t.Fatal(err)
	}
	aside := filepath.Join(b.dir, "replica.db.damaged")
	if _, err := os.Stat(aside); err != nil {
		t.Fatalf("the damaged copy is not there any more: %v", err)
	}
	b.erases(t, in, bad.Entry) // whose words are not here again yet, but there
	b.scrub(t)
	if _, err := os.Stat(aside); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a damaged copy is there that holds erased words: %v", err)
	}
}

func TestADamagedCopyOutOfWhichWordsWereToBeTakenIsNotKept(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bad := words("hunter2")
	in := b.told(t, "Checkout fails", bad)
	b.erases(t, in, bad.Entry)
	b.close(t) // before anything was scrubbed
	damage(t, filepath.Join(b.dir, "replica.db"), allBut)
	b.open(t)
	if !b.Rebuilt() {
		t.Fatal("the damage was not met")
	}
	if _, err := os.Stat(filepath.Join(b.dir, "replica.db.damaged")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a damaged copy is kept that holds erased words: %v", err)
	}
}
