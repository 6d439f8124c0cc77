package replica_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/replica"
)

func TestOneProcessHasAFolder(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	_, err := replica.Open(b.ctx, b.dir, b.clock)
	wantAdvice(t, err, fault.Locked)
	b.submit(t, in, words("a")) // the first one is not disturbed
	b.restart(t)
	wantShown(t, b, in, "incident.Declared", "a…")
}

func TestNewerDataIsLeftAlone(t *testing.T) {
	t.Parallel()
	for file, table := range map[string]string{"outbox.db": "goose_outbox", "replica.db": "goose_replica"} {
		b := setup(t)
		in := b.declared(t)
		b.submit(t, in, words("a"))
		b.close(t)
		b.raw(t, file, "INSERT INTO "+table+" (version_id, is_applied) VALUES (9999, 1)")
		raw, err := os.ReadFile(filepath.Join(b.dir, file))
		if err != nil {
			t.Fatal(err)
		}
		_, err = replica.Open(b.ctx, b.dir, b.clock)
		wantAdvice(t, err, fault.Newer)
		if after, err := os.ReadFile(filepath.Join(b.dir, file)); err != nil || string(raw) != string(after) {
			t.Errorf("%s was changed, %v", file, err)
		}
		b.raw(t, file, "DELETE FROM "+table+" WHERE version_id = 9999") // the newer program gave it back
		b.open(t)
		wantShown(t, b, in, "incident.Declared", "a…")
	}
}

func TestNewProjectionsAreFoldedFromWhatIsHere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in, _, _ := b.talked(t, 2)
	b.tail(t)
	b.close(t)
	b.raw(t, "replica.db", "UPDATE projection SET version = 0")
	b.raw(t, "replica.db", "DELETE FROM board")
	b.raw(t, "replica.db", "DELETE FROM tag")
	b.open(t)
	burning, _, err := b.Board(b.ctx, 10)
	if err != nil || len(burning) != 1 || burning[0].ID != in {
		t.Errorf("the board has %+v, %v", burning, err)
	}
	if tags, err := b.Tags(b.ctx, "", 10); err != nil || len(tags) != 1 {
		t.Errorf("tags are %v, %v", tags, err)
	}
}
