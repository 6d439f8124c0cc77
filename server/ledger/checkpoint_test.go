package ledger_test

import (
	"crypto/ed25519"
	"testing"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// A quiet server signs as well as a busy one, and does not pile up what it signs.
func TestCheckpointsAreMadeAndThinnedOut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.close(t)
	b.sign = ed25519.NewKeyFromSeed(make([]byte, 32))
	b.open(t)
	for range 5 {
		b.declared(t)
		b.restart(t)
	}
	got, err := ledger.Checkpoints(b.ctx, b.db)
	if err != nil || len(got) != 1 || got[0].Seq != 6 || !got[0].Good() {
		t.Fatalf("%+v, %v", got, err)
	}
	in, o := b.declared(t), newOutbox(b.ann)
	for range 25 {
		var wishes []wish
		for range 100 {
			wishes = append(wishes, say(in, "word"))
		}
		b.push(t, o.of(wishes...))
	}
	b.restart(t)
	got, err = ledger.Checkpoints(b.ctx, b.db)
	if err != nil || len(got) < 2 || len(got) > 5 {
		t.Fatalf("%d checkpoints, %v", len(got), err)
	}
	last := got[len(got)-1]
	mark, err := ledger.ReadMark(b.ctx, b.db)
	if err != nil || last.Seq != mark.Seq || last.Hash != mark.Hash {
		t.Errorf("the last is %+v, the log ends with %+v, %v", last, mark, err)
	}
	last.Seq++
	if last.Good() {
		t.Error("another number has a good signature")
	}
}

// A new epoch sends every cursor back, also where the log is the same as before, and leaves numbers out.
func TestANewEpochSendsEverybodyBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.declared(t)
	was, err := ledger.ReadMark(b.ctx, b.db)
	if err != nil {
		t.Fatal(err)
	}
	cursor := b.Seal(id.Everyone(), 0, nil)
	b.stop()
	now, err := ledger.BeginEpoch(b.ctx, b.db)
	if err != nil || now.Epoch == was.Epoch || now.Seq != was.Seq || now.Hash != was.Hash || now.Number != was.Number+ledger.Skipped {
		t.Fatalf("before %+v, after %+v, %v", was, now, err)
	}
	b.restart(t)
	if b.Epoch() != now.Epoch {
		t.Error("it goes on in the former epoch")
	}
	if _, err := b.Resume(b.ctx, b.ann.Person, []stream.Cursor{cursor}); !fault.Is(err, fault.Reset) {
		t.Errorf("a cursor of the former epoch: %v", err)
	}
}
