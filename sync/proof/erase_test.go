package proof_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// secret is what somebody should not have pasted, twice as long as a page of the database has room for beside others.
func secret(mark string) string {
	return string(bytes.Repeat([]byte("hunter2-"+mark+" "), 700))
}

// found returns the files below dir that hold the word.
func found(t *testing.T, dir, word string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err == nil && bytes.Contains(raw, []byte(word)) {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A pasted secret, once erased, is in no file of the server, of its author or of anybody else, not even in a journal
// or in the author's outbox. What was said around it is still there.
func TestAnErasedEntryIsInNoFile(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.shared(t)
	bad, good := id.New[id.Entry](), id.New[id.Entry]()
	b.change(t, b.bob, in, incident.Write{Entry: bad, Text: secret("first")})
	b.change(t, b.bob, in, incident.Write{Entry: good, Text: "what was said around it"})
	b.change(t, b.bob, in, incident.Edit{Entry: bad, Text: secret("second")})
	b.settled(t, b.bob, in, 5, b.ann)
	if n := len(found(t, b.home, "hunter2-first")); n < 4 { // the server, both replicas and an outbox, at least
		t.Fatalf("the secret was in %d files only", n)
	}
	b.change(t, b.ann, in, incident.Erase{Entry: bad, Reason: "a password"})
	b.settled(t, b.ann, in, 6, b.bob)
	for seq := uint64(7); seq < 50; seq++ { // a journal that is being read is emptied with a later change
		b.change(t, b.bob, in, incident.Write{Entry: id.New[id.Entry](), Text: "go on"})
		b.settled(t, b.bob, in, seq, b.ann)
		if len(found(t, b.home, "hunter2")) == 0 {
			break
		}
	}
	if files := found(t, b.home, "hunter2"); len(files) > 0 {
		t.Errorf("the secret is still in %v", files)
	}
	if n := len(found(t, b.home, "what was said around it")); n < 4 {
		t.Errorf("what was said around it is in %d files only", n)
	}
	if have := strings.Join(b.texts(t, b.ann, in), "\n"); strings.Contains(have, "hunter2") {
		t.Errorf("it is still shown: %s", have)
	}
}

// The words also leave the outbox of an author whose copy never held them as they were: they came back blank already.
func TestAnErasedEntryLeavesTheOutboxOfWhoeverWasAway(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.shared(t)
	bad := id.New[id.Entry]()
	b.change(t, b.bob, in, incident.Write{Entry: bad, Text: secret("away")})
	b.settled(t, b.bob, in, 3, b.ann)
	dir := filepath.Join(b.home, "Bob")
	if err := b.bob.Close(); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(filepath.Join(dir, "replica.db"+suffix)); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	b.change(t, b.ann, in, incident.Erase{Entry: bad})
	b.settled(t, b.ann, in, 4)
	b.bob = b.reopen(t, dir)
	b.settled(t, b.bob, in, 4)
	for seq := uint64(5); seq < 50 && len(found(t, b.home, "hunter2")) > 0; seq++ {
		b.change(t, b.bob, in, incident.Write{Entry: id.New[id.Entry](), Text: "go on"})
		b.settled(t, b.bob, in, seq, b.ann)
	}
	if files := found(t, b.home, "hunter2"); len(files) > 0 {
		t.Errorf("the secret is still in %v", files)
	}
}

// marked is an entry whose words are one mark again and again.
type marked struct {
	id.Entry
	by *proof.Desk
}

func (m marked) String() string { return fmt.Sprintf("zander%x", m.Entry[8:]) }

// level waits until both desks hold as many events of a room, and nothing is on its way.
func (b *bundle) level(t *testing.T, in id.Incident) {
	t.Helper()
	b.await(t, func() (bool, error) {
		ann, err := b.ann.Replica().Timeline(b.ctx, in, 1)
		if err != nil {
			return false, err
		}
		bob, err := b.bob.Replica().Timeline(b.ctx, in, 1)
		return ann.Canonical == bob.Canonical && b.ann.Replica().Unsent()+b.bob.Replica().Unsent() == 0, err
	})
}

// Pages of a database are balanced as rows come, grow and go, and what is moved to a neighbour leaves something behind where it
// was. Of nothing that was erased may that be left, wherever it has been in the meantime.
func TestOfManyErasedEntriesNothingIsLeft(t *testing.T) {
	t.Parallel()
	b, chance := setupFor(t, 2*time.Minute), rand.New(rand.NewPCG(1, 82)) //nolint:gosec // a repeatable run
	in, desks := b.shared(t), []*proof.Desk{b.ann, b.bob}
	var here, gone []marked
	text := func(m marked) string { return strings.Repeat(m.String()+" ", 1+chance.IntN(60)) }
	const changes = 600
	for i := range changes {
		switch k := chance.IntN(6); {
		case len(here) == 0 || k > 2:
			m := marked{Entry: id.New[id.Entry](), by: desks[chance.IntN(2)]}
			here = append(here, m)
			b.change(t, m.by, in, incident.Write{Entry: m.Entry, Text: text(m)})
		case k == 2:
			m := here[chance.IntN(len(here))]
			b.change(t, m.by, in, incident.Edit{Entry: m.Entry, Text: text(m)})
		default:
			k := chance.IntN(len(here))
			b.change(t, here[k].by, in, incident.Erase{Entry: here[k].Entry})
			gone, here = append(gone, here[k]), slices.Delete(here, k, k+1)
		}
		if i%10 == 0 || i == changes-1 {
			b.level(t, in)
		}
	}
	for _, m := range gone {
		if files := found(t, b.home, m.String()); len(files) > 0 {
			t.Errorf("of %d erased entries, %s is still in %v", len(gone), m, files)
		}
	}
}
